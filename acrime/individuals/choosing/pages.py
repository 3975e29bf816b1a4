"""The page on which somebody in a record is looked for, linked or entered.

The view of the room that holds the record has written the look at it down before. Criteria come
in the body, never in an address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.guards import signed_in
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.common.pages import tried
from acrime.individuals.choosing import actions
from acrime.individuals.choosing.forms import EnterForm, LinkForm, SoughtForm
from acrime.individuals.finding.actions import STRONG
from acrime.individuals.models import Individual
from acrime.individuals.search import criteria_of
from acrime.records.models import Record
from acrime.records.pages import not_there, see_rows


@dataclass(frozen=True)
class Choosing:
    """What the page is about.

    Attributes:
        open_to: raises where the record takes nobody in that part now.
        crumbs: label and address of the room's list.
        initial: what is known of the person already, by field of the form.
    """

    part: actions.Part
    title: str
    lead: str
    back: str
    crumbs: tuple[str, str]
    open_to: Callable[[], object]
    initial: dict[str, Any]


def choosing_page(
    request: HttpRequest, record: Record, about: Choosing, *, at: datetime
) -> HttpResponse:
    """Look for somebody; then link whom was found, or enter whom was not."""
    user = signed_in(request)
    act = request.POST.get("act", "")
    if act == "link":
        return _link(request, record, about, at=at)
    posted = request.POST if request.method == "POST" else None
    form = SoughtForm(posted, initial=about.initial)
    enter = EnterForm(posted if act == "enter" else None)
    context: dict[str, Any] = {
        "form": form,
        "enter": enter,
        "about": about,
        "record": record,
        "found": None,
        "hits": [],
        "again": [],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_valid():
        if act == "enter":
            if enter.is_valid() and tried(
                enter,
                lambda: _enter(request, record, about, form, enter, at=at),
                request=request,
                place={"strong-match": "despite"},
            ):
                messages.success(request, "The person is entered and linked.")
                return redirect(about.back)
            status = 422
        wanted = form.wanted()
        found = actions.look_for(record=record, wanted=wanted, actor=user, at=at)
        see_rows(
            request,
            [hit.person for hit in found.shown],
            at=at,
            criteria=criteria_of(wanted),
            kind=events.RECORD_SEARCHED,
            matched=found.matched_ids,
        )
        context |= {
            "found": found,
            "hits": [
                (hit, LinkForm(initial={"individual": hit.person.number}, auto_id=False))
                for hit in found.shown
            ],
            "strong": any(hit.score >= STRONG for hit in found.shown),
            # What was asked, for the form that enters it.
            "again": [
                (name, value)
                for name, value in request.POST.items()
                if name in form.fields or name.startswith("born_")
            ],
        }
    return render(request, "choosing/choose.html", context, status=status)


def _link(request: HttpRequest, record: Record, about: Choosing, *, at: datetime) -> HttpResponse:
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it is the same person.")
        return redirect(request.path)
    asked = form.cleaned_data["individual"]
    visible = Individual.objects.visible_to(signed_in(request)).unmerged()
    individual = visible.filter(record__number=asked).select_related("record").first()
    if individual is None:
        not_there(request, asked, at=at)

    def act() -> None:
        about.open_to()
        actions.choose(
            record=record,
            individual=individual,
            part=about.part,
            reason=form.cleaned_data["reason"],
            actor=signed_in(request),
            at=at,
            channel=Channel.PAGE,
        )

    if tried(form, act, request=request):
        messages.success(request, "The person is linked.")
        return redirect(about.back)
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect(request.path)


def _enter(
    request: HttpRequest,
    record: Record,
    about: Choosing,
    form: SoughtForm,
    enter: EnterForm,
    *,
    at: datetime,
) -> None:
    about.open_to()
    actions.enter(
        record=record,
        person=form.person(),
        part=about.part,
        reason=enter.cleaned_data["reason"],
        despite=enter.cleaned_data["despite"],
        actor=signed_in(request),
        at=at,
        channel=Channel.PAGE,
    )
