"""Pages of records in NCIC."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import EXPORTERS
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.common.acting import act_page, acted, form_page
from acrime.common.exports import Export
from acrime.common.pages import page_of, tab_of, tabs_shown
from acrime.iaq.codes import offense_name
from acrime.individuals.choosing.actions import Part
from acrime.individuals.choosing.pages import Choosing, choosing_page
from acrime.individuals.facts.choices import Category
from acrime.ncic import actions, events, policy
from acrime.ncic.choices import DocumentKind, EntryState
from acrime.ncic.forms import ACTS, DescribeForm, DocumentForm
from acrime.ncic.models import BasisDocument, NcicEntry
from acrime.ncic.pages import certified
from acrime.ncic.policy import Validation, Window, validation_of
from acrime.ncic.querysets import TABS, tab_rows
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import not_there, people_in, record_for, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print

TONES = {
    EntryState.DRAFT: "neutral",
    EntryState.TO_CHECK: "warning",
    EntryState.CHECKED: "info",
    EntryState.ENTERED: "success",
    EntryState.LOCATED: "info",
    EntryState.CLEARED: "warning",
    EntryState.REMOVED: "neutral",
    EntryState.WITHDRAWN: "neutral",
}
VALIDATION_TONES = {"not-yet": "neutral", "open": "warning", "overdue": "danger"}
VALIDATION_LABELS = {
    Validation.NOT_YET: "Validation not due yet",
    Validation.OPEN: "To validate now",
    Validation.OVERDUE: "Overdue: NCIC may have purged it",
}
_EXPORTED: Mapping[str, Callable[[NcicEntry], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.shown_name,
    "File": lambda row: row.get_file_display(),
    "Category": lambda row: row.get_category_display(),
    "NIC": lambda row: row.nic,
    "State": lambda row: row.get_state_display(),
    "Entered": lambda row: row.entered_on or "",
    "To validate from": lambda row: row.validate_from or "",
    "To validate by": lambda row: row.validate_by or "",
    "Removed": lambda row: row.removed_on or "",
}
# The acts that a record's state leaves, the first one foremost.
OFFERED: dict[str, tuple[str, ...]] = {
    EntryState.DRAFT: ("send", "withdraw"),
    EntryState.TO_CHECK: ("check", "back"),
    EntryState.CHECKED: ("enter", "back", "withdraw"),
    EntryState.ENTERED: ("validate", "locate", "clear", "remove"),
    EntryState.LOCATED: ("validate", "clear", "remove"),
    EntryState.CLEARED: ("remove",),
}


@require_GET
@certified
def entry_list(request: HttpRequest) -> HttpResponse:
    """The worklists."""
    user, at = signed_in(request), clock.now()
    today = portal_day(at)
    tab = _tab(request)
    page = page_of(tab_rows(tab, user, today=today).with_details(), request)
    see_rows(request, page.rows, at=at, criteria=_criteria(tab))
    context = {
        "page": page,
        "rows": [(row, validation_shown(row, today=portal_day(at))) for row in page.rows],
        **tabs_shown(TABS, tab),
        "tones": TONES,
        "may_prepare": may_open(user, "ncic:new", "POST"),
        "may_export": user.has_role(*EXPORTERS),
        "at": at,
    }
    return render(request, "ncic/entry_list.html", context)


@require_http_methods(["GET", "POST"])
@certified
def entry_export(request: HttpRequest) -> HttpResponse:
    """A list as a file, for a purpose."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    export = Export(
        name="ncic-records",
        title=f"Records in NCIC: {TABS[tab]}",
        rows=tab_rows(tab, user, today=portal_day(at)).with_details(),
        columns=_EXPORTED,
        back=f"{reverse('ncic:list')}?show={tab}",
    )
    return export_records(request, export, criteria=_criteria(tab), at=at)


@require_http_methods(["GET", "POST"])
@certified
def new(request: HttpRequest) -> HttpResponse:
    """Begin to prepare a record."""
    user, at = signed_in(request), clock.now()
    form = DescribeForm(request.POST or None)
    made: list[NcicEntry] = []
    if acted(
        request,
        form,
        lambda: made.append(actions.open_entry(description=form.description(), actor=user, at=at)),
        place=_PLACES,
        told="Now search for the person it is about.",
    ):
        return redirect("ncic:subject", number=made[0].record.number)
    return form_page(request, "ncic/describe.html", form, {"record": None})


