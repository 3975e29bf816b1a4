"""Whom records are about: what the accounting below asks of this room."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from acrime.common.numbers import tidied
from acrime.individuals.merging.querysets import absorbed_by, became_part_of
from acrime.individuals.models import Individual
from acrime.records.models import Record, RecordSubject
from routine_uses.accounts_of.people import Life, Person, register_people


def person_of(individual: Individual) -> Person:
    """*individual* as an accounting speaks of one, with the records that became part of it."""
    earlier = absorbed_by([individual.pk])
    linked = RecordSubject.objects.filter(individual__in=[individual.pk, *earlier])
    born = (each.value for each in individual.birth_dates.all() if each.value)
    return Person(
        record_id=individual.pk,
        number=individual.record.number,
        name=individual.shown_name,
        birth_dates=tuple(sorted(born)),
        record_ids=frozenset(
            {individual.pk, *earlier, *linked.values_list("record_id", flat=True)}
        ),
        earlier_ids=frozenset(earlier),
    )


class Individuals:
    """Answers for ``routine_uses.accounts_of``."""

    def find(self, number: str, user: User) -> Person | None:
        """The individual with *number*, where *user* may see it."""
        found = (
            Individual.objects.visible_to(user)
            .with_details()
            .filter(record__number=tidied(number))
            .first()
        )
        return person_of(found) if found else None

    def meant(self, number: str) -> list[int]:
        """The id of the individual's record that *number* names, seen or not."""
        return list(Individual.objects.filter(record__number=number).values_list("pk", flat=True))

    def of_records(self, record_ids: Iterable[int]) -> Mapping[int, list[int]]:
        """The individuals that each of the records is about, by record id."""
        wanted = list(record_ids)
        found: dict[int, list[int]] = {}
        links = RecordSubject.objects.filter(record_id__in=wanted).order_by("individual_id")
        for record, individual in links.values_list("record_id", "individual_id").distinct():
            found.setdefault(record, []).append(individual)
        for own in Individual.objects.filter(pk__in=wanted).values_list("pk", flat=True):
            # Of a record that became part of another one, what is left is that person's.
            found.setdefault(own, []).extend([own, *became_part_of(own)])
        return found

    def lives(self, record_ids: Iterable[int]) -> Mapping[int, Life]:
        """How long each of the records lives."""
        rows = Record.objects.filter(pk__in=list(record_ids))
        return {
            pk: Life(number, ends_on)
            for pk, number, ends_on in rows.values_list("pk", "number", "disposition_date")
        }


register_people(Individuals())
