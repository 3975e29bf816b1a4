"""Writing synthetic people with COPY, in batches of whole people.

A batch is one transaction, with its event in the ledger: it is there whole or not at all, and
whoever stops the load loses the batch at hand. The row of people goes on behind the last one
that an event tells of, so that a run never makes the people or the numbers of another one.
Rows that are there already are never touched.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

from accounts.choices import Role
from accounts.models import RoleGrant, User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number, number_of
from acrime.common.sealed import seal
from acrime.demo.events import PEOPLE_ADDED
from acrime.demo.people.making import Person, people
from acrime.demo.people.numbers import MOST_PEOPLE, record_body
from acrime.individuals.actions import IDENTITY_CATEGORY, identifier_digest
from acrime.individuals.choices import NameKind
from acrime.individuals.finding.actions import index_everybody
from acrime.individuals.finding.models import SearchName
from acrime.individuals.finding.names import born_code, forms_of
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Identifier,
    Individual,
    IndividualName,
)
from acrime.individuals.policy import normal_name
from acrime.records.choices import Approval, RecordKind
from acrime.records.models import Record, RecordAllowedUser
from acrime.records.policy import READERS
from routine_uses.querysets import notice_in_force, retention_item

BATCH = 5000
# What a query leaves behind about a person is kept as long as the query.
SCHEDULE_ITEM = "IAQ-CRIMINAL"
# Days before now in which people were entered, and within which they were approved.
ENTERED_WITHIN, APPROVED_WITHIN = 700, 5
SEED = 2026

# One load at a time: two would make the same people.
_LOCK = "SELECT pg_try_advisory_lock(hashtext('acrime.demo.people'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('acrime.demo.people'))"
_KEYS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"

# In an order that foreign keys allow, with the columns that are given.
TABLES: dict[type[models.Model], Sequence[str]] = {
    Record: [
        "id",
        "number",
        "kind",
        "owner_id",
        "creator_id",
        "office_id",
        "notice_version_id",
        "category_id",
        "schedule_item_id",
        "created_at",
        "approval",
        "approved_by_id",
        "approved_at",
        "limited",
        "disputed",
    ],
    RecordAllowedUser: ["user_id", "permission_id", "content_object_id"],
    Individual: ["record_id", "sex"],
    IndividualName: [
        "id",
        "individual_id",
        "kind",
        "last",
        "first",
        "middle",
        "suffix",
        "normal_last",
        "normal_first",
    ],
    BirthDate: ["individual_id", "year", "month", "day"],
    BirthPlace: ["individual_id", "value", "system"],
    Address: [
        "individual_id",
        "street",
        "city",
        "region",
        "postal_code",
        "country",
        "added_by_id",
        "added_at",
    ],
    Identifier: ["individual_id", "kind", "value", "issuer", "digest", "added_by_id", "added_at"],
    SearchName: ["name_id", "individual_id", "full_norm", "tokens", "born"],
}

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Staff:
    """Who enters people, who approves them, and whom limited records are opened to."""

    owners: Sequence[User]
    approvers: Sequence[User]
    readers: Sequence[int]


def add_people(
    *,
    count: int,
    at: datetime,
    seed: int = SEED,
    batch: int = BATCH,
    told: Callable[[int], object] = lambda _: None,
) -> int:
    """Add *count* synthetic people, and complete the index in which people are found.

    Args:
        told: called after each batch with how many are written by then.

    Returns:
        The place of the first of them in the row of all synthetic people.

    Raises:
        ActionRefused: nobody is there to own records, no notice is in force, another load
            is under way, or there are too many people.
    """
    with _alone():
        first = next_place()
        if first + count > MOST_PEOPLE:
            raise ActionRefused("There are no numbers left for so many people.", code="too-many")
        loader = _Loader(at=at)
        row = people(seed=seed, first=first, count=count)
        done = 0
        while some := list(islice(row, batch)):
            loader.write(some, seed=seed)
            done += len(some)
            told(done)
        index_everybody()
        _let_the_planner_know()
    return first


def next_place() -> int:
    """How many synthetic people were ever added: the place that comes next."""
    events = AuditEvent.objects.filter(kind=PEOPLE_ADDED).order_by("pk")
    return max((each["first"] + each["people"] for each in _details(events)), default=0)


def _details(events: "models.QuerySet[AuditEvent]") -> Iterator[dict[str, int]]:
    yield from events.values_list("details", flat=True)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            raise ActionRefused("Another load of people is under way.", code="under-way")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(_UNLOCK)


class _Loader:
    """Writes batches: what they share is asked for once."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.version = notice_in_force(at)
        self.category = self.version.record_categories.get(number=IDENTITY_CATEGORY).pk
        self.item = retention_item(self.version, SCHEDULE_ITEM).pk
        self.staff = _staff()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM auth_permission WHERE codename = 'see_limited_record'")
            [self.permission] = cursor.fetchone()
        self.place = f"{Identifier._meta.label}.value"

    @transaction.atomic
    def write(self, batch: Sequence[Person], *, seed: int) -> None:
        """Write *batch*, whole or not at all."""
        rows = self._rows(batch)
        with connection.cursor() as cursor:
            for model, columns in TABLES.items():
                _copy(cursor, model, columns, rows[model])
        record_event(
            kind=PEOPLE_ADDED,
            actor=None,
            at=self.at,
            channel=Channel.COMMAND,
            details={"seed": seed, "first": batch[0].serial, "people": len(batch)},
        )

    def _rows(self, batch: Sequence[Person]) -> dict[type[models.Model], list[Row]]:
        rows: dict[type[models.Model], list[Row]] = {model: [] for model in TABLES}
        keys = _keys(Record, len(batch))
        names = iter(_keys(IndividualName, sum(len(person.names) for person in batch)))
        numbers = self._numbers(batch)
        for person, key, (entered, number) in zip(batch, keys, numbers, strict=True):
            owner = self._envelope(rows, person, key, entered, number)
            rows[Individual].append((key, person.sex))
            born = sorted(born_code(*each) for each in person.born)
            for place, name in enumerate(person.names):
                stands = NameKind.ALIAS if place else NameKind.PRIMARY
                parts = (name.last, name.first, name.middle, name.suffix)
                row = next(names)
                normal = (normal_name(name.last), normal_name(name.first))
                rows[IndividualName].append((row, key, stands.value, *parts, *normal))
                if forms := forms_of(*parts):
                    found_by = (row, key, forms.full, list(forms.tokens), born)
                    rows[SearchName].append(found_by)
            rows[BirthDate] += [(key, *each) for each in person.born]
            rows[BirthPlace] += [(key, code, system.value) for system, code in person.birth_places]
            for each in person.addresses:
                where = (each.street, each.city, each.region, each.postal_code, each.country)
                rows[Address].append((key, *where, owner.pk, entered))
            for kind, value, issuer in person.numbers:
                sealed = seal(value.encode(), place=self.place)
                digest = identifier_digest(kind, value)
                rows[Identifier].append(
                    (key, kind.value, sealed, issuer, digest, owner.pk, entered)
                )
        return rows

    def _envelope(
        self,
        rows: dict[type[models.Model], list[Row]],
        person: Person,
        key: int,
        entered: datetime,
        number: str,
    ) -> User:
        """The person's record and its allow-list; returns its owner."""
        owner: User = _chosen(self.staff.owners, person.draws[1])
        approver = _chosen(self.staff.approvers, person.draws[2])
        approved = person.approved and approver.pk != owner.pk
        rows[Record].append(
            (
                *(key, number, RecordKind.INDIVIDUAL.value, owner.pk, owner.pk, owner.office_id),
                *(self.version.pk, self.category, self.item, entered),
                *(
                    (Approval.APPROVED.value, approver.pk, self._approved_at(entered, person))
                    if approved
                    else (Approval.PENDING.value, None, None)
                ),
                *(person.limited_to > 0, False),
            )
        )
        open_to = {_chosen(self.staff.readers, each) for each in person.draws[3:]}
        rows[RecordAllowedUser] += [
            (reader, self.permission, key)
            for reader in sorted(open_to - {owner.pk})[: person.limited_to]
        ]
        return owner

    def _approved_at(self, entered: datetime, person: Person) -> datetime:
        return min(self.at, entered + timedelta(days=person.draws[0] * APPROVED_WITHIN))

    def _numbers(self, batch: Sequence[Person]) -> list[tuple[datetime, str]]:
        """When each was entered, and under which number. A number in use is replaced."""
        made = []
        for person in batch:
            entered = self.at - timedelta(days=person.draws[0] * ENTERED_WITHIN)
            body = record_body(person.serial)
            made.append(
                (entered, number_of(RecordKind.INDIVIDUAL.value, year=entered.year, body=body))
            )
        asked = [number for _, number in made]
        used = set(
            Record.objects.filter(number__in=asked).order_by().values_list("number", flat=True)
        )
        return [
            (entered, new_number(RecordKind.INDIVIDUAL.value, at=entered))
            if number in used
            else (entered, number)
            for entered, number in made
        ]


