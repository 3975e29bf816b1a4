"""Who may call: what the URL's declaration says."""

from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.guards import declared_access
from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import record_event, request_facts
from acrime.audit.choices import Channel, Outcome
from acrime.common import clock

if TYPE_CHECKING:
    # The framework reads this module while its own views are being loaded.
    from rest_framework.views import APIView


class NotInStanding(PermissionDenied):
    """The account's training is missing or lapsed."""

    default_detail = "The training of this account is not current; nothing opens until it is."

    def __init__(self, code: str) -> None:
        super().__init__(code=code)
        self.problem_code = code


class DeclaredAccess(BasePermission):
    """Deny by default: a view answers only those whom its declaration names."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the declaration opens this URL; a refused account is written down.

        Raises:
            MethodNotAllowed: the account may act here, and there is nothing to read.
        """
        match = request.resolver_match
        access = declared_access(match.func) if match else None
        if access is not None and access.opens_to(request.user, request.method or "GET"):
            return True
        if access is not None and access.is_act_of(request.user, request.method or "GET"):
            raise MethodNotAllowed(request.method or "GET")
        if isinstance(request.user, User):
            standing = request.user.standing
            details = {"url": match.view_name if match else ""}
            if not standing.enters:
                details["reason"] = standing.reasons[0]
            record_event(
                kind=events.ACCESS_DENIED,
                actor=request.user,
                at=clock.now(),
                channel=Channel.API,
                outcome=Outcome.REFUSED,
                details=details,
                facts=request_facts(request._request),
            )
            if not standing.enters:
                raise NotInStanding(standing.reasons[0])
        return False
