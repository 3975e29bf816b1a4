"""Keeping the index of people. Whatever changes a name or a date of birth calls these."""

from collections.abc import Collection, Iterable, Iterator

from django.db import connection, transaction

from acrime.individuals.finding.models import SearchName
from acrime.individuals.finding.names import born_code, forms_of
from acrime.individuals.models import BirthDate, IndividualName

# Names that are read and written at a time where there are many.
_BATCH = 2000

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
    """Make the index of these people anew from their names and dates of birth."""
    people = set(individual_ids)
    names = IndividualName.objects.filter(individual__in=people)
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
        open_names = IndividualName.objects.filter(pk__gt=last, found_by__isnull=True)
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
