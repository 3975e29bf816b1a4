"""Pages of detainers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.choices import EXPORTERS
from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.common import clock
from acrime.common.acting import act_page, acted, form_page
from acrime.common.exports import Export
from acrime.common.pages import page_of, tab_of, tabs_shown
from acrime.detainers import actions, policy
from acrime.detainers.choices import DetainerState, Edition, NoticeKind, ReleaseKind
from acrime.detainers.forms import ACTS, DescribeForm, NewForm
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.pages import beside
from acrime.detainers.presentation import SOON, TONES, hours_of, there
from acrime.detainers.querysets import TABS, tab_rows
from acrime.iar.querysets import query_behind
from acrime.individuals.choosing.actions import Part
from acrime.individuals.choosing.pages import Choosing, choosing_page
from acrime.individuals.facts.choices import Category
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.exports import export_records
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import people_in, see_record, see_rows
from acrime.records.panels import panels_for
from acrime.records.prints import see_to_print
from routine_uses.choices import Field
from routine_uses.models import Disclosure

# The acts that a detainer's state leaves, the first one foremost.
OFFERED: Mapping[str, tuple[str, ...]] = {
    DetainerState.DRAFT: ("hand-over", "withdraw"),
    DetainerState.TO_ISSUE: ("issue", "back"),
    DetainerState.ISSUED: ("served", "release", "lift"),
    DetainerState.PLACED: ("release", "acted-on", "served", "lift"),
}
_PLACES = {
    each: each
    for each in (
        "about",
        "edition",
        "box",
        "bases",
        "rule",
        "issued_on",
        "zone",
        "agency",
        "warrant_signed_on",
    )
}
_EXPORTED: Mapping[str, Callable[[Detainer], object]] = {
    "Number": lambda row: row.record.number,
    "Person": lambda row: row.shown_name,
    "Form": lambda row: row.edition,
    "State": lambda row: row.get_state_display(),
    "Agency": lambda row: row.agency.name,
    "Issued": lambda row: row.issued_on or "",
    "Served": lambda row: row.served_at or "",
    "Release": lambda row: row.release_at or "",
    "End of the 48 hours": lambda row: row.end_at or "",
    "Ended": lambda row: row.ended_at or "",
}


@require_GET
def detainer_list(request: HttpRequest) -> HttpResponse:
    """The worklists, with the clocks that run."""
    user, at = signed_in(request), clock.now()
    tab = _tab(request)
    page = page_of(tab_rows(tab, user, at=at).with_details(), request)
    see_rows(request, page.rows, at=at, criteria=_criteria(tab))
    context = {
        "page": page,
        "rows": [(row, hours_of(row, at=at)) for row in page.rows],
        **tabs_shown(TABS, tab),
        "tones": TONES,
        "soon": SOON,
        "may_prepare": may_open(user, "detainers:new", "POST"),
        "may_export": user.has_role(*EXPORTERS),
        "at": at,
    }
    return render(request, "detainers/detainer_list.html", context)


@require_http_methods(["GET", "POST"])
def detainer_export(request: HttpRequest) -> HttpResponse:
    """A list as a file, for a purpose."""
    at, tab = clock.now(), _tab(request)
    export = Export(
        name="detainers",
        title=f"Detainers: {TABS[tab]}",
        rows=tab_rows(tab, signed_in(request), at=at).with_details(),
        columns=_EXPORTED,
        back=f"{reverse('detainers:list')}?show={tab}",
    )
    return export_records(request, export, criteria=_criteria(tab), at=at)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin to prepare a detainer."""
    user, at = signed_in(request), clock.now()
    given = {"about": request.GET.get("about", "")[:24]}
    form = NewForm(request.POST or None, initial=given)
    made: list[Detainer] = []

    def act() -> None:
        asked = form.asked_number()
        made.append(
            actions.open_detainer(
                description=form.description(),
                query=query_behind(asked, user=user) if asked else None,
                actor=user,
                at=at,
            )
        )

    if acted(request, form, act, place=_PLACES, told="Now search for the person it is about."):
        return redirect("detainers:subject", number=made[0].record.number)
    context = {"record": None, "earlier": _is_earlier(form)}
    return form_page(request, "detainers/describe.html", form, context)


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, number: str) -> HttpResponse:
    """Change what a detainer is to say, while it is being prepared."""
    user, at = signed_in(request), clock.now()
    record, detainer = _seen(request, number, at=at)
    held = {name: getattr(detainer, name) for name in DescribeForm.base_fields}
    held["agency"] = detainer.agency.ori or detainer.agency.name
    form = DescribeForm(request.POST or None, initial=held)
    if acted(
        request,
        form,
        lambda: actions.describe(
            detainer=detainer, description=form.description(), actor=user, at=at
        ),
        place=_PLACES,
        told="It is changed.",
    ):
        return redirect("detainers:detail", number=record.number)
    context = {"record": record, "earlier": _is_earlier(form)}
    return form_page(request, "detainers/describe.html", form, context)


@require_GET
def detainer_detail(request: HttpRequest, number: str) -> HttpResponse:
    """A detainer: its facts, its clocks, what was told of it, what is next."""
    at = clock.now()
    record, detainer = _seen(request, number, at=at)
    context = _context(request, record, detainer, at=at)
    context["panels"] = panels_for(request, record, at=at)
    return render(request, "detainers/detainer_detail.html", context)


@require_GET
def detainer_print(request: HttpRequest, number: str) -> HttpResponse:
    """The facts of a detainer for paper. It is not the form, and says so."""
    at = clock.now()
    record, head = see_to_print(request, number, RecordKind.DETAINER, at=at)
    detainer = Detainer.objects.with_details().get(record=record)
    context = _context(request, record, detainer, at=at) | {"head": head}
    return render(request, "detainers/print.html", context)


