"""The verbs of calls."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.calls import events, policy
from acrime.calls.choices import PURPOSES, CallKind, CallState, Verification
from acrime.calls.models import Call, CallStatement, CallTask
from acrime.common.errors import ActionRefused
from acrime.iaq.models import StatusQuery
from acrime.iar.actions import facts_for_gate
from acrime.ncic import disclosing
from acrime.ncic.hits.actions import (
    Request,
    agency_of,
    agency_verified,
    receive_request,
)
from acrime.ncic.hits.choices import CameBy
from acrime.ncic.policy import ori_problem, tidied
from acrime.records.actions import inherit_limits, link_subject, open_record, write_act
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.models import Record
from acrime.retention.actions import recompute
from routine_uses.actions import refusals_are_kept
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Method
from routine_uses.models import Approval
from routine_uses.policy import ConditionValue

UNVERIFIED_CLAUSE = "5 U.S.C. 552a(b)"


@dataclass(frozen=True)
class Taken:
    """A call as it is taken.

    Attributes:
        callback_given: the number that the caller names; it is kept, and never called.
        request: of a hit confirmation, what is asked.
        query: of a follow-up, the query whose response it follows up.
    """

    kind: CallKind
    caller_name: str
    ori: str
    purpose: str
    callback_given: str = ""
    person_asked: str = ""
    request: Request | None = None
    query: StatusQuery | None = None


@transaction.atomic
def take_call(*, taken: Taken, actor: User, at: datetime) -> Call:
    """Write a call down. A hit confirmation's clock starts with it.

    Raises:
        ActionRefused: the actor takes no calls, a value is missing or cannot be one, or the
            request of a hit confirmation is refused.
    """
    _require_taker(actor)
    ori = tidied(taken.ori)
    for problem, code in (
        ("" if taken.caller_name.strip() else "Ask for the caller's name.", "caller_name"),
        ("" if taken.purpose.strip() else "Ask what the call is about.", "purpose"),
        (ori_problem(ori), "ori"),
    ):
        if problem:
            raise ActionRefused(problem, code=code)
    hit = None
    category, schedule = (
        policy.CATEGORIES.get(taken.kind, 0),
        policy.SCHEDULES.get(taken.kind, ""),
    )
    source: Record | None = None
    if taken.kind == CallKind.FOLLOW_UP:
        if taken.query is None:
            raise ActionRefused("Give the number of the response or the query.", code="about")
        source = taken.query.record
        # A call on an answer is kept exactly as long as the kind of query that was answered.
        category, schedule = source.category.number, source.schedule_item.code
    elif taken.kind == CallKind.HIT:
        if taken.request is None:
            raise ActionRefused("Ask for the NIC number and the priority.", code="nic")
        hit = receive_request(
            request=taken.request,
            came_by=CameBy.PHONE,
            received_at=at,
            actor=actor,
            at=at,
            channel=Channel.PAGE,
        )
        source = hit.record
    record = open_record(
        kind=RecordKind.CALL,
        category=category,
        schedule_code=schedule,
        owner=actor,
        creator=actor,
        at=at,
        channel=Channel.PAGE,
    )
    call = Call.objects.create(
        record=record,
        kind=taken.kind,
        received_at=at,
        ori=ori,
        caller_name=taken.caller_name.strip(),
        callback_given=taken.callback_given.strip() or None,
        purpose=taken.purpose.strip(),
        person_asked=taken.person_asked.strip() or None,
        hit=hit,
        query=taken.query if taken.kind == CallKind.FOLLOW_UP else None,
    )
    if source is not None:
        inherit_limits(record=record, source=source, actor=actor, at=at, channel=Channel.PAGE)
        for link in source.subjects.filter(role=SubjectRole.SUBJECT).order_by("pk"):
            link_subject(
                record=record,
                individual_id=link.individual_id,
                role=SubjectRole.SUBJECT,
                reason=f"The call is about {source.number}.",
                actor=actor,
                at=at,
                channel=Channel.PAGE,
            )
    recompute([record.pk], at=at)
    _event(events.TAKEN, call, actor=actor, at=at, about=taken.kind.value)
    return call


@transaction.atomic
def verify_caller(*, call: Call, reached: bool, actor: User, at: datetime) -> None:
    """Note that the agency was called back, at the number of the directory and no other.

    Args:
        reached: whether the agency knew of the caller and of the call.

    Raises:
        ActionRefused: the directory does not have the ORI, or no number of it; or the call is
            closed or verified already.
    """
    locked = _locked(call, actor)
    if locked.verification == Verification.VERIFIED:
        raise ActionRefused("The agency was called back already.", code="already-verified")
    recipient = agency_of(locked.ori)
    if recipient is None:
        raise ActionRefused(
            "The directory has no agency with this ORI. A privacy officer must add it before "
            "anything of a record is said.",
            code="unknown-ori",
            clause="5 U.S.C. 552a(c)(1)(B)",
        )
    if not recipient.phone:
        raise ActionRefused(
            "The directory has no number of this agency. The number that a caller gives is "
            "not called.",
            code="no-number",
        )
    locked.verification = Verification.VERIFIED if reached else Verification.FAILED
    locked.recipient, locked.called_number = recipient, recipient.phone
    locked.verified_by, locked.verified_at = actor, at
    locked.save()
    if reached and locked.hit is not None:
        agency_verified(hit=locked.hit, recipient=recipient, actor=actor, at=at)
    _event(events.VERIFIED, locked, actor=actor, at=at, reached=reached)


@transaction.atomic
def note_said(*, call: Call, text: str, actor: User, at: datetime) -> CallStatement:
    """Write down what was said where nothing of a record was.

    Raises:
        ActionRefused: the call is closed, or nothing is written.
    """
    locked = _locked(call, actor)
    _need(text, "Write down what was said.", code="text")
    said = CallStatement.objects.create(
        call=locked,
        text=text.strip(),
        prepared_by=actor,
        prepared_at=at,
        said_by=actor,
        said_at=at,
    )
    _event(events.SAID, locked, actor=actor, at=at, disclosure="")
    return said


@transaction.atomic
def prepare_statement(
    *,
    call: Call,
    text: str,
    fields: Collection[str],
    purpose: str,
    actor: User,
    at: datetime,
) -> CallStatement:
    """Prepare what is to be told of a record, so that its ground can be looked for.

    Raises:
        ActionRefused: the caller is not verified, nobody is linked, no value or purpose is
            named, a value is none that is told on calls, or no routine use fits.
    """
    locked = _locked(call, actor)
    require_verified(locked)
    _need(text, "Write down what is to be said.", code="text")
    if not fields or not set(fields) <= {each.value for each in policy.TOLD}:
        raise ActionRefused("Say which values are told.", code="fields")
    if purpose not in {each.value for each in PURPOSES}:
        raise ActionRefused("Say what the caller needs it for.", code="purpose")
    prepared = CallStatement.objects.create(
        call=locked,
        text=text.strip(),
        fields=sorted(fields),
        purpose_code=purpose,
        prepared_by=actor,
        prepared_at=at,
    )
    disclosing.outlook_of(telling_of(prepared), at=at)
    _event(events.STATEMENT_PREPARED, locked, actor=actor, at=at)
    return prepared


def telling_of(statement: CallStatement) -> disclosing.Telling:
    """What *statement* tells, and to whom.

    Raises:
        ActionRefused: the caller is not verified, or nobody is linked.
    """
    call = statement.call
    require_verified(call)
    assert call.recipient is not None
    if not call.record.subjects.filter(role=SubjectRole.SUBJECT).exists():
        raise ActionRefused(
            "Search for the person asked about, and link them, first.", code="no-individual"
        )
    about = [call.query.record] if call.query else []
    return disclosing.Telling(
        records=[*about, call.record],
        recipient=call.recipient,
        purpose=statement.purpose_code,
        fields=frozenset(statement.fields),
        mark=f"statement {statement.pk}",
        facts=facts_for_gate(call.query) if call.query else {},
        program=call.query.program if call.query else "",
    )


@transaction.atomic
def ask_for_check(
    *, statement: CallStatement, kind: ApprovalKind, actor: User, at: datetime
) -> Approval:
    """Ask for an approval that the prepared statement needs.

    Raises:
        ActionRefused: it was said already, needs none, or one was asked for.
    """
    prepared = _prepared(statement, actor)
    return disclosing.ask(
        telling_of(prepared),
        kind=kind,
        reason="Something is to be told to an agency that called.",
        actor=actor,
        at=at,
    )


@refusals_are_kept
@transaction.atomic
def tell(
    *,
    statement: CallStatement,
    attested: Mapping[str, ConditionValue],
    actor: User,
    at: datetime,
) -> CallStatement:
    """Tell what was prepared. It is accounted for in the same transaction, or not told.

    Raises:
        ActionRefused: it was said already, the call is closed or the caller not verified.
        DisclosureRefused: the gate says no; the refusal is kept.
    """
    prepared = _prepared(statement, actor)
    disclosure = disclosing.tell(
        telling_of(prepared),
        nature="Told to the agency that called",
        method=Method.ORAL,
        attested=attested,
        actor=actor,
        at=at,
    )
    prepared.said_by, prepared.said_at = actor, at
    prepared.disclosure_number = disclosure.number
    prepared.save(update_fields=["said_by", "said_at", "disclosure_number"])
    _event(events.SAID, prepared.call, actor=actor, at=at, disclosure=disclosure.number)
    return prepared


@transaction.atomic
def add_task(
    *, call: Call, what: str, assigned_to: User, due_at: datetime, actor: User, at: datetime
) -> CallTask:
    """Add a task that follows the call.

    Raises:
        ActionRefused: nothing is named, whoever it is given to takes no calls or does not see
            this one, or it is not due within a year from now.
    """
    locked = _locked(call, actor)
    _need(what, "Say what is to be done.", code="what")
    if not assigned_to.has_role(*policy.TAKERS) or not _sees(assigned_to, locked):
        raise ActionRefused("Give it to somebody who works calls.", code="assigned_to")
    if problem := policy.task_problem(due_at, at=at):
        raise ActionRefused(problem, code="due_at")
    task = CallTask.objects.create(
        call=locked,
        what=what.strip(),
        assigned_to=assigned_to,
        due_at=due_at,
        added_by=actor,
        added_at=at,
    )
    _event(events.TASK_ADDED, locked, actor=actor, at=at, to=assigned_to.get_username())
    return task


@transaction.atomic
def finish_task(*, task: CallTask, outcome: str, actor: User, at: datetime) -> None:
    """Write down that a task is done, and what came of it.

    Raises:
        ActionRefused: it is done already, or nothing is said of the outcome.
    """
    _require_taker(actor)
    locked = (
        CallTask.objects.select_for_update(of=("self",))
        .select_related("call__record")
        .get(pk=task.pk)
    )
    if locked.done_at is not None:
        raise ActionRefused("The task is done already.", code="wrong-state")
    _need(outcome, "Say what came of it.", code="outcome")
    locked.done_by, locked.done_at, locked.outcome = actor, at, outcome.strip()
    locked.save(update_fields=["done_by", "done_at", "outcome"])
    _event(events.TASK_DONE, locked.call, actor=actor, at=at)


@transaction.atomic
def close_call(*, call: Call, actor: User, at: datetime) -> None:
    """Close a call.

    Raises:
        ActionRefused: nothing was written down of what was said, a task is open, or it is not
            linked who called.
    """
    locked = _locked(call, actor)
    if not locked.record.subjects.filter(role=SubjectRole.CALLER).exists():
        raise ActionRefused("Search for the caller and link them first.", code="no-caller")
    answered = locked.hit is not None and bool(locked.hit.answer)
    if not answered and not locked.statements.exclude(said_at=None).exists():
        raise ActionRefused("Write down what was said.", code="nothing-said")
    if locked.tasks.filter(done_at=None).exists():
        raise ActionRefused("A task is still open.", code="tasks-open")
    locked.state, locked.closed_by, locked.closed_at = CallState.CLOSED, actor, at
    locked.save(update_fields=["state", "closed_by", "closed_at"])
    recompute([locked.pk], at=at)
    _event(events.CLOSED, locked, actor=actor, at=at)


def require_verified(call: Call) -> None:
    """Let nothing of a record be said to a caller who is not verified.

    Raises:
        ActionRefused: the agency was not called back.
    """
    if not call.is_verified or call.recipient is None:
        raise ActionRefused(
            "The caller is not verified. Call the agency back at the number of the directory; "
            "until then nothing of a record is said.",
            code="not-verified",
            clause=UNVERIFIED_CLAUSE,
        )


def _sees(user: User, call: Call) -> bool:
    return Call.objects.visible_to(user).filter(pk=call.pk).exists()


def _require_taker(actor: User) -> None:
    if not actor.has_role(*policy.TAKERS):
        raise ActionRefused("Your role takes no calls.", code="not-a-taker")


def _locked(call: Call, actor: User) -> Call:
    _require_taker(actor)
    locked = (
        Call.objects.select_for_update(of=("self", "record"))
        .select_related("record", "recipient", "hit__record", "query__record")
        .get(pk=call.pk)
    )
    if locked.state != CallState.OPEN:
        raise ActionRefused("The call is closed.", code="wrong-state")
    return locked


def _prepared(statement: CallStatement, actor: User) -> CallStatement:
    locked = CallStatement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    locked.call = _locked(statement.call, actor)
    if locked.said_at is not None or not locked.fields:
        raise ActionRefused("It was said already.", code="wrong-state")
    return locked


def _need(text: str, message: str, *, code: str) -> None:
    if not text.strip():
        raise ActionRefused(message, code=code)


def _event(kind: str, call: Call, *, actor: User, at: datetime, **details: object) -> None:
    write_act(kind, call.record, actor=actor, at=at, details=details)
