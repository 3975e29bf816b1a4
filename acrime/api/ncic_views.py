"""Endpoints of ICE's entries in NCIC, without people's values."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.center_views import CLOSED, require_reader
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
from acrime.ncic.choices import (
    EntryState,
    NcicFile,
    RemovalReason,
    TransactionKind,
    ViolatorCategory,
)
from acrime.ncic.models import NcicEntry
from acrime.records.choices import RecordKind
from acrime.records.pages import see_record


class EntryLine(serializers.Serializer[Any]):
    """An entry. Whom it is about is not part of it."""

    number = serializers.CharField(source="record.number")
    file = serializers.ChoiceField(choices=NcicFile.choices)
    category = serializers.ChoiceField(choices=ViolatorCategory.choices, allow_blank=True)
    state = serializers.ChoiceField(choices=EntryState.choices)
    nic = serializers.CharField()
    ori = serializers.CharField()
    entered_on = serializers.DateField(allow_null=True)
    validate_from = serializers.DateField(allow_null=True)
    validate_by = serializers.DateField(allow_null=True)
    removed_on = serializers.DateField(allow_null=True)


class Transaction(serializers.Serializer[Any]):
    """Something that was done in NCIC."""

    kind = serializers.ChoiceField(choices=TransactionKind.choices)
    done_at = serializers.DateTimeField()
    ori = serializers.CharField()
    nic = serializers.CharField()
    code = serializers.CharField()


class EntryBody(EntryLine):
    """An entry with what was done about it."""

    offense = serializers.CharField()
    extradition = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    removal_reason = serializers.ChoiceField(choices=RemovalReason.choices, allow_blank=True)
    transactions = Transaction(many=True)
    period_runs_from = serializers.DateField(
        source="record.cutoff_date",
        allow_null=True,
        help_text="The day of the removal from NCIC; null before.",
    )


_LIST = inline_serializer(
    "EntryList", {"results": EntryLine(many=True), "more": serializers.BooleanField()}
)


class Entries(APIView):
    """Entries in NCIC."""

    @extend_schema(
        operation_id="list_ncic_entries",
        summary="List ICE's entries in NCIC",
        description=list_described(order="latest opened"),
        parameters=[PageParameters],
        responses=list_answers(_LIST, closed=CLOSED),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """One page of entries."""
        user = signed_in(request._request)
        require_reader(user)
        rows = NcicEntry.objects.visible_to(user).select_related("record")
        rows = rows.order_by("-record__created_at", "-pk")
        return page_answer(request, rows, EntryLine, label="NCIC records")


class OneEntry(APIView):
    """One entry."""

    @extend_schema(
        operation_id="read_ncic_entry",
        summary="Read an entry in NCIC",
        parameters=[NUMBER],
        responses=one_answers(EntryBody, "The entry.", closed=CLOSED),
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        """The entry with that number."""
        require_reader(signed_in(request._request))
        record = see_record(
            request._request, number, RecordKind.NCIC_ENTRY, at=clock.now(), channel=Channel.API
        )
        rows = NcicEntry.objects.select_related("record").prefetch_related("transactions")
        return Response(EntryBody(rows.get(record=record)).data)