@require_http_methods(["GET", "POST"])
def subject(request: HttpRequest, number: str) -> HttpResponse:
    """Search for the person, then link or enter them."""
    at = clock.now()
    record, detainer = _seen(request, number, at=at)
    user = signed_in(request)

    def may_link() -> None:
        found = Detainer.objects.select_related("record").get(pk=detainer.pk)
        actions.may_prepare(found, user)

    about = Choosing(
        part=Part(
            role=SubjectRole.SUBJECT,
            category=Category.CRIMINAL,
            schedule_code=record.schedule_item.code,
            source="An agency that has the person in custody",
        ),
        title="Whom is the detainer about?",
        lead="Search first: somebody may know them already. No single number makes two people one.",
        back=reverse("detainers:detail", args=[record.number]),
        crumbs=("Detainers", reverse("detainers:list")),
        open_to=may_link,
        initial={},
    )
    return choosing_page(request, record, about, at=at)


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One act on a detainer: what it asks, then the act."""
    if verb not in ACTS:
        raise Http404
    user, at = signed_in(request), clock.now()
    record, detainer = _seen(request, number, at=at)
    return act_page(
        request,
        ACTS[verb],
        detainer,
        template="detainers/act.html",
        context=lambda: beside(request, record, detainer, at=at),
        back=reverse("detainers:detail", args=[record.number]),
        actor=user,
        at=at,
    )


def _is_earlier(form: DescribeForm) -> bool:
    """Whether the form is about an earlier one, whose questions are then open."""
    return bool(form["edition"].value() != Edition.I247A)


def _tab(request: HttpRequest) -> str:
    return tab_of(request, TABS, first="standing")


def _criteria(tab: str) -> dict[str, str]:
    return {"List": "Detainers", "Show": TABS[tab]}


def _seen(request: HttpRequest, number: str, *, at: datetime) -> tuple[Record, Detainer]:
    record = see_record(request, number, RecordKind.DETAINER, at=at)
    return record, Detainer.objects.with_details().get(record=record)


def _context(
    request: HttpRequest, record: Record, detainer: Detainer, *, at: datetime
) -> dict[str, Any]:
    user = signed_in(request)
    works = may_open(user, "detainers:act", "POST")
    mine = record.owner_id == user.pk
    prepares = works and detainer.state == DetainerState.DRAFT and mine
    notices = _notices(user, detainer)
    return beside(request, record, detainer, at=at) | {
        "served": there(detainer.served_at, detainer.zone) if detainer.served_at else "",
        "taken": there(detainer.custody_taken_at, detainer.zone)
        if detainer.custody_taken_at
        else "",
        "after_the_end": bool(
            detainer.custody_taken_at
            and detainer.end_at
            and detainer.custody_taken_at > detainer.end_at
        ),
        "earlier": detainer.edition != Edition.I247A,
        "people": people_in(user, record),
        "notices": notices,
        "lifting": _unsent(notices, NoticeKind.LIFTING),
        "placement": _unsent(notices, NoticeKind.PLACEMENT),
        "acts": _acts(user, detainer) if works else [],
        "prepares": prepares,
        "works": works,
        "may_notify": works and detainer.issued_at is not None,
        "query": _query(user, detainer),
        "timeline": timeline_of(record),
        "tones": TONES,
        "soon": SOON,
    }


def _acts(user: User, detainer: Detainer) -> list[tuple[str, str]]:
    """The acts that the reader may try now, with their names."""
    offered = OFFERED.get(detainer.state, ())
    if detainer.release_kind == ReleaseKind.ACTUAL:
        # It is known; what is waited for now is that DHS comes.
        offered = tuple(sorted(offered, key=lambda each: each == "release"))
    if detainer.state == DetainerState.DRAFT and detainer.record.owner_id != user.pk:
        return []
    hidden = {"served"} if detainer.served_at else set()
    own = user.pk in (detainer.prepared_by_id, detainer.record.creator_id)
    if own or not user.has_role(*policy.ISSUERS):
        hidden |= {"issue"}
    return [(key, ACTS[key].title) for key in offered if key not in hidden]


def _notices(user: User, detainer: Detainer) -> list[dict[str, Any]]:
    """What was told or prepared, each with its accounting as far as the reader sees it."""
    kept = list(
        DetainerNotice.objects.filter(detainer=detainer)
        .select_related("recipient", "prepared_by", "sent_by")
        .order_by("pk")
    )
    numbers = [each.disclosure_number for each in kept if each.disclosure_number]
    seen = Disclosure.objects.visible_to(user).filter(number__in=numbers).order_by("pk")
    opened = set(seen.values_list("number", flat=True)) if numbers else set()
    return [
        {
            "row": each,
            "place": place,
            "told": [Field(code).label for code in each.fields],
            "opens": each.disclosure_number in opened and may_open(user, "routine_uses:disclosure"),
        }
        for place, each in enumerate(kept, start=1)
    ]


def _unsent(notices: list[dict[str, Any]], kind: NoticeKind) -> int:
    """The place of the notice of *kind* that waits to be sent; 0 where none does."""
    waiting = (
        each["place"]
        for each in notices
        if each["row"].kind == kind and not each["row"].sent_at and not each["row"].dropped_at
    )
    return next(waiting, 0)


def _query(user: User, detainer: Detainer) -> dict[str, str] | None:
    """The query that it follows, where the reader sees it."""
    if detainer.query is None:
        return None
    number = detainer.query.record.number
    if not Record.objects.visible_to(user).filter(pk=detainer.query.pk).exists():
        return None
    opens = may_open(user, "iaq:detail")
    return {"number": number, "url": reverse("iaq:detail", args=[number]) if opens else ""}
