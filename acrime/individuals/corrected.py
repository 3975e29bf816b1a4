"""What can be corrected in a record, and which records tell the same: asked by the room below."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from acrime.common.numbers import tidied
from acrime.individuals import actions
from acrime.individuals.disclosed import Individuals
from acrime.individuals.places import places_of
from acrime.records.actions import hold_records, mark_disputed
from acrime.records.choices import RecordKind
from acrime.records.family import family_ids
from acrime.records.models import Record, RecordSubject
from routine_uses.corrections.records import RecordFacts, register_records


class Corrected:
    """Answers for ``routine_uses.corrections``."""

    def find(self, number: str, user: User) -> RecordFacts | None:
        """The record with *number*, where *user* may see it."""
        record = Record.objects.visible_to(user).filter(number=tidied(number)).first()
        if record is None:
            return None
        if record.kind != RecordKind.INDIVIDUAL:
            return RecordFacts(record.pk, record.number, frozenset(family_ids(record)), ())
        about = RecordSubject.objects.filter(individual_id=record.pk)
        return RecordFacts(
            record_id=record.pk,
            number=record.number,
            scope=frozenset({record.pk, *about.values_list("record_id", flat=True)}),
            values=tuple(place.held for place in places_of(record.pk)),
        )

    def meant(self, number: str) -> list[int]:
        """The id of the record that *number* names, seen or not."""
        return list(Record.objects.filter(number=number).values_list("pk", flat=True))

    def correct(
        self, record_id: int, position: int, *, held: str, value: str, actor: User, at: datetime
    ) -> None:
        """Correct the value at *position*, which is still *held*.

        Raises:
            ActionRefused: it is another value by now, or the new one cannot be.
        """
        actions.correct_value(
            individual_id=record_id, position=position, held=held, value=value, actor=actor, at=at
        )

    def hold(self, record_ids: Iterable[int]) -> None:
        """Hold records until the transaction ends, so that nothing is released beside it."""
        hold_records(record_ids=record_ids)

    def mark_disputed(self, record_ids: Iterable[int], *, disputed: bool) -> None:
        """Mark records as disputed, or no longer."""
        mark_disputed(record_ids=record_ids, disputed=disputed)

    def disputed_with(self, record_ids: Iterable[int]) -> set[int]:
        """The records in whose disputes *record_ids* share.

        Their own, those that they repeat or are repeated by, and the people they are about.
        """
        shared: set[int] = set()
        for record in Record.objects.filter(pk__in=list(record_ids)):
            shared |= set(family_ids(record))
        people = Individuals().of_records(shared)
        return shared | {each for found in people.values() for each in found}


register_records(Corrected())
