"""The door to records: what somebody may see."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Office, SupervisionLink, User
from acrime.records.policy import ALL_KINDS, Relation, Viewer, readable_kinds, sees_limited

if TYPE_CHECKING:
    from acrime.records.models import Record


class RecordQuerySet(models.QuerySet["Record"]):
    """Records. Whatever reaches a person starts from ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The records that *user* may see."""
        return self.filter(visibility(user))


def visibility(user: User | AnonymousUser, *, prefix: str = "") -> Q:
    """The one predicate, for records or (with *prefix* ``record__``) for their contents.

    Everybody sees the kinds of their roles, and of limited records those whose allow-list
    names them or their office. Owner, creator and the chains above both see a record of
    theirs whatever its kind. There are no deny rows, so nothing can exclude a supervisor.
    The branches are uncorrelated ``IN`` subqueries, hashed once a query.
    """
    if not isinstance(user, User) or not may_read_records(user):
        return Q(**{f"{prefix}pk__in": []})
    if sees_limited(user.roles):
        return Q()

    def field(name: str, value: object) -> Q:
        return Q(**{f"{prefix}{name}": value})

    below = SupervisionLink.objects.filter(supervisor=user).values("subordinate_id")
    open_to_me = field("limited", False) | field("pk__in", _allowed(user))
    if user.office_id is not None:
        open_to_me |= field("pk__in", _allowed_to_office(user.office_id))
    kinds = readable_kinds(user.roles)
    if kinds != ALL_KINDS:
        open_to_me = field("kind__in", sorted(kinds)) & open_to_me
    return (
        open_to_me
        | field("owner", user)
        | field("creator", user)
        | field("owner__in", below)
        | field("creator__in", below)
    )


def may_read_records(user: User) -> bool:
    """Whether *user* may enter, and holds a role that reads any kind of record."""
    return user.standing.enters and bool(readable_kinds(user.roles))


def viewer_of(user: User) -> Viewer:
    """*user* as the rules ask for it."""
    standing = user.standing
    return Viewer(enters=standing.enters, hindered_by=standing.reasons, roles=user.roles)


def relation_of(user: User, record: "Record") -> Relation:
    """How *user* stands to *record* now."""
    above = set(
        SupervisionLink.objects.filter(
            supervisor=user, subordinate__in=[record.owner_id, record.creator_id]
        ).values_list("subordinate_id", flat=True)
    )
    offices = record.recordallowedoffice_set.filter(group__office=user.office_id)
    return Relation(
        owner=record.owner_id == user.pk,
        creator=record.creator_id == user.pk,
        above_owner=record.owner_id in above,
        above_creator=record.creator_id in above,
        allowed=record.recordalloweduser_set.filter(user=user).exists(),
        office_allowed=user.office_id is not None and offices.exists(),
    )


def people_called(usernames: Iterable[str]) -> list[User | None]:
    """Whoever has each of *usernames*, told apart without regard to case, each once.

    None stands where nobody has the name.
    """
    names = list(dict.fromkeys(name.strip().lower() for name in usernames))
    found = {
        user.username.lower(): user
        for user in User.objects.alias(name=Lower("username")).filter(name__in=names)
    }
    return [found.get(name) for name in names]


def limits_of(record: "Record") -> dict[str, object]:
    """Whether *record* is limited, and whom its list names: user names and codes of offices."""
    people = record.recordalloweduser_set.values_list("user__username", flat=True)
    offices = record.recordallowedoffice_set.values_list("group__office__code", flat=True)
    return {
        "limited": record.limited,
        "people": sorted(set(people)),
        "offices": sorted(set(offices)),
    }


def _allowed(user: User) -> "models.QuerySet[models.Model, dict[str, int]]":
    from acrime.records.models import RecordAllowedUser

    return RecordAllowedUser.objects.filter(user=user).values("content_object_id")


def _allowed_to_office(office_id: int) -> "models.QuerySet[models.Model, dict[str, int]]":
    from acrime.records.models import RecordAllowedOffice

    group = Office.objects.filter(pk=office_id).values("group_id")
    return RecordAllowedOffice.objects.filter(group__in=group).values("content_object_id")