@require_http_methods(["GET", "POST"])
@certified
def describe(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is to be entered, while it is being prepared."""
    user, at = signed_in(request), clock.now()
    record, entry = _seen(request, number, at=at)
    held = {name: getattr(entry, name) for name in DescribeForm.base_fields}
    form = DescribeForm(request.POST or None, initial=held)
    if acted(
        request,
        form,
        lambda: actions.describe(entry=entry, description=form.description(), actor=user, at=at),
        place=_PLACES,
        told="It is changed.",
    ):
        return redirect("ncic:detail", number=record.number)
    return form_page(request, "ncic/describe.html", form, {"record": record})


@require_GET
@certified
def entry_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A record: what it says, what it rests on, what was done, what is next."""
    at = clock.now()
    record, entry = _seen(request, number, at=at)
    context = _context(request, record, entry, at=at)
    context["panels"] = panels_for(request, record, at=at)
    return render(request, "ncic/entry_detail.html", context)


@require_GET
@certified
def entry_print(request: HttpRequest, number: str) -> HttpResponse:
    """A record for paper."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.NCIC_ENTRY, at=at)
    entry = NcicEntry.objects.with_details().get(record=record)
    context = _context(request, record, entry, at=at) | {"head": head}
    return render(request, "ncic/print.html", context)


@require_http_methods(["GET", "POST"])
@certified
def subject(request: HttpRequest, number: str) -> HttpResponse:
    """Search for the person, then link or enter them."""
    at = clock.now()
    record, entry = _seen(request, number, at=at)
    user = signed_in(request)

    def may_link() -> None:
        actions.require_worker(user)
        actions.may_prepare(NcicEntry.objects.select_related("record").get(pk=entry.pk), user)

    about = Choosing(
        part=Part(
            role=SubjectRole.SUBJECT,
            category=Category.WANTED,
            schedule_code=policy.SCHEDULE,
            source="An entry of ICE's in NCIC",
        ),
        title="Whom is the entry about?",
        lead="Search first: somebody may know them already. No single number makes two people one.",
        back=reverse("ncic:detail", args=[record.number]),
        crumbs=("NCIC", reverse("ncic:list")),
        open_to=may_link,
        initial={},
    )
    return choosing_page(request, record, about, at=at)


@require_http_methods(["GET", "POST"])
@certified
def document_add(request: HttpRequest, number: str) -> HttpResponse:
    """Attach a document."""
    user, at = signed_in(request), clock.now()
    record, entry = _seen(request, number, at=at)
    bound = request.method == "POST"
    form = DocumentForm(request.POST if bound else None, request.FILES if bound else None)

    def attach() -> None:
        given = form.cleaned_data
        actions.add_document(
            entry=entry,
            kind=DocumentKind(given["kind"]),
            reference=given["reference"],
            issued_by=given["issued_by"],
            issued_on=given["issued_on"],
            name=given["file"].name,
            data=given["file"].read(),
            actor=user,
            at=at,
        )

    places = {"issued-on": "issued_on", "reference": "reference"}
    if acted(request, form, attach, place=places, told="The document is attached, sealed."):
        return redirect("ncic:detail", number=record.number)
    context = {"record": record, "entry": entry}
    return form_page(request, "ncic/document_add.html", form, context)


@require_GET
@certified
def document(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """One document, written down before it is sent.

    *identifier* is its place on the page, from 1: a key of its row would tell how many there are
    of records that the reader may not see.
    """
    at = clock.now()
    record = record_for(request, number, RecordKind.NCIC_ENTRY, at=at)
    kept = list(BasisDocument.objects.filter(entry_id=record.pk).defer("content").order_by("pk"))
    if not 1 <= identifier <= len(kept):
        not_there(request, number, at=at)
    found = kept[identifier - 1]
    see_record(
        request,
        number,
        RecordKind.NCIC_ENTRY,
        at=at,
        kind=events.DOCUMENT_VIEWED,
        details={"document": found.pk, "sha256": found.sha256},
    )
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "POST"])
@certified
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act on a record: what it asks, then the act."""
    if act not in ACTS:
        raise Http404
    user, at = signed_in(request), clock.now()
    record, entry = _seen(request, number, at=at)
    return act_page(
        request,
        ACTS[act],
        entry,
        template="ncic/act.html",
        context=lambda: {"record": record, "entry": entry, "documents": _documents(entry)},
        back=reverse("ncic:detail", args=[record.number]),
        actor=user,
        at=at,
    )


def validation_shown(entry: NcicEntry, *, today: Any) -> dict[str, str] | None:
    """How the validation of *entry* stands, in words and tone; None where none is due ever."""
    if entry.validate_from is None or entry.validate_by is None:
        return None
    found = validation_of(Window(entry.validate_from, entry.validate_by), today=today)
    return {
        "code": found.value,
        "label": VALIDATION_LABELS[found],
        "tone": VALIDATION_TONES[found.value],
    }


_PLACES = {
    "category": "category",
    "offense": "offense",
    "extradition": "extradition",
    "nic": "nic",
    "removed_on": "removed_on",
}


def _tab(request: HttpRequest) -> str:
    return tab_of(request, TABS, first="work")


def _criteria(tab: str) -> dict[str, str]:
    return {"List": "NCIC records", "Show": TABS[tab]}


def _seen(request: HttpRequest, number: str, *, at: datetime) -> tuple[Record, NcicEntry]:
    record = see_record(
        request, number, RecordKind.NCIC_ENTRY, at=at, kind=audit_events.RECORD_VIEWED
    )
    return record, NcicEntry.objects.with_details().get(record=record)


def _documents(entry: NcicEntry) -> list[BasisDocument]:
    kept = BasisDocument.objects.filter(entry=entry).defer("content").order_by("pk")
    return list(kept.select_related("added_by").prefetch_related("checks__checked_by"))


def _context(
    request: HttpRequest, record: Record, entry: NcicEntry, *, at: datetime
) -> dict[str, Any]:
    user = signed_in(request)
    return {
        "record": record,
        "entry": entry,
        "offense": offense_name(entry.offense),
        "subjects": people_in(user, record),
        "documents": _documents(entry),
        "transactions": entry.transactions.select_related("done_by").order_by("-pk"),
        "validation": validation_shown(entry, today=portal_day(at)),
        "acts": _acts(user, entry, today=portal_day(at)),
        "prepares": _prepares(user, entry),
        "may_add": may_open(user, "ncic:document-add", "POST")
        and entry.state not in (EntryState.REMOVED, EntryState.WITHDRAWN),
        "hits": _hits(request, user, entry, at=at),
        "timeline": timeline_of(record),
        "tones": TONES,
        "at": at,
    }


def _prepares(user: User, entry: NcicEntry) -> bool:
    works = may_open(user, "ncic:act", "POST")
    return works and entry.state == EntryState.DRAFT and entry.record.owner_id == user.pk


def _acts(user: User, entry: NcicEntry, *, today: date) -> list[tuple[str, str]]:
    """The acts that the reader may try now, with their names."""
    if not may_open(user, "ncic:act", "POST"):
        return []
    if entry.state == EntryState.DRAFT and not _prepares(user, entry):
        return []
    own = entry.state == EntryState.TO_CHECK and entry.prepared_by_id == user.pk
    early = entry.validate_from is not None and today < entry.validate_from
    hidden = ({"check"} if own else set()) | ({"validate"} if early else set())
    return [(key, ACTS[key].title) for key in OFFERED.get(entry.state, ()) if key not in hidden]


def _hits(request: HttpRequest, user: User, entry: NcicEntry, *, at: datetime) -> list[Any]:
    """The requests about the entry that the reader sees, written down as a list."""
    from acrime.ncic.hits.models import HitConfirmation

    rows = list(
        HitConfirmation.objects.visible_to(user).filter(entry=entry).with_details().newest()[:25]
    )
    if rows:
        see_rows(request, rows, at=at, criteria={"List": f"On the page of {entry.record.number}"})
    return rows
