"""What is known of somebody's standing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from accounts.choices import OVERSIGHT, Role
from accounts.models import Office, RoleGrant, SupervisionLink, User
from accounts.standing.choices import Audience, RequestState, ReviewDecision
from accounts.standing.models import (
    Course,
    ReviewCampaign,
    ReviewItem,
    RoleRequest,
    TrainingRecord,
)
from accounts.standing.policy import WARN_DAYS, Asker, CourseHeld
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere


@dataclass(frozen=True)
class Held:
    """What somebody holds at a moment: roles in force, and courses with their last days."""

    roles: frozenset[str]
    courses: tuple[CourseHeld, ...]


NOTHING = Held(frozenset(), ())


def in_force(at: datetime, *, prefix: str = "") -> Q:
    """The role grants that count at *at*: neither ended nor expired."""
    return Q(**{f"{prefix}ended_at": None}) & (
        Q(**{f"{prefix}expires_at": None}) | Q(**{f"{prefix}expires_at__gt": at})
    )


def held_by(user_id: int | None, *, at: datetime) -> Held:
    """What the person holds, in one query; nothing where there is no such person."""
    if user_id is None:
        return NOTHING
    return held_by_each([user_id], at=at).get(user_id, NOTHING)


# Every request asks this, and the ORM takes longer to put it together than the database to answer.
# The first condition is ``in_force``; what was struck out does not count as passed.
_HELD = """
SELECT person.id,
       ARRAY(SELECT role FROM accounts_rolegrant held
             WHERE held.user_id = person.id AND ended_at IS NULL
               AND (expires_at IS NULL OR expires_at > %(at)s)),
       ARRAY(SELECT audience FROM accounts_course ORDER BY id),
       ARRAY(SELECT (SELECT max(valid_until) FROM accounts_trainingrecord passed
                     WHERE passed.user_id = person.id AND passed.course_id = course.id
                       AND NOT EXISTS (SELECT FROM accounts_strucktraining struck
                                       WHERE struck.record_id = passed.id))
             FROM accounts_course course ORDER BY id)
FROM accounts_user person WHERE person.id = ANY(%(people)s)
"""


def held_by_each(user_ids: Iterable[int], *, at: datetime) -> dict[int, Held]:
    """What each of several people holds, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"at": at, "people": list(user_ids)})
        return {
            pk: Held(
                frozenset(roles),
                tuple(CourseHeld(*each) for each in zip(audiences, ends, strict=True)),
            )
            for pk, roles, audiences, ends in cursor.fetchall()
        }


def with_standing(people: Iterable[User], *, at: datetime) -> list[User]:
    """*people*, whose roles and standing at *at* are read in one query for all of them."""
    listed = list(people)
    held = held_by_each([person.pk for person in listed], at=at)
    for person in listed:
        person.remember_held(held.get(person.pk, NOTHING), at=at)
    return listed


def holding(people: Iterable[User], *roles: str, at: datetime) -> list[User]:
    """Those of *people* who may work at *at* and hold one of *roles*, read for all at once."""
    return [person for person in with_standing(people, at=at) if person.has_role(*roles)]


def people_by_training(state: str, *, at: datetime) -> QuerySet[User]:
    """Everybody, or those whose training is ``lapsed``, ``lapsing`` or ``missing`` at *at*.

    ``disabled`` are those whose account is closed; the other states leave them out, and
    connected systems, which need no training.
    """
    if state == "all":
        return User.objects.all()
    if state == "disabled":
        return User.objects.filter(is_active=False)
    today = portal_day(at)
    needed = Course.objects.filter(audience=Audience.EVERYONE).annotate(
        last=Subquery(_last_day(OuterRef(OuterRef("pk"))))
    )
    machines = RoleGrant.objects.filter(in_force(at), role=Role.INTERFACE).values("user")
    people = User.objects.filter(is_active=True).exclude(pk__in=machines)
    if state == "missing":
        return people.filter(Exists(needed.filter(last=None)))
    people = people.exclude(Exists(needed.filter(last=None)))
    if state == "lapsed":
        return people.filter(Exists(needed.filter(last__lt=today)))
    soon = today + timedelta(days=WARN_DAYS)
    return people.exclude(Exists(needed.filter(last__lt=today))).filter(
        Exists(needed.filter(last__lte=soon))
    )


def _last_day(user: OuterRef) -> "QuerySet[TrainingRecord, Any]":
    """The last day of a course for *user*, where the course is the query around it."""
    return (
        TrainingRecord.objects.filter(user=user, course=OuterRef("pk"), struck=None)
        .order_by("-valid_until")
        .values("valid_until")[:1]
    )


