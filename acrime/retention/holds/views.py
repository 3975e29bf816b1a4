"""Pages of holds and matters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, page_of, tried
from acrime.records.addresses import address_for
from acrime.records.models import Record
from acrime.records.pages import record_for, see_rows
from acrime.retention.holds import access, actions, letters, policy
from acrime.retention.holds.choices import Scope
from acrime.retention.holds.forms import ACTS, PLACES, AddForm, HoldForm, MatterForm
from acrime.retention.holds.models import Hold, HoldItem, Matter
from acrime.retention.holds.presentation import (
    ASKED,
    IN_FORCE,
    RELEASED,
    STANDINGS,
    TO_REVIEW,
    scope_in_words,
    standing_of,
)

TABS = {
    IN_FORCE: "In force",
    TO_REVIEW: "To review",
    ASKED: "Release asked for",
    RELEASED: "Released",
}
_NOT_THERE = "There is nothing here under one of these numbers, or it is none."


@require_GET
def hold_list(request: HttpRequest) -> HttpResponse:
    """The holds in force, and those that wait for somebody."""
    user, at = signed_in(request), clock.now()
    tab = request.GET.get("show", IN_FORCE)
    tab = tab if tab in TABS else IN_FORCE
    rows = {
        IN_FORCE: Hold.objects.in_force(),
        TO_REVIEW: Hold.objects.to_review(portal_day(at)),
        ASKED: Hold.objects.to_release(),
        RELEASED: Hold.objects.filter(released_at__isnull=False),
    }[tab]
    page = page_of(rows.with_people().order_by("-placed_at", "-pk"), request)
    access.see_holds(page.rows, user=user, at=at, facts=request_facts(request))
    context = {
        "page": page,
        "rows": [(each, *_standing(each, at=at)) for each in page.rows],
        "tab": tab,
        "tab_label": TABS[tab],
        "tabs": [(key, label, key == tab) for key, label in TABS.items()],
        "may_place": may_open(user, "holds:new", "POST"),
    }
    return render(request, "holds/hold_list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Place a hold; then the letter to its custodian is written."""
    user, at = signed_in(request), clock.now()
    form = HoldForm(_posted(request), initial=_given(request))
    made: list[Hold] = []

    def place() -> None:
        order = form.order(records=named["records"], people=named["people"])
        made.append(actions.place_hold(order=order, actor=user, at=at))

    if form.is_valid():
        named = _named(request, form, ("records", "people"), at=at)
        if form.is_valid() and tried(form, place, request=request, place=PLACES):
            messages.success(request, f"The hold {made[0].number} stands from now on.")
            letters.write_letter(hold=made[0], actor=user, at=at)
            return redirect("holds:detail", hold=made[0].number)
    status = 422 if form.is_bound else 200
    return render(request, "holds/new.html", {"form": form}, status=status)


@require_GET
def hold_detail(request: HttpRequest, hold: str) -> HttpResponse:
    """A hold: what it reaches, who answers for it, its letters and what can be done."""
    user, at = signed_in(request), clock.now()
    found = access.find_hold(hold)
    items = HoldItem.objects.filter(hold=found)
    named = _shown(user, items)
    access.see_hold(
        hold,
        user=user,
        at=at,
        displayed=[record.pk for record, _ in named],
        facts=request_facts(request),
    )
    written = found.letters.defer("document").select_related("custodian").order_by("-pk")
    places = policy.may_place(user.roles, found.kind)
    context = _beside(found, at=at) | {
        "named": named,
        "names_something": found.scope in (Scope.RECORDS, Scope.PERSON),
        "letters": [(each, each.custodian_id == user.pk) for each in written],
        "letter_missing": not letters.has_letter(found),
        "may_write": places or user.pk == found.authority_id,
        "acts": _acts(user, found, places=places),
    }
    return render(request, "holds/hold_detail.html", context)


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, hold: str, verb: str) -> HttpResponse:
    """One act on a hold: what it asks, then the act."""
    if verb not in ACTS:
        raise Http404
    user, at = signed_in(request), clock.now()
    found = access.see_hold(hold, user=user, at=at, facts=request_facts(request))
    form = ACTS[verb](_posted(request), about=found)
    if form.is_valid():
        if "numbers" in form.fields:
            form.found = _named(request, form, ("numbers",), at=at)["numbers"]  # type: ignore[attr-defined]
        if form.is_valid() and tried(
            form, lambda: form.act(actor=user, at=at), request=request, place=form.places
        ):
            messages.success(request, "It is written down.")
            return redirect("holds:detail", hold=found.number)
    context = _beside(found, at=at) | {"form": form}
    return render(request, "holds/act.html", context, status=422 if form.is_bound else 200)


@require_POST
def write(request: HttpRequest, hold: str) -> HttpResponse:
    """Write the letter that the custodian has not got."""
    user, at = signed_in(request), clock.now()
    found = access.find_hold(hold)
    attempt(
        request,
        lambda: letters.write_letter(hold=found, actor=user, at=at),
        done="The letter is written.",
    )
    return redirect("holds:detail", hold=found.number)


@require_GET
def letter_pdf(request: HttpRequest, hold: str, letter: str) -> HttpResponse:
    """A letter as it was written: the stored bytes."""
    user, at = signed_in(request), clock.now()
    found = access.take_letter(hold, letter, user=user, at=at, facts=request_facts(request))
    return HttpResponse(
        bytes(found.document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.number}.pdf"'},
    )


