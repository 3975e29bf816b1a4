"""The page on which somebody is looked for first, and then entered or recognised."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guards import signed_in
from acrime.audit import events
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.pages import tried
from acrime.individuals.actions import PersonFacts
from acrime.individuals.entering import actions
from acrime.individuals.entering.forms import EnterForm
from acrime.individuals.facts.choices import Category
from acrime.individuals.finding.actions import STRONG
from acrime.individuals.finding.querysets import Found
from acrime.individuals.models import Individual
from acrime.individuals.search import criteria_of, wanted_of
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_rows


@require_http_methods(["GET", "POST"])
def individual_new(request: HttpRequest) -> HttpResponse:
    """Look for somebody; then enter them as new, or say who of those found it is."""
    at, user = clock.now(), signed_in(request)
    posted = request.POST if request.method == "POST" else None
    form = EnterForm(posted, today=portal_day(at))
    if posted is None or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "individuals/new.html", {"form": form}, status=status)
    person = form.person()
    if number := posted.get("is", ""):
        record = record_for(request, number, RecordKind.INDIVIDUAL, at=at)
        known = Individual.objects.get(record=record)
        actions.recognise(person=person, individual=known, actor=user, at=at)
        messages.success(request, "It is written down that this is the person.")
        return redirect("individuals:detail", number=record.number)
    entered: list[Individual] = []
    if "enter" in posted and tried(
        form,
        lambda: entered.append(
            actions.enter_individual(
                person=person,
                category=Category(form.cleaned_data["category"]),
                source=form.cleaned_data["source"],
                despite=form.cleaned_data["despite"],
                actor=user,
                at=at,
            )
        ),
        request=request,
        place={"strong-match": "despite"},
    ):
        messages.success(request, "The individual is entered and waits for approval.")
        return redirect("individuals:detail", number=entered[0].record.number)
    found = _look(request, person)
    context = {
        "form": form,
        "found": found,
        "strong": any(hit.score >= STRONG for hit in found.shown),
    }
    status = 422 if form.errors else 200
    return render(request, "individuals/new.html", context, status=status)


def _look(request: HttpRequest, person: PersonFacts) -> Found:
    at = clock.now()
    found = actions.look_first(person=person, actor=signed_in(request), at=at)
    see_rows(
        request,
        [hit.person for hit in found.shown],
        at=at,
        criteria=criteria_of(wanted_of(person)),
        kind=events.RECORD_SEARCHED,
        matched=found.matched_ids,
    )
    return found
