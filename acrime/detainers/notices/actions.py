"""The verbs of notices: what is told of a detainer, each through the gate and accounted for."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.detainers import events, policy
from acrime.detainers.choices import PURPOSES, DetainerState, NoticeKind
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.working import locked_detainer, move
from acrime.ncic import disclosing
from acrime.records.actions import write_act
from routine_uses.actions import refusals_are_kept
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Field, Method
from routine_uses.models import Approval, Recipient
from routine_uses.policy import ConditionValue

CLOSED_LIST = "78 FR 10623, routine use EE"
_NATURES = {
    NoticeKind.PLACEMENT: "Immigration detainer",
    NoticeKind.LIFTING: "Word that a detainer is lifted",
    NoticeKind.STATUS: "Notice of a detainer, of removal proceedings or of custody",
}


@transaction.atomic
def prepare(
    detainer: Detainer,
    *,
    kind: NoticeKind,
    recipient: Recipient,
    fields: Collection[str],
    text: str = "",
    actor: User,
    at: datetime,
) -> DetainerNotice:
    """Prepare what is to be told; nothing leaves yet."""
    notice = DetainerNotice.objects.create(
        detainer=detainer,
        kind=kind,
        recipient=recipient,
        fields=sorted(fields),
        text=text.strip() or None,
        prepared_by=actor,
        prepared_at=at,
    )
    write_act(
        events.NOTICE_PREPARED, detainer.record, actor=actor, at=at, details={"about": kind.value}
    )
    return notice


@transaction.atomic
def prepare_notice(
    *,
    detainer: Detainer,
    recipient: Recipient,
    values: Mapping[str, str],
    actor: User,
    at: datetime,
) -> DetainerNotice:
    """Prepare a notice to a court, an agency of the justice system or counsel.

    What is told is put together from the values: there is no room for other words.

    Args:
        values: what is told, by its field.

    Raises:
        ActionRefused: the detainer was never issued, a value is not on the closed list or none,
            or the recipient is none that may be told, such as a bail bond company.
    """
    locked = locked_detainer(detainer, actor)
    if locked.state not in _TOLD_OF:
        raise ActionRefused("It was not issued: there is no detainer to tell of.", code="fields")
    told = {str(each): values[each].strip() for each in policy.STATUS_FIELDS if each in values}
    if not values or len(told) != len(values):
        raise ActionRefused(
            "Choose what is told from the list, which is closed.", code="fields", clause=CLOSED_LIST
        )
    if not all(0 < len(value) <= policy.LONGEST_VALUE for value in told.values()):
        raise ActionRefused("Say in a few words what is told.", code="fields")
    notice = prepare(
        locked,
        kind=NoticeKind.STATUS,
        recipient=recipient,
        fields=told,
        text="\n".join(f"{Field(code).label}: {value}" for code, value in told.items()),
        actor=actor,
        at=at,
    )
    disclosing.refuse_early(telling_of(notice), at=at)
    return notice


def telling_of(notice: DetainerNotice) -> disclosing.Telling:
    """What *notice* tells, and to whom."""
    kind = NoticeKind(notice.kind)
    placing = kind == NoticeKind.PLACEMENT
    return disclosing.Telling(
        records=[notice.detainer.record],
        recipient=notice.recipient,
        purpose=PURPOSES[kind],
        fields=frozenset(notice.fields),
        mark=f"detainer notice {notice.pk}",
        facts={"detainer_or_transfer": "DETAINER"} if placing else {},
        letter=policy.LETTERS[kind],
    )


@transaction.atomic
def ask_for_check(
    *, notice: DetainerNotice, kind: ApprovalKind, actor: User, at: datetime
) -> Approval:
    """Ask for an approval that *notice* needs, such as the (e)(6) check by a supervisor.

    Raises:
        ActionRefused: it was sent or given up, needs none, or one was asked for.
    """
    locked = _unsent(notice, actor)
    return disclosing.ask(
        telling_of(locked),
        kind=kind,
        reason=f"{NoticeKind(locked.kind).label} waits.",
        actor=actor,
        at=at,
    )


@refusals_are_kept
@transaction.atomic
def send(
    *,
    notice: DetainerNotice,
    method: Method,
    sent_to: str,
    attested: Mapping[str, ConditionValue],
    actor: User,
    at: datetime,
) -> DetainerNotice:
    """Send what was prepared. It is accounted for in the same transaction, or does not go.

    Sending the placement places the detainer.

    Raises:
        ActionRefused: it was sent or given up already, or nobody is named who gets it.
        DisclosureRefused: the gate says no, or that something is needed; the refusal is kept.
    """
    locked = _unsent(notice, actor)
    detainer = locked.detainer
    if not sent_to.strip():
        raise ActionRefused("Say who gets it.", code="sent_to")
    kind = NoticeKind(locked.kind)
    if kind == NoticeKind.PLACEMENT:
        move(detainer, DetainerState.PLACED, refusal="Only what is issued is placed.")
        detainer.save(update_fields=["state"])
    disclosure = disclosing.tell(
        telling_of(locked),
        nature=_NATURES[kind],
        method=method,
        attested=attested,
        actor=actor,
        at=at,
    )
    locked.sent_by, locked.sent_at, locked.sent_to = actor, at, sent_to.strip()
    locked.method, locked.disclosure_number = method, disclosure.number
    locked.save()
    placing = kind == NoticeKind.PLACEMENT
    write_act(
        events.PLACED if placing else events.NOTICE_SENT,
        detainer.record,
        actor=actor,
        at=at,
        details={"about": kind.value, "disclosure": disclosure.number},
    )
    return locked


@transaction.atomic
def drop(*, notice: DetainerNotice, actor: User, at: datetime) -> None:
    """Give up a notice to the justice system that was prepared and not sent.

    Raises:
        ActionRefused: it was sent, or is one that must go.
    """
    locked = _unsent(notice, actor)
    if locked.kind != NoticeKind.STATUS:
        raise ActionRefused("The agency that has custody must be told.", code="must-go")
    _drop(locked, actor=actor, at=at)


@transaction.atomic
def drop_unsent(detainer: Detainer, *, actor: User, at: datetime) -> None:
    """Give up whatever of *detainer* was prepared and not sent: it stands no more."""
    waiting = DetainerNotice.objects.select_for_update(of=("self",)).filter(
        detainer=detainer, sent_at=None, dropped_at=None
    )
    for notice in waiting.order_by("pk"):
        notice.detainer = detainer
        _drop(notice, actor=actor, at=at)


_TOLD_OF = frozenset(
    {
        DetainerState.ISSUED,
        DetainerState.PLACED,
        DetainerState.LIFTED,
        DetainerState.ACTED_ON,
    }
)


def _drop(notice: DetainerNotice, *, actor: User, at: datetime) -> None:
    notice.dropped_at = at
    notice.save(update_fields=["dropped_at"])
    write_act(
        events.NOTICE_DROPPED,
        notice.detainer.record,
        actor=actor,
        at=at,
        details={"about": notice.kind},
    )


def _unsent(notice: DetainerNotice, actor: User) -> DetainerNotice:
    detainer = locked_detainer(notice.detainer, actor)
    locked: DetainerNotice = (
        DetainerNotice.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .get(pk=notice.pk)
    )
    locked.detainer = detainer
    if locked.sent_at is not None or locked.dropped_at is not None:
        raise ActionRefused("It was sent or given up already.", code="wrong-state")
    return locked
