"""Lists of records taken out as files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from django.http import HttpRequest, HttpResponse

from accounts.guards import signed_in
from acrime.audit import events
from acrime.common.exports import Export, export_page
from acrime.records.pages import see_rows


class _Row(Protocol):
    pk: int


Row = TypeVar("Row", bound=_Row)


def export_records(
    request: HttpRequest, export: Export[Row], *, criteria: Mapping[str, str], at: datetime
) -> HttpResponse:
    """The form that asks for the purpose, then the file of *export*, written down first."""
    user = signed_in(request)
    return export_page(
        request,
        export,
        by=f"{user.full_name} ({user.get_username()})",
        username=user.get_username(),
        at=at,
        write_down=lambda rows, purpose: see_rows(
            request,
            rows,
            at=at,
            criteria=criteria,
            kind=events.RECORD_EXPORTED,
            purpose=purpose,
        ),
    )
