"""Endpoints of the worklist: what waits, where a due time comes from, taking a query on."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.pages import LAST_PAGE, PAGE_SIZE
from acrime.iaq.clocks.targets import explained
from acrime.iaq.models import StatusQuery
from acrime.iaq.worklist.actions import claim_query
from acrime.iaq.worklist.filters import FilterForm, narrowed
from acrime.iaq.worklist.presentation import level_tag
from acrime.iaq.worklist.tabs import TABS, tab_rows
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_record, see_rows


class WorklistParameters(serializers.Serializer[Any]):
    """What of the worklist is asked for; the filters are those of the page."""

    show = serializers.ChoiceField(choices=sorted(TABS), default="open")
    program = serializers.CharField(required=False)
    level = serializers.CharField(required=False)
    custody = serializers.CharField(required=False)
    due = serializers.CharField(required=False)
    worker = serializers.CharField(required=False)
    office = serializers.CharField(required=False)
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


class QueryInList(serializers.Serializer[Any]):
    """A query as the worklist shows it, without whom it is about."""

    number = serializers.CharField(source="record.number")
    program = serializers.CharField()
    level = serializers.SerializerMethodField(help_text="As the page words it.")
    in_custody = serializers.BooleanField(allow_null=True)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    state = serializers.CharField()
    worked_by = serializers.CharField(source="claimed_by.username", default=None)

    def get_level(self, query: StatusQuery) -> str:
        """The level by which the query stands where it stands."""
        return level_tag(query).text


_LIST = inline_serializer(
    "Worklist",
    {"results": QueryInList(many=True), "next": serializers.IntegerField(allow_null=True)},
)
_CLOCK = inline_serializer(
    "Clock",
    {
        "number": serializers.CharField(),
        "received_at": serializers.DateTimeField(),
        "due_at": serializers.DateTimeField(),
        "reasons": serializers.ListField(child=serializers.CharField()),
        "lines": inline_serializer(
            "ClockLine",
            {
                "passed_hours": serializers.IntegerField(),
                "at": serializers.DateTimeField(),
                "day": serializers.CharField(),
                "shown": serializers.CharField(),
                "note": serializers.CharField(),
            },
            many=True,
        ),
    },
)


class Worklist(APIView):
    """Queries by level, custody and clock, as far as the caller sees them."""

    @extend_schema(
        operation_id="list_worklist",
        parameters=[WorklistParameters],
        responses={200: _LIST, 400: problem_response("A filter is no choice.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of the worklist; ``next`` is the number of the next page, or null."""
        user, at = signed_in(request._request), clock.now()
        parameters = WorklistParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        asked = dict(parameters.validated_data)
        show, page = asked.pop("show"), asked.pop("page")
        form = FilterForm(asked, user=user, at=at)
        if not form.is_valid() or set(asked) - set(form.fields):
            wrong = [*form.errors, *(set(asked) - set(form.fields))]
            raise serializers.ValidationError({name: ["This is no choice."] for name in wrong})
        start = (page - 1) * PAGE_SIZE
        found = list(
            narrowed(tab_rows(show, user), form.chosen(), user=user, at=at)[
                start : start + PAGE_SIZE + 1
            ]
        )
        rows = found[:PAGE_SIZE]
        see_rows(
            request._request,
            rows,
            at=at,
            criteria={"List": "Queries", "Show": TABS[show][0]} | form.told(),
            channel=Channel.API,
        )
        more = len(found) > PAGE_SIZE and page < LAST_PAGE
        return Response(
            {"results": QueryInList(rows, many=True).data, "next": page + 1 if more else None}
        )


class QueryClock(APIView):
    """Where the due time of one query comes from."""

    @extend_schema(
        operation_id="explain_clock",
        responses={
            200: _CLOCK,
            404: problem_response("No such query that the caller sees."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The rule, the sum, and the clock hour by hour in Eastern time."""
        record = see_record(
            request._request, number, RecordKind.QUERY, at=clock.now(), channel=Channel.API
        )
        query = StatusQuery.objects.get(record=record)
        told = explained(query)
        return Response(
            {
                "number": record.number,
                "received_at": query.received_at,
                "due_at": query.due_at,
                "reasons": list(told.sentences),
                "lines": [
                    {
                        "passed_hours": line.passed,
                        "at": line.at,
                        "day": line.day,
                        "shown": line.shown,
                        "note": line.note,
                    }
                    for line in told.lines
                ],
            }
        )


class QueryClaim(APIView):
    """Taking a query on."""

    @extend_schema(
        operation_id="claim_query",
        request=None,
        responses={
            204: None,
            404: problem_response("No such query that the caller sees."),
            409: problem_response("Somebody else has taken it on."),
        },
    )
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """Take a waiting query on; it is the caller's from then on."""
        at = clock.now()
        record = record_for(request._request, number, RecordKind.QUERY, at=at, channel=Channel.API)
        claim_query(
            query=StatusQuery.objects.get(record=record),
            actor=signed_in(request._request),
            at=at,
            channel=Channel.API,
        )
        return Response(status=204)
