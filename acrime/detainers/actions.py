"""The verbs of detainers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.detainers import events, policy
from acrime.detainers.choices import (
    Basis,
    Box,
    DetainerState,
    Edition,
    LiftReason,
    NoticeKind,
    OfficerTitle,
    ReleaseKind,
    Service,
    Zone,
)
from acrime.detainers.models import Detainer
from acrime.detainers.notices.actions import drop_unsent, prepare
from acrime.detainers.working import locked_detainer, move, require_worker
from acrime.iaq.models import StatusQuery
from acrime.records.actions import approve_record, inherit_limits, open_record, write_act
from acrime.records.choices import RecordKind, SubjectRole
from acrime.retention.actions import recompute
from routine_uses.choices import Field
from routine_uses.models import Recipient


@dataclass(frozen=True)
class Description:
    """What a detainer is to say.

    Attributes:
        agency: that has the person in custody.
        grounds: what the finding rests on, or for which proceeding the person was transferred.
        rule, issued_on, officer_title, officer_name: of an earlier form, as its paper says.
    """

    edition: str
    box: str
    agency: Recipient
    zone: str
    bases: Collection[str] = ()
    grounds: str = ""
    warrant: str = ""
    warrant_signed_on: date | None = None
    place: str = ""
    citizenship: str = ""
    subject_id: str = ""
    event_number: str = ""
    agency_number: str = ""
    rule: str = ""
    issued_on: date | None = None
    officer_title: str = ""
    officer_name: str = ""


@transaction.atomic
def open_detainer(
    *, description: Description, query: StatusQuery | None = None, actor: User, at: datetime
) -> Detainer:
    """Begin to prepare a detainer. Whom it is about is looked for and linked next.

    Args:
        query: that it follows; its category and its limits are the detainer's too.

    Raises:
        ActionRefused: the actor does not work with detainers, or the description is wrong:
            both boxes, or box 1 without a basis, or an earlier form of today.
    """
    require_worker(actor)
    values = _described(description, at=at)
    source = query.record if query else None
    record = open_record(
        kind=RecordKind.DETAINER,
        category=source.category.number if source else policy.RECORD_CATEGORY,
        schedule_code=policy.SCHEDULE,
        owner=actor,
        creator=actor,
        at=at,
        channel=Channel.PAGE,
    )
    if source:
        inherit_limits(record=record, source=source, actor=actor, at=at, channel=Channel.PAGE)
    detainer = Detainer.objects.create(record=record, query=query, **values)
    recompute([record.pk], at=at)
    return detainer


@transaction.atomic
def describe(*, detainer: Detainer, description: Description, actor: User, at: datetime) -> None:
    """Change what a detainer is to say, while it is being prepared.

    Raises:
        ActionRefused: it is no longer being prepared, by somebody else, or the description
            is wrong.
    """
    locked = locked_detainer(detainer, actor)
    may_prepare(locked, actor)
    for name, value in _described(description, at=at).items():
        setattr(locked, name, value)
    locked.save()
    write_act(events.DESCRIBED, locked.record, actor=actor, at=at)


@transaction.atomic
def hand_over(*, detainer: Detainer, actor: User, at: datetime) -> None:
    """Hand the prepared detainer to an issuing officer, who is somebody else.

    Raises:
        ActionRefused: nobody or more than one person is linked, it is not said what the finding
            rests on, or no signed warrant goes with it.
    """
    locked = locked_detainer(detainer, actor)
    may_prepare(locked, actor)
    if locked.record.subjects.filter(role=SubjectRole.SUBJECT).count() != 1:
        raise ActionRefused(
            "A detainer is about one person. Search for the person and link them first.",
            code="no-individual",
        )
    if not locked.grounds:
        raise ActionRefused(
            "Say what the finding rests on.", code="grounds", clause=policy.CAUSE_CLAUSE
        )
    if locked.edition == Edition.I247A:
        _refuse(
            policy.warrant_problem(locked.warrant, locked.warrant_signed_on, today=portal_day(at))
        )
    elif locked.officer_title not in OfficerTitle.values or not locked.officer_name:
        raise ActionRefused("Give the officer of the paper, and the title.", code="officer_name")
    move(locked, DetainerState.TO_ISSUE, refusal="Only what is being prepared is handed over.")
    locked.prepared_by, locked.prepared_at = actor, at
    locked.return_reason = None
    locked.save()
    write_act(events.PREPARED, locked.record, actor=actor, at=at)


@transaction.atomic
def send_back(*, detainer: Detainer, reason: str, actor: User, at: datetime) -> None:
    """Send a detainer back to whoever prepared it.

    Raises:
        ActionRefused: it does not wait for its issuing officer, or no reason is given.
    """
    locked = locked_detainer(detainer, actor)
    _need(reason, "Give a reason.", code="reason-missing")
    move(locked, DetainerState.DRAFT, refusal="Only what waits to be issued goes back.")
    locked.return_reason = reason.strip()
    locked.save()
    write_act(events.RETURNED, locked.record, actor=actor, at=at)


@transaction.atomic
def withdraw(*, detainer: Detainer, reason: str, actor: User, at: datetime) -> None:
    """Give a detainer up before it is issued.

    Raises:
        ActionRefused: it is not being prepared, by somebody else, or no reason is given.
    """
    locked = locked_detainer(detainer, actor)
    may_prepare(locked, actor)
    _need(reason, "Give a reason.", code="reason-missing")
    move(locked, DetainerState.WITHDRAWN, refusal="It cannot be given up now.")
    locked.return_reason = reason.strip()
    locked.save()
    recompute([locked.pk], at=at)
    write_act(events.WITHDRAWN, locked.record, actor=actor, at=at)


@transaction.atomic
def issue(
    *, detainer: Detainer, title: str, found_cause: bool, actor: User, at: datetime
) -> Detainer:
    """Issue a prepared detainer, as the officer who answers for it. Its placement is prepared.

    One on an earlier form is only checked against its paper: it stands since long ago.

    Args:
        title: under which the officer issues it; of an earlier form the paper says it.
        found_cause: the officer's own word that what is written is so.

    Raises:
        ActionRefused: the actor prepared it, or may issue none, or does not say so.
    """
    locked = locked_detainer(detainer, actor)
    if not actor.has_role(*policy.ISSUERS):
        raise ActionRefused(
            "Your role issues no detainers.", code="not-an-issuer", clause="8 CFR 287.7(b)"
        )
    if locked.prepared_by_id == actor.pk or locked.record.creator_id == actor.pk:
        raise ActionRefused("You prepared it; somebody else must issue it.", code="own-work")
    earlier = locked.edition != Edition.I247A
    if not found_cause:
        raise ActionRefused(
            "Say that you have made sure of it yourself.",
            code="found_cause",
            clause=policy.CAUSE_CLAUSE,
        )
    if not earlier and title not in OfficerTitle.values:
        raise ActionRefused(
            "Say under which title you issue it.", code="title", clause="8 CFR 287.7(b)"
        )
    move(
        locked,
        DetainerState.PLACED if earlier else DetainerState.ISSUED,
        refusal="It does not wait to be issued.",
    )
    locked.issued_by, locked.issued_at = actor, at
    if not earlier:
        locked.issued_on, locked.officer_title = portal_day(at), title
    locked.save()
    if locked.record.approved_by_id is None:
        approve_record(record=locked.record, actor=actor, at=at, channel=Channel.PAGE)
    write_act(
        events.EARLIER_CHECKED if earlier else events.ISSUED, locked.record, actor=actor, at=at
    )
    if not earlier:
        prepare(
            locked,
            kind=NoticeKind.PLACEMENT,
            recipient=locked.agency,
            fields=policy.PLACED_FIELDS,
            actor=actor,
            at=at,
        )
    return locked


@transaction.atomic
def note_served(
    *,
    detainer: Detainer,
    served_at: datetime,
    how: Service,
    by: str,
    actor: User,
    at: datetime,
) -> None:
    """Note that a copy was served on the person: until then the detainer takes no effect.

    Raises:
        ActionRefused: it does not stand, was served already, or the time cannot be.
    """
    locked = locked_detainer(detainer, actor)
    _must_stand(locked)
    if locked.served_at is not None:
        raise ActionRefused("It was served already.", code="already-served")
    _need(by, "Say who served it.", code="by")
    _happened(locked, served_at, at=at)
    locked.served_at, locked.served_how, locked.served_by = served_at, how, by.strip()
    locked.save()
    write_act(events.SERVED, locked.record, actor=actor, at=at, details={"how": how.value})


@transaction.atomic
def note_release(
    *,
    detainer: Detainer,
    release_at: datetime | None,
    kind: ReleaseKind,
    told_by: str,
    actor: User,
    at: datetime,
) -> None:
    """Note when the person is, or would otherwise be, released: from then the 48 hours run.

    Args:
        release_at: None where the clock of the place never showed that time.

    Raises:
        ActionRefused: it does not stand, nobody told it, or the time cannot be.
    """
    locked = locked_detainer(detainer, actor)
    _must_stand(locked)
    _need(told_by, "Say who told it.", code="told_by")
    assert locked.issued_on is not None
    expected = kind == ReleaseKind.EXPECTED
    problem = policy.release_problem(
        release_at, expected=expected, issued_on=locked.issued_on, zone=locked.zone, at=at
    )
    if problem:
        raise ActionRefused(problem, code="time", clause=policy.END_CLAUSE)
    ends = policy.ends_of(release_at, rule=locked.says, zone=locked.zone)
    locked.release_at, locked.release_kind = release_at, kind
    locked.release_told_by = told_by.strip()
    locked.end_at, locked.end_told_at = ends.given if ends else None, None
    locked.save()
    write_act(
        events.RELEASE_NOTED, locked.record, actor=actor, at=at, details={"expected": expected}
    )


@transaction.atomic
def lift(*, detainer: Detainer, reason: LiftReason, note: str, actor: User, at: datetime) -> None:
    """Lift a detainer, now. Word to the agency that has custody is prepared with it.

    Lifting waits for nobody: no check stands between a person and the end of a detainer.

    Raises:
        ActionRefused: it does not stand, or another reason is not said.
    """
    locked = locked_detainer(detainer, actor)
    if reason == LiftReason.OTHER:
        _need(note, "Say which reason it is.", code="note")
    was_placed = locked.state == DetainerState.PLACED
    move(locked, DetainerState.LIFTED, refusal="Only what stands is lifted.")
    locked.lift_reason, locked.lift_note = reason, note.strip() or None
    locked.ended_by, locked.ended_at = actor, at
    locked.save()
    drop_unsent(locked, actor=actor, at=at)
    recompute([locked.pk], at=at)
    write_act(events.LIFTED, locked.record, actor=actor, at=at, details={"reason": reason.value})
    if was_placed:
        prepare(
            locked,
            kind=NoticeKind.LIFTING,
            recipient=locked.agency,
            fields=[Field.DETAINER_EXISTENCE],
            text=policy.LIFTED,
            actor=actor,
            at=at,
        )


@transaction.atomic
def act_on(*, detainer: Detainer, taken_at: datetime, actor: User, at: datetime) -> None:
    """Note that DHS took custody of the person.

    Raises:
        ActionRefused: it is not placed, or the time cannot be.
    """
    locked = locked_detainer(detainer, actor)
    move(locked, DetainerState.ACTED_ON, refusal="Only what is placed is acted on.")
    _happened(locked, taken_at, at=at)
    locked.custody_taken_at = taken_at
    locked.ended_by, locked.ended_at = actor, at
    locked.save()
    drop_unsent(locked, actor=actor, at=at)
    recompute([locked.pk], at=at)
    write_act(events.ACTED_ON, locked.record, actor=actor, at=at)


@transaction.atomic
def tell_of_ended_hours(*, at: datetime) -> int:
    """Write down, once for each, the placed detainers whose 48 hours have ended.

    Returns:
        How many were new.
    """
    ended = (
        Detainer.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=DetainerState.PLACED, end_at__lt=at, end_told_at=None)
        .select_related("record")
        .order_by("end_at", "pk")
    )
    count = 0
    for detainer in ended:
        detainer.end_told_at = at
        detainer.save(update_fields=["end_told_at"])
        write_act(events.HOURS_ENDED, detainer.record, actor=None, at=at, channel=Channel.JOB)
        count += 1
    return count


def no_such_time() -> ActionRefused:
    """That a clock never showed a time: it was put forward over it."""
    return ActionRefused("The clocks went forward that night: there was no such time.", code="time")


def may_prepare(detainer: Detainer, actor: User) -> None:
    """Let only whoever opened a detainer prepare it.

    Raises:
        ActionRefused: somebody else's, or no longer being prepared.
    """
    require_worker(actor)
    if detainer.state != DetainerState.DRAFT:
        raise ActionRefused("The detainer is not being prepared now.", code="wrong-state")
    if detainer.record.owner_id != actor.pk:
        raise ActionRefused("Somebody else prepares this detainer.", code="not-yours")


def _described(given: Description, *, at: datetime) -> dict[str, object]:
    today = portal_day(at)
    _refuse(policy.edition_problem(given.edition, given.rule, given.issued_on, today=today))
    _refuse(policy.box_problem(given.box, given.bases))
    if given.zone not in Zone.values:
        raise ActionRefused("Say whose clock the place of custody has.", code="zone")
    if given.warrant_signed_on and given.warrant_signed_on > today:
        raise ActionRefused("The warrant was signed in the future.", code="warrant_signed_on")
    if not given.agency.is_active:
        raise ActionRefused("The directory lists this agency no more.", code="agency")
    earlier = given.edition != Edition.I247A
    return {
        "edition": given.edition,
        "rule": given.rule if given.edition not in policy.GIVEN_BY else "",
        "box": Box(given.box),
        "bases": [each.value for each in Basis if each in given.bases],
        "grounds": given.grounds.strip() or None,
        "warrant": given.warrant,
        "warrant_signed_on": given.warrant_signed_on if given.warrant else None,
        "agency": given.agency,
        "place": given.place.strip() or None,
        "zone": given.zone,
        "citizenship": given.citizenship.strip() or None,
        "subject_id": given.subject_id.strip() or None,
        "event_number": given.event_number.strip() or None,
        "agency_number": given.agency_number.strip() or None,
        "issued_on": given.issued_on if earlier else None,
        "officer_title": given.officer_title if earlier else "",
        "officer_name": (given.officer_name.strip() or None) if earlier else None,
    }


def _refuse(found: policy.Finding | None) -> None:
    if found is not None:
        raise ActionRefused(found.message, code=found.field, clause=found.clause)


def _must_stand(detainer: Detainer) -> None:
    if detainer.state not in policy.STANDING:
        raise ActionRefused("The detainer does not stand.", code="wrong-state")


def _happened(detainer: Detainer, moment: datetime, *, at: datetime) -> None:
    assert detainer.issued_on is not None
    if moment > at:
        raise ActionRefused("That lies ahead.", code="time")
    if moment.astimezone(ZoneInfo(detainer.zone)).date() < detainer.issued_on:
        raise ActionRefused("That was before the detainer was issued.", code="time")


def _need(text: str, message: str, *, code: str) -> None:
    if not text.strip():
        raise ActionRefused(message, code=code)
