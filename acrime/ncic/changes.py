"""What belongs to records of NCIC and to hit confirmations in their change history."""

from accounts.models import User
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.models import NcicEntry
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.NCIC_ENTRY)
def entry_contents(record: Record, reader: User) -> Contents:
    """The entry. Its documents and transactions are written once, and are acts."""
    return Contents(parts=[Part("NCIC record", NcicEntry.objects.filter(record=record))])


@contents_of(RecordKind.HIT)
def hit_contents(record: Record, reader: User) -> Contents:
    """The request with its answer."""
    return Contents(parts=[Part("Hit confirmation", HitConfirmation.objects.filter(record=record))])
