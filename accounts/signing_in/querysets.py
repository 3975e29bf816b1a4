"""Reads of signing in."""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts.models import User
from accounts.signing_in.certificates import Certificate
from accounts.signing_in.choices import Method


def locked_accounts() -> QuerySet[User]:
    """Accounts that wait for an administrator, the longest first."""
    return User.objects.filter(locked_at__isnull=False).order_by("locked_at", "pk")


def factors_of(user: User) -> Sequence[Authenticator]:
    """Authenticator apps and security keys of *user*, oldest first; recovery codes not."""
    return list(
        Authenticator.objects.filter(user_id=user.pk)
        .exclude(type=Method.RECOVERY_CODE)
        .order_by("created_at", "pk")
    )


def factor_of(user: User, kind: Method) -> Authenticator | None:
    """The first second factor of *user* of that kind, if any."""
    return Authenticator.objects.filter(user_id=user.pk, type=kind).first()


def has_factor(user: User) -> bool:
    """Whether *user* can give a second proof."""
    return bool(factors_of(user))


def has_key(user: User) -> bool:
    """Whether *user* has a security key."""
    return factor_of(user, Method.SECURITY_KEY) is not None


def codes_left(user: User) -> int:
    """How many recovery codes of *user* are unused."""
    found = factor_of(user, Method.RECOVERY_CODE)
    return len(found.wrap().get_unused_codes()) if found else 0


def account_of_certificate(certificate: Certificate) -> User | None:
    """The account that *certificate* is bound to, by itself or else by its principal name."""
    found = User.objects.filter(certificate_sha256=certificate.sha256).first()
    if found is None and certificate.name:
        found = User.objects.filter(certificate_name=certificate.name).first()
    return found


def account_of_subject(subject: str) -> User | None:
    """The account of the subject at the single sign-on's provider; never found by e-mail."""
    return User.objects.filter(single_sign_on_subject=subject).first()
