"""The people that are searched, by the portal's own generator, and what is asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from time import perf_counter

from django.db import connection
from django.db.models import Max, Min

from acrime.bench.perturbing import CLASSES, WITH_DATE, WITHOUT_DATE, Asked, Held, undated
from acrime.bench.stage import Stage
from acrime.demo.people.loading import add_people
from acrime.individuals.choices import NameKind
from acrime.individuals.models import Individual

# Queries of each class.
EACH = 50
# People who are looked at for each of them: most classes do not fit everybody.
TRIED = 40
SEED = 1


@dataclass(frozen=True)
class Loaded:
    """How long it took until everybody could be found."""

    people: int
    seconds: float


@cache
def loaded(stage: Stage) -> Loaded:
    """See that ``stage.people`` people are there; once a stage."""
    begun = perf_counter()
    add_people(count=stage.people, at=stage.at)
    return Loaded(stage.people, perf_counter() - begun)


@cache
def questions(stage: Stage) -> Sequence[Asked]:
    """As many queries of each class, in an order by chance that is always the same."""
    loaded(stage)
    each = min(EACH, max(2, stage.people // TRIED))
    random = Random(SEED)  # noqa: S311
    people = _sample(TRIED * each, random)
    asked: list[Asked] = []
    for kind, rule in CLASSES.items():
        made: list[Asked] = []
        random.shuffle(people)
        for held in people:
            if len(made) == each:
                break
            if query := rule(held, random):
                without = kind not in WITH_DATE and len(made) % WITHOUT_DATE == 0
                made.append(undated(query) if without else query)
        asked += made
    random.shuffle(asked)
    return asked


def _sample(size: int, random: Random) -> list[Held]:
    """People with a whole date of birth, from all over the file."""
    ends = Individual.objects.aggregate(first=Min("pk"), last=Max("pk"))
    among = range(ends["first"], ends["last"] + 1)
    keys = random.sample(among, min(size, len(among)))
    people = Individual.objects.filter(pk__in=keys).prefetch_related("names", "birth_dates")
    return [held for person in people.order_by("pk") if (held := _held(person))]


def _held(person: Individual) -> Held | None:
    born = next((each.value for each in person.birth_dates.all() if each.value), None)
    if born is None:
        return None
    name = person.primary_name
    return Held(
        individual_id=person.pk,
        last=name.last,
        first=name.first,
        middle=name.middle,
        aliases=tuple(
            (alias.last, alias.first, alias.middle)
            for alias in person.names.all()
            if alias.kind == NameKind.ALIAS
        ),
        born=(born.year, born.month, born.day),
    )


def bytes_of(*relations: str) -> int:
    """What tables take, with everything that hangs on them; or what indexes take."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(each::regclass)) FROM unnest(%s::text[]) AS each",
            [list(relations)],
        )
        return int(cursor.fetchone()[0])
