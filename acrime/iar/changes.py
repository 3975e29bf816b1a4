"""What belongs to a response in its change history."""

from accounts.models import User
from acrime.iar.amending.models import Amendment
from acrime.iar.models import Delivery, StatusResponse
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.RESPONSE)
def contents(record: Record, reader: User) -> Contents:
    """The response and its copies on their way."""
    return Contents(
        parts=[
            Part("Response", StatusResponse.objects.filter(record=record)),
            Part("Copy of the response", Delivery.objects.filter(response_id=record.pk)),
            Part("Amendment", Amendment.objects.filter(response_id=record.pk)),
        ]
    )
