"""Endpoints of records: what the envelope says, and who can see it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from accounts.models import Office, User
from acrime.api.parsers import JsonParser
from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.errors import ActionRefused
from acrime.common.pages import LAST_PAGE, PAGE_SIZE
from acrime.records import actions, events
from acrime.records.access import access_explanation
from acrime.records.audience import OVERSEEN, Seer, audience_of, explanation_for
from acrime.records.choices import Approval, RecordKind
from acrime.records.forms import MOST_PEOPLE
from acrime.records.models import Record
from acrime.records.pages import record_for, see_record, see_rows
from acrime.records.policy import Effect, Explanation
from acrime.records.querysets import people_called

ACTS = ("limit", "extend", "narrow", "lift")


class ListParameters(serializers.Serializer[Any]):
    """What a list of records may be asked for."""

    kind = serializers.ChoiceField(choices=RecordKind.choices, required=False)
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


class AccessParameters(serializers.Serializer[Any]):
    """About whom it may be asked why they see a record."""

    person = serializers.CharField(max_length=150, required=False)


class Change(serializers.Serializer[Any]):
    """A change of a record's limits. What it does not name stays as it is."""

    act = serializers.ChoiceField(choices=ACTS)
    people = serializers.ListField(
        child=serializers.CharField(max_length=150),
        max_length=MOST_PEOPLE,
        default=list,
        help_text="User names.",
    )
    offices = serializers.ListField(
        child=serializers.CharField(max_length=10), default=list, help_text="Codes of offices."
    )
    reason = serializers.CharField(
        max_length=actions.LONGEST_REASON, help_text="Kept with the event."
    )


class Envelope(serializers.Serializer[Any]):
    """What every record wears. Values of people are not part of it."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=RecordKind.choices)
    owner = serializers.CharField(source="owner.username")
    creator = serializers.CharField(source="creator.username")
    office = serializers.CharField(
        source="office.code", default=None, help_text="Code of the owner's office, or null."
    )
    created_at = serializers.DateTimeField()
    approval = serializers.ChoiceField(choices=Approval.choices)
    approved_by = serializers.CharField(source="approved_by.username", default=None)
    approved_at = serializers.DateTimeField(allow_null=True)
    limited = serializers.BooleanField()
    disputed = serializers.BooleanField()
    notice = serializers.CharField(source="notice_version.citation")
    category = serializers.IntegerField(source="category.number")
    retention = serializers.CharField(source="schedule_item.code")
    cutoff_date = serializers.DateField(allow_null=True)
    disposition_date = serializers.DateField(allow_null=True)


_LIST = inline_serializer(
    "RecordList",
    {
        "results": Envelope(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="The address of the next page, or null on the last."
        ),
    },
)
_SEER = inline_serializer(
    "Seer",
    {
        "user": serializers.CharField(),
        "name": serializers.CharField(),
        "why": serializers.ListField(child=serializers.CharField()),
        "hindered": serializers.CharField(
            help_text="Why they see nothing at this moment; blank where they do."
        ),
    },
    many=True,
)
_EXPLANATION = inline_serializer(
    "Explanation",
    {
        "sees": serializers.BooleanField(),
        "rules": inline_serializer(
            "Rule",
            {
                "code": serializers.CharField(help_text="Stable, for programs."),
                "effect": serializers.ChoiceField(choices=[effect.value for effect in Effect]),
                "text": serializers.CharField(),
                "source": serializers.CharField(),
            },
            many=True,
        ),
    },
)
_AUDIENCE = inline_serializer(
    "Audience",
    {
        "number": serializers.CharField(),
        "limited": serializers.BooleanField(),
        "always": _SEER,
        "oversight": serializers.CharField(),
        "people": _SEER,
        "offices": inline_serializer(
            "AllowedOffice",
            {
                "code": serializers.CharField(),
                "name": serializers.CharField(),
                "people": serializers.IntegerField(),
            },
            many=True,
        ),
        "roles": inline_serializer(
            "ReadingRole",
            {"role": serializers.CharField(), "people": serializers.IntegerField()},
            many=True,
        ),
        "touched": serializers.ListField(
            child=serializers.CharField(),
            help_text="Numbers of the records whose limits change along with this one's.",
        ),
        "mine": _EXPLANATION,
        "explained": inline_serializer(
            "ExplainedPerson",
            {"user": serializers.CharField(), "explanation": _EXPLANATION},
            required=False,
            help_text="About the person asked for.",
        ),
    },
)
_NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)
_CHANGES = [
    OpenApiExample(
        "Limit",
        value={
            "act": "limit",
            "people": ["rowan.quillfeather"],
            "offices": ["VT1"],
            "reason": "Concerns a colleague",
        },
        request_only=True,
    ),
    OpenApiExample("Lift", value={"act": "lift", "reason": "Closed"}, request_only=True),
]


class Records(APIView):
    """Records, newest first."""

    @extend_schema(
        operation_id="list_records",
        summary="List records",
        description=(
            f"The envelopes of the records that the account may see, newest first, {PAGE_SIZE} a "
            "page. There is no total: it would count what one may not see. The look is written "
            "down before the answer, and the owners are told of it."
        ),
        parameters=[ListParameters],
        responses={
            (200, "application/json"): OpenApiResponse(_LIST, "One page."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no records."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of records."""
        asked = _checked(ListParameters(data=request.query_params))
        page, kind = int(asked["page"]), str(asked.get("kind", ""))
        visible = Record.objects.visible_to(signed_in(request._request))
        rows = visible.filter(kind=kind) if kind else visible
        start = (page - 1) * PAGE_SIZE
        found = list(
            rows.select_related(*_JOINED).order_by("-created_at", "-pk")[
                start : start + PAGE_SIZE + 1
            ]
        )
        shown = found[:PAGE_SIZE]
        see_rows(
            request._request,
            shown,
            at=clock.now(),
            criteria={"List": "Records", "Kind": RecordKind(kind).label if kind else "All"},
            channel=Channel.API,
        )
        more = len(found) > PAGE_SIZE and page < LAST_PAGE
        following = {"kind": kind, "page": page + 1} if kind else {"page": page + 1}
        address = f"{reverse('api:records')}?{urlencode(following)}" if more else None
        return Response({"results": Envelope(shown, many=True).data, "next": address})


