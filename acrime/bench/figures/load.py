"""How fast synthetic people are written."""

from django.db import transaction

from acrime.audit.choices import Channel
from acrime.bench.crowd import loaded
from acrime.bench.measure import medians
from acrime.bench.report import Result
from acrime.bench.stage import Stage
from acrime.demo.people.loading import SCHEDULE_ITEM, SEED
from acrime.demo.people.making import Person, people
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.models import Individual


def individuals(stage: Stage) -> Result:
    """People by ``seed_demo``, ready to be found, and one by one by the portal's own action."""
    load = loaded(stage)
    row = list(people(seed=SEED + 1, first=0, count=stage.rounds))

    def one_by_one(turn: int) -> Individual:
        with transaction.atomic():
            made = create_individual(
                person=facts_of(row[turn % len(row)]),
                schedule_code=SCHEDULE_ITEM,
                actor=stage.analyst,
                at=stage.at,
                channel=Channel.COMMAND,
            )
            # Measured up to here; the file that is searched stays as it is.
            transaction.set_rollback(True)
        return made

    [took] = medians(one_by_one, rounds=stage.slow_rounds)
    return Result(
        "load.individuals",
        load.people / load.seconds,
        1000 / took,
        "people/s",
        f"{load.people} with names, dates, places, addresses, sealed numbers and the index of "
        f"names in {load.seconds:.0f} s, and one at a time ({took:.1f} ms)",
    )


def facts_of(person: Person) -> PersonFacts:
    """A synthetic person in the form in which people are entered."""
    name, *aliases = person.names
    return PersonFacts(
        last=name.last,
        first=name.first,
        middle=name.middle,
        sex=person.sex,
        identifiers=tuple((kind.value, number) for kind, number, _ in person.numbers),
        aliases=tuple((alias.last, alias.first, alias.middle) for alias in aliases),
    )
