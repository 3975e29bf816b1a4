"""Pages of the ledger, for OPR."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import signed_in
from accounts.models import User
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.eastern import EASTERN
from acrime.common.errors import ActionRefused, NotThere
from acrime.common.exports import NOTICE, as_csv
from acrime.common.numbers import tidied
from acrime.oversight import access, events
from acrime.oversight.choices import FileFormat
from acrime.oversight.forms import FIRST_YEAR, LAST_YEAR, SearchForm, TakeOutForm
from acrime.oversight.policy import (
    EXPORT_ROWS,
    cursor_from,
    reads_events_of_opr,
)
from acrime.oversight.presentation import (
    as_json_lines,
    chart_of_day,
    chart_of_days,
    columns_of,
    rows_of,
    sessions_of,
    shown,
)
from acrime.oversight.querysets import (
    account_called,
    acts,
    beside,
    by_day,
    in_order,
    latest_moment,
    looks,
    readable_by,
    readers_of,
    touching,
)
from acrime.records.addresses import address_for
from acrime.records.choices import RecordKind
from acrime.records.models import Record

CHART_DAYS = 30
STEPS_OF_A_DAY = 500
TRAIL = 50
# What the search page folds away while nothing is asked by it.
MORE = ("outcome", "channel", "address", "session", "request_id", "opr")


def _search_form(request: HttpRequest, data: Any) -> SearchForm:
    reader = signed_in(request)
    return SearchForm(data, reader=reader, lead=reads_events_of_opr(reader.roles))


@require_http_methods(["GET", "POST"])
def event_list(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first, narrowed by what is asked."""
    if request.method == "POST":
        return _asked(request)
    form = _search_form(request, request.GET)
    if not form.is_valid() or len(form.candidates) > 1:
        return _list_page(request, form, status=200 if form.is_valid() else 422)
    try:
        found = access.search(
            form.wanted(),
            before=cursor_from(request.GET.get("before", "")),
            after=cursor_from(request.GET.get("after", "")),
            criteria=form.criteria(),
            reader=signed_in(request),
            at=clock.now(),
            facts=request_facts(request),
        )
    except ActionRefused as refusal:
        form.add_error(None, refusal.message)
        return _list_page(request, form, status=422)
    asked = form.address_part()
    return _list_page(
        request,
        form,
        rows=rows_of(found.events, signed_in(request)),
        searched=True,
        asked=asked,
        criteria=form.criteria(),
        previous_url=_page_url(asked, "after", found.newer.text()) if found.newer else "",
        next_url=_page_url(asked, "before", found.older.text()) if found.older else "",
    )


def _asked(request: HttpRequest) -> HttpResponse:
    """What the form asks, as an address without names of people."""
    form = _search_form(request, request.POST)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    if len(form.candidates) > 1:
        access.write_down(
            events.SEARCHED,
            criteria={**form.criteria(), "Person": form.cleaned_data["person"]},
            details={"accounts": [person.username for person in form.candidates]},
            reader=signed_in(request),
            at=clock.now(),
            facts=request_facts(request),
        )
        return _list_page(request, form)
    return redirect(_list_url(form.address_part()))


def _list_page(
    request: HttpRequest, form: SearchForm, *, status: int = 200, **found: Any
) -> HttpResponse:
    people = [
        (person, _list_url(form.address_part(person=person.username)))
        for person in (form.candidates if form.is_valid() and len(form.candidates) > 1 else ())
    ]
    more = any(form.data.get(name) for name in MORE)
    context = {"form": form, "people": people, "more": more, "refused": status != 200, **found}
    return render(request, "oversight/event_list.html", context, status=status)


def _list_url(asked: str) -> str:
    address = reverse("oversight:events")
    return f"{address}?{asked}" if asked else address


def _page_url(asked: str, name: str, place: str) -> str:
    return f"?{asked}&{name}={place}" if asked else f"?{name}={place}"


@require_GET
def event_detail(request: HttpRequest, event: int) -> HttpResponse:
    """Everything that is known of one event, and what else happened around it."""
    reader = signed_in(request)
    found = access.see_event(event, reader=reader, at=clock.now(), facts=request_facts(request))
    same_request, same_session = beside(found, reader)
    context = {
        "event": shown(found, reader),
        "at": found.occurred_at,
        "same_request": rows_of(same_request, reader),
        "same_session": rows_of(same_session, reader),
        "day": _day_of(found.occurred_at),
    }
    return render(request, "oversight/event_detail.html", context)


