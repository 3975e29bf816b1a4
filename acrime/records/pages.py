"""Records on pages: each look is written down before the page is made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.http import HttpRequest

from accounts.guards import signed_in
from acrime.audit import events
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.records.access import access_list, access_record
from acrime.records.models import Record


class _Row(Protocol):
    pk: int


def see_record(
    request: HttpRequest,
    number: str,
    record_kind: str,
    *,
    at: datetime,
    kind: str = events.RECORD_VIEWED,
) -> Record:
    """The record with *number*, seen by the signed-in person on a page.

    Raises:
        NotThere: no such record of that kind, or the person may not see it.
    """
    return access_record(
        number=number,
        user=signed_in(request),
        at=at,
        channel=Channel.PAGE,
        kind=kind,
        record_kind=record_kind,
        facts=request_facts(request),
    )


def see_rows(
    request: HttpRequest,
    rows: Sequence[_Row],
    *,
    at: datetime,
    criteria: Mapping[str, str],
    kind: str = events.RECORD_LISTED,
    matched: Iterable[int] | None = None,
) -> None:
    """Write down that the signed-in person is shown *rows*, contents of records.

    Args:
        matched: record ids that a search met without the visibility rule.
    """
    access_list(
        displayed=[row.pk for row in rows],
        matched=matched,
        user=signed_in(request),
        at=at,
        channel=Channel.PAGE,
        kind=kind,
        criteria=dict(criteria),
        facts=request_facts(request),
    )
