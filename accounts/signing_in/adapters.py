"""What allauth asks this portal. Everything that is not answered here is closed."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from accounts.models import User
from acrime.common.sealed import seal, unseal

PLACE = "mfa.Authenticator.data"
"""What is bound into the sealed secrets of second factors."""


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, and no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing about an account travels by mail."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets lie sealed, and are named by the account."""

    def encrypt(self, text: str) -> str:
        """*text* sealed, as text."""
        return base64.b64encode(seal(text.encode(), place=PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart of ``encrypt``."""
        return unseal(base64.b64decode(encrypted_text), place=PLACE).decode()

    def get_totp_label(self, user: User) -> str:
        """What the authenticator app calls the account; the e-mail address stays here."""
        return user.get_username()

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """What a security key is told of its owner: the user name."""
        return {
            "id": str(user.pk).encode(),
            "name": user.get_username(),
            "display_name": user.get_username(),
        }


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Hands over to our own sign-in before allauth would sign anybody in or up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """A provider makes nobody an account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The provider vouched for a subject; what that opens is ours to say."""
        from accounts.signing_in.views import single_sign_on_came_back

        claims = sociallogin.account.extra_data.get("id_token") or {}
        raise ImmediateHttpResponse(single_sign_on_came_back(request, claims))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """The provider said no, or something was not in order."""
        from accounts.signing_in.views import single_sign_on_failed

        raise ImmediateHttpResponse(single_sign_on_failed(request))
