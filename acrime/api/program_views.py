"""Endpoints of programs: the rules in force, queries that no rule decides, deciding one."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.parsers import JsonParser
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import NotThere
from acrime.iaq.choices import ProgramBasis, TableState
from acrime.iaq.models import StatusQuery
from acrime.iaq.programs.actions import change_program
from acrime.iaq.programs.models import ProgramTable
from acrime.iaq.programs.querysets import undecided
from acrime.records.choices import RecordKind
from acrime.records.pages import record_for, see_rows
from routine_uses.choices import Program

PAGE = 100

_TABLE = inline_serializer(
    "ProgramTable",
    {
        "number": serializers.IntegerField(),
        "in_force_from": serializers.DateTimeField(),
        "digest": serializers.CharField(help_text="A hash of the content."),
        "programs": serializers.ListField(child=serializers.DictField()),
        "rules": serializers.ListField(child=serializers.DictField()),
    },
)
_UNDECIDED = inline_serializer(
    "UndecidedQueries",
    {
        "results": inline_serializer(
            "UndecidedQuery",
            {
                "number": serializers.CharField(),
                "state": serializers.CharField(),
                "received_at": serializers.DateTimeField(),
                "due_at": serializers.DateTimeField(),
                "basis": serializers.ChoiceField(
                    choices=[ProgramBasis.NO_RULE.value, ProgramBasis.DISAGREE.value]
                ),
                "rules": serializers.ListField(
                    child=serializers.CharField(), help_text="Those that disagree."
                ),
            },
            many=True,
        ),
        "more": serializers.BooleanField(help_text="Whether there are more than these."),
    },
)
_DECIDED = inline_serializer(
    "DecidedQuery",
    {
        "number": serializers.CharField(),
        "program": serializers.CharField(),
        "due_at": serializers.DateTimeField(),
    },
)


class DecisionAsked(serializers.Serializer[Any]):
    """What a query is for, and why."""

    program = serializers.ChoiceField(choices=Program.choices)
    reason = serializers.CharField(max_length=200)


class Programs(APIView):
    """The programs and rules in force."""

    @extend_schema(
        operation_id="programs_in_force",
        summary="The programs and rules in force",
        description="What each program entails, and the rules that choose one, in their ranks.",
        responses={
            (200, "application/json"): OpenApiResponse(_TABLE, "The table in force."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account may not see it."),
            (404, CONTENT_TYPE): problem_response("No table was loaded yet."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The table in force."""
        table = ProgramTable.objects.filter(state=TableState.IN_FORCE).order_by("pk").first()
        if table is None:
            raise NotThere
        return Response(
            {
                "number": table.number,
                "in_force_from": table.in_force_from,
                "digest": table.digest,
                "programs": table.content["programs"],
                "rules": table.content["rules"],
            }
        )


class UndecidedQueries(APIView):
    """Queries whose program waits for a person."""

    @extend_schema(
        operation_id="undecided_queries",
        summary="Queries that no rule decides",
        description=(
            f"Those that the account may see, first due first, at most {PAGE}. Their clocks run, "
            "and nothing about them can be released. The look at each is written down."
        ),
        responses={
            (200, "application/json"): OpenApiResponse(_UNDECIDED, "Those that wait."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no queries."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Those that wait."""
        found = list(undecided(signed_in(request._request))[: PAGE + 1])
        rows = found[:PAGE]
        see_rows(
            request._request,
            rows,
            at=clock.now(),
            criteria={"List": "Queries without a program"},
            channel=Channel.API,
        )
        return Response({"results": [_row(query) for query in rows], "more": len(found) > PAGE})


class QueryProgram(APIView):
    """The program of one query."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="decide_query_program",
        summary="Decide the program of a query, or correct it",
        request=DecisionAsked,
        responses={
            (200, "application/json"): OpenApiResponse(_DECIDED, "It is decided."),
            (400, CONTENT_TYPE): problem_response("A value that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account decides no programs."),
            (404, CONTENT_TYPE): problem_response("Nothing is there under that number."),
            (409, CONTENT_TYPE): problem_response("`wrong-state`: the determination is approved."),
            (422, CONTENT_TYPE): problem_response(
                "`registrant`: the message says that its answer stays inside."
            ),
        },
    )
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """Decide it."""
        at = clock.now()
        record = record_for(request._request, number, RecordKind.QUERY, at=at, channel=Channel.API)
        asked = DecisionAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        user = signed_in(request._request)
        query = StatusQuery.objects.visible_to(user).get(record=record)
        change_program(
            query=query,
            program=Program(asked.validated_data["program"]),
            reason=asked.validated_data["reason"],
            actor=user,
            at=at,
            channel=Channel.API,
        )
        query.refresh_from_db()
        return Response({"number": record.number, "program": query.program, "due_at": query.due_at})


def _row(query: StatusQuery) -> dict[str, Any]:
    return {
        "number": query.record.number,
        "state": query.state,
        "received_at": query.received_at,
        "due_at": query.due_at,
        "basis": query.program_basis,
        "rules": query.program_rules.split(),
    }
