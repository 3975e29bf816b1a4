"""Pages of the envelope: who can see a record, and changing that."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guards import signed_in
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.pages import refused, tried
from acrime.records import actions, events
from acrime.records.access import access_explanation
from acrime.records.addresses import address_for
from acrime.records.audience import (
    OVERSEEN,
    asks_about_others,
    audience_of,
    changes_limits,
    explanation_for,
)
from acrime.records.forms import LiftForm, ListForm, PersonForm, TakeOffForm
from acrime.records.models import Record
from acrime.records.pages import record_for, see_record

# What a rule came to, in words and colours.
EFFECTS = {"allows": "Allows", "refuses": "Refuses", "neither": "Noted"}
EFFECT_TONES = {"allows": "success", "refuses": "danger", "neither": "neutral"}

_PLACES = {"reason-missing": "reason", "reason-too-long": "reason"}
_OF_LISTS = _PLACES | {"reads-no-records": "people", "nobody-named": "people"}
_OF_TAKING_OFF = _PLACES | {"not-on-the-list": "removed"}


@require_http_methods(["GET", "POST"])
def record_access(request: HttpRequest, number: str) -> HttpResponse:
    """Who can see a record and why; for those who answer for it, limiting it."""
    if request.method == "POST":
        return _change(request, number)
    return _page(request, number)


def _change(request: HttpRequest, number: str) -> HttpResponse:
    user, at = signed_in(request), clock.now()
    record = record_for(request, number, "", at=at)
    common: dict[str, Any] = {
        "record": record,
        "actor": user,
        "at": at,
        "channel": Channel.PAGE,
    }
    act = request.POST.get("act", "")
    form: ListForm | TakeOffForm | LiftForm
    if act == "limit":
        form = ListForm(request.POST, prefix="limit")
        done = form.is_valid() and tried(
            form,
            lambda: actions.limit_record(
                allowed=form.cleaned_data["people"],
                offices=form.cleaned_data["offices"],
                reason=form.cleaned_data["reason"],
                **common,
            ),
            request=request,
            place=_OF_LISTS,
        )
        said = "The record is limited."
    elif act == "extend":
        form = ListForm(request.POST, prefix="extend")
        done = form.is_valid() and tried(
            form,
            lambda: actions.extend_limits(
                allowed=form.cleaned_data["people"],
                offices=form.cleaned_data["offices"],
                reason=form.cleaned_data["reason"],
                **common,
            ),
            request=request,
            place=_OF_LISTS,
        )
        said = "More people can see the record."
    elif act == "narrow":
        form = taking_off = _take_off_form(record, request.POST)
        done = form.is_valid() and tried(
            form,
            lambda: actions.narrow_limits(
                removed=taking_off.people(),
                offices=taking_off.offices(),
                reason=form.cleaned_data["reason"],
                **common,
            ),
            request=request,
            place=_OF_TAKING_OFF,
        )
        said = "The list is shorter."
    elif act == "lift":
        form = LiftForm(request.POST, prefix="lift")
        done = form.is_valid() and tried(
            form,
            lambda: actions.lift_limits(reason=form.cleaned_data["reason"], **common),
            request=request,
            place=_PLACES,
        )
        said = "The record is limited no more."
    else:
        messages.error(request, "Choose what to do about the limits of the record.")
        return redirect("records:access", number=record.number)
    if done:
        messages.success(request, said)
        return redirect("records:access", number=record.number)
    return _page(request, number, failed=(act, form))


def _page(
    request: HttpRequest, number: str, *, failed: tuple[str, Any] | None = None
) -> HttpResponse:
    """The page; *failed* is an act, and the form with which it could not be done."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, "", at=at, kind=events.AUDIENCE_VIEWED)
    may_ask = asks_about_others(user)
    person_form = PersonForm(request.GET if may_ask and "person" in request.GET else None)
    asked = _explained(request, person_form, record, at=at)
    audience = audience_of(record, at=at)
    may_limit = changes_limits(user, record)
    act, form = failed or ("", None)
    # What is offered may have changed since the form was shown; then its refusal stands alone.
    offered = may_limit and (act == "limit") != audience.limited
    offered = offered and (act != "narrow" or bool(audience.people or audience.offices))
    context = {
        "record": record,
        "stray_form": None if offered else form,
        "record_url": address_for(user, record),
        "audience": audience,
        "overseen": OVERSEEN,
        "mine": explanation_for(user, record),
        "may_limit": may_limit,
        "effects": EFFECTS,
        "effect_tones": EFFECT_TONES,
        "may_ask": may_ask,
        "person_form": person_form,
        "asked": asked,
        "limit_form": ListForm(prefix="limit"),
        "extend_form": ListForm(prefix="extend"),
        "narrow_form": _take_off_form(record),
        "lift_form": LiftForm(prefix="lift"),
        "at": at,
    } | ({f"{act}_form": form} if failed else {})
    unusable = bool(failed) or (person_form.is_bound and not asked)
    return render(request, "records/access.html", context, status=422 if unusable else 200)


def _explained(
    request: HttpRequest, form: PersonForm, record: Record, *, at: datetime
) -> dict[str, Any] | None:
    """Why the person asked about sees the record or does not, written down before it is told."""
    if not form.is_valid():
        return None
    try:
        person, explanation = access_explanation(
            record=record,
            username=form.cleaned_data["person"],
            user=signed_in(request),
            at=at,
            channel=Channel.PAGE,
            facts=request_facts(request),
        )
    except ActionRefused as refusal:
        refused(request, refusal)
        form.add_error("person", refusal.message)
        return None
    return {"person": person, "explanation": explanation}


def _take_off_form(record: Record, data: Any = None) -> TakeOffForm:
    audience = audience_of(record, at=clock.now())
    return TakeOffForm(
        data,
        prefix="narrow",
        people=[seer.user for seer in audience.people],
        offices=[each.office for each in audience.offices],
    )
