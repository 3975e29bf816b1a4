"""Standing: the verbs."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.actions import (
    assign_supervisor,
    enable_account,
    end_grant,
    grant_role,
    move_to_office,
)
from accounts.choices import Role
from accounts.models import (
    Course,
    Office,
    RoleRequest,
    StruckTraining,
    TrainingRecord,
    User,
)
from accounts.standing import events
from accounts.standing.bulk import Passing
from accounts.standing.choices import RequestKind, RequestState
from accounts.standing.policy import (
    clash_of,
    may_ask,
    may_decide,
)
from accounts.standing.querysets import asker_of, in_force
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import EASTERN, portal_day
from acrime.common.errors import ActionRefused, NotThere


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


@transaction.atomic
def record_many(
    *,
    passings: Iterable[Passing],
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> int:
    """Record all of *passings* or, where one is refused, none. Returns how many.

    Raises:
        ActionRefused: as ``record_training``.
    """
    count = 0
    for passing in passings:
        record_training(
            user=passing.user,
            course=passing.course,
            passed_on=passing.passed_on,
            evidence=passing.evidence,
            actor=actor,
            at=at,
            channel=channel,
            facts=facts,
        )
        count += 1
    return count


@transaction.atomic
def move_person(
    *,
    user: User,
    supervisor: User | None,
    office: Office,
    heads: bool,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Put somebody under another supervisor, into another office, or at its head.

    Raises:
        ActionRefused: one's own account, or a chain that would become a circle.
    """
    if user.supervisor_id != (supervisor.pk if supervisor else None):
        assign_supervisor(
            user=user, supervisor=supervisor, actor=actor, at=at, channel=channel, facts=facts
        )
    move_to_office(
        user=user, office=office, heads=heads, actor=actor, at=at, channel=channel, facts=facts
    )


