"""Pages of who reported a tip. Only those named for one find it; everybody else finds nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import may_open, signed_in
from acrime.audit import events as audit_events
from acrime.common import clock
from acrime.individuals.choosing.actions import Part
from acrime.individuals.choosing.pages import Choosing, choosing_page
from acrime.individuals.facts.choices import Category
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import record_for, see_record
from acrime.records.panels import panels_for
from acrime.records.reveals import MASK, RevealForm
from acrime.tips import policy
from acrime.tips.models import Tip, TipSource
from acrime.tips.sources.actions import require_linkable
from routine_uses.links import record_links


@require_GET
def source(request: HttpRequest, number: str) -> HttpResponse:
    """Who reported a tip, masked."""
    return _page(request, see_record(request, number, RecordKind.TIP_SOURCE, at=clock.now()))


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Why it is needed who reported it; then the page with that open, this once."""
    at = clock.now()
    form = RevealForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record = see_record(
            request,
            number,
            RecordKind.TIP_SOURCE,
            at=at,
            kind=audit_events.VALUE_REVEALED,
            purpose=form.purpose(),
        )
        return _page(request, record, opened=True)
    record = see_record(request, number, RecordKind.TIP_SOURCE, at=at)
    context = {
        "form": form,
        "what": "who reported the tip",
        "number": record.number,
        "list_label": "Tips",
        "list_url": reverse("tips:list"),
        "back": reverse("tips:source", args=[record.number]),
    }
    return render(request, "reveal.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str) -> HttpResponse:
    """Search for whoever reported a tip, then link or enter them.

    Whoever is entered from here is limited as this record is, and the link hangs on this record:
    nothing of it shows on the tip, nor on the page of a person whom more people see.
    """
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, RecordKind.TIP_SOURCE, at=at)
    kept = _kept(record)
    see_record(request, number, RecordKind.TIP_SOURCE, at=at)
    about = Choosing(
        part=Part(
            role=SubjectRole.REPORTER,
            category=Category.TIPSTER,
            schedule_code=policy.SCHEDULE,
            source="Reported a tip",
        ),
        title="Who reported it?",
        lead="Search first. Whoever is entered here is seen by those alone who are named for it.",
        back=reverse("tips:source", args=[record.number]),
        crumbs=("Tips", reverse("tips:list")),
        open_to=lambda: require_linkable(source=kept, actor=user),
        initial={},
    )
    return choosing_page(request, record, about, at=at)


def _page(request: HttpRequest, record: Record, *, opened: bool = False) -> HttpResponse:
    user = signed_in(request)
    kept = _kept(record)
    told = {
        "Name": kept.name,
        "Telephone": kept.telephone,
        "E-mail": kept.email,
        "Another way": kept.other,
    }
    links = (
        record.subjects.filter(role=SubjectRole.REPORTER)
        .select_related("individual__record", "linked_by")
        .order_by("pk")
    )
    visible = set(
        Record.objects.visible_to(user)
        .filter(pk__in=[link.individual_id for link in links])
        .values_list("pk", flat=True)
    )
    seen_tip = Tip.objects.visible_to(user).filter(pk=kept.tip_id).select_related("record").first()
    context: dict[str, Any] = {
        "record": record,
        "source": kept,
        "opened": opened,
        "rows": [
            {"label": label, "value": (value if opened else MASK) if value else ""}
            for label, value in told.items()
        ],
        "whole_text": kept.whole_text if opened else "",
        "has_whole_text": bool(kept.whole_text),
        "links": [(link, link.individual_id in visible) for link in links],
        "tip_link": record_links(user, [seen_tip.record.number])[0] if seen_tip else None,
        "may_reveal": may_open(user, "tips:source-reveal", "POST"),
        "may_link": may_open(user, "tips:source-person", "POST"),
        "due_on": policy.due_on(kept.tip.received_on),
        "timeline": timeline_of(record),
        "panels": panels_for(request, record, at=clock.now()),
    }
    return render(request, "tips/source.html", context)


def _kept(record: Record) -> TipSource:
    found: TipSource = TipSource.objects.select_related("tip").get(record=record)
    return found
