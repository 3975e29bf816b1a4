"""Who can see one record now, and why; and why one person can or cannot."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.choices import Role
from accounts.models import Office, RoleGrant, SupervisionLink, User
from accounts.standing.querysets import in_force
from acrime.records.family import family_ids
from acrime.records.models import Record
from acrime.records.policy import (
    ASKED_ABOUT_ANYBODY,
    HINDRANCES,
    KINDS_READ,
    SEES_LIMITED,
    Explanation,
    explain,
    may_limit,
)
from acrime.records.querysets import relation_of, viewer_of

OVERSEEN = "OPR (internal affairs) reads every record and changes none."
"""Said of every record, whoever works for OPR and whether anybody does."""


@dataclass(frozen=True)
class Seer:
    """Somebody who can see the record.

    Attributes:
        why: in words, one or more reasons.
        hindered: why not at this moment; empty where nothing stands in the way.
    """

    user: User
    why: tuple[str, ...]
    hindered: str = ""


@dataclass(frozen=True)
class AllowedOffice:
    """An office on the list, and how many people with an open account work there."""

    office: Office
    people: int


@dataclass(frozen=True)
class ReadingRole:
    """A role that reads the record's kind, and how many people hold it now."""

    role: Role
    people: int


@dataclass(frozen=True)
class Audience:
    """Who can see a record now.

    Attributes:
        always: owner, creator and the chains above both; no list holds or leaves them out.
        people, offices: the allow-list, which counts while the record is limited.
        roles: roles that read its kind, which count while it is not limited.
        touched: numbers of the records whose limits change along with this one's.
    """

    limited: bool
    always: tuple[Seer, ...]
    people: tuple[Seer, ...]
    offices: tuple[AllowedOffice, ...]
    roles: tuple[ReadingRole, ...]
    touched: tuple[str, ...]


def audience_of(record: Record, *, at: datetime) -> Audience:
    """Who can see *record* at *at*."""
    return Audience(
        limited=record.limited,
        always=_always(record),
        people=_allowed_people(record) if record.limited else (),
        offices=_allowed_offices(record) if record.limited else (),
        roles=() if record.limited else _roles(record, at=at),
        touched=tuple(
            Record.objects.filter(pk__in=family_ids(record))
            .exclude(pk=record.pk)
            .order_by("number")
            .values_list("number", flat=True)
        ),
    )


def explanation_for(user: User, record: Record) -> Explanation:
    """Why *user* sees *record* or does not."""
    return explain(
        viewer_of(user), relation_of(user, record), kind=record.kind, limited=record.limited
    )


def changes_limits(user: User, record: Record) -> bool:
    """Whether *user* may limit *record* or change its limits."""
    return may_limit(viewer_of(user), relation_of(user, record))


def asks_about_others(user: User) -> bool:
    """Whether *user* may have explained why anybody else sees a record."""
    return user.has_role(Role.SUPERVISOR, *ASKED_ABOUT_ANYBODY)


def person_asked_about(username: str, *, by: User) -> User | None:
    """The person with that user name, if *by* may ask about them.

    Privacy officers and OPR ask about anybody, supervisors about the people below them, and
    everybody about themselves. Nobody there and nobody to ask about are the same answer.
    """
    found = User.objects.filter(username__iexact=username.strip()).first()
    if found is None or found.pk == by.pk or by.has_role(*ASKED_ABOUT_ANYBODY):
        return found
    below = SupervisionLink.objects.filter(supervisor=by, subordinate=found).exists()
    return found if below and by.has_role(Role.SUPERVISOR) else None


def _always(record: Record) -> tuple[Seer, ...]:
    whys: dict[int, list[str]] = {}
    whys.setdefault(record.owner_id, []).append("Owner")
    whys.setdefault(record.creator_id, []).append("Creator")
    links = SupervisionLink.objects.filter(
        subordinate__in={record.owner_id, record.creator_id}
    ).order_by("depth", "pk")
    for link in links:
        for name, person in (("owner", record.owner_id), ("creator", record.creator_id)):
            if link.subordinate_id == person:
                whys.setdefault(link.supervisor_id, []).append(f"Supervisor above the {name}")
    people = User.objects.in_bulk(list(whys))
    return tuple(Seer(people[pk], tuple(why), _hindered(people[pk])) for pk, why in whys.items())


def _allowed_people(record: Record) -> tuple[Seer, ...]:
    people = User.objects.filter(recordalloweduser__content_object=record).distinct()
    return tuple(
        Seer(user, ("On the list",), _hindered(user, record.kind))
        for user in people.order_by("full_name", "pk")
    )


def _hindered(user: User, kind: str = "") -> str:
    viewer = viewer_of(user)
    if not viewer.enters:
        return " ".join(HINDRANCES[code] for code in viewer.hindered_by)
    kinds = frozenset[str]().union(*(KINDS_READ[role] for role in viewer.roles))
    if not kinds:
        return "No role of theirs reads records."
    return "No role of theirs reads this kind of record." if kind and kind not in kinds else ""


def _allowed_offices(record: Record) -> tuple[AllowedOffice, ...]:
    offices = (
        Office.objects.filter(group__recordallowedoffice__content_object=record)
        .annotate(staff=Count("people", filter=Q(people__is_active=True), distinct=True))
        .order_by("name", "pk")
    )
    return tuple(AllowedOffice(office, office.staff) for office in offices)


def _roles(record: Record, *, at: datetime) -> tuple[ReadingRole, ...]:
    reading = [
        role for role in Role if record.kind in KINDS_READ[role] and role not in SEES_LIMITED
    ]
    held = dict(
        RoleGrant.objects.filter(in_force(at), role__in=reading, user__is_active=True)
        .values_list("role")
        .annotate(people=Count("user", distinct=True))
    )
    return tuple(ReadingRole(role, held.get(role.value, 0)) for role in reading)
