"""The endpoint of how long a record is kept. No value of the record is in it."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.records.pages import see_record
from acrime.retention.choices import Reason, State
from acrime.retention.explaining import explain


class ReasonBody(serializers.Serializer[Any]):
    """A reason."""

    code = serializers.ChoiceField(choices=Reason.choices)
    text = serializers.CharField()


class RetentionBody(serializers.Serializer[Any]):
    """Where a record stands in its retention period."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    may_be_destroyed = serializers.BooleanField(
        help_text="Only an approved authority, an ended period and no hold make this true."
    )
    eligible_on = serializers.DateField(
        allow_null=True, help_text="First day on which the period is over."
    )
    item = serializers.CharField()
    period = serializers.CharField()
    runs_from = serializers.CharField()
    trigger_date = serializers.DateField(allow_null=True)
    cutoff_date = serializers.DateField(allow_null=True)
    action = serializers.CharField()
    authority = serializers.CharField(help_text="Standing of the authority.")
    authority_number = serializers.CharField(allow_blank=True)
    holds = serializers.IntegerField(help_text="Holds in force.")
    reasons = ReasonBody(many=True)
    clauses = serializers.ListField(child=serializers.CharField())


class RecordRetention(APIView):
    """How long one record is kept."""

    @extend_schema(
        operation_id="read_retention",
        summary="Read how long a record is kept",
        description="It is worked out now. The look is written down before the answer.",
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={
            (200, "application/json"): OpenApiResponse(RetentionBody, "Where the record stands."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no records."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """Where the record with that number stands."""
        at = clock.now()
        record = see_record(request._request, number, "", at=at, channel=Channel.API)
        told = explain(record, at=at)
        return Response(
            RetentionBody(
                {
                    "number": record.number,
                    "state": told.state.value,
                    "may_be_destroyed": told.may_be_destroyed,
                    "eligible_on": told.over_on,
                    "item": told.code,
                    "period": told.period,
                    "runs_from": told.runs_from,
                    "trigger_date": told.trigger_date,
                    "cutoff_date": told.cutoff_date,
                    "action": told.action,
                    "authority": told.authority,
                    "authority_number": told.authority_number,
                    "holds": len(told.holds),
                    "reasons": [
                        {"code": each.value, "text": Reason(each).label} for each in told.reasons
                    ],
                    "clauses": list(told.clauses),
                }
            ).data
        )
