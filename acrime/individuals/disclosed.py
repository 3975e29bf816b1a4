"""Whom records are about: what the accounting below asks of this room."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from acrime.common.numbers import tidied
from acrime.individuals.merging.querysets import absorbed_by
from acrime.individuals.models import Individual
from acrime.records.models import Record, RecordSubject
from routine_uses.accounts_of.people import Life, Person, register_people


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
        if found is None:
            return None
        # Of the records that became part of this one, what left is this person's, too.
        earlier = absorbed_by([found.pk])
        linked = RecordSubject.objects.filter(individual__in=[found.pk, *earlier])
        return Person(
            record_id=found.pk,
            number=found.record.number,
            name=found.shown_name,
            birth_dates=tuple(sorted(born.value for born in found.birth_dates.all() if born.value)),
            record_ids=frozenset({found.pk, *earlier, *linked.values_list("record_id", flat=True)}),
            earlier_ids=frozenset(earlier),
        )

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
            found.setdefault(own, []).append(own)
        return found

    def lives(self, record_ids: Iterable[int]) -> Mapping[int, Life]:
        """How long each of the records lives."""
        rows = Record.objects.filter(pk__in=list(record_ids))
        return {
            pk: Life(number, ends_on)
            for pk, number, ends_on in rows.values_list("pk", "number", "disposition_date")
        }


register_people(Individuals())
