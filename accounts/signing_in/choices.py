"""How people prove who they are."""

from django.db import models


class Method(models.TextChoices):
    """One way of proving who one is."""

    PASSWORD = "password", "Password"
    SINGLE_SIGN_ON = "single-sign-on", "Single sign-on"
    CERTIFICATE = "certificate", "PIV card"
    TOTP = "totp", "Authenticator app"
    SECURITY_KEY = "webauthn", "Security key"
    RECOVERY_CODE = "recovery_codes", "Recovery code"


class Duty(models.TextChoices):
    """What somebody must do before a sign-in is finished."""

    NEW_PASSWORD = "new-password", "Choose a password of your own"
    SECOND_FACTOR = "second-factor", "Set up a second factor"
