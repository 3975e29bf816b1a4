"""Endpoints of holds: what stands, and what keeps a record."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.lists import NUMBER, PageParameters, page_answer
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.records.pages import see_record
from acrime.retention.holds.access import see_holds
from acrime.retention.holds.choices import HoldKind, Scope
from acrime.retention.holds.models import Hold
from acrime.retention.holds.querysets import holds_on


class HoldLine(serializers.Serializer[Any]):
    """A hold in force. Its texts are read in the portal."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=HoldKind.choices)
    scope = serializers.ChoiceField(choices=Scope.choices)
    authority = serializers.CharField(
        source="authority.username", help_text="Who alone can release it."
    )
    custodian = serializers.CharField(source="custodian.username")
    placed_at = serializers.DateTimeField()
    review_on = serializers.DateField()
    release_asked_at = serializers.DateTimeField(source="asked_at", allow_null=True)


_LIST = inline_serializer(
    "HoldList", {"results": HoldLine(many=True), "more": serializers.BooleanField()}
)
_OF_RECORD = inline_serializer(
    "RecordHolds", {"number": serializers.CharField(), "holds": HoldLine(many=True)}
)


class Holds(APIView):
    """Holds in force."""

    @extend_schema(
        operation_id="list_holds",
        summary="List the holds in force",
        description="Latest placed first. The look is written down before the answer.",
        parameters=[PageParameters],
        responses={
            (200, "application/json"): OpenApiResponse(_LIST, "One page."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no holds."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of holds."""

        def see(shown: Sequence[Hold]) -> None:
            see_holds(
                shown,
                user=signed_in(request._request),
                at=clock.now(),
                channel=Channel.API,
                facts=request_facts(request._request),
            )

        rows = Hold.objects.in_force().with_people().order_by("-placed_at", "-pk")
        return page_answer(request, rows, HoldLine, label="Holds", see=see)


class RecordHolds(APIView):
    """The holds on one record."""

    @extend_schema(
        operation_id="read_record_holds",
        summary="Read which holds keep a record",
        description="Worked out from the scopes of all holds at this moment.",
        parameters=[NUMBER],
        responses={
            (200, "application/json"): OpenApiResponse(_OF_RECORD, "The holds; perhaps none."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no holds."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The holds in force that reach a record."""
        record = see_record(request._request, number, "", at=clock.now(), channel=Channel.API)
        standing = holds_on([record.pk])[record.pk]
        return Response({"number": record.number, "holds": HoldLine(standing, many=True).data})
