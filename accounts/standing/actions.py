"""Standing: the verbs."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import Course, StruckTraining, TrainingRecord, User
from accounts.standing import events
from accounts.standing.policy import portal_day
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused


@transaction.atomic
def record_training(
    *,
    user: User,
    course: Course,
    passed_on: date,
    evidence: str,
    actor: User | None,
    at: datetime,
    channel: Channel = Channel.COMMAND,
    facts: RequestFacts | None = None,
) -> TrainingRecord:
    """Record that *user* passed *course*. It counts at once, through its last day's midnight.

    ``evidence`` says where the passing can be looked up, such as a certificate's number.

    Raises:
        ActionRefused: one's own training, a day to come, no evidence, or a passing of that
            day that is on record.
    """
    if actor is not None and actor.pk == user.pk:
        raise ActionRefused("Nobody records their own training.", code="own-training")
    if passed_on > portal_day(at):
        raise ActionRefused("The day of passing lies in the future.", code="future-day")
    if not evidence.strip():
        raise ActionRefused(
            "Say where the passing can be looked up, such as a certificate's number.",
            code="no-evidence",
        )
    # The person's row is held, so that the same passing cannot be recorded twice at once.
    User.objects.select_for_update().get(pk=user.pk)
    if user.training.filter(course=course, passed_on=passed_on, struck=None).exists():
        raise ActionRefused("That passing is on record.", code="already-recorded")
    record = TrainingRecord.objects.create(
        user=user,
        course=course,
        passed_on=passed_on,
        valid_until=passed_on + timedelta(days=course.valid_days),
        evidence=evidence.strip(),
        recorded_by=actor,
        recorded_at=at,
    )
    record_event(
        kind=events.TRAINING_RECORDED,
        actor=actor,
        at=at,
        channel=channel,
        details={
            "user": user.username,
            "course": course.code,
            "passed_on": passed_on.isoformat(),
            "valid_until": record.valid_until.isoformat(),
        },
        facts=facts,
    )
    return record


@transaction.atomic
def strike_training(
    *,
    record: TrainingRecord,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> StruckTraining:
    """Strike out a passing that was recorded wrongly. The record itself stays.

    Raises:
        ActionRefused: one's own training, no reason, or struck out before.
    """
    if actor.pk == record.user_id:
        raise ActionRefused("Nobody changes their own training.", code="own-training")
    if not reason.strip():
        raise ActionRefused("Say why the record is wrong.", code="no-reason")
    User.objects.select_for_update().get(pk=record.user_id)
    if StruckTraining.objects.filter(record=record).exists():
        raise ActionRefused("That record is struck out.", code="already-struck")
    struck = StruckTraining.objects.create(
        record=record, reason=reason.strip(), struck_by=actor, struck_at=at
    )
    record_event(
        kind=events.TRAINING_STRUCK,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={"user": record.user.username, "course": record.course.code, "entry": record.pk},
        facts=facts,
    )
    return struck
