"""The same search by letters alone: what it is compared with.

A copy of the names, with the one trigram index of the database: two of them on one table would
leave it to the planner which of them is measured.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from acrime.bench.perturbing import Asked
from acrime.common.pages import PAGE_SIZE
from acrime.individuals.finding.names import born_code, forms_of

INDEX = "bench_plain_name_alike"
TABLE = "bench_plain_name"

_MAKE = f"""
CREATE UNLOGGED TABLE {TABLE} AS SELECT individual_id, full_norm, born FROM individual_search;
CREATE INDEX {INDEX} ON {TABLE} USING gin (full_norm gin_trgm_ops);
ANALYZE {TABLE};
"""  # noqa: S608
_TRIGRAM_INDEXES = "SELECT indexname FROM pg_indexes WHERE indexdef ~ '(gin|gist)_trgm_ops'"
# The date weighs as in the portal's own search. Names that resemble by 0.3, pg_trgm's default.
_FITTING = """CASE WHEN %(born)s = ANY (born) OR %(turned)s = ANY (born) THEN 1 ELSE coalesce((
    (born[1] / 10000 = %(year)s)::int + (born[1] / 100 %% 100 = %(month)s)::int
    + (born[1] %% 100 = %(day)s)::int) / 3.0, 0.5) END"""
_FIND = f"""
SELECT individual_id, max(0.7 * similarity(full_norm, %(name)s) + 0.3 * {_FITTING}) AS score
FROM {TABLE} WHERE full_norm %% %(name)s
GROUP BY individual_id ORDER BY score DESC, individual_id LIMIT %(most)s
"""  # noqa: S608
_UNDATED = _FIND.replace(_FITTING, "0")


@contextmanager
def plain_names() -> Iterator[None]:
    """The copy is there inside, and the planner uses its index.

    Raises:
        RuntimeError: there is another trigram index, or this one is not used.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        try:
            cursor.execute(_TRIGRAM_INDEXES)
            found = [name for (name,) in cursor.fetchall()]
            if found != [INDEX]:
                raise RuntimeError(f"Trigram indexes besides the one measured: {found}")
            if not uses_the_index():
                # So few names are read faster one by one.
                cursor.execute("SET enable_seqscan = off")
            if not uses_the_index():
                raise RuntimeError("The planner does not use the trigram index.")
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"RESET enable_seqscan; DROP TABLE {TABLE}")


def uses_the_index() -> bool:
    """Whether the plan of a search names the index."""
    asked = Asked("exact", 0, "SANCHEZ ROMERO", "MIGUEL", "", (1980, 1, 2))
    values = _values(asked, PAGE_SIZE)
    with connection.cursor() as cursor:
        for statement in (_FIND, _UNDATED):
            cursor.execute(f"EXPLAIN {statement}", values)
            if not any(INDEX in line for (line,) in cursor.fetchall()):
                return False
    return True


def find_plainly(asked: Asked, *, most: int = PAGE_SIZE) -> list[tuple[int, float]]:
    """Whom the trigrams find: individual and score, best first."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND if asked.born else _UNDATED, _values(asked, most))
        return list(cursor.fetchall())


def _values(asked: Asked, most: int) -> dict[str, str | int]:
    year, month, day = asked.born or (0, 0, 0)
    return {
        "name": forms_of(asked.last, asked.first, asked.middle).full,
        "born": born_code(year, month, day),
        "turned": born_code(year, day, month),
        "year": year,
        "month": month,
        "day": day,
        "most": most,
    }
