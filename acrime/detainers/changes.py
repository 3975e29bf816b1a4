"""What belongs to a detainer in its change history."""

from accounts.models import User
from acrime.detainers.models import Detainer
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.DETAINER)
def contents(record: Record, reader: User) -> Contents:
    """The detainer. Notices are prepared and sent by acts."""
    return Contents(parts=[Part("Detainer", Detainer.objects.filter(record=record))])