# region: requests for roles
@transaction.atomic
def request_role(
    *,
    person: User,
    role: Role,
    kind: RequestKind,
    reason: str,
    until: date | None = None,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> RoleRequest:
    """Ask that *person* be given *role*, through the day *until*, or lose it.

    Raises:
        NotThere: the person is none of the actor's.
        ActionRefused: the role is not the actor's to ask for, is held or not held, does not
            go with another, or is asked for already.
    """
    asker = asker_of(actor, person)
    granting = kind == RequestKind.GRANT
    if asker.oneself:
        raise ActionRefused("Nobody asks for a role for themselves.", code="own-role")
    if not (asker.answers_for or asker.leads_oversight):
        raise NotThere
    if not may_ask(role, granting=granting, asker=asker):
        raise ActionRefused(
            "That role is not yours to ask for: OPR is staffed by an OPR lead, everybody else "
            "by those above them, and connected systems by command.",
            code="not-yours-to-ask",
        )
    if not reason.strip():
        raise ActionRefused("Say why.", code="no-reason")
    if until is not None and until < portal_day(at):
        raise ActionRefused("The last day lies in the past.", code="past-day")
    # The person's row is held, so that the same cannot be asked for twice at once.
    locked = User.objects.select_for_update().get(pk=person.pk)
    if granting and not locked.is_active:
        raise ActionRefused("The account is disabled.", code="account-disabled")
    held = set(locked.role_grants.filter(in_force(at)).values_list("role", flat=True))
    _must_fit(role, held, granting=granting)
    if locked.role_requests.filter(role=role, kind=kind, state=RequestState.WAITING).exists():
        raise ActionRefused("That is asked for and waits.", code="already-asked")
    request = RoleRequest.objects.create(
        person=locked,
        role=role,
        kind=kind,
        reason=reason.strip(),
        until=until if granting else None,
        requested_by=actor,
        requested_at=at,
    )
    _request_event(events.ROLE_REQUESTED, request, actor, at, channel, facts, reason)
    return request


@transaction.atomic
def decide_request(
    *,
    request: RoleRequest,
    approve: bool,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Approve a wish about roles, which then happens at once, or refuse it.

    Raises:
        ActionRefused: the actor is no administrator, or is the person or the requester; it
            was decided before; no reason; or what was asked for no longer fits.
    """
    if not actor.has_role(Role.ADMINISTRATOR):
        raise ActionRefused("An administrator decides.", code="not-administrator")
    locked = (
        RoleRequest.objects.select_for_update(of=("self",))
        .select_related("person", "requested_by")
        .get(pk=request.pk)
    )
    if not may_decide(actor=actor.pk, person=locked.person_id, requester=locked.requested_by_id):
        raise ActionRefused(
            "Nobody decides a request that they made or that is about them.",
            code="own-request",
            clause="CJIS Security Policy AC-5",
        )
    if locked.state != RequestState.WAITING:
        raise ActionRefused("The request was decided before.", code="already-decided")
    if not reason.strip():
        raise ActionRefused("Say why.", code="no-reason")
    role = Role(locked.role)
    if approve and locked.kind == RequestKind.GRANT:
        asker = asker_of(locked.requested_by, locked.person)
        if not locked.person.is_active:
            raise ActionRefused("The account is disabled.", code="account-disabled")
        if not may_ask(role, granting=True, asker=asker):
            raise ActionRefused(
                "Who asked no longer answers for the person; refuse, and have it asked for anew.",
                code="requester-changed",
            )
        if locked.until is not None and locked.until < portal_day(at):
            raise ActionRefused("The last day has passed meanwhile.", code="past-day")
        grant_role(
            user=locked.person,
            role=role,
            actor=actor,
            at=at,
            expires_at=_end_of(locked.until) if locked.until else None,
            channel=channel,
            facts=facts,
        )
    elif approve:
        grant = locked.person.role_grants.filter(in_force(at), role=role).first()
        if grant is None:
            raise ActionRefused("The person no longer has the role.", code="not-held")
        end_grant(
            grant=grant,
            reason=f"Asked for by {locked.requested_by.username}: {locked.reason}"[:500],
            actor=actor,
            at=at,
            channel=channel,
            facts=facts,
        )
    locked.state = RequestState.APPROVED if approve else RequestState.REFUSED
    locked.decided_by, locked.decided_at, locked.decision_reason = actor, at, reason.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    event = events.ROLE_REQUEST_APPROVED if approve else events.ROLE_REQUEST_REFUSED
    _request_event(event, locked, actor, at, channel, facts, reason)


@transaction.atomic
def withdraw_request(
    *,
    request: RoleRequest,
    actor: User,
    at: datetime,
    channel: Channel = Channel.PAGE,
    facts: RequestFacts | None = None,
) -> None:
    """Take one's own request back.

    Raises:
        NotThere: somebody else made it.
        ActionRefused: it was decided before.
    """
    locked = RoleRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.requested_by_id != actor.pk:
        raise NotThere
    if locked.state != RequestState.WAITING:
        raise ActionRefused("The request was decided before.", code="already-decided")
    locked.state, locked.decided_by, locked.decided_at = RequestState.WITHDRAWN, actor, at
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    _request_event(events.ROLE_REQUEST_WITHDRAWN, locked, actor, at, channel, facts, "")


def _must_fit(role: Role, held: Iterable[str], *, granting: bool) -> None:
    held = set(held)
    if not granting:
        if role not in held:
            raise ActionRefused("The person does not have that role.", code="not-held")
        return
    if role in held:
        raise ActionRefused("The person has that role.", code="already-held")
    if (found := clash_of(role, held)) is not None:
        other, clash = found
        raise ActionRefused(
            f"{role.label} does not go with {Role(other).label}. {clash.why}",
            code="incompatible-roles",
            clause=clash.clause,
        )


def _end_of(day: date) -> datetime:
    """The midnight that ends *day* in the portal's time zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=EASTERN)


def _request_event(
    kind: str,
    request: RoleRequest,
    actor: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None,
    reason: str,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        purpose=reason.strip()[:200],
        details={
            "request": request.pk,
            "user": request.person.username,
            "role": request.role,
            "kind": request.kind,
            "requested_by": request.requested_by.username,
        },
        facts=facts,
    )


# endregion


@transaction.atomic
def restore_administrator(*, user: User, reason: str, at: datetime) -> None:
    """Open a disabled account again and make it an administrator's, from the server itself.

    For a portal whose administrators all lost their way in. Training is recorded apart.

    Raises:
        ActionRefused: no reason, nothing to restore, or the account's roles do not go with
            an administrator's.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    administers = locked.role_grants.filter(in_force(at), role=Role.ADMINISTRATOR).exists()
    if locked.is_active and administers:
        raise ActionRefused("That account is an administrator's, and open.", code="not-needed")
    if not reason.strip():
        raise ActionRefused("Say why.", code="no-reason")
    if not locked.is_active:
        enable_account(user=locked, reason=reason, actor=None, at=at)
    if not administers:
        grant_role(user=locked, role=Role.ADMINISTRATOR, actor=None, at=at)
