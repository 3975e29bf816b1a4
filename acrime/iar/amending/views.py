"""Pages of amending an answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import signed_in
from acrime.common import clock
from acrime.common.pages import attempt, tried
from acrime.iar.amending.actions import amend_response, drop_amendment
from acrime.iar.amending.forms import AmendForm
from acrime.iar.choices import AmendReason
from acrime.iar.models import StatusResponse
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_record
from routine_uses.models import Disclosure


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, number: str) -> HttpResponse:
    """Begin to amend an answer that left."""
    user, at = signed_in(request), clock.now()
    response = _response(request, number)
    form = AmendForm(request.POST or None)
    if form.is_valid() and tried(
        form,
        lambda: amend_response(
            response=response,
            code=AmendReason(form.cleaned_data["code"]),
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
        ),
        request=request,
    ):
        messages.success(
            request, "The query is yours again: research, determine, and have it reviewed."
        )
        return redirect("iaq:detail", number=response.query.record.number)
    see_record(request, number, RecordKind.RESPONSE, at=at)
    context = {
        "response": response,
        "form": form,
        # Whoever got it another way has an accounting entry of their own.
        "told": Disclosure.objects.visible_to(user)
        .newest_first()
        .filter(links__record_id=response.pk)
        .exclude(number=response.disclosure_number),
    }
    return render(request, "iar/amend.html", context, status=422 if form.is_bound else 200)


@require_POST
def amend_drop(request: HttpRequest, number: str) -> HttpResponse:
    """Leave an answer as it is after all."""
    response = _response(request, number)
    attempt(
        request,
        lambda: drop_amendment(response=response, actor=signed_in(request), at=clock.now()),
        done="The answer stays as it is.",
    )
    return redirect("iar:detail", number=number)


def _response(request: HttpRequest, number: str) -> StatusResponse:
    record = record_for(request, number, RecordKind.RESPONSE, at=clock.now())
    return StatusResponse.objects.visible_to(signed_in(request)).newest().get(record=record)
