"""What belongs to an individual in its change history."""

from accounts.models import User
from acrime.individuals.facts.models import Telephone
from acrime.individuals.models import (
    Address,
    BirthDate,
    BirthPlace,
    Individual,
    IndividualName,
)
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.INDIVIDUAL)
def contents(record: Record, reader: User) -> Contents:
    """The person, with names and dates of birth. Numbers are sealed and leave no history."""
    return Contents(
        parts=[
            Part("Individual", Individual.objects.filter(record=record)),
            Part("Name", IndividualName.objects.filter(individual_id=record.pk)),
            Part("Date of birth", BirthDate.objects.filter(individual_id=record.pk)),
            Part("Place of birth", BirthPlace.objects.filter(individual_id=record.pk)),
            Part("Address", Address.objects.filter(individual_id=record.pk)),
            Part("Telephone", Telephone.objects.filter(individual_id=record.pk)),
        ]
    )
