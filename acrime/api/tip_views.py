"""Endpoints of tips: sending one, and reading where each stands. Who reported it is in none."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.lists import (
    NOBODY,
    NUMBER,
    PageParameters,
    list_answers,
    list_described,
    one_answers,
    page_answer,
)
from acrime.api.parsers import JsonParser
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record
from acrime.tips import policy
from acrime.tips.choices import CameBy, Matter, Result, Speech, TipState
from acrime.tips.models import Tip
from acrime.tips.querysets import filtered
from acrime.tips.receiving.actions import Person, Source, Told, receive_from_system


class TipParameters(PageParameters):
    """Which tips of the list."""

    matter = serializers.ChoiceField(choices=Matter.choices, required=False)
    came_by = serializers.ChoiceField(choices=CameBy.choices, required=False)


class TipPersonTold(serializers.Serializer[Any]):
    """Somebody whom a tip is about, as told."""

    name = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    description = serializers.CharField(
        max_length=policy.LONGEST_DESCRIPTION, default="", allow_blank=True
    )
    place = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)


class TipSourceTold(serializers.Serializer[Any]):
    """Who reports, where they say. It becomes a record of its own and is in no answer here."""

    name = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    telephone = serializers.CharField(max_length=40, default="", allow_blank=True)
    email = serializers.EmailField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    other = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    may_contact = serializers.BooleanField(default=False)


class TipTold(serializers.Serializer[Any]):
    """A tip that another system sends."""

    reference = serializers.CharField(
        max_length=80, help_text="What the sender calls it: the same again is the same tip."
    )
    text = serializers.CharField(max_length=policy.LONGEST_TEXT)
    matter = serializers.ChoiceField(choices=Matter.choices, default="", allow_blank=True)
    happened = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    place = serializers.CharField(max_length=policy.LONGEST_LINE, default="", allow_blank=True)
    persons = TipPersonTold(many=True, default=list)
    reporter = TipSourceTold(required=False)


class TipLine(serializers.Serializer[Any]):
    """Where a tip stands, without anything that somebody wrote."""

    number = serializers.CharField(source="record.number")
    state = serializers.ChoiceField(choices=TipState.choices)
    came_by = serializers.ChoiceField(choices=CameBy.choices)
    matter = serializers.ChoiceField(choices=Matter.choices, allow_blank=True)
    received_at = serializers.DateTimeField()
    received_on = serializers.DateField(help_text="Date of the tip: ten years run from it.")
    speech = serializers.ChoiceField(
        choices=Speech.choices,
        allow_blank=True,
        help_text="Answer to the question of 5 U.S.C. 552a(e)(7).",
    )
    office = serializers.CharField(source="office.code", default=None)
    result = serializers.ChoiceField(choices=Result.choices, allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class OneTipTold(TipLine):
    """A tip with what it says. Who reported it is no part of it."""

    text = serializers.CharField(allow_null=True)
    happened = serializers.CharField(allow_null=True)
    place = serializers.CharField(allow_null=True)
    same_as = serializers.SerializerMethodField()

    def get_same_as(self, tip: Tip) -> str | None:
        """The number of the tip that it repeats, where the reader sees that one."""
        user = self.context["user"]
        first = Tip.objects.visible_to(user).filter(pk=tip.same_as_id or 0)
        return first.values_list("record__number", flat=True).first()


_RECEIPT = inline_serializer(
    "TipReceipt",
    {
        "receipt": serializers.CharField(help_text="For whoever reported. It tells nothing."),
        "repeated": serializers.BooleanField(help_text="The very same was received before."),
    },
)
_TIPS = inline_serializer(
    "TipList", {"results": TipLine(many=True), "more": serializers.BooleanField()}
)


class Tips(APIView):
    """Tips."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="list_tips",
        summary="List tips",
        description=list_described(order="latest received"),
        parameters=[TipParameters],
        responses=list_answers(_TIPS, closed="The account reads no tips."),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of tips."""
        asked = TipParameters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = filtered(
            Tip.objects.visible_to(signed_in(request._request)).with_details().newest(),
            matter=asked.validated_data.get("matter", ""),
            came_by=asked.validated_data.get("came_by", ""),
        )
        return page_answer(request, rows, TipLine, label="Tips")

    @extend_schema(
        operation_id="send_tip",
        summary="Send a tip",
        description=(
            "The answer is a receipt for whoever reported; the record itself is not named. The "
            "same reference with the same words again answers with the same receipt."
        ),
        request={"application/json": TipTold},
        examples=[
            OpenApiExample(
                "A tip without a name",
                value={
                    "reference": "2026-000123",
                    "text": "Somebody sells false papers behind the bakery.",
                    "matter": "DOCUMENTS",
                    "place": "Osterburg",
                },
                request_only=True,
            )
        ],
        responses={
            (201, "application/json"): OpenApiResponse(_RECEIPT, "Received."),
            (200, "application/json"): OpenApiResponse(_RECEIPT, "Received before."),
            (400, CONTENT_TYPE): problem_response("A body that cannot be used."),
            (401, CONTENT_TYPE): NOBODY,
            (403, CONTENT_TYPE): problem_response("The account sends no tips."),
            (409, CONTENT_TYPE): problem_response("The tip line is closed (`line-closed`)."),
            (415, CONTENT_TYPE): problem_response("The body is not JSON."),
            (422, CONTENT_TYPE): problem_response("`text` or `too-many`."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Receive a tip."""
        given = TipTold(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        receipt = receive_from_system(
            told=Told(
                text=values["text"],
                persons=tuple(Person(**each) for each in values["persons"]),
                happened=values["happened"],
                place=values["place"],
                matter=values["matter"],
                source=Source(**values.get("reporter", {})),
            ),
            mark=values["reference"],
            actor=signed_in(request._request),
            at=clock.now(),
        )
        answer = {"receipt": receipt.number, "repeated": receipt.repeated}
        found = status.HTTP_200_OK if receipt.repeated else status.HTTP_201_CREATED
        return Response(answer, status=found)


class OneTip(APIView):
    """One tip."""

    @extend_schema(
        operation_id="read_tip",
        summary="Read a tip",
        parameters=[NUMBER],
        responses=one_answers(OneTipTold, "The tip.", closed="The account reads no tips."),
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The tip with that number."""
        record = see_record(
            request._request, number, RecordKind.TIP, at=clock.now(), channel=Channel.API
        )
        tip = Tip.objects.with_details().get(record=record)
        context = {"user": signed_in(request._request)}
        return Response(OneTipTold(tip, context=context).data)
