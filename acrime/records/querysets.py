"""The door to records: what somebody may see."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Expression, F, Q
from django.db.models.functions import Lower

from accounts.models import SupervisionLink, User
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
    """
    if not isinstance(user, User) or not may_read_records(user):
        return Q(**{f"{prefix}pk__in": []})
    if sees_limited(user.roles):
        return Q()
    return Q(_Visible(user.pk, user.office_id, readable_kinds(user.roles), prefix=prefix))


def visibility_sql(user: User, *, record: str) -> tuple[str, tuple[Any, ...]]:
    """The same predicate as a condition for a statement in which *record* is the table."""
    if not may_read_records(user):
        return "FALSE", ()
    if sees_limited(user.roles):
        return "TRUE", ()
    return _Visible(user.pk, user.office_id, readable_kinds(user.roles), prefix="").condition(
        record
    )


_OPEN = "NOT {record}.limited"
_NAMED = "{record}.id IN (SELECT content_object_id FROM record_allowed_user WHERE user_id = %s)"
_OFFICE_NAMED = (
    "{record}.id IN (SELECT content_object_id FROM record_allowed_office WHERE group_id = "
    "(SELECT group_id FROM accounts_office WHERE id = %s))"
)
_OF_KINDS = "{record}.kind = ANY (%s)"
_OWN = "{record}.owner_id = %s OR {record}.creator_id = %s"
_BELOW = "(SELECT subordinate_id FROM accounts_supervisionlink WHERE supervisor_id = %s)"
_FROM_BELOW = "{record}.owner_id IN " + _BELOW + " OR {record}.creator_id IN " + _BELOW


class RecordCondition(Expression, ABC):
    """A condition on records that is written as SQL, for queries of any shape.

    Query objects that come to the same cost more time than the database takes to answer.
    """

    conditional = True

    def __init__(self, *, prefix: str = "") -> None:
        super().__init__(output_field=models.BooleanField())
        # Any column that the record's table alone has: it tells what a query calls the table.
        self._kind: Any = F(f"{prefix}kind")

    def get_source_expressions(self) -> list[Any]:
        return [self._kind]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        [self._kind] = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The condition with the record's table as the query calls it."""
        return self.condition(compiler.quote_name_unless_alias(self._kind.alias))

    @abstractmethod
    def condition(self, table: str) -> tuple[str, tuple[Any, ...]]:
        """The condition on the record's *table*, with its values."""


class _Visible(RecordCondition):
    """The predicate as one condition. The subqueries are uncorrelated, and hashed once a query."""

    def __init__(
        self, user_id: int, office_id: int | None, kinds: frozenset[str], *, prefix: str
    ) -> None:
        super().__init__(prefix=prefix)
        rules = [_OPEN, _NAMED]
        values: list[Any] = [user_id]
        if office_id is not None:
            rules.append(_OFFICE_NAMED)
            values.append(office_id)
        listed = " OR ".join(rules)
        if kinds != ALL_KINDS:
            listed = f"{_OF_KINDS} AND ({listed})"
            values.insert(0, sorted(kinds))
        self._sql = f"({listed} OR {_OWN} OR {_FROM_BELOW})"
        self._values = (*values, *[user_id] * 4)

    def condition(self, table: str) -> tuple[str, tuple[Any, ...]]:
        return self._sql.format(record=table), self._values


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
