"""Pages that add to what is known of a person, and the photographs."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.pages import tried
from acrime.individuals.facts import events
from acrime.individuals.facts.forms import FACTS, VALUES, EntryForm
from acrime.individuals.models import Individual
from acrime.records.choices import RecordKind
from acrime.records.pages import not_there, record_for, see_record


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, number: str, value: str) -> HttpResponse:
    """Add a value to a person, or enter what a source said."""
    return _entry(request, number, VALUES, value)


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, number: str, fact: str) -> HttpResponse:
    """Note a protection, the standing or a category of a person."""
    return _entry(request, number, FACTS, fact)


@require_GET
def photograph(request: HttpRequest, number: str, identifier: int) -> HttpResponse:
    """One photograph, written down before it is sent.

    *identifier* is its place on the page, from 1: a key of its row would tell how many
    photographs there are of people whom the reader may not see.
    """
    at = clock.now()
    record = record_for(request, number, RecordKind.INDIVIDUAL, at=at)
    # The others stay sealed.
    kept = list(Individual.objects.get(record=record).photographs.defer("content"))
    if not 1 <= identifier <= len(kept):
        not_there(request, number, at=at)
    found = kept[identifier - 1]
    see_record(
        request,
        number,
        RecordKind.INDIVIDUAL,
        at=at,
        kind=events.PHOTOGRAPH_VIEWED,
        details={"photograph": found.pk},
    )
    return HttpResponse(bytes(found.content), content_type="image/jpeg")


def _entry(
    request: HttpRequest, number: str, forms: Mapping[str, type[EntryForm]], what: str
) -> HttpResponse:
    if what not in forms:
        raise Http404
    at = clock.now()
    record = record_for(request, number, RecordKind.INDIVIDUAL, at=at)
    individual = Individual.objects.with_details().get(record=record)
    bound = request.method == "POST"
    form = forms[what](
        request.POST if bound else None, request.FILES if bound else None, individual=individual
    )
    if form.is_valid() and tried(
        form,
        lambda: form.act(actor=signed_in(request), at=at),
        request=request,
        place=form.places,
    ):
        messages.success(request, "It is written down.")
        return redirect("individuals:detail", number=record.number)
    # The page shows who it is about, so it is a look.
    see_record(request, number, RecordKind.INDIVIDUAL, at=at)
    context = {
        "form": form,
        "title": form.title,
        "individual": individual,
        "record": record,
        "back": reverse("individuals:detail", args=[record.number]),
        "has_file": form.is_multipart(),
    }
    return render(request, "individuals/entry.html", context, status=422 if bound else 200)
