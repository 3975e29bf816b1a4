"""What belongs to a tip in its change history. Who reported it has a record of its own."""

from accounts.models import User
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.tips.models import Tip


@contents_of(RecordKind.TIP)
def contents(record: Record, reader: User) -> Contents:
    """The tip itself. Its steps and referrals are written once."""
    return Contents(parts=[Part("Tip", Tip.objects.filter(record=record))])