@require_POST
def acknowledge(request: HttpRequest, hold: str, letter: str) -> HttpResponse:
    """The custodian has read a letter."""
    user, at = signed_in(request), clock.now()
    found = access.find_letter(hold, letter)
    attempt(
        request,
        lambda: letters.acknowledge_letter(letter=found, actor=user, at=at),
        done="It is acknowledged.",
    )
    return redirect("holds:detail", hold=found.hold.number)


@require_http_methods(["GET", "POST"])
def matters(request: HttpRequest) -> HttpResponse:
    """The matters, and opening one."""
    user, at = signed_in(request), clock.now()
    form = MatterForm(_posted(request)) if may_open(user, "holds:matters", "POST") else None
    made: list[Matter] = []
    if (
        form is not None
        and form.is_valid()
        and tried(
            form,
            lambda: made.append(
                actions.open_matter(name=form.cleaned_data["name"], actor=user, at=at)
            ),
            request=request,
            place={"name-missing": "name"},
        )
    ):
        messages.success(request, "The matter is open. Add its records and people.")
        return redirect("holds:matter", matter=made[0].number)
    rows = Matter.objects.select_related("opened_by").order_by("-opened_at", "-pk")
    page = page_of(rows, request)
    access.see_holds([], user=user, at=at, facts=request_facts(request))
    context = {"page": page, "form": form}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "holds/matters.html", context, status=status)


@require_http_methods(["GET", "POST"])
def matter(request: HttpRequest, matter: str) -> HttpResponse:
    """A matter: what was added to it, its holds, and adding more."""
    user, at = signed_in(request), clock.now()
    found = access.see_matter(matter, user=user, at=at, facts=request_facts(request))
    form = AddForm(_posted(request)) if may_open(user, "holds:matter", "POST") else None
    if form is not None and form.is_valid():
        named = _named(request, form, ("records", "people"), at=at)
        if form.is_valid() and tried(
            form,
            lambda: actions.add_to_matter(
                matter=found,
                records=named["records"],
                people=named["people"],
                actor=user,
                at=at,
            ),
            request=request,
            place={"nothing-named": "records", "no-person": "people", "too-many": "records"},
        ):
            messages.success(request, "It is added. The holds on the matter reach it now.")
            return redirect("holds:matter", matter=found.number)
    named_now = _shown(user, HoldItem.objects.filter(matter=found))
    see_rows(
        request,
        [record for record, _ in named_now],
        at=at,
        criteria={"List": "Matter", "Matter": found.number},
    )
    holds = found.holds.with_people().order_by("-placed_at", "-pk")
    context = {
        "matter": found,
        "named": named_now,
        "holds": [(each, *_standing(each, at=at)) for each in holds],
        "form": form,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "holds/matter.html", context, status=status)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _named(
    request: HttpRequest, form: forms.Form, fields: Sequence[str], *, at: datetime
) -> dict[str, list[Record]]:
    """The records whose numbers stand in *fields*, as far as the reader sees them.

    What is not there is written down as asked for, and said at its field.
    """
    found: dict[str, list[Record]] = {}
    for field in fields:
        found[field] = []
        numbers = form.cleaned_data[field]
        if len(numbers) > policy.MOST_NAMED:
            form.add_error(field, f"Name at most {policy.MOST_NAMED} at a time.")
            continue
        try:
            found[field] = [record_for(request, number, "", at=at) for number in numbers]
        except NotThere:
            form.add_error(field, _NOT_THERE)
    return found


def _shown(user: User, items: Any) -> list[tuple[Record, str]]:
    """The records that *items* name, as far as *user* sees them, each with its page."""
    ids = {
        each
        for pair in items.order_by("pk").values_list("record_id", "individual_id")
        for each in pair
        if each
    }
    visible = Record.objects.visible_to(user).filter(pk__in=ids).order_by("number")
    return [(record, address_for(user, record)) for record in visible]


def _standing(hold: Hold, *, at: datetime) -> tuple[str, str, str]:
    """Code, label and colour."""
    code = standing_of(hold, at=at)
    return code, *STANDINGS[code]


def _beside(hold: Hold, *, at: datetime) -> dict[str, Any]:
    code, label, tone = _standing(hold, at=at)
    return {
        "hold": hold,
        "standing": code,
        "standing_label": label,
        "tone": tone,
        "scope": scope_in_words(hold),
    }


def _acts(user: User, hold: Hold, *, places: bool) -> list[tuple[str, str]]:
    """The acts that the reader may try now, with their names."""
    if hold.released_at is not None or not may_open(user, "holds:act", "POST"):
        return []
    decides = user.pk == hold.authority_id
    keeps = places or user.pk == hold.custodian_id
    offered = {
        "release": decides and hold.asked_at is not None,
        "refuse": decides and hold.asked_at is not None,
        "ask": keeps and not decides and hold.asked_at is None,
        "review": keeps or decides,
        "add": places and hold.scope in (Scope.RECORDS, Scope.PERSON),
        "custodian": places,
        "authority": places,
    }
    return [(verb, ACTS[verb].title) for verb, offer in offered.items() if offer]


def _given(request: HttpRequest) -> dict[str, Any]:
    """What a record's page hands over: its number, as the field that it belongs in."""
    number = request.GET.get("about", "")[:24]
    if not number:
        return {}
    by_person = number.startswith("IND-")
    return {
        "scope": Scope.PERSON if by_person else Scope.RECORDS,
        "people" if by_person else "records": number,
    }
