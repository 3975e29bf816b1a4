"""What is known of somebody's standing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from accounts.choices import Role
from accounts.models import Office, RoleGrant, SupervisionLink, User
from accounts.standing.models import Course, TrainingRecord
from accounts.standing.policy import Asker, CourseHeld


@dataclass(frozen=True)
class Held:
    """What somebody holds at a moment: roles in force, and courses with their last days."""

    roles: frozenset[str]
    courses: tuple[CourseHeld, ...]


def in_force(at: datetime, *, prefix: str = "") -> Q:
    """The role grants that count at *at*: neither ended nor expired."""
    return Q(**{f"{prefix}ended_at": None}) & (
        Q(**{f"{prefix}expires_at": None}) | Q(**{f"{prefix}expires_at__gt": at})
    )


def held_by(user_id: int | None, *, at: datetime) -> Held:
    """What the person holds, in one query; nothing where there is no such person."""
    if user_id is None:
        return Held(frozenset(), ())
    roles = RoleGrant.objects.filter(in_force(at), user=OuterRef("pk")).values("role")
    last = (
        TrainingRecord.objects.filter(
            user=OuterRef(OuterRef("pk")), course=OuterRef("pk"), struck=None
        )
        .order_by("-valid_until")
        .values("valid_until")[:1]
    )
    courses = Course.objects.order_by("pk").values(
        held=JSONObject(audience="audience", ends=Subquery(last))
    )
    row = (
        User.objects.filter(pk=user_id)
        .values_list(ArraySubquery(roles), ArraySubquery(courses))
        .first()
    )
    if row is None:
        return Held(frozenset(), ())
    return Held(
        frozenset(row[0]),
        tuple(
            CourseHeld(
                course["audience"],
                date.fromisoformat(course["ends"]) if course["ends"] else None,
            )
            for course in row[1]
        ),
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
