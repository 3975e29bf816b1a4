"""The verbs of amending an answer. Its release is ``acrime.iar.actions.release_response``."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.iaq.reopening.actions import close_again, reopen_query
from acrime.iar import events
from acrime.iar.amending.models import Amendment
from acrime.iar.choices import AmendmentState, AmendReason
from acrime.iar.models import StatusResponse


@transaction.atomic
def amend_response(
    *, response: StatusResponse, code: AmendReason, reason: str, actor: User, at: datetime
) -> Amendment:
    """Begin to amend an answer that left: its query is worked and reviewed again.

    The response stays as it left. Until another one is released it is the current one.

    Args:
        code: why, in words that the amended response prints.
        reason: the same at length; it stays in the portal.

    Raises:
        ActionRefused: another response took its place already, it is being amended, there is no
            reason, or the actor does not work queries.
    """
    if not reason.strip():
        raise ActionRefused("Say why the answer is amended.", code="reason-missing")
    if StatusResponse.objects.filter(amends=response.pk).exists():
        raise ActionRefused(
            "An amended response took the place of this one; amend that one.", code="amended"
        )
    reopen_query(query=response.query, actor=actor, at=at)
    amendment = Amendment.objects.create(
        response=response, code=code, reason=reason.strip(), opened_by=actor, opened_at=at
    )
    _event(events.AMENDMENT_OPENED, response, actor=actor, at=at, details={"reason": code.value})
    return amendment


@transaction.atomic
def drop_amendment(*, response: StatusResponse, actor: User, at: datetime) -> None:
    """Leave an answer as it is after all.

    Raises:
        ActionRefused: it is not being amended, its new determination waits for review, or the
            actor neither works on it nor supervises.
    """
    close_again(query=response.query, actor=actor, at=at)
    amendment = response.amendments.select_for_update().filter(state=AmendmentState.OPEN).first()
    if amendment is None:
        raise ActionRefused("This answer is not being amended.", code="wrong-state")
    _close(amendment, AmendmentState.DROPPED, actor=actor, at=at)
    _event(events.AMENDMENT_DROPPED, response, actor=actor, at=at)


@transaction.atomic
def settle_amendment(
    amendment: Amendment, *, by: StatusResponse, actor: User, at: datetime
) -> None:
    """Note that *by* took the place of the response that was amended."""
    _close(amendment, AmendmentState.RELEASED, actor=actor, at=at)
    _event(
        events.AMENDED,
        amendment.response,
        actor=actor,
        at=at,
        details={"by": by.record.number, "reason": amendment.code},
    )


def _close(amendment: Amendment, state: AmendmentState, *, actor: User, at: datetime) -> None:
    amendment.state, amendment.closed_by, amendment.closed_at = state, actor, at
    amendment.save(update_fields=["state", "closed_by", "closed_at"])


def _event(
    kind: str,
    response: StatusResponse,
    *,
    actor: User,
    at: datetime,
    details: dict[str, object] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=response.pk,
        record_number=response.record.number,
        details=details,
    )
