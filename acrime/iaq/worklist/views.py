"""Pages of the worklist."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS
from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.exports import Export
from acrime.common.pages import attempt, page_of
from acrime.iaq import actions, forms
from acrime.iaq.detail import (
    detail_page,
    query_for,
    to_query,
)
from acrime.iaq.models import StatusQuery
from acrime.iaq.presentation import (
    TONES,
)
from acrime.iaq.worklist.tabs import TABS, tab_rows
from acrime.records.exports import export_records
from acrime.records.pages import see_rows

_EXPORTED: Mapping[str, Callable[[StatusQuery], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.name_shown,
    "Program": lambda row: row.get_program_display(),
    "Received": lambda row: row.received_at,
    "Due": lambda row: row.due_at,
    "State": lambda row: row.get_state_display(),
    "Worked by": lambda row: row.claimed_by.full_name if row.claimed_by else "Nobody yet",
}


@require_GET
def query_list(request: HttpRequest) -> HttpResponse:
    """The worklist: open queries, first due first."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(tab_rows(tab, user), request)
    see_rows(request, page.rows, at=at, criteria=_list_criteria(tab))
    context = {
        "may_export": user.has_role(*EXPORTERS),
        "page": page,
        "at": at,
        "tabs": [(key, label, key == tab) for key, (label, _) in TABS.items()],
        "tab": tab,
        "tab_label": TABS[tab][0],
        "tones": TONES,
        "works": user.has_role(*actions.WORKERS),
    }
    return render(request, "iaq/query_list.html", context)


@require_http_methods(["GET", "POST"])
def query_export(request: HttpRequest) -> HttpResponse:
    """A tab of the worklist as a file, for a purpose."""
    tab = _tab(request)
    export = Export(
        name="queries",
        title=f"Queries: {TABS[tab][0].lower()}",
        rows=tab_rows(tab, signed_in(request)),
        columns=_EXPORTED,
        back=f"{reverse('iaq:list')}?show={tab}",
    )
    return export_records(request, export, criteria=_list_criteria(tab), at=clock.now())


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in TABS else "open"


def _list_criteria(tab: str) -> dict[str, str]:
    return {"List": "Queries", "Show": TABS[tab][0]}


@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Take a waiting query on."""
    query = query_for(request, number)
    attempt(
        request,
        lambda: actions.claim_query(query=query, actor=signed_in(request), at=clock.now()),
        done="The query is yours.",
    )
    return to_query(query)


@require_POST
def put_back(request: HttpRequest, number: str) -> HttpResponse:
    """Put a query back on the worklist."""
    query = query_for(request, number)
    form = forms.PutBackForm(request.POST, prefix="back")
    if not form.is_valid():
        return detail_page(request, number, put_back_form=form)
    attempt(
        request,
        lambda: actions.put_back(
            query=query,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=clock.now(),
        ),
        done="The query is back on the worklist.",
    )
    return to_query(query)
