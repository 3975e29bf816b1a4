"""What belongs to a query in its change history."""

from accounts.models import User
from acrime.iaq import events
from acrime.iaq.models import Determination, StatusQuery
from acrime.iaq.querysets import sees_drafts_of
from acrime.records.changes import Contents, Part, contents_of
from acrime.records.choices import RecordKind
from acrime.records.models import Record


@contents_of(RecordKind.QUERY)
def contents(record: Record, reader: User) -> Contents:
    """The query and its determinations, and drafts only for those who see them."""
    query = StatusQuery.objects.select_related("record").get(record=record)
    drafts = Determination.objects.visible_to(reader).filter(query=query)
    return Contents(
        parts=[
            Part("Query", StatusQuery.objects.filter(pk=query.pk)),
            Part("Determination", drafts),
        ],
        hidden_acts=() if sees_drafts_of(query, reader) else events.OF_DRAFTS,
    )
