"""Records on pages: each look is written down before the page is made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, Protocol

from django.http import HttpRequest

from accounts.guards import signed_in
from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.pages import on_refusal
from acrime.records.access import (
    access_list,
    access_record,
    find_record,
    refuse,
    write_refused_act,
)
from acrime.records.models import Record, RecordSubject


class _Row(Protocol):
    @property
    def pk(self) -> int: ...


def see_record(
    request: HttpRequest,
    number: str,
    record_kind: str,
    *,
    at: datetime,
    kind: str = events.RECORD_VIEWED,
    channel: Channel = Channel.PAGE,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
) -> Record:
    """The record with *number*, seen by the signed-in person.

    Endpoints of the API hand in ``request._request`` and their channel.

    Raises:
        NotThere: no such record of that kind, or the person may not see it.
    """
    return access_record(
        number=number,
        user=signed_in(request),
        at=at,
        channel=channel,
        kind=kind,
        record_kind=record_kind,
        purpose=purpose,
        details=details,
        facts=request_facts(request),
    )


def record_for(
    request: HttpRequest,
    number: str,
    record_kind: str,
    *,
    at: datetime,
    channel: Channel = Channel.PAGE,
) -> Record:
    """The record with *number*, for an act of the signed-in person; nothing of it is shown.

    Raises:
        NotThere: no such record of that kind, or the person may not see it.
    """
    return find_record(
        number=number,
        user=signed_in(request),
        at=at,
        channel=channel,
        record_kind=record_kind,
        facts=request_facts(request),
    )


def not_there(request: HttpRequest, asked: str, *, at: datetime) -> NoReturn:
    """Refuse what was asked for by number, and write it down.

    Raises:
        NotThere: always.
    """
    refuse(
        asked=asked,
        user=signed_in(request),
        at=at,
        channel=Channel.PAGE,
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
    channel: Channel = Channel.PAGE,
    purpose: str = "",
    details: Mapping[str, Any] | None = None,
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
        channel=channel,
        kind=kind,
        criteria=criteria,
        purpose=purpose,
        details=details,
        facts=request_facts(request),
    )


def people_in(user: User, record: Record, *, role: str = "") -> list[tuple[RecordSubject, bool]]:
    """Whom *record* is about, and whether *user* sees each person's own record.

    Args:
        role: only those who are this in the record.
    """
    links = record.subjects.select_related("individual__record", "linked_by").order_by("pk")
    if role:
        links = links.filter(role=role)
    seen = set(
        Record.objects.visible_to(user)
        .filter(pk__in=[link.individual_id for link in links])
        .values_list("pk", flat=True)
    )
    return [(link, link.individual_id in seen) for link in links]


@on_refusal
def write_refusal(request: HttpRequest, refusal: ActionRefused) -> None:
    """Write down an act that the rules refused, with the record it was about."""
    match = request.resolver_match
    write_refused_act(
        asked=str(match.kwargs.get("number", "")) if match else "",
        code=refusal.code,
        url=match.view_name if match else "",
        user=signed_in(request),
        at=clock.now(),
        channel=Channel.PAGE,
        facts=request_facts(request),
    )
