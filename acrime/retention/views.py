"""Pages of retention: what becomes eligible when, and what somebody has to look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import EXPORTERS
from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.exports import Export, as_csv
from acrime.common.pages import page_of
from acrime.records.choices import RecordKind
from acrime.records.exports import export_records
from acrime.records.pages import see_rows
from acrime.retention.choices import Reason, State
from acrime.retention.explaining import STATE_TONES
from acrime.retention.figures import ItemFigures, figures, listed, meters
from acrime.retention.models import RetentionClock, RetentionWalk
from routine_uses.links import record_links

YEARS_SHOWN = 10
TABS = {
    "missing": "No start",
    "due": "Due",
    "held": "On hold",
    "past": "Past their period",
}

_EXPORTED: Mapping[str, Callable[[RetentionClock], object]] = {
    "Number": lambda row: row.record.number,
    "Kind": lambda row: row.record.get_kind_display(),
    "Item": lambda row: row.item.code,
    "State": lambda row: row.get_state_display(),
    "Runs from": lambda row: row.trigger_date or "",
    "Cut off": lambda row: row.cutoff_date or "",
    "Over on": lambda row: row.eligible_on or "",
    "Authority": lambda row: row.authority.authority_number if row.authority else "",
    "Reasons": lambda row: "; ".join(Reason(each).label for each in row.reasons),
}


# region: the chart
LEFT, ROW, BAR, WIDTH = 150, 30, 16, 720


@dataclass(frozen=True)
class Bar:
    """One item's row of the chart, in units of the drawing."""

    label: str
    words_y: int
    y: int
    over: int
    ahead_from: int
    ahead: int
    later_from: int
    later: int


def bars_of(rows: list[ItemFigures]) -> list[Bar]:
    """The rows of the chart, the longest as wide as there is room."""
    most = max((row.total for row in rows), default=0)
    unit = (WIDTH - LEFT) / most if most else 0
    bars = []
    for place, row in enumerate(rows):
        over, ahead = round(row.over * unit), round(sum(row.by_year) * unit)
        bars.append(
            Bar(
                label=row.code,
                words_y=place * ROW + 18,
                y=place * ROW + 6,
                over=over,
                ahead_from=LEFT + over,
                ahead=ahead,
                later_from=LEFT + over + ahead,
                later=round(row.later * unit),
            )
        )
    return bars


# endregion


@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """What becomes eligible when, by item, and what is past its period."""
    user = signed_in(request)
    today = portal_day(clock.now())
    years = range(today.year, today.year + YEARS_SHOWN)
    rows = figures(user, today=today, years=years)
    context = {
        "rows": rows,
        "years": years,
        "bars": bars_of(rows),
        "meters": meters(user, today=today),
        "width": WIDTH,
        "height": max(ROW, len(rows) * ROW),
        "left": LEFT,
        "bar_height": BAR,
        "walk": RetentionWalk.objects.order_by("pk").first(),
        "may_export": user.has_role(*EXPORTERS),
    }
    return render(request, "retention/dashboard.html", context)


def _in_year(place: int) -> Callable[[ItemFigures], object]:
    return lambda row: row.by_year[place]


@require_GET
def figures_file(request: HttpRequest) -> HttpResponse:
    """The table behind the chart as a file. It holds counts and names nobody."""
    today = portal_day(clock.now())
    years = range(today.year, today.year + YEARS_SHOWN)
    columns: dict[str, Callable[[ItemFigures], object]] = {
        "Item": lambda row: row.code,
        "Title": lambda row: row.title,
        "Over already": lambda row: row.over,
        **{str(year): _in_year(place) for place, year in enumerate(years)},
        "Later": lambda row: row.later,
    }
    return HttpResponse(
        as_csv((), columns, figures(signed_in(request), today=today, years=years)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="retention-{today}.csv"'},
    )


@require_GET
def record_list(request: HttpRequest) -> HttpResponse:
    """Records whose period cannot begin, or is over; each look is written down."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(listed(user, tab), request)
    see_rows(request, page.rows, at=at, criteria={"List": f"Retention: {TABS[tab]}"})
    links = record_links(user, [row.record.number for row in page.rows])
    context = {
        "page": page,
        "rows": [
            {
                "clock": row,
                "link": link,
                "kind": RecordKind(row.record.kind).label,
                "tone": STATE_TONES[State(row.state)],
                "reasons": [Reason(each).label for each in row.reasons],
            }
            for row, link in zip(page.rows, links, strict=True)
        ],
        "tabs": [(key, label, key == tab) for key, label in TABS.items()],
        "tab": tab,
        "tab_label": TABS[tab],
        "may_export": user.has_role(*EXPORTERS),
    }
    return render(request, "retention/record_list.html", context)


@require_http_methods(["GET", "POST"])
def record_export(request: HttpRequest) -> HttpResponse:
    """A list as a file, for a purpose."""
    tab = _tab(request)
    export = Export(
        name="retention",
        title=f"Retention: {TABS[tab]}",
        rows=listed(signed_in(request), tab),
        columns=_EXPORTED,
        back=f"{reverse('retention:list')}?show={tab}",
    )
    criteria = {"List": f"Retention: {TABS[tab]}"}
    return export_records(request, export, criteria=criteria, at=clock.now())


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("show", "missing")
    return asked if asked in TABS else "missing"
