"""Who calls: a token in the Authorization header, or a signed-in session."""

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions import note_token_use, token_digest
from accounts.backends import may_enter
from accounts.models import ApiToken, User
from acrime.audit import acting, events
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel, Outcome
from acrime.common import clock

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema

_SCHEME = b"bearer"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, for a token that is neither expired nor revoked.

    Every failure says the same, so that an answer does not tell a wrong token from one
    that was good once.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's account, or None where no token is given.

        Raises:
            AuthenticationFailed: the token opens nothing; the attempt is written down.
        """
        scheme, _, given = get_authorization_header(request).partition(b" ")
        if scheme.lower() != _SCHEME:
            return None
        at = clock.now()
        token = (
            ApiToken.objects.select_related("user__office")
            .filter(
                digest=token_digest(given.strip().decode("latin-1")),
                revoked_at__isnull=True,
                expires_at__gt=at,
            )
            .first()
        )
        if token is None or not may_enter(token.user):
            record_event(
                kind=events.SIGN_IN_FAILED,
                actor=None,
                at=at,
                channel=Channel.API,
                outcome=Outcome.REFUSED,
                facts=request_facts(request._request),
            )
            raise AuthenticationFailed("The token does not open anything here.")
        note_token_use(token=token, at=at)
        # The change history took its actor from the session, which a token does without.
        acting.found_to_be(token.user)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a refused caller is told to send."""
        return 'Bearer realm="ACRIMe Portal"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token in the API's description."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