def _staff() -> Staff:
    grants = RoleGrant.objects.filter(ended_at=None, user__is_active=True)

    def holding(*roles: str) -> list[User]:
        named = grants.filter(role__in=roles).values("user")
        return list(User.objects.filter(pk__in=named).order_by("pk"))

    owners, approvers = holding(Role.ANALYST), holding(Role.SUPERVISOR)
    if not owners or not approvers:
        raise ActionRefused(
            "Records belong to analysts and are approved by supervisors; there are none.",
            code="no-staff",
        )
    return Staff(owners, approvers, [reader.pk for reader in holding(*sorted(READERS))])


def _chosen(some: Sequence[Any], draw: float) -> Any:
    """One of *some*, which a *draw* from 0 to 1 stands for."""
    return some[int(draw * len(some))]


def _keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [model._meta.db_table, count])
        return [key for (key,) in cursor.fetchall()]


def _copy(
    cursor: Any, model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """COPY *rows* in. Columns that are not given get what the model says of them."""
    constants = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in columns and _has_to_be_given(field)
    }
    listed = ", ".join(f'"{column}"' for column in (*columns, *constants))
    added = tuple(constants.values())
    with cursor.copy(f"COPY {model._meta.db_table} ({listed}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row + added)


def _has_to_be_given(field: "models.Field[Any, Any]") -> bool:
    return not (field.primary_key or field.generated or field.null or field.has_db_default())


def _let_the_planner_know() -> None:
    """Statistics of the tables, where the portal's role may take them; else the server does."""
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
