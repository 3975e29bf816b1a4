"""The verbs of the desk: sorting, triage, the second person, following up, closing."""

import base64
import json
from datetime import datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import Office, User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.records.actions import change_owner
from acrime.retention.actions import recompute
from acrime.tips import events, policy
from acrime.tips.choices import Matter, Result, Speech, StepKind, TipState
from acrime.tips.models import Tip, TipStep, TipStrike


@transaction.atomic
def sort_tip(*, tip: Tip, is_tip: bool, actor: User, at: datetime) -> None:
    """Say whether what looked like none is a tip. What is none is closed, and kept as long.

    Raises:
        ActionRefused: it does not wait for that, or the actor's role triages nothing.
    """
    locked = _locked(tip, actor, TipState.SUSPECTED)
    _require(actor, policy.TRIAGERS)
    if is_tip:
        _move(locked, TipState.NEW)
    else:
        _close(locked, Result.NO_TIP, actor=actor, at=at)
    locked.save()
    recompute([locked.pk], at=at)
    _event(events.SORTED, locked, actor=actor, at=at, found="tip" if is_tip else "none")


@transaction.atomic
def take_tip(*, tip: Tip, actor: User, at: datetime) -> None:
    """Take a tip on. Whoever does owns its record from then on; who reported it stays apart.

    Raises:
        ActionRefused: it does not wait for triage, or the actor's role triages nothing.
    """
    locked = _locked(tip, actor, TipState.NEW)
    _require(actor, policy.TRIAGERS)
    _move(locked, TipState.TRIAGE)
    locked.handler = actor
    locked.save()
    change_owner(record=locked.record, owner=actor, actor=actor, at=at, channel=Channel.PAGE)
    _event(events.TAKEN, locked, actor=actor, at=at)


@transaction.atomic
def put_back(*, tip: Tip, actor: User, at: datetime) -> None:
    """Put a tip back, for somebody else.

    Raises:
        ActionRefused: it is not in triage, or it is somebody else's and the actor no supervisor.
    """
    locked = _locked(tip, actor, TipState.TRIAGE)
    if locked.handler_id != actor.pk and not actor.has_role(Role.SUPERVISOR):
        raise ActionRefused("Somebody else works on this tip.", code="not-yours")
    _move(locked, TipState.NEW)
    locked.handler = None
    locked.save()
    _event(events.PUT_BACK, locked, actor=actor, at=at)


@transaction.atomic
def answer_speech(
    *, tip: Tip, answer: str, ground: str, matter: str, actor: User, at: datetime
) -> None:
    """Answer whether the tip describes how somebody uses rights of the First Amendment.

    Where it does, and neither a statute, nor the person, nor an authorized law enforcement
    activity allows keeping it, the tip waits for a second person.

    Raises:
        ActionRefused: the tip is not in the actor's triage, or the answer is not complete.
    """
    locked = _locked(tip, actor, TipState.TRIAGE)
    if locked.handler_id != actor.pk:
        raise ActionRefused("Whoever took the tip on answers.", code="not-yours")
    code, problem = policy.speech_problem(answer, ground)
    if problem:
        raise ActionRefused(problem, code=code, clause=policy.SPEECH_CLAUSE)
    if matter not in Matter.values:
        raise ActionRefused("Say what the tip is about.", code="matter")
    locked.speech, locked.matter = answer, matter
    locked.speech_ground = ground.strip() or None
    locked.answered_by, locked.answered_at = actor, at
    locked.decision_reason = None
    _move(locked, TipState.REVIEW if answer == Speech.NOT_KEPT else TipState.OPEN)
    locked.save()
    _event(events.TRIAGED, locked, actor=actor, at=at, answer=answer)


