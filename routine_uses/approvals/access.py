"""Looking at approvals and their papers: each look is written down before anything is shown."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit import events as audit_events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel, Outcome
from acrime.common.errors import NotThere
from acrime.common.numbers import as_asked, tidied
from routine_uses.approvals import events
from routine_uses.models import Approval, ApprovalDocument


def access_approval(
    *, number: str, user: User, at: datetime, facts: RequestFacts | None = None
) -> Approval:
    """The approval with *number*, written down as seen by *user*.

    Raises:
        NotThere: no such approval, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        approval = find_approval(number=number, user=user)
        if approval is not None:
            _write(events.APPROVAL_VIEWED, approval, user=user, at=at, facts=facts)
            return approval
    _refuse(number, user=user, at=at, facts=facts)
    raise NotThere


def access_paper(
    *, number: str, paper: int, user: User, at: datetime, facts: RequestFacts | None = None
) -> ApprovalDocument:
    """A paper of the approval with *number*, written down as taken out by *user*.

    Raises:
        NotThere: no such approval or paper, or *user* may not see it: the same answer.
    """
    with transaction.atomic():
        approval = find_approval(number=number, user=user)
        found = approval.documents.filter(pk=paper).first() if approval else None
        if approval is not None and found is not None:
            _write(
                audit_events.RECORD_DOWNLOADED,
                approval,
                user=user,
                at=at,
                facts=facts,
                paper=found.pk,
                sha256=found.sha256,
            )
            return found
    _refuse(number, user=user, at=at, facts=facts)
    raise NotThere


@transaction.atomic
def access_approvals(
    *, displayed: Sequence[Approval], user: User, at: datetime, facts: RequestFacts | None = None
) -> None:
    """Write one event for a list of approvals, with what was shown."""
    record_event(
        kind=events.APPROVALS_LISTED,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        displayed_ids=sorted({record for each in displayed for record in each.record_ids}),
        details={"approvals": [each.number for each in displayed]},
        facts=facts,
    )


def find_approval(*, number: str, user: User) -> Approval | None:
    """The approval with *number* where *user* may see it. Nothing is written down."""
    return (
        Approval.objects.visible_to(user)
        .select_related("recipient", "requested_by", "decided_by", "withdrawn_by")
        .filter(number=tidied(number))
        .first()
    )


def _write(
    kind: str,
    approval: Approval,
    *,
    user: User,
    at: datetime,
    facts: RequestFacts | None,
    **details: object,
) -> None:
    one = len(approval.record_ids) == 1
    record_event(
        kind=kind,
        actor=user,
        at=at,
        channel=Channel.PAGE,
        record_id=approval.record_ids[0] if one else None,
        record_number=approval.record_numbers[0] if one else "",
        displayed_ids=approval.record_ids,
        details={"approval": approval.number, **details},
        facts=facts,
    )


def _refuse(number: str, *, user: User, at: datetime, facts: RequestFacts | None) -> None:
    # The refusal must not take its event along.
    with transaction.atomic(durable=True):
        asked = as_asked(number)
        meant = Approval.objects.filter(number=asked).values_list("record_ids", flat=True)
        record_event(
            kind=audit_events.RECORD_PROBED,
            actor=user,
            at=at,
            channel=Channel.PAGE,
            outcome=Outcome.REFUSED,
            criteria={"Number": asked},
            matched_ids=[record for ids in meant for record in ids],
            facts=facts,
        )
