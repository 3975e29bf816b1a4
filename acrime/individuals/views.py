"""Pages of individuals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import EXPORTERS
from accounts.guards import may_open, signed_in
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.exports import Export
from acrime.common.pages import PAGE_SIZE, attempt, page_of
from acrime.individuals.finding.querysets import LAST_PAGE, find
from acrime.individuals.forms import AdvancedForm, BoxForm
from acrime.individuals.models import Individual
from acrime.individuals.pages import person_context
from acrime.individuals.querysets import IndividualQuerySet
from acrime.individuals.search import criteria_of
from acrime.records.actions import approve_record
from acrime.records.choices import Approval, RecordKind
from acrime.records.exports import export_records
from acrime.records.models import Record
from acrime.records.pages import not_there, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from acrime.records.reveals import RevealForm

_EXPORTED = {
    "Name": lambda row: row.shown_name,
    "Number": lambda row: row.record.number,
    "Date of birth": lambda row: "; ".join(born.written for born in row.birth_dates.all()),
    "Numbers (masked)": lambda row: "; ".join(
        f"{number.get_kind_display()} {number.shown}" for number in row.identifiers.all()
    ),
    "Entered": lambda row: row.record.created_at,
    "Approval": lambda row: row.record.get_approval_display(),
}


@require_GET
def individual_list(request: HttpRequest) -> HttpResponse:
    """Individuals, latest entered first."""
    at = clock.now()
    rows, pending = _listed(request)
    page = page_of(rows, request)
    see_rows(request, page.rows, at=at, criteria=_list_criteria(pending=pending))
    context = {
        "page": page,
        "pending": pending,
        "at": at,
        "may_export": signed_in(request).has_role(*EXPORTERS),
        "may_enter": may_open(signed_in(request), "individuals:new"),
        "decides_merges": may_open(signed_in(request), "individuals:merges"),
    }
    return render(request, "individuals/individual_list.html", context)


@require_http_methods(["GET", "POST"])
def individual_export(request: HttpRequest) -> HttpResponse:
    """The list as a file, numbers masked, for a purpose."""
    rows, pending = _listed(request)
    export = Export(
        name="individuals",
        title=f"Individuals: {'pending approval' if pending else 'all'}",
        rows=rows,
        columns=_EXPORTED,
        back=reverse("individuals:list"),
    )
    return export_records(request, export, criteria=_list_criteria(pending=pending), at=clock.now())


@require_http_methods(["GET", "POST"])
def individual_search(request: HttpRequest) -> HttpResponse:
    """Look for somebody. The criteria come in the body, never in an address."""
    user, at = signed_in(request), clock.now()
    is_advanced = "advanced" in request.POST
    posted = request.POST if request.method == "POST" else None
    today = portal_day(at)
    box = BoxForm(None if is_advanced else posted, today=today)
    advanced = AdvancedForm(posted if is_advanced else None, today=today)
    form = advanced if is_advanced else box
    context: dict[str, Any] = {"box": box, "advanced": advanced, "form": form, "found": None}
    if form.is_valid():
        page = _page_asked(request)
        found = find(form.wanted(), user=user, page=page)
        see_rows(
            request,
            [hit.person for hit in found.shown],
            at=at,
            criteria=criteria_of(form.wanted()) | ({"Page": str(page)} if page > 1 else {}),
            kind=events.RECORD_SEARCHED,
            matched=found.matched_ids,
        )
        context |= {
            "found": found,
            "notes": form.notes(),
            "page": page,
            "first_place": (page - 1) * PAGE_SIZE + 1,
            # What was asked, for the buttons that ask for another page in their bodies.
            "again": [
                (name, value)
                for name, value in request.POST.items()
                if name in form.fields or name.startswith("born_")
            ],
        }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "individuals/search.html", context, status=status)


def _page_asked(request: HttpRequest) -> int:
    """The page of a search; nonsense means the first."""
    asked = request.POST.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    return min(max(number, 1), LAST_PAGE)


@require_GET
def individual_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One individual, numbers masked."""
    return _detail_page(request, see_record(request, number, RecordKind.INDIVIDUAL, at=clock.now()))


@require_GET
def individual_print(request: HttpRequest, number: str) -> HttpResponse:
    """One individual for paper, numbers masked."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.INDIVIDUAL, at=at)
    context = person_context(request, record, _individual(request, record), at=at)
    return render(request, "individuals/print.html", context | {"head": head})


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """Why a number is needed; then the page with that number open, this once.

    *identifier* is the number's place on the page, from 1: a key of its row would tell how
    many numbers there are of people whom the reader may not see.
    """
    at = clock.now()
    record = record_for(request, number, RecordKind.INDIVIDUAL, at=at)
    numbers = list(_individual(request, record).identifiers.all())
    if not 1 <= identifier <= len(numbers):
        not_there(request, number, at=at)
    asked = numbers[identifier - 1]
    form = RevealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        seen = see_record(
            request,
            number,
            RecordKind.INDIVIDUAL,
            at=at,
            kind=events.VALUE_REVEALED,
            purpose=form.purpose(),
            details={"numbers": [asked.kind], "identifier": asked.pk},
        )
        return _detail_page(request, seen, opened=asked.pk)
    see_record(request, number, RecordKind.INDIVIDUAL, at=at)
    context = {
        "form": form,
        "what": asked.get_kind_display(),
        "number": record.number,
        "list_label": "Individuals",
        "list_url": reverse("individuals:list"),
        "back": reverse("individuals:detail", args=[record.number]),
    }
    return render(request, "reveal.html", context, status=422 if form.is_bound else 200)


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm an individual as a supervisor."""
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.INDIVIDUAL, at=at)
    attempt(
        request,
        lambda: approve_record(record=record, actor=user, at=at, channel=Channel.PAGE),
        done="The individual is approved.",
    )
    return redirect("individuals:detail", number=record.number)


def _listed(request: HttpRequest) -> tuple[IndividualQuerySet, bool]:
    """The list as the request filters it, and whether it is the pending ones."""
    rows = Individual.objects.visible_to(signed_in(request)).unmerged().with_details()
    pending = request.GET.get("show") == "pending"
    if pending:
        rows = rows.filter(record__approval=Approval.PENDING)
    return rows.order_by("-record__created_at", "-pk"), pending


def _list_criteria(*, pending: bool) -> dict[str, str]:
    return {"List": "Individuals", "Show": "Pending approval" if pending else "All"}


def _individual(request: HttpRequest, record: Record) -> Individual:
    return Individual.objects.visible_to(signed_in(request)).with_details().get(record=record)


def _detail_page(request: HttpRequest, record: Record, *, opened: int = 0) -> HttpResponse:
    """The page of an individual; the look at *record* is written down already.

    Args:
        opened: the one identifier that is shown whole.
    """
    individual = _individual(request, record)
    at = clock.now()
    context = person_context(request, record, individual, at=at, opened=opened)
    context["panels"] = panels_for(request, record, at=at)
    return render(request, "individuals/individual_detail.html", context)
