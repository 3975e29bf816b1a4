"""Keeping the index of people, and the searches that come before entering somebody.

Whatever changes a name or a date of birth calls ``index_people``.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.individuals.finding.models import PersonSearch, SearchName
from acrime.individuals.finding.names import born_code, forms_of
from acrime.individuals.finding.querysets import Hit
from acrime.individuals.models import BirthDate, Individual, IndividualName
from acrime.records.models import Record

# Names that are read and written at a time where there are many.
_BATCH = 2000

# How long a search stands for the person it was made for, and from which score on a candidate
# fits so well that somebody must say why it is somebody else.
SITTING = timedelta(minutes=30)
STRONG = 0.85

# In one order, so that two people entered at one moment wait for each other and never in a ring.
_WORDS = """
WITH new AS (
    INSERT INTO individual_word (word)
    SELECT DISTINCT word FROM unnest(%s::text[]) AS word ORDER BY word
    ON CONFLICT DO NOTHING RETURNING word
)
INSERT INTO individual_word_variant (variant, word)
SELECT variant, word FROM new, individual_word_variants(word) AS variant
"""

_ALL_WORDS = """
INSERT INTO individual_word (word)
SELECT DISTINCT word FROM individual_search, unnest(tokens) AS word ORDER BY word
ON CONFLICT DO NOTHING
"""

_ALL_VARIANTS = """
INSERT INTO individual_word_variant (variant, word)
SELECT variant, known.word
FROM individual_word AS known, individual_word_variants(known.word) AS variant
WHERE NOT EXISTS (
    SELECT FROM individual_word_variant AS held
    WHERE held.variant = hashtextextended(known.word, 0) AND held.word = known.word
)
"""


@transaction.atomic
def index_people(individual_ids: Iterable[int]) -> None:
    """Make the index of these people anew from their names and dates of birth.

    Whose record became part of another one is found as that one.
    """
    people = set(individual_ids)
    names = IndividualName.objects.filter(individual__in=people, individual__merged_into=None)
    rows = list(_rows_of(names.order_by("pk"), people))
    SearchName.objects.filter(individual__in=people).exclude(
        pk__in=[row.pk for row in rows]
    ).delete()
    SearchName.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["individual", "full_norm", "tokens", "born"],
    )
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [[word for row in rows for word in row.tokens]])


def index_everybody() -> int:
    """Index whoever is not in the index yet, and every word of names.

    What was loaded in bulk is completed by this: names are read in batches, each written in
    a transaction of its own, and it can be run again at any time.

    Returns:
        How many names were added.
    """
    added = 0
    last = 0
    while True:
        open_names = IndividualName.objects.filter(
            pk__gt=last, found_by__isnull=True, individual__merged_into=None
        )
        batch = list(open_names.order_by("pk")[:_BATCH])
        if not batch:
            break
        last = batch[-1].pk
        rows = list(_rows_of(batch, {name.individual_id for name in batch}))
        SearchName.objects.bulk_create(rows, ignore_conflicts=True)
        added += len(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALL_WORDS)
        cursor.execute(_ALL_VARIANTS)
    return added


def _rows_of(names: Iterable[IndividualName], people: Collection[int]) -> Iterator[SearchName]:
    """The rows of *names*, whose people are *people*. A name without letters has none."""
    born: dict[int, list[int]] = {}
    dates = BirthDate.objects.filter(individual__in=people).order_by("year", "month", "day")
    for row in dates.values_list("individual_id", "year", "month", "day"):
        born.setdefault(row[0], []).append(born_code(*row[1:]))
    for name in names:
        forms = forms_of(name.last, name.first, name.middle, name.suffix)
        if forms:
            yield SearchName(
                name=name,
                individual_id=name.individual_id,
                full_norm=forms.full,
                tokens=list(forms.tokens),
                born=sorted(born.get(name.individual_id, [])),
            )


@transaction.atomic
def keep_search(
    *,
    record: Record | None = None,
    asked: bytes | None = None,
    shown: Sequence[Hit],
    actor: User,
    at: datetime,
) -> PersonSearch:
    """Keep which candidates *actor* was shown.

    Args:
        record: the record whose person was looked for.
        asked: where there is none, the keyed hash of who was looked for.
    """
    return PersonSearch.objects.create(
        record=record,
        asked=asked,
        searched_by=actor,
        searched_at=at,
        shown=json.dumps(
            [
                {
                    "number": hit.person.number,
                    "points": hit.points,
                    "reasons": hit.reasons,
                }
                for hit in shown
            ]
        ),
        strongest=max((hit.score for hit in shown), default=0),
    )


def require_search(
    *,
    record: Record | None = None,
    asked: bytes | None = None,
    despite: str,
    actor: User,
    at: datetime,
) -> PersonSearch:
    """The search that *actor* made in this sitting, for whom ``keep_search`` says.

    Raises:
        ActionRefused: there was none, or a candidate fits very well and ``despite`` does not
            say why it is somebody else.
    """
    search = _latest(record, asked, actor)
    if search is None or search.searched_at < at - SITTING:
        raise ActionRefused(
            "Search for the person first: somebody may know them already.", code="search-first"
        )
    if search.strongest >= STRONG and not despite.strip():
        raise ActionRefused(
            "A candidate fits very well. Link that individual, or say why it is somebody else.",
            code="strong-match",
        )
    return search


@transaction.atomic
def settle_search(
    *,
    record: Record | None = None,
    asked: bytes | None = None,
    individual: Individual,
    actor: User,
    at: datetime,
    despite: str = "",
) -> None:
    """Keep whom *actor* chose after the search, where there was one."""
    search = _latest(record, asked, actor)
    if search is not None:
        search.chosen, search.chosen_at = individual, at
        search.despite = despite.strip() or None
        search.save(update_fields=["chosen", "chosen_at", "despite"])


def _latest(record: Record | None, asked: bytes | None, actor: User) -> PersonSearch | None:
    searches = PersonSearch.objects.filter(record=record, asked=asked, searched_by=actor)
    return searches.order_by("-searched_at", "-pk").first()
