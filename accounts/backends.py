"""Signing in."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User

if TYPE_CHECKING:
    from typing import Any


class ActiveUserBackend(BaseBackend):
    """Name and password of an active person who holds a role.

    It grants no model permissions: what somebody may do follows from roles alone.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: "Any",
    ) -> User | None:
        if not username or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            # Takes as long as a real check, so that the time does not tell names.
            make_password(password)
            return None
        return user if user.check_password(password) and may_enter(user) else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("office").filter(pk=user_id).first()
        return user if user and may_enter(user) else None


def may_enter(user: User) -> bool:
    """Whether the account opens anything at all: active, not locked, with at least one role.

    A demonstration account opens only where the portal is set up for them, since everybody
    knows its password.
    """
    return (
        user.is_active
        and user.locked_at is None
        and (settings.DEMO_ACCOUNTS or not user.is_demo)
        and bool(user.roles)
    )
