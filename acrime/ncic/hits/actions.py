"""The verbs of hit confirmation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.ncic import disclosing
from acrime.ncic.actions import require_worker
from acrime.ncic.choices import CheckPurpose, DocumentKind
from acrime.ncic.hits import events, policy
from acrime.ncic.hits.choices import Answer, CameBy, HitState, Priority
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import DocumentCheck, NcicEntry
from acrime.ncic.policy import (
    IN_NCIC,
    RECORD_CATEGORY,
    WORKERS,
    nic_problem,
    ori_problem,
    tidied,
)
from acrime.records.actions import (
    change_owner,
    inherit_limits,
    link_subject,
    open_record,
    write_act,
)
from acrime.records.choices import RecordKind, SubjectRole
from acrime.retention.actions import recompute
from routine_uses.actions import refusals_are_kept
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Method, Purpose
from routine_uses.models import Approval, Recipient
from routine_uses.policy import ConditionValue

# Take requests in; to answer one takes a certification besides.
RECEIVERS = WORKERS | {Role.CALL_TAKER, Role.INTERFACE}
LETTER = "FF"
CLAUSE = "78 FR 10623, routine use FF"
IN_HAND = "Hit confirmation: a record is confirmed with its documents in hand"
# A message that lay somewhere is late at once; one of last week is no request any more.
OLDEST = timedelta(hours=24)
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Request:
    """A request as it came.

    Attributes:
        attention: who asks, as the message or the caller says.
        to_control_terminal, to_fbi: of a third request, whether it also went there.
    """

    nic: str
    ori: str
    priority: str
    number: int
    attention: str = ""
    person_name: str = ""
    person_born: str = ""
    to_control_terminal: bool | None = None
    to_fbi: bool | None = None


@transaction.atomic
def receive_request(
    *,
    request: Request,
    came_by: CameBy,
    received_at: datetime,
    actor: User,
    at: datetime,
    channel: Channel,
) -> HitConfirmation:
    """Take a request in, and start its clock. It needs no certification: nothing is shown.

    A second or third request is linked to the one before, and whoever works that one goes on.
    The agency of a message is that of its ORI; who telephones is called back first.

    Raises:
        ActionRefused: a value cannot be one, the number is out of order, or it came in the
            future or more than a day ago.
    """
    if not actor.has_role(*RECEIVERS):
        raise ActionRefused("Your role takes no requests in.", code="not-a-worker")
    nic, ori = tidied(request.nic), tidied(request.ori)
    for problem, code in (
        (nic_problem(nic), "nic"),
        (ori_problem(ori), "ori"),
        ("" if request.priority in Priority.values else "Say which priority it has.", "priority"),
    ):
        if problem:
            raise ActionRefused(problem, code=code)
    if not at - OLDEST <= received_at <= at:
        raise ActionRefused("It came in the last 24 hours, and not later than now.", code="came")
    previous = _latest(nic, ori)
    earlier = policy.Earlier(previous.number, previous.state) if previous else None
    if problem := policy.order_problem(request.number, earlier):
        raise ActionRefused(problem, code="number")
    third = request.number == policy.LAST_NUMBER
    if third and (request.to_control_terminal is None or request.to_fbi is None):
        raise ActionRefused(
            "Of a third request, say whether it also went to the control terminal and the FBI.",
            code="third",
        )
    followed = previous if request.number > 1 else None
    entry = NcicEntry.objects.filter(nic=nic).select_related("record").first()
    owner = followed.claimed_by if followed and followed.claimed_by else actor
    record = open_record(
        kind=RecordKind.HIT,
        category=RECORD_CATEGORY,
        schedule_code=policy.SCHEDULE,
        owner=owner,
        creator=actor,
        at=at,
        channel=channel,
    )
    if followed:
        followed.state = HitState.FOLLOWED
        followed.save(update_fields=["state"])
        recompute([followed.pk], at=at)
    hit = HitConfirmation.objects.create(
        record=record,
        entry=entry,
        nic=nic,
        priority=request.priority,
        number=request.number,
        previous=followed,
        came_by=came_by,
        ori=ori,
        recipient=agency_of(ori) if came_by == CameBy.NLETS else _known_before(followed),
        attention=request.attention.strip() or None,
        person_name=request.person_name.strip() or None,
        person_born=request.person_born.strip() or None,
        to_control_terminal=request.to_control_terminal if third else None,
        to_fbi=request.to_fbi if third else None,
        received_at=received_at,
        due_at=policy.due_at(request.priority, received_at),
        claimed_by=followed.claimed_by if followed else None,
        claimed_at=at if followed and followed.claimed_by else None,
    )
    if entry is not None:
        _link(hit, entry, actor=actor, at=at, channel=channel)
    _event(events.RECEIVED, hit, actor=actor, at=at, channel=channel, request=hit.number)
    return hit


@transaction.atomic
def claim(*, hit: HitConfirmation, actor: User, at: datetime) -> None:
    """Take a request on, also from somebody else: the clock does not wait for them.

    Raises:
        ActionRefused: it is no longer open, or is the actor's already.
    """
    locked = _locked(hit, actor)
    _must_be_open(locked)
    if locked.claimed_by_id == actor.pk:
        raise ActionRefused("You work on it already.", code="already-yours")
    locked.claimed_by, locked.claimed_at = actor, at
    locked.save(update_fields=["claimed_by", "claimed_at"])
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    _event(events.CLAIMED, locked, actor=actor, at=at)


@transaction.atomic
def look_agency_up(*, hit: HitConfirmation, actor: User, at: datetime) -> None:
    """Look the agency of a message up in the directory again, after it was added there.

    Raises:
        ActionRefused: it is still not there, or who asked must be called back.
    """
    locked = _locked(hit, actor)
    _must_be_open(locked)
    if locked.came_by != CameBy.NLETS:
        raise ActionRefused(
            "Who asked by telephone is called back first, from the call.", code="not-verified"
        )
    found = agency_of(locked.ori)
    if found is None:
        raise _not_verified()
    agency_verified(hit=locked, recipient=found, actor=actor, at=at)


@transaction.atomic
def agency_verified(
    *, hit: HitConfirmation, recipient: Recipient, actor: User, at: datetime
) -> None:
    """Note which agency of the directory asks.

    Raises:
        ActionRefused: its ORI is not the request's.
    """
    locked = HitConfirmation.objects.select_for_update(of=("self",)).get(pk=hit.pk)
    if recipient.ori != locked.ori:
        raise ActionRefused("The agency has another ORI than the request.", code="other-agency")
    locked.recipient = recipient
    locked.save(update_fields=["recipient"])
    _event(events.AGENCY_VERIFIED, locked, actor=actor, at=at)


@transaction.atomic
def check_documents(
    *, hit: HitConfirmation, documents: Collection[int], actor: User, at: datetime
) -> None:
    """Write down that *actor* has the basis documents in hand, and compared them.

    Raises:
        ActionRefused: there is no entry, or neither a warrant nor an order is among them.
    """
    locked = _locked_for_work(hit, actor)
    entry = _entry(locked)
    chosen = list(entry.documents.filter(pk__in=list(documents)).defer("content").order_by("pk"))
    if not any(each.kind in (DocumentKind.WARRANT, DocumentKind.ORDER) for each in chosen):
        raise ActionRefused(
            "Have the warrant or the order itself in hand.", code="not-in-hand", clause=IN_HAND
        )
    for each in chosen:
        DocumentCheck.objects.create(
            document=each, purpose=CheckPurpose.HIT, hit=locked, checked_by=actor, checked_at=at
        )
    _event(events.DOCUMENTS_IN_HAND, locked, actor=actor, at=at, documents=len(chosen))


@transaction.atomic
def promise(
    *, hit: HitConfirmation, promised_for: datetime, told_to: str, actor: User, at: datetime
) -> None:
    """Promise an answer by a time. Nothing of a record is said with it.

    Raises:
        ActionRefused: the time lies in the past or too far away, or nobody was told.
    """
    locked = _locked_for_work(hit, actor)
    if problem := policy.promise_problem(promised_for, at=at):
        raise ActionRefused(problem, code="promised_for")
    if not told_to.strip():
        raise ActionRefused("Say who was told.", code="told_to")
    locked.state, locked.promised_for = HitState.PROMISED, promised_for
    locked.told_to = told_to.strip()
    locked.first_answer_at = locked.first_answer_at or at
    locked.save(update_fields=["state", "promised_for", "told_to", "first_answer_at"])
    _event(events.PROMISED, locked, actor=actor, at=at, until=promised_for.isoformat())


def telling_of(hit: HitConfirmation, answer: Answer) -> disclosing.Telling:
    """What *answer* would tell, and to whom.

    Raises:
        ActionRefused: it is not sure who asks, or the number is of no entry.
    """
    entry = _entry(hit)
    if hit.recipient is None:
        raise _not_verified()
    return disclosing.Telling(
        records=[entry.record, hit.record],
        recipient=hit.recipient,
        purpose=Purpose.NCIC_INQUIRY,
        fields=policy.FIELDS[answer],
        mark=f"hit {hit.pk} {answer.value}",
        facts={"ice_ncic_record": True},
        letter=LETTER,
    )


@transaction.atomic
def ask_for_check(
    *, hit: HitConfirmation, answer: Answer, kind: ApprovalKind, actor: User, at: datetime
) -> Approval:
    """Ask for an approval that *answer* needs, such as the (e)(6) check by a supervisor.

    Raises:
        ActionRefused: it is not sure who asks, or none is needed, or one was asked for.
    """
    locked = _locked_for_work(hit, actor)
    return disclosing.ask(
        telling_of(locked, answer),
        kind=kind,
        reason=f"A hit confirmation waits: {answer.label.lower()}.",
        actor=actor,
        at=at,
    )


@refusals_are_kept
@transaction.atomic
def answer_request(
    *,
    hit: HitConfirmation,
    answer: Answer,
    told: str,
    told_to: str,
    method: Method,
    attested: Mapping[str, ConditionValue],
    actor: User,
    at: datetime,
) -> HitConfirmation:
    """Answer a request. What is said of a record is accounted for in the same transaction.

    Raises:
        ActionRefused: it is not open or somebody else's, it is not sure who asks, or a
            confirmation without the documents in hand or of what is not in NCIC.
        DisclosureRefused: the gate says no; the refusal is kept.
    """
    locked = _locked_for_work(hit, actor)
    if not told.strip() or not told_to.strip():
        raise ActionRefused("Say what was told, and to whom.", code="told")
    number = ""
    if answer == Answer.NOT_ICE:
        _no_entry(locked)
    else:
        _may_be_said(locked, answer)
        disclosure = disclosing.tell(
            telling_of(locked, answer),
            nature=f"Hit confirmation: {answer.label.lower()}",
            method=method,
            attested=attested,
            actor=actor,
            at=at,
        )
        number = disclosure.number
    locked.state, locked.answer = HitState.ANSWERED, answer
    locked.answered_at, locked.answered_by = at, actor
    locked.first_answer_at = locked.first_answer_at or at
    locked.told, locked.told_to = told.strip(), told_to.strip()
    locked.told_by_method = method
    locked.disclosure_number = number
    locked.save()
    recompute([locked.pk], at=at)
    _event(events.ANSWERED, locked, actor=actor, at=at, answer=answer.value, disclosure=number)
    return locked


@transaction.atomic
def escalate_overdue(*, at: datetime) -> int:
    """Write down, once for each, the open requests that are past their limit.

    Returns:
        How many were new.
    """
    overdue = (
        HitConfirmation.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=HitState.WAITING, due_at__lt=at, escalated_at=None)
        .select_related("record")
        .order_by("due_at", "pk")
    )
    count = 0
    for hit in overdue:
        hit.escalated_at = at
        hit.save(update_fields=["escalated_at"])
        _event(events.ESCALATED, hit, actor=None, at=at, channel=Channel.JOB)
        count += 1
    return count


def agency_of(ori: str) -> Recipient | None:
    """The agency of the directory with *ori*."""
    return Recipient.objects.filter(ori=ori, is_active=True).first()


def _latest(nic: str, ori: str) -> HitConfirmation | None:
    asked = HitConfirmation.objects.select_for_update(of=("self",)).filter(nic=nic, ori=ori)
    return asked.order_by("-received_at", "-pk").first()


def _known_before(followed: HitConfirmation | None) -> Recipient | None:
    """Who telephones again is called back again."""
    return None if followed is None or followed.came_by == CameBy.PHONE else followed.recipient


def _may_be_said(hit: HitConfirmation, answer: Answer) -> None:
    entry = _entry(hit)
    if hit.recipient is None:
        raise _not_verified()
    if answer != Answer.CONFIRMED:
        return
    if entry.state not in IN_NCIC:
        raise ActionRefused(
            "The record is not in NCIC any more, so it is not confirmed.", code="not-in-ncic"
        )
    if not hit.document_checks.exists():
        raise ActionRefused(
            "Somebody must have the warrant or the order in hand first.",
            code="not-in-hand",
            clause=IN_HAND,
        )


def _no_entry(hit: HitConfirmation) -> None:
    # Entered since the request came: then it is one of ICE's after all.
    if hit.entry_id is not None or NcicEntry.objects.filter(nic=hit.nic).exists():
        raise ActionRefused("ICE has an entry with this number.", code="is-ice")


def _entry(hit: HitConfirmation) -> NcicEntry:
    if hit.entry is None:
        raise ActionRefused(
            "No entry of ICE's has this NIC number, so nothing is said of a record.",
            code="no-entry",
            clause=CLAUSE,
        )
    return hit.entry


def _not_verified() -> ActionRefused:
    return ActionRefused(
        "It is not sure yet which agency asks: its ORI must be in the directory, and who "
        "telephoned must be called back. Until then nothing of a record is said.",
        code="not-verified",
        clause="5 U.S.C. 552a(b); (c)(1)(B)",
    )


def _link(
    hit: HitConfirmation, entry: NcicEntry, *, actor: User, at: datetime, channel: Channel
) -> None:
    inherit_limits(record=hit.record, source=entry.record, actor=actor, at=at, channel=channel)
    links = entry.record.subjects.filter(role=SubjectRole.SUBJECT).order_by("pk")
    for link in links:
        link_subject(
            record=hit.record,
            individual_id=link.individual_id,
            role=SubjectRole.SUBJECT,
            reason="The request names the NIC number of the entry about this person.",
            actor=actor,
            at=at,
            channel=channel,
        )
    _event(events.LINKED, hit, actor=actor, at=at, channel=channel)


def _locked(hit: HitConfirmation, actor: User) -> HitConfirmation:
    require_worker(actor)
    return (
        HitConfirmation.objects.select_for_update(of=("self", "record"))
        .select_related("record", "entry__record", "recipient")
        .get(pk=hit.pk)
    )


def _locked_for_work(hit: HitConfirmation, actor: User) -> HitConfirmation:
    locked = _locked(hit, actor)
    _must_be_open(locked)
    if locked.claimed_by_id != actor.pk:
        raise ActionRefused("Take the request on first.", code="not-yours")
    return locked


def _must_be_open(hit: HitConfirmation) -> None:
    if hit.state not in policy.OPEN_STATES:
        raise ActionRefused("The request is no longer open.", code="wrong-state")


def _event(
    kind: str,
    hit: HitConfirmation,
    *,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.PAGE,
    **details: object,
) -> None:
    write_act(kind, hit.record, actor=actor, at=at, channel=channel, details=details)
