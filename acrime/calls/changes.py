"""What belongs to a call in its change history."""

from accounts.models import User
from acrime.calls.models import Call, CallTask
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.CALL)
def contents(record: Record, reader: User) -> Contents:
    """The call and the tasks that follow it. What was said is written once."""
    return Contents(
        parts=[
            Part("Call", Call.objects.filter(record=record)),
            Part("Task", CallTask.objects.filter(call_id=record.pk)),
        ]
    )