class OneRecord(APIView):
    """One record's envelope."""

    @extend_schema(
        operation_id="read_record",
        summary="Read a record's envelope",
        description=(
            "A record that the account may not see answers exactly like one that does not "
            "exist. The look is written down before the answer."
        ),
        parameters=[_NUMBER],
        responses={
            (200, "application/json"): OpenApiResponse(Envelope, "The envelope."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no records."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The envelope of a record."""
        record = see_record(request._request, number, "", at=clock.now(), channel=Channel.API)
        joined = Record.objects.select_related(*_JOINED).get(pk=record.pk)
        return Response(Envelope(joined).data)


class RecordAccess(APIView):
    """Who can see a record."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="read_record_access",
        summary="Read who can see a record, and why",
        description=(
            "Everybody who sees a record may read who else does. With `person`, also why one "
            "person does or does not: supervisors ask about the people below them, privacy "
            "officers and OPR about anybody, everybody about themselves."
        ),
        parameters=[_NUMBER, AccessParameters],
        responses={
            (200, "application/json"): OpenApiResponse(_AUDIENCE, "Who can see it."),
            (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account reads no records."),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
            (422, CONTENT_TYPE): problem_response(
                "`nobody-to-ask-about`: the account may not ask about that person."
            ),
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """Who can see a record."""
        asked = _checked(AccessParameters(data=request.query_params))
        return _audience(request, number, person=str(asked.get("person", "")))

    @extend_schema(
        operation_id="change_record_access",
        summary="Limit a record, or change or lift its limits",
        description=(
            "`limit` a record to the people and offices named, `extend` or `narrow` its list by "
            "them, or `lift` its limits. The owner, the creator and the supervisors above both "
            "always see it. Whatever repeats the record changes along with it."
        ),
        parameters=[_NUMBER],
        request={"application/json": Change},
        examples=_CHANGES,
        responses={
            (200, "application/json"): OpenApiResponse(_AUDIENCE, "Who can see it now."),
            (400, CONTENT_TYPE): problem_response("A body that cannot be used."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response(
                "`not-the-owner`: the account does not answer for the record; or it changes none."
            ),
            (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
            (409, CONTENT_TYPE): problem_response(
                "`not-limited` or `not-on-the-list`: there is nothing to change."
            ),
            (415, CONTENT_TYPE): problem_response("The body is not JSON."),
            (422, CONTENT_TYPE): problem_response(
                "`nobody-named`, `unknown-person`, `unknown-office`, `reads-no-records`."
            ),
        },
    )
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """Change who can see a record."""
        at = clock.now()
        record = record_for(request._request, number, "", at=at, channel=Channel.API)
        wanted = _checked(Change(data=request.data))
        people, offices = _people(wanted["people"]), _offices(wanted["offices"])
        common: dict[str, Any] = {
            "record": record,
            "reason": wanted["reason"],
            "actor": signed_in(request._request),
            "at": at,
            "channel": Channel.API,
        }
        match wanted["act"]:
            case "limit":
                actions.limit_record(allowed=people, offices=offices, **common)
            case "extend":
                actions.extend_limits(allowed=people, offices=offices, **common)
            case "narrow":
                actions.narrow_limits(removed=people, offices=offices, **common)
            case _:
                actions.lift_limits(**common)
        return _audience(request, number)


_JOINED = (
    "owner",
    "creator",
    "office",
    "approved_by",
    "notice_version",
    "category",
    "schedule_item",
)


def _checked(given: serializers.Serializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _people(usernames: Sequence[str]) -> list[User]:
    found = people_called(usernames)
    people = [user for user in found if user]
    if len(people) < len(found):
        raise ActionRefused("Nobody has one of these user names.", code="unknown-person")
    return people


def _offices(codes: Sequence[str]) -> list[Office]:
    found = list(Office.objects.filter(code__in=codes))
    if len(found) < len(set(codes)):
        raise ActionRefused("No office has one of these codes.", code="unknown-office")
    return found


def _audience(request: Request, number: str, *, person: str = "") -> HttpResponseBase:
    user, at = signed_in(request._request), clock.now()
    record = see_record(
        request._request, number, "", at=at, kind=events.AUDIENCE_VIEWED, channel=Channel.API
    )
    audience = audience_of(record, at=at)
    answer: dict[str, Any] = {
        "number": record.number,
        "limited": audience.limited,
        "always": [_seer(seer) for seer in audience.always],
        "oversight": OVERSEEN,
        "people": [_seer(seer) for seer in audience.people],
        "offices": [
            {"code": each.office.code, "name": each.office.name, "people": each.people}
            for each in audience.offices
        ],
        "roles": [{"role": each.role.value, "people": each.people} for each in audience.roles],
        "touched": list(audience.touched),
        "mine": _explained(explanation_for(user, record)),
    }
    if person:
        about, explanation = access_explanation(
            record=record,
            username=person,
            user=user,
            at=at,
            channel=Channel.API,
            facts=request_facts(request._request),
        )
        answer["explained"] = {"user": about.username, "explanation": _explained(explanation)}
    return Response(answer)


def _seer(seer: Seer) -> dict[str, Any]:
    return {
        "user": seer.user.username,
        "name": seer.user.full_name,
        "why": list(seer.why),
        "hindered": seer.hindered,
    }


def _explained(explanation: Explanation) -> dict[str, Any]:
    return {
        "sees": explanation.sees,
        "rules": [
            {
                "code": rule.code,
                "effect": rule.effect.value,
                "text": rule.text,
                "source": rule.source,
            }
            for rule in explanation.rules
        ],
    }
