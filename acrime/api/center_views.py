"""Endpoints of the center's day and night: hit confirmations and calls, without people's values."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from accounts.models import User
from accounts.standing.guards import require_ncic
from acrime.api.parsers import JsonParser
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.calls.choices import CallKind, CallState, Verification
from acrime.calls.models import Call
from acrime.common import clock
from acrime.common.pages import LAST_PAGE, PAGE_SIZE
from acrime.ncic.hits import actions
from acrime.ncic.hits.choices import Answer, CameBy, HitState, Priority
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.policy import KEEPERS
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record, see_rows

NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)


class PageParameters(serializers.Serializer[Any]):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


class HitRequest(serializers.Serializer[Any]):
    """A request to confirm a hit, as a message brings it."""

    nic = serializers.CharField(max_length=12, help_text="One letter and nine digits.")
    ori = serializers.CharField(max_length=12)
    priority = serializers.ChoiceField(choices=Priority.choices)
    number = serializers.IntegerField(help_text="1, 2 or 3.")
    attention = serializers.CharField(max_length=30, default="", allow_blank=True)
    person_name = serializers.CharField(max_length=60, default="", allow_blank=True)
    person_born = serializers.CharField(max_length=10, default="", allow_blank=True)
    to_control_terminal = serializers.BooleanField(
        allow_null=True, default=None, help_text="Of a third request."
    )
    to_fbi = serializers.BooleanField(
        allow_null=True, default=None, help_text="Of a third request."
    )


class Hit(serializers.Serializer[Any]):
    """A hit confirmation: its clock and its answer. Whom it is about is not part of it."""

    number = serializers.CharField(source="record.number")
    priority = serializers.ChoiceField(choices=Priority.choices)
    request = serializers.IntegerField(source="number")
    previous = serializers.CharField(source="previous.record.number", default=None)
    ori = serializers.CharField()
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(source="clock_due")
    state = serializers.ChoiceField(choices=HitState.choices)
    answer = serializers.ChoiceField(choices=Answer.choices, allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    disclosure = serializers.CharField(source="disclosure_number")


class CallLine(serializers.Serializer[Any]):
    """A call, without who called and about whom."""

    number = serializers.CharField(source="record.number")
    kind = serializers.ChoiceField(choices=CallKind.choices)
    ori = serializers.CharField()
    received_at = serializers.DateTimeField()
    verification = serializers.ChoiceField(choices=Verification.choices)
    state = serializers.ChoiceField(choices=CallState.choices)


class CallBody(CallLine):
    """A call with its call-back and what it is about."""

    agency = serializers.CharField(source="recipient.name", default=None)
    verified_at = serializers.DateTimeField(allow_null=True)
    hit = serializers.CharField(source="hit.record.number", default=None)
    query = serializers.CharField(source="query.record.number", default=None)
    closed_at = serializers.DateTimeField(allow_null=True)
    disclosures = serializers.SerializerMethodField()

    def get_disclosures(self, call: Call) -> list[str]:
        """The numbers under which what was said is accounted for."""
        said = call.statements.exclude(disclosure_number="").order_by("pk")
        return list(said.values_list("disclosure_number", flat=True))


_RECEIPT = inline_serializer(
    "HitReceipt",
    {
        "number": serializers.CharField(help_text="The number of the request here."),
        "due_at": serializers.DateTimeField(),
    },
)
_HITS = inline_serializer(
    "HitList", {"results": Hit(many=True), "more": serializers.BooleanField()}
)
_CALLS = inline_serializer(
    "CallList", {"results": CallLine(many=True), "more": serializers.BooleanField()}
)
CLOSED = (
    (403, CONTENT_TYPE),
    problem_response(
        "The account does not open this, or its NCIC certification is not current "
        "(`ncic-certification`)."
    ),
)


class Hits(APIView):
    """Hit confirmations."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="list_hits",
        summary="List hit confirmations",
        description=(
            "Those that the account may see, latest received first. There is no total. The look "
            "is written down before the answer."
        ),
        parameters=[PageParameters],
        responses={
            (200, "application/json"): OpenApiResponse(_HITS, "One page."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            CLOSED[0]: CLOSED[1],
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of requests."""
        user = signed_in(request._request)
        require_reader(user)
        rows = HitConfirmation.objects.visible_to(user).with_details().newest()
        rows = rows.select_related("record", "previous__record")
        return page_answer(request, rows, Hit, label="Hit confirmations")

    @extend_schema(
        operation_id="receive_hit_request",
        summary="Send a request to confirm a hit",
        description=(
            "Starts the clock of the request: 10 minutes for an urgent one, an hour for a routine "
            "one. The answer is given by a person, never here."
        ),
        request={"application/json": HitRequest},
        examples=[
            OpenApiExample(
                "First request",
                value={
                    "nic": "W990000001",
                    "ori": "VT0000007",
                    "priority": "U",
                    "number": 1,
                    "person_name": "SPECIMEN, AVERY",
                },
                request_only=True,
            )
        ],
        responses={
            (201, "application/json"): OpenApiResponse(_RECEIPT, "Taken in."),
            (400, CONTENT_TYPE): problem_response("A body that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account takes no requests in."),
            (415, CONTENT_TYPE): problem_response("The body is not JSON."),
            (422, CONTENT_TYPE): problem_response(
                "`nic`, `ori`, `number` (out of order, or none of 1 to 3) or `third`."
            ),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Take a request in."""
        given = HitRequest(data=request.data)
        given.is_valid(raise_exception=True)
        at = clock.now()
        hit = actions.receive_request(
            request=actions.Request(**given.validated_data),
            came_by=CameBy.NLETS,
            received_at=at,
            actor=signed_in(request._request),
            at=at,
            channel=Channel.API,
        )
        answer = {"number": hit.record.number, "due_at": hit.due_at}
        return Response(answer, status=status.HTTP_201_CREATED)


class OneHit(APIView):
    """One hit confirmation."""

    @extend_schema(
        operation_id="read_hit",
        summary="Read a hit confirmation",
        parameters=[NUMBER],
        responses={
            (200, "application/json"): OpenApiResponse(Hit, "The request."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            CLOSED[0]: CLOSED[1],
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The request with that number."""
        require_reader(signed_in(request._request))
        record = see_record(
            request._request, number, RecordKind.HIT, at=clock.now(), channel=Channel.API
        )
        rows = HitConfirmation.objects.select_related("record", "previous__record")
        return Response(Hit(rows.get(record=record)).data)


class Calls(APIView):
    """Calls."""

    @extend_schema(
        operation_id="list_calls",
        summary="List calls",
        description=(
            "Those that the account may see, latest received first. There is no total. The look "
            "is written down before the answer."
        ),
        parameters=[PageParameters],
        responses={
            (200, "application/json"): OpenApiResponse(_CALLS, "One page."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no calls."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of calls."""
        rows = Call.objects.visible_to(signed_in(request._request)).with_details().newest()
        return page_answer(request, rows, CallLine, label="Calls")


class OneCall(APIView):
    """One call."""

    @extend_schema(
        operation_id="read_call",
        summary="Read a call",
        parameters=[NUMBER],
        responses={
            (200, "application/json"): OpenApiResponse(CallBody, "The call."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no calls."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The call with that number."""
        record = see_record(
            request._request, number, RecordKind.CALL, at=clock.now(), channel=Channel.API
        )
        return Response(CallBody(Call.objects.with_details().get(record=record)).data)


def require_reader(user: User) -> None:
    """Let only who keeps the records read them without a current NCIC certification.

    Raises:
        ActionRefused: the certification.
    """
    if not user.has_role(*KEEPERS):
        require_ncic(user)


def page_answer(
    request: Request,
    rows: "QuerySet[Any, Any]",
    line: type[serializers.Serializer[Any]],
    *,
    label: str,
    see: Callable[[Sequence[Any]], None] | None = None,
) -> HttpResponseBase:
    """One page of *rows*, written down as seen before it is answered.

    Args:
        see: writes the look down where the rows are no contents of records.
    """
    asked = PageParameters(data=request.query_params)
    asked.is_valid(raise_exception=True)
    page = int(asked.validated_data["page"])
    start = (page - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    if see is not None:
        see(shown)
    else:
        see_rows(
            request._request,
            shown,
            at=clock.now(),
            criteria={"List": label},
            channel=Channel.API,
        )
    more = len(found) > PAGE_SIZE and page < LAST_PAGE
    return Response({"results": line(shown, many=True).data, "more": more})
