"""What a hold reaches, as a condition that the database evaluates each time it is asked.

A hold is its scope and no list of records: what comes into being later, or is linked to a
person later, is held by the same words. The condition names tables of rooms above, which
register what they know: what repeats a record, who is one person, which program it is of.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from acrime.records.choices import RecordKind

ALL_KINDS = frozenset(RecordKind)


@dataclass(frozen=True)
class _Repeats:
    sql: str
    kinds: frozenset[RecordKind]


_repeats: list[_Repeats] = []
_same_person: list[str] = []
_programs: list[_Repeats] = []


def register_repeats(sql: str, *, kinds: Iterable[RecordKind]) -> None:
    """Register a query for the ids of what repeats ``{record}``, or is repeated by it.

    A hold that names one of them holds the others: a response repeats its query.

    Args:
        kinds: between which it can lead.
    """
    _repeats.append(_Repeats(sql, frozenset(kinds)))


def register_same_person(sql: str) -> None:
    """Register a query for the ids of individuals that are the same person as ``{person}``."""
    _same_person.append(sql)


def register_program(sql: str, *, kinds: Iterable[RecordKind]) -> None:
    """Register a query for the codes of the programs that ``{record}`` is of."""
    _programs.append(_Repeats(sql, frozenset(kinds)))


def with_what_repeats(kinds: Collection[str]) -> frozenset[RecordKind]:
    """*kinds*, and those in which something may repeat a record of theirs."""
    found = {RecordKind(kind) for kind in kinds}
    for each in _repeats:
        if not each.kinds.isdisjoint(kinds):
            found |= each.kinds
    return frozenset(found)


def kinds_with_a_program() -> frozenset[RecordKind]:
    """The kinds of records that are of a program."""
    return frozenset().union(*(each.kinds for each in _programs))


def _union(queries: Iterable[str], *, besides: str) -> str:
    return " UNION ALL ".join([besides, *queries])


def people_of(record: str) -> str:
    """A query for the ids of the individuals whom *record* is about.

    All records of one person count, whichever of them the record is linked to: before, while
    and after they are merged.
    """
    same = _union(
        (sql.format(person="person.id") for sql in _same_person),
        besides="SELECT person.id",
    )
    return (
        "WITH RECURSIVE person(id) AS ("  # noqa: S608  # names of our own tables
        "SELECT subject.individual_id FROM record_subject subject "
        f"WHERE subject.record_id = {record}.id "
        f"UNION SELECT {record}.id WHERE {record}.kind = '{RecordKind.INDIVIDUAL}' "
        f"UNION SELECT same.id FROM person CROSS JOIN LATERAL ({same}) same(id)"
        ") SELECT id FROM person"
    )


def relatives_of(record: str) -> str:
    """A query for the ids of *record* and of what repeats it or is repeated by it."""
    return _union(
        (each.sql.format(record=record) for each in _repeats), besides=f"SELECT {record}.id"
    )


def programs_of(record: str) -> str:
    """A query for the programs that *record* is of."""
    return _union(
        (each.sql.format(record=record) for each in _programs),
        besides="SELECT ''::text WHERE FALSE",
    )


def reaches(*, hold: str, record: str) -> str:
    """The condition that *hold* reaches *record*: aliases of both tables in a statement.

    A record is opened on a day of Washington.
    """
    day = f"({record}.created_at AT TIME ZONE 'America/New_York')::date"
    names = (
        f"SELECT FROM retention_hold_item item WHERE {{of}} AND (item.record_id IN "
        f"({relatives_of(record)}) OR item.individual_id IN ({people_of(record)}))"
    )
    of_hold = names.format(of=f"item.hold_id = {hold}.id")
    of_matter = names.format(of=f"item.matter_id = {hold}.matter_id")
    return (
        f"({hold}.opened_from IS NULL OR {day} >= {hold}.opened_from) "
        f"AND ({hold}.opened_to IS NULL OR {day} <= {hold}.opened_to) "
        f"AND CASE {hold}.scope "
        f"WHEN 'DATES' THEN TRUE "
        f"WHEN 'KINDS' THEN {record}.kind = ANY ({hold}.kinds) "
        f"WHEN 'PROGRAM' THEN {hold}.program IN ({programs_of(record)}) "
        f"WHEN 'MATTER' THEN EXISTS ({of_matter}) "
        f"ELSE EXISTS ({of_hold}) END"
    )