@require_GET
def person_day(request: HttpRequest, person: str) -> HttpResponse:
    """What one account did on one day: sessions, looks, refusals, and the pauses between."""
    reader, at = signed_in(request), clock.now()
    account = account_called(person)
    if account is None:
        raise NotThere
    done = readable_by(reader).filter(actor=account)
    asked = request.GET.get("day", "")
    day, wrong = _day_from(asked)
    if day is None:
        latest = latest_moment(done)
        day = _day_of(latest or at)
    begin, end = _bounds(day)
    of_day = done.filter(occurred_at__gte=begin, occurred_at__lt=end)
    found = list(of_day.order_by("occurred_at", "pk")[: STEPS_OF_A_DAY + 1])
    access.write_down(
        events.PERSON_VIEWED,
        criteria={"Person": account.username, "Day": day.isoformat()},
        details={"count": len(found[:STEPS_OF_A_DAY])},
        reader=reader,
        at=at,
        facts=request_facts(request),
    )
    before = latest_moment(done.filter(occurred_at__lt=begin))
    following = done.filter(occurred_at__gte=end).order_by("occurred_at", "pk").first()
    context = {
        "account": account,
        "day": day,
        "wrong_day": wrong,
        "sessions": sessions_of(found[:STEPS_OF_A_DAY], reader),
        "cut": len(found) > STEPS_OF_A_DAY,
        "limit": STEPS_OF_A_DAY,
        "chart": chart_of_day(looks(of_day)),
        "previous_day": _day_of(before) if before else None,
        "next_day": _day_of(following.occurred_at) if following else None,
    }
    return render(request, "oversight/person.html", context)


@require_GET
def record_trail(request: HttpRequest, record: str) -> HttpResponse:
    """Who saw a record and who changed it."""
    reader, at = signed_in(request), clock.now()
    found = Record.objects.visible_to(reader).filter(number=tidied(record)).first()
    if found is None:
        raise NotThere
    touched = touching(readable_by(reader), [found.pk])
    access.write_down(
        events.RECORD_VIEWED,
        criteria={"Record": found.number},
        records=[found.pk],
        reader=reader,
        at=at,
        facts=request_facts(request),
    )
    today = _day_of(at)
    begin, _ = _bounds(today - timedelta(days=CHART_DAYS - 1))
    seen = looks(touched)
    changed = acts(readable_by(reader).filter(record_id=found.pk))
    context = {
        "record": found,
        "kind": RecordKind(found.kind).label,
        "record_url": address_for(reader, found),
        "individual": found.kind == RecordKind.INDIVIDUAL,
        "readers": readers_of(seen),
        "looks": rows_of(list(in_order(seen)[:TRAIL]), reader, about=found.pk),
        "acts": rows_of(list(changed.order_by("-occurred_at", "-pk")[:TRAIL]), reader),
        "limit": TRAIL,
        "chart": chart_of_days(
            by_day(seen.filter(occurred_at__gte=begin), EASTERN), last=today, days=CHART_DAYS
        ),
    }
    return render(request, "oversight/record.html", context)


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The events of a search as a file, once it is said what for."""
    search = _search_form(request, request.GET)
    if not search.is_valid() or len(search.candidates) > 1:
        return _list_page(request, search, status=200 if search.is_valid() else 422)
    form = TakeOutForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reader, at = signed_in(request), clock.now()
        try:
            found = access.take_out(
                search.wanted(),
                purpose=form.cleaned_data["purpose"],
                file_format=form.cleaned_data["file_format"],
                criteria=search.criteria(),
                reader=reader,
                at=at,
                facts=request_facts(request),
            )
        except ActionRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _file(
                found, reader, at=at, file_format=form.cleaned_data["file_format"], search=search
            )
    context = {
        "form": form,
        "criteria": search.criteria(),
        "asked": search.address_part(),
        "back": _list_url(search.address_part()),
        "limit": f"{EXPORT_ROWS:,}",
    }
    status = 422 if form.is_bound else 200
    return render(request, "oversight/export.html", context, status=status)


def _file(
    found: Any, reader: User, *, at: datetime, file_format: str, search: SearchForm
) -> HttpResponse:
    local = at.astimezone(EASTERN)
    if file_format == FileFormat.JSONL:
        body, kind = as_json_lines(found, reader), "application/jsonl; charset=utf-8"
    else:
        asked = "; ".join(f"{label}: {value}" for label, value in search.criteria().items())
        heading = [
            NOTICE,
            f"Ledger of events. Exported by {reader.full_name}, {local:%Y-%m-%d %H:%M:%S %Z}.",
            f"Asked for: {asked or 'every event'}. {len(found)} events, all that were found.",
        ]
        body, kind = as_csv(heading, columns_of(found, reader), found), "text/csv; charset=utf-8"
    name = f"ledger-{local:%Y%m%d-%H%M%S}-privacy-act-material.{file_format}"
    return HttpResponse(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _day_of(moment: datetime) -> date:
    return moment.astimezone(EASTERN).date()


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of *day* in the portal's time zone and of the day after it, in UTC."""
    begin = datetime(day.year, day.month, day.day, tzinfo=EASTERN)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=EASTERN)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _day_from(text: str) -> tuple[date | None, bool]:
    """The day that *text* names, and whether it is nonsense. Years far away are nonsense too."""
    if not text:
        return None, False
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None, True
    return day, False