@transaction.atomic
def decide_not_kept(*, tip: Tip, agrees: bool, reason: str, actor: User, at: datetime) -> None:
    """Say as a second person whether a tip is not kept. With yes its contents are struck.

    Raises:
        ActionRefused: it does not wait for that, the actor answered the question or may not
            decide, or no reason is given.
    """
    locked = _locked(tip, actor, TipState.REVIEW)
    _require(actor, policy.SECOND)
    if locked.answered_by_id == actor.pk:
        raise ActionRefused(
            "Somebody else decides what you answered.",
            code="own-work",
            clause=policy.SPEECH_CLAUSE,
        )
    if not reason.strip():
        raise ActionRefused("Say why.", code="reason")
    if agrees:
        _strike(locked, at=at)
        locked.decided_by, locked.decided_at = actor, at
        _move(locked, TipState.NOT_KEPT)
    else:
        locked.speech, locked.speech_ground = "", None
        locked.answered_by = locked.answered_at = None
        _move(locked, TipState.TRIAGE)
    locked.decision_reason = reason.strip()
    locked.save()
    recompute([locked.pk], at=at)
    _event(events.NOT_KEEPING if agrees else events.RETURNED, locked, actor=actor, at=at)


def require_linkable(*, tip: Tip, actor: User) -> None:
    """Let nobody be linked to a tip before the question of (e)(7) was answered.

    Raises:
        ActionRefused: it was not, the tip is closed, or the actor's role follows no tips up.
    """
    _require(actor, policy.TAKERS)
    if tip.state != TipState.OPEN:
        raise ActionRefused(
            "First answer whether the tip describes how somebody uses rights of the First "
            "Amendment; only then may it become a record about a person.",
            code="speech-first",
            clause=policy.SPEECH_CLAUSE,
        )


@transaction.atomic
def link_same(*, tip: Tip, other: Tip, actor: User, at: datetime) -> None:
    """Say that *tip* repeats *other*, an earlier one that repeats nothing itself.

    Raises:
        ActionRefused: it is linked or over, *other* came later, repeats one, or is not kept.
    """
    _require(actor, policy.TAKERS)
    locked = _locked(tip, actor, TipState.NEW, TipState.TRIAGE, TipState.OPEN)
    if locked.same_as_id is not None:
        raise ActionRefused("It is linked already.", code="linked")
    if other.pk == tip.pk or other.same_as_id is not None or other.state == TipState.NOT_KEPT:
        raise ActionRefused("Link the first tip that says this.", code="other")
    if (other.received_at, other.pk) > (locked.received_at, locked.pk):
        raise ActionRefused("That tip came later: link it to this one.", code="other")
    locked.same_as = other
    locked.save()
    for each in (locked, other):
        _event(events.SAME, each, actor=actor, at=at)


@transaction.atomic
def refer_to_office(
    *, tip: Tip, office: Office, officer: User, note: str, actor: User, at: datetime
) -> None:
    """Refer a tip to an office of the agency, where *officer* owns it from then on.

    Raises:
        ActionRefused: the tip is not followed up, *officer* is no officer of that office, or
            nothing is said of what is to be done.
    """
    _require(actor, policy.TRIAGERS)
    locked = _locked(tip, actor, TipState.OPEN)
    if officer.office_id != office.pk or not officer.has_role(Role.FIELD_OFFICER):
        raise ActionRefused("Choose an officer of that office.", code="officer")
    _note(note, "Say what the office is to do.")
    locked.office = office
    locked.save()
    change_owner(record=locked.record, owner=officer, actor=actor, at=at, channel=Channel.PAGE)
    TipStep.objects.create(
        tip=locked, kind=StepKind.LEAD, text=note.strip(), done_by=actor, done_at=at
    )
    _event(events.OFFICE, locked, actor=actor, at=at, office=office.code)


