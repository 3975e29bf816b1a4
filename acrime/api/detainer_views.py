"""Endpoints of detainers, without people's values."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.lists import (
    NUMBER,
    PageParameters,
    list_answers,
    list_described,
    one_answers,
    page_answer,
)
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.detainers.choices import (
    Basis,
    Box,
    DetainerState,
    Edition,
    LiftReason,
    ReleaseKind,
    Rule,
)
from acrime.detainers.models import Detainer, DetainerNotice
from acrime.detainers.policy import ends_of
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record


class Hours(serializers.Serializer[Any]):
    """Both ends of the 48 hours. Without a time of release there is none, and it is null."""

    plain_end = serializers.DateTimeField(source="plain")
    working_end = serializers.DateTimeField(source="working")
    given_end = serializers.DateTimeField(
        source="given", allow_null=True, help_text="The one that the form gives."
    )


class DetainerLine(serializers.Serializer[Any]):
    """A detainer. Whom it is about is not part of it."""

    number = serializers.CharField(source="record.number")
    state = serializers.ChoiceField(choices=DetainerState.choices)
    edition = serializers.ChoiceField(choices=Edition.choices)
    agency = serializers.CharField(source="agency.name")
    ori = serializers.CharField(source="agency.ori")
    issued_on = serializers.DateField(allow_null=True)
    served_at = serializers.DateTimeField(allow_null=True)
    takes_effect = serializers.BooleanField()
    release_at = serializers.DateTimeField(allow_null=True)
    end_at = serializers.DateTimeField(
        allow_null=True, help_text="Null where it cannot be computed: no release is known."
    )
    ended_at = serializers.DateTimeField(allow_null=True)


class Told(serializers.Serializer[Any]):
    """Something that left: to whom, under which accounting."""

    kind = serializers.CharField()
    recipient = serializers.CharField(source="recipient.name")
    fields_told = serializers.ListField(source="fields", child=serializers.CharField())
    sent_at = serializers.DateTimeField()
    disclosure = serializers.CharField(source="disclosure_number")


class OneDetainerBody(DetainerLine):
    """A detainer with its basis, its hours and what was told of it."""

    query = serializers.CharField(source="query.record.number", default=None)
    box = serializers.ChoiceField(choices=Box.choices)
    bases = serializers.ListField(child=serializers.ChoiceField(choices=Basis.choices))
    warrant = serializers.CharField()
    rule = serializers.ChoiceField(source="says", choices=Rule.choices)
    zone = serializers.CharField()
    release_kind = serializers.ChoiceField(choices=ReleaseKind.choices, allow_blank=True)
    hours = serializers.SerializerMethodField()
    custody_taken_at = serializers.DateTimeField(allow_null=True)
    lift_reason = serializers.ChoiceField(choices=LiftReason.choices, allow_blank=True)
    told = serializers.SerializerMethodField()

    def get_hours(self, detainer: Detainer) -> dict[str, Any] | None:
        """Both ends."""
        ends = ends_of(detainer.release_at, rule=detainer.says, zone=detainer.zone)
        return dict(Hours(ends).data) if ends else None

    def get_told(self, detainer: Detainer) -> list[dict[str, Any]]:
        """What left."""
        sent = DetainerNotice.objects.filter(detainer=detainer, sent_at__isnull=False)
        return list(Told(sent.select_related("recipient").order_by("pk"), many=True).data)


_CLOSED = "The account reads no detainers."
_LIST = inline_serializer(
    "DetainerList", {"results": DetainerLine(many=True), "more": serializers.BooleanField()}
)


class Detainers(APIView):
    """Detainers."""

    @extend_schema(
        operation_id="list_detainers",
        summary="List detainers",
        description=list_described(order="latest entered"),
        parameters=[PageParameters],
        responses=list_answers(_LIST, closed=_CLOSED),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of detainers."""
        rows = Detainer.objects.visible_to(signed_in(request._request)).with_details().newest()
        return page_answer(request, rows, DetainerLine, label="Detainers")


class OneDetainer(APIView):
    """One detainer."""

    @extend_schema(
        operation_id="read_detainer",
        summary="Read a detainer",
        parameters=[NUMBER],
        responses=one_answers(OneDetainerBody, "The detainer.", closed=_CLOSED),
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The detainer with that number."""
        record = see_record(
            request._request, number, RecordKind.DETAINER, at=clock.now(), channel=Channel.API
        )
        detainer = Detainer.objects.with_details().get(record=record)
        return Response(OneDetainerBody(detainer).data)