def asker_of(actor: User, person: User) -> Asker:
    """How *actor* stands to *person* where a role is asked for."""
    return Asker(
        oneself=actor.pk == person.pk,
        above=SupervisionLink.objects.filter(supervisor=actor, subordinate=person).exists(),
        heads_office=person.office_id is not None
        and Office.objects.filter(pk=person.office_id, head=actor).exists(),
        leads_oversight=actor.has_role(Role.OPR_LEAD),
    )


def people_of(actor: User) -> QuerySet[User]:
    """Whom *actor* answers for: the chain below, and the office that they head."""
    below = SupervisionLink.objects.filter(supervisor=actor).values("subordinate_id")
    return User.objects.filter(Q(pk__in=below) | Q(office__head=actor)).exclude(pk=actor.pk)


def people_of_oversight(at: datetime) -> QuerySet[User]:
    """Who holds a role of OPR."""
    holders = RoleGrant.objects.filter(in_force(at), role__in=OVERSIGHT).values("user_id")
    return User.objects.filter(pk__in=holders)


def person_named(username: str, among: QuerySet[User] | None = None) -> User:
    """The person of that user name, of *among* where that is given.

    Raises:
        NotThere: there is none.
    """
    # The database takes no such character, and no name has one.
    if "\x00" in username:
        raise NotThere
    people = User.objects.all() if among is None else among
    found = people.select_related("office", "supervisor").filter(username__iexact=username).first()
    if found is None:
        raise NotThere
    return found


def administrators(at: datetime) -> QuerySet[User]:
    """Who administers accounts."""
    holders = RoleGrant.objects.filter(in_force(at), role=Role.ADMINISTRATOR).values("user_id")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("full_name")


def waiting_requests() -> QuerySet[RoleRequest]:
    """The requests for roles that nobody has decided."""
    return RoleRequest.objects.filter(state=RequestState.WAITING)


def open_review() -> ReviewCampaign | None:
    """The review that is open, if one is."""
    return ReviewCampaign.objects.filter(closed_at=None).first()


def items_for(actor: User, campaign: ReviewCampaign) -> QuerySet[ReviewItem]:
    """The items that *actor* reviews; the rule is ``policy.reviews``, said for the database."""
    person = "grant__user__"
    mine = Q(**{f"{person}supervisor": actor, f"{person}supervisor__is_active": True})
    if actor.has_role(Role.ADMINISTRATOR):
        mine |= Q(**{f"{person}supervisor": None})
        mine |= Q(**{f"{person}supervisor__is_active": False})
    return (
        campaign.items.filter(mine)
        .exclude(grant__user=actor)
        .select_related("grant__user__office", "grant__granted_by", "decided_by")
        .order_by("grant__user__full_name", "grant__user_id", "pk")
    )


def waiting_for(actor: User, campaign: ReviewCampaign) -> QuerySet[ReviewItem]:
    """The items that wait for *actor*; roles that ended meanwhile wait for nobody."""
    return items_for(actor, campaign).filter(decision=ReviewDecision.WAITING, grant__ended_at=None)


def own_waiting_items(user: User, campaign: ReviewCampaign) -> QuerySet[ReviewItem]:
    """The roles of *user* themselves that nobody has reviewed yet."""
    return campaign.items.filter(
        grant__user=user, grant__ended_at=None, decision=ReviewDecision.WAITING
    ).select_related("grant")


@dataclass(frozen=True)
class Progress:
    """How far one reviewer has come. ``reviewer`` None stands for the administrators."""

    reviewer: User | None
    done: int
    total: int


def progress_of(campaign: ReviewCampaign) -> list[Progress]:
    """How far each reviewer has come, the administrators last."""
    supervisor = "grant__user__supervisor"
    rows = (
        campaign.items.annotate(
            reviewer=Case(
                When(**{f"{supervisor}__is_active": True}, then=F(supervisor)), default=None
            )
        )
        .values("reviewer")
        .annotate(done=Count("pk", filter=~Q(decision=ReviewDecision.WAITING)), total=Count("pk"))
        .order_by()
    )
    people = User.objects.in_bulk([row["reviewer"] for row in rows if row["reviewer"]])
    found = [Progress(people.get(row["reviewer"]), row["done"], row["total"]) for row in rows]
    return sorted(
        found, key=lambda each: (each.reviewer is None, each.reviewer and each.reviewer.full_name)
    )
