"""Endpoints of what follows an answer: replies of receivers, follow-ups of field offices."""

from datetime import datetime, time, timedelta
from typing import Any

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
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.parsers import JsonAsItCameParser, JsonParser, PlainTextParser
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import EASTERN
from acrime.common.errors import ActionRefused
from acrime.iar.choices import Outcome
from acrime.iar.following.actions import write_follow_up
from acrime.iar.following.querysets import figures
from acrime.iar.models import StatusResponse
from acrime.iar.replies.actions import receive_reply
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for

_ACKNOWLEDGEMENT = (
    "ACKNOWLEDGEMENT\n"
    "REFERENCE: IAR-2026-7K3M-9QX4-requester\n"
    "RECEIVED: 2026-11-20T15:04:05Z\n"
    "RECEIPT: A-17\n"
)
_KEPT = inline_serializer(
    "ReplyReceipt",
    {
        "outcome": serializers.ChoiceField(choices=["kept", "repeated"]),
        "number": serializers.CharField(help_text="The number under which the reply is kept."),
    },
)


class Replies(APIView):
    """What comes back after an answer left."""

    parser_classes = [PlainTextParser, JsonAsItCameParser]

    @extend_schema(
        operation_id="receive_reply",
        summary="Acknowledge an answer, or send it back as it came",
        description=(
            "Keeps the reply whole and matches it: an acknowledgement by the key of the copy, the "
            "number of the response or of the query, or the control number of the fingerprint "
            "transaction; a response as the receiver has it, bare or in the combined response, by "
            "the numbers in it. It tells nothing of what it was matched with: what fits nothing "
            "waits for a person. The same bytes again are the same reply."
        ),
        request={
            "text/plain": OpenApiTypes.STR,
            "application/json": inline_serializer(
                "Reply",
                {
                    "reference": serializers.CharField(required=False),
                    "receipt": serializers.CharField(required=False),
                    "received_at": serializers.CharField(required=False),
                    "message": serializers.CharField(
                        required=False, help_text="A response as the receiver has it."
                    ),
                },
            ),
        },
        responses={
            (201, "application/json"): OpenApiResponse(_KEPT, "Kept."),
            (200, "application/json"): OpenApiResponse(_KEPT, "It had come before."),
            (400, CONTENT_TYPE): problem_response("The body is empty."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account may not send replies."),
            (413, CONTENT_TYPE): problem_response("Beyond 16 MiB: not taken."),
            (415, CONTENT_TYPE): problem_response("Neither plain text nor JSON."),
        },
        examples=[
            OpenApiExample(
                "An acknowledgement",
                value=_ACKNOWLEDGEMENT,
                request_only=True,
                media_type="text/plain",
            )
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep a reply and match it."""
        raw: Any = request.data
        # An empty body is never handed to a parser.
        if not isinstance(raw, bytes) or not raw.strip():
            raise ParseError("Send what came back.")
        reply = receive_reply(
            raw, actor=signed_in(request._request), at=clock.now(), channel=Channel.API
        )
        repeated = reply.times_received > 1
        answer = {"outcome": "repeated" if repeated else "kept", "number": reply.number}
        code = status.HTTP_200_OK if repeated else status.HTTP_201_CREATED
        return Response(answer, status=code)


class Entry(serializers.Serializer[Any]):
    """What the field office did."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    referred_to = serializers.CharField(max_length=100, default="", allow_blank=True)
    reason = serializers.CharField(max_length=1000, help_text="It stays in the portal.")
    happened_at = serializers.DateTimeField()


class Period(serializers.Serializer[Any]):
    """The days that figures are about, in Washington; both count."""

    since = serializers.DateField()
    until = serializers.DateField()


_WRITTEN = inline_serializer(
    "FollowUpEntry",
    {
        "response": serializers.CharField(),
        "outcome": serializers.ChoiceField(choices=Outcome.choices),
        "written_at": serializers.DateTimeField(),
    },
)
_FIGURES = inline_serializer(
    "FollowUpFigures",
    {
        "office": serializers.CharField(),
        "outcomes": serializers.DictField(child=serializers.IntegerField()),
        "open": serializers.IntegerField(help_text="Nothing is written down about these yet."),
        "total": serializers.IntegerField(),
    },
    many=True,
)


class FollowUps(APIView):
    """What a field office did about one answer."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="write_follow_up",
        summary="Write down what the field office did about an answer",
        parameters=[
            OpenApiParameter("number", str, OpenApiParameter.PATH, description="Of the response.")
        ],
        request={"application/json": Entry},
        responses={
            (201, "application/json"): OpenApiResponse(_WRITTEN, "Written down."),
            (400, CONTENT_TYPE): problem_response("A body that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("Not an officer of the responsible office."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
            (422, CONTENT_TYPE): problem_response(
                "`other-office`, `amended`, `future-time`, `too-early`, `nobody-named`."
            ),
        },
    )
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """Write a follow-up down."""
        at = clock.now()
        record = record_for(
            request._request, number, RecordKind.RESPONSE, at=at, channel=Channel.API
        )
        wanted = Entry(data=request.data)
        wanted.is_valid(raise_exception=True)
        said = wanted.validated_data
        user = signed_in(request._request)
        entry = write_follow_up(
            response=StatusResponse.objects.visible_to(user).newest().get(record=record),
            outcome=Outcome(said["outcome"]),
            referred_to=said["referred_to"],
            reason=said["reason"],
            happened_at=said["happened_at"],
            actor=user,
            at=at,
            channel=Channel.API,
        )
        answer = {
            "response": record.number,
            "outcome": entry.outcome,
            "written_at": entry.written_at,
        }
        return Response(answer, status=status.HTTP_201_CREATED)


class FollowUpFigures(APIView):
    """Follow-ups as figures."""

    @extend_schema(
        operation_id="read_follow_up_figures",
        summary="Count answers by field office and what was done about them",
        description="Answers that the account sees, each once, by what was written down last.",
        parameters=[Period],
        responses={
            (200, "application/json"): OpenApiResponse(_FIGURES, "By office."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no figures."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The figures of a period."""
        period = Period(data=request.query_params)
        period.is_valid(raise_exception=True)
        since, until = period.validated_data["since"], period.validated_data["until"]
        if until < since:
            raise ActionRefused("The last day lies before the first.", code="wrong-period")
        rows = figures(
            signed_in(request._request),
            since=datetime.combine(since, time(), tzinfo=EASTERN),
            until=datetime.combine(until + timedelta(days=1), time(), tzinfo=EASTERN),
        )
        return Response(
            [
                {
                    "office": row.office,
                    "outcomes": {code: row.outcomes.get(code, 0) for code in Outcome.values},
                    "open": row.open,
                    "total": row.total,
                }
                for row in rows
            ]
        )
