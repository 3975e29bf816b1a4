"""What responses show on pages of queries, and queries of the same person on both."""

from datetime import datetime

from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from acrime.iaq.models import StatusQuery
from acrime.iaq.repeats import queries_about_the_same
from acrime.iar.amending.models import Amendment
from acrime.iar.choices import AmendmentState, Outcome
from acrime.iar.following.models import FollowUp
from acrime.iar.models import StatusResponse
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.records.pages import see_rows
from acrime.records.panels import Panel, panel_of

OUTCOME_TONES = {
    Outcome.ACTION_TAKEN: "success",
    Outcome.NO_ACTION: "neutral",
    Outcome.REFERRED: "info",
}


@panel_of(RecordKind.QUERY)
def answers(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """The answers to a query, each with what its field office did."""
    responses = list(
        StatusResponse.objects.visible_to(signed_in(request)).newest().filter(query=record.pk)
    )
    if not responses:
        return None
    see_rows(request, responses, at=at, criteria={"List": "Answers", "Query": record.number})
    amendment = (
        Amendment.objects.filter(response__query=record.pk, state=AmendmentState.OPEN)
        .select_related("response__record", "opened_by")
        .order_by("pk")
        .first()
    )
    context = {
        "responses": responses,
        "amendment": amendment,
        "tones": OUTCOME_TONES,
        "may_drop": bool(amendment) and may_open(signed_in(request), "iar:amend-drop", "POST"),
    }
    return Panel("Answers", "iar/panels/answers.html", context)


@panel_of(RecordKind.RESPONSE)
def followed(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """What the field office did about an answer."""
    user = signed_in(request)
    response = StatusResponse.objects.select_related("field_office").get(record=record)
    entries = FollowUp.objects.filter(response=response).select_related("author")
    context = {
        "entries": entries.order_by("-written_at", "-pk"),
        "number": record.number,
        "office": response.field_office,
        "tones": OUTCOME_TONES,
        "may_write": may_open(user, "iar:follow-up", "POST")
        and user.office_id == response.field_office_id
        and not StatusResponse.objects.filter(amends=response).exists(),
    }
    return Panel("Follow-up of the field office", "iar/panels/follow_ups.html", context)


@panel_of(RecordKind.QUERY)
@panel_of(RecordKind.RESPONSE)
def same_person(request: HttpRequest, record: Record, at: datetime) -> Panel | None:
    """Other queries about the same person, as far as the reader sees them."""
    user = signed_in(request)
    queries: list[StatusQuery] = queries_about_the_same(record, user)
    if not queries:
        return None
    see_rows(
        request,
        queries,
        at=at,
        criteria={"List": "Queries about the same person", "Record": record.number},
    )
    context = {"queries": queries, "opens": may_open(user, "iaq:detail")}
    return Panel("Other queries about the person", "iar/panels/same_person.html", context)
