"""Where a record's page is. Rooms above name their pages here, by the kind of record."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from accounts.guards import may_open
from accounts.models import User
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.links import register_linker

PAGES: Mapping[str, str] = {
    RecordKind.QUERY: "iaq:detail",
    RecordKind.RESPONSE: "iar:detail",
    RecordKind.INDIVIDUAL: "individuals:detail",
    RecordKind.NCIC_ENTRY: "ncic:detail",
    RecordKind.HIT: "ncic:hits-one",
    RecordKind.CALL: "calls:detail",
    RecordKind.DETAINER: "detainers:detail",
    RecordKind.TIP: "tips:detail",
    RecordKind.TIP_SOURCE: "tips:source",
}


def address_for(user: User, record: Record) -> str:
    """The address of *record*'s page, or nothing where *user*'s roles do not open it."""
    page = PAGES[record.kind]
    return reverse(page, args=[record.number]) if may_open(user, page) else ""


@register_linker
def addresses_of(user: User, numbers: Iterable[str]) -> dict[str, str]:
    """The addresses of those records of *numbers* that *user* sees and opens."""
    found = Record.objects.visible_to(user).filter(number__in=list(numbers)).order_by("pk")
    addresses = {record.number: address_for(user, record) for record in found}
    return {number: address for number, address in addresses.items() if address}
