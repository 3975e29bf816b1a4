"""Pages of individuals."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.common.numbers import tidied
from acrime.common.pages import attempt, page_of
from acrime.individuals.models import Individual
from acrime.records.actions import approve_record
from acrime.records.addresses import address_for
from acrime.records.choices import Approval, RecordKind
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import see_record, see_rows


@require_GET
def individual_list(request: HttpRequest) -> HttpResponse:
    """Individuals, latest entered first."""
    user, at = signed_in(request), clock.now()
    rows = Individual.objects.visible_to(user).with_details()
    pending = request.GET.get("show") == "pending"
    if pending:
        rows = rows.filter(record__approval=Approval.PENDING)
    page = page_of(rows.order_by("-record__created_at", "-pk"), request)
    see_rows(
        request,
        page.rows,
        at=at,
        criteria={"list": "individuals", "show": "pending" if pending else "all"},
    )
    context = {"page": page, "pending": pending, "at": at}
    return render(request, "individuals/individual_list.html", context)


@require_GET
def individual_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One individual."""
    user, at = signed_in(request), clock.now()
    record = see_record(request, number, RecordKind.INDIVIDUAL, at=at)
    individual = Individual.objects.visible_to(user).with_details().get(record=record)
    linked = (
        Record.objects.visible_to(user)
        .filter(subjects__individual=individual)
        .order_by("-created_at", "-pk")[:25]
    )
    context = {
        "individual": individual,
        "record": record,
        "linked": [(each, address_for(user, each)) for each in linked],
        "may_approve": user.has_role(Role.SUPERVISOR)
        and record.approval == Approval.PENDING
        and record.creator_id != user.pk,
        "timeline": timeline_of(record),
        "at": at,
    }
    return render(request, "individuals/individual_detail.html", context)


@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm an individual as a supervisor."""
    user = signed_in(request)
    record = (
        Record.objects.visible_to(user)
        .filter(number=tidied(number), kind=RecordKind.INDIVIDUAL)
        .first()
    )
    if record is None:
        raise NotThere
    attempt(
        request,
        lambda: approve_record(record=record, actor=user, at=clock.now(), channel=Channel.PAGE),
        done="The individual is approved.",
    )
    return redirect("individuals:detail", number=record.number)
