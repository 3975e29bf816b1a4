"""Printing: a view made for paper, written down before it is shown.

The ordinary pages hide their contents on paper, so that what is printed went through here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from accounts.guards import signed_in
from acrime.audit import events
from acrime.records.models import Record
from acrime.records.pages import see_record


@dataclass(frozen=True)
class PrintHead:
    """What stands on top of a print: what it is of, who printed it, and when exactly."""

    number: str
    by: str
    at: datetime


def see_to_print(
    request: HttpRequest, number: str, record_kind: str, *, at: datetime
) -> tuple[Record, PrintHead]:
    """The record with *number*, written down as printed, and the heading of the print.

    Raises:
        NotThere: no such record of that kind, or the person may not see it.
    """
    record = see_record(request, number, record_kind, at=at, kind=events.RECORD_PRINTED)
    user = signed_in(request)
    return record, PrintHead(record.number, f"{user.full_name} ({user.get_username()})", at)
