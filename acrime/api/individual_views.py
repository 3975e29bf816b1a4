"""Endpoints of finding people."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.parsers import JsonParser
from acrime.api.problems import CONTENT_TYPE, problem
from acrime.api.views import problem_response
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.individuals.choices import IdentifierKind
from acrime.individuals.finding.box import LONGEST, read_parts
from acrime.individuals.finding.querysets import LAST_PAGE, Hit, find
from acrime.individuals.search import criteria_of
from acrime.individuals.written import date_written
from acrime.records.choices import Approval
from acrime.records.pages import see_rows


class Asked(serializers.Serializer[Any]):
    """Whom somebody looks for."""

    name = serializers.CharField(
        max_length=LONGEST,
        default="",
        allow_blank=True,
        help_text="`LAST, FIRST MIDDLE`, or words in any order without a comma.",
    )
    dob = serializers.CharField(
        max_length=10,
        default="",
        allow_blank=True,
        help_text="`1980-04-12`, or `1980-04` or `1980` where no more is known.",
    )
    identifier = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="The whole number."
    )
    kind = serializers.ChoiceField(
        choices=IdentifierKind.choices,
        default="",
        allow_blank=True,
        help_text="Of the identifier. Without it every kind that has its shape is looked up.",
    )
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


_FOUND = inline_serializer(
    "PeopleFound",
    {
        "results": inline_serializer(
            "PersonFound",
            {
                "number": serializers.CharField(),
                "name": serializers.CharField(),
                "aliases": serializers.ListField(child=serializers.CharField()),
                "birth_dates": serializers.ListField(child=serializers.CharField()),
                "sex": serializers.CharField(),
                "approval": serializers.ChoiceField(choices=Approval.choices),
                "score": serializers.IntegerField(
                    help_text="Of 100. It orders the list and decides nothing."
                ),
                "reasons": serializers.ListField(child=serializers.CharField()),
            },
            many=True,
        ),
        "more": serializers.BooleanField(help_text="Whether another page follows."),
        "notes": serializers.ListField(
            child=serializers.CharField(), help_text="What is to be said of what was asked."
        ),
    },
)
_RESPONSES = {
    (200, "application/json"): OpenApiResponse(_FOUND, "One page, best fit first."),
    (400, CONTENT_TYPE): problem_response("A value that cannot be used."),
    (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
    (403, CONTENT_TYPE): problem_response("The account reads no records."),
    (422, CONTENT_TYPE): problem_response(
        "`nothing-to-look-for`: too little is asked, or a date or number that cannot be."
    ),
}
_DESCRIPTION = (
    "People like the one asked for whom the account may see, 25 a page, with score and reasons. "
    "There is no total: it would count what one may not see. The search is written down before "
    "the answer, and the owners of the records it meets are told."
)


class Individuals(APIView):
    """Finding people, what is asked standing in the address."""

    @extend_schema(
        operation_id="list_individuals",
        summary="Find people by an address",
        description=(
            f"{_DESCRIPTION} An address is kept where a body is not, by proxies and histories: "
            "`POST individuals/search/` is the advised way."
        ),
        parameters=[Asked],
        responses=_RESPONSES,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of people."""
        return _answer(request, Asked(data=request.query_params), at=clock.now())


class IndividualSearch(APIView):
    """Finding people, what is asked standing in the body."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="search_individuals",
        summary="Find people",
        description=_DESCRIPTION,
        request={"application/json": Asked},
        examples=[
            OpenApiExample(
                "By name and date of birth",
                value={"name": "SPECIMEN, AVERY LEE", "dob": "1979-04-15"},
                request_only=True,
            ),
            OpenApiExample("By number", value={"identifier": "A099000301"}, request_only=True),
        ],
        responses={
            **_RESPONSES,
            (415, CONTENT_TYPE): problem_response("The body is not JSON."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """One page of people."""
        return _answer(request, Asked(data=request.data), at=clock.now())


def _answer(request: Request, given: Asked, *, at: datetime) -> HttpResponseBase:
    given.is_valid(raise_exception=True)
    asked = dict(given.validated_data)
    page = int(asked["page"])
    read = read_parts(
        name=asked["name"],
        born=asked["dob"],
        number=asked["identifier"],
        kind=asked["kind"],
        today=portal_day(at),
    )
    if read.error:
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, code="nothing-to-look-for", detail=read.error
        )
    found = find(read.wanted, user=signed_in(request._request), page=page)
    see_rows(
        request._request,
        [hit.person for hit in found.shown],
        at=at,
        criteria=criteria_of(read.wanted) | ({"Page": str(page)} if page > 1 else {}),
        kind=events.RECORD_SEARCHED,
        matched=found.matched_ids,
        channel=Channel.API,
    )
    results = [_person(hit) for hit in found.shown]
    return Response({"results": results, "more": found.more, "notes": list(read.notes)})


def _person(hit: Hit) -> dict[str, Any]:
    person = hit.person
    return {
        "number": person.number,
        "name": person.shown_name,
        "aliases": person.aliases,
        "birth_dates": [date_written(*each) for each in person.born],
        "sex": person.sex,
        "approval": person.approval,
        "score": hit.points,
        "reasons": list(hit.reasons),
    }