@transaction.atomic
def add_step(*, tip: Tip, kind: str, text: str, actor: User, at: datetime) -> TipStep:
    """Write down what was done with a tip.

    Raises:
        ActionRefused: the tip is not followed up, or nothing is said.
    """
    _require(actor, policy.FOLLOWERS)
    locked = _locked(tip, actor, TipState.OPEN)
    if kind not in StepKind.values:
        raise ActionRefused("Say what was done.", code="kind")
    _note(text, "Write down what was done.")
    step = TipStep.objects.create(
        tip=locked, kind=kind, text=text.strip(), done_by=actor, done_at=at
    )
    _event(events.STEP, locked, actor=actor, at=at, step=kind)
    return step


@transaction.atomic
def close_tip(*, tip: Tip, result: str, note: str, actor: User, at: datetime) -> None:
    """Close a tip with what came of it.

    Raises:
        ActionRefused: the tip is not followed up, or its result does not fit what was done.
    """
    _require(actor, policy.FOLLOWERS)
    locked = _locked(tip, actor, TipState.OPEN)
    code, problem = policy.closing_problem(
        result,
        sent=locked.referrals.exclude(disclosure_number="").exists(),
        linked=locked.same_as_id is not None,
    )
    if problem:
        raise ActionRefused(problem, code=code)
    _note(note, "Say in a few words what came of it.")
    _close(locked, Result(result), actor=actor, at=at)
    locked.result_note = note.strip()
    locked.save()
    recompute([locked.pk], at=at)
    _event(events.CLOSED, locked, actor=actor, at=at, result=result)


def _strike(tip: Tip, *, at: datetime) -> None:
    """Take everything that somebody wrote out of the record, and seal it as one.

    What lies under the seal is opened by nothing in the portal: it waits for its disposition.
    """
    source = getattr(tip, "source", None)
    held: dict[str, object] = {
        "text": tip.text,
        "happened": tip.happened,
        "place": tip.place,
        "persons": [[each.name, each.description, each.place] for each in tip.persons.all()],
        "files": [
            {"type": each.media_type, "content": base64.b64encode(bytes(each.content)).decode()}
            for each in tip.files.all()
        ],
        "source": [source.name, source.telephone, source.email, source.other, source.whole_text]
        if source
        else [],
    }
    TipStrike.objects.create(tip=tip, contents=json.dumps(held).encode(), struck_at=at)
    tip.persons.all().delete()
    tip.files.all().delete()
    if source is not None:
        source.name = source.telephone = source.email = source.other = source.whole_text = None
        source.save()
    tip.text = tip.happened = tip.place = tip.speech_ground = None
    tip.text_digest, tip.sketch = None, []


def _close(tip: Tip, result: Result, *, actor: User, at: datetime) -> None:
    _move(tip, TipState.CLOSED)
    tip.result, tip.closed_by, tip.closed_at = result, actor, at


def _move(tip: Tip, state: TipState) -> None:
    if state not in policy.MOVES[tip.state]:
        raise ActionRefused("The tip does not stand where that can be done.", code="wrong-state")
    tip.state = state


def _locked(tip: Tip, actor: User, *states: TipState) -> Tip:
    # Whoever was shown it may have lost sight of it since.
    if not Tip.objects.visible_to(actor).filter(pk=tip.pk).exists():
        raise ActionRefused("You do not see that tip.", code="not-yours")
    locked: Tip = (
        Tip.objects.select_for_update(of=("self", "record"))
        .select_related("record__schedule_item")
        .get(pk=tip.pk)
    )
    if locked.state not in states:
        raise ActionRefused("The tip does not stand where that can be done.", code="wrong-state")
    return locked


def _require(actor: User, roles: frozenset[Role]) -> None:
    if not actor.has_role(*roles):
        raise ActionRefused("Your role does not do that with tips.", code="not-your-role")


def _note(text: str, message: str) -> None:
    if not text.strip():
        raise ActionRefused(message, code="note")


def _event(kind: str, tip: Tip, *, actor: User, at: datetime, **details: object) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=tip.record.pk,
        record_number=tip.record.number,
        details=details,
    )
