"""Where a record's page is. Rooms above name their pages here, by the kind of record."""

from collections.abc import Mapping

from django.urls import reverse

from accounts.guards import may_open
from accounts.models import User
from acrime.records.choices import RecordKind
from acrime.records.models import Record

PAGES: Mapping[str, str] = {
    RecordKind.QUERY: "iaq:detail",
    RecordKind.RESPONSE: "iar:detail",
    RecordKind.INDIVIDUAL: "individuals:detail",
}


def address_for(user: User, record: Record) -> str:
    """The address of *record*'s page, or nothing where *user*'s roles do not open it."""
    page = PAGES[record.kind]
    return reverse(page, args=[record.number]) if may_open(user, page) else ""
