"""Endpoints. Each translates a request into one action."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guards import signed_in
from acrime.api.parsers import FileParser, JsonParser, MessageJsonParser, PlainTextParser
from acrime.api.problems import CONTENT_TYPE, problem
from acrime.audit.actions import request_facts
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.iaq.acknowledgement import IntakeOutcome
from acrime.iaq.intake import receive_message
from acrime.iaq.layouts.members import MEMBERS, SCHEMA
from acrime.iaq.parsed import REQUIRED_TAGS
from acrime.iaq.volume.actions import MOST_TOGETHER, receive_messages
from acrime.iaq.volume.querysets import is_full

_MESSAGE = (
    "ORI/WVFBIID00 ATN/ORI=VT0000007\n"
    "PHN/8025550100\n"
    "NAM/SPECIMEN, AVERY LEE\n"
    "DOB/19790415 CUS/Y OFF/1313 PUR/C POB/MM SEX/F\n"
    "REM/IDSM=sscn202606600000123\n"
)
_ACKNOWLEDGEMENT = "IMMIGRATION STATUS QUERY - ACKNOWLEDGEMENT OF RECEIPT\nOUTCOME: ACCEPTED\n..."
_STATUS_OF = {
    IntakeOutcome.ACCEPTED: status.HTTP_201_CREATED,
    IntakeOutcome.REPEATED: status.HTTP_200_OK,
}

_RECEIPT = inline_serializer(
    "Receipt",
    {
        "outcome": serializers.ChoiceField(choices=[outcome.value for outcome in _STATUS_OF]),
        "number": serializers.CharField(help_text="The number of the query."),
        "program": serializers.CharField(
            help_text="What the query is for; `UNDECIDED` while a person has to decide it."
        ),
        "acknowledgement": serializers.CharField(help_text="The text for the sender, in ASCII."),
    },
)
_PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(help_text="The phrase of the status."),
        "status": serializers.IntegerField(),
        "code": serializers.CharField(help_text="Stable, for programs."),
        "detail": serializers.CharField(required=False),
        "clause": serializers.CharField(required=False, help_text="The rule's source."),
    },
)
_REFUSAL = inline_serializer(
    "MessageRefusal",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "code": serializers.CharField(help_text="Why the message could not be read."),
        "detail": serializers.CharField(),
        "field": serializers.CharField(required=False, help_text="Where, if in one field."),
        "number": serializers.CharField(help_text="The number under which it is kept."),
        "acknowledgement": serializers.CharField(),
    },
)
_MESSAGE_BODY = inline_serializer(
    "Message",
    {
        name: serializers.CharField(
            required=name in REQUIRED_TAGS,
            max_length=SCHEMA[name].get("maxLength"),
            help_text=SCHEMA[name]["description"],
        )
        for name in MEMBERS
    },
)


def problem_response(description: str) -> OpenApiResponse:
    """A problem document, in the API's description."""
    return OpenApiResponse(_PROBLEM, description)


class QueryMessages(APIView):
    """Status queries as messages."""

    parser_classes = [PlainTextParser, MessageJsonParser, FileParser]

    @extend_schema(
        operation_id="receive_query_message",
        summary="Send a status query",
        description=(
            "Keeps the message whole and reads it. The same message again, whatever became of "
            "its line endings, opens no second query and answers with the same number. A message "
            "that cannot be read is kept for a person and answered with 422; sending it again is "
            "harmless and no use. Nothing was kept after 400, 401, 403, 411, 413 and 415. "
            "The body is the text, a JSON object with its fields, or an EBTS file; its content "
            "tells which. Of JSON, `field` in a refusal is a JSON pointer. A message in the text "
            'layout can also be wrapped as {"message": "..."}.'
        ),
        request={
            "text/plain": OpenApiTypes.STR,
            "application/json": _MESSAGE_BODY,
            "application/octet-stream": OpenApiTypes.BINARY,
        },
        responses={
            (201, "application/json"): OpenApiResponse(_RECEIPT, "A query was opened."),
            (200, "application/json"): OpenApiResponse(_RECEIPT, "The message had come before."),
            (400, CONTENT_TYPE): problem_response("The body is not JSON or holds no message."),
            (401, CONTENT_TYPE): problem_response("No token, or one that opens nothing."),
            (403, CONTENT_TYPE): problem_response("The account may not send queries."),
            (411, CONTENT_TYPE): problem_response("The body came without its length, in chunks."),
            (413, CONTENT_TYPE): problem_response("Beyond 16 MiB: not taken."),
            (415, CONTENT_TYPE): problem_response("Neither plain text, JSON nor a file."),
            (422, CONTENT_TYPE): OpenApiResponse(_REFUSAL, "Kept for a person."),
        },
        examples=[
            OpenApiExample(
                "As it came", value=_MESSAGE, request_only=True, media_type="text/plain"
            ),
            OpenApiExample(
                "In JSON",
                value={
                    "ORI": "WVFBIID00",
                    "ATN": "ORI=VT0000007",
                    "PHN": "8025550100",
                    "NAM": "SPECIMEN, AVERY LEE",
                    "DOB": "19790415",
                    "PUR": "C",
                    "REM": "IDSM=sscn202606600000123",
                },
                request_only=True,
                media_type="application/json",
            ),
            OpenApiExample(
                "Wrapped",
                value={"message": _MESSAGE},
                request_only=True,
                media_type="application/json",
            ),
            OpenApiExample(
                "Accepted",
                value={
                    "outcome": "accepted",
                    "number": "IAQ-2026-7K3M-9QX4",
                    "program": "CRIMINAL",
                    "acknowledgement": _ACKNOWLEDGEMENT,
                },
                response_only=True,
                status_codes=["201"],
            ),
            OpenApiExample(
                "Refused",
                value={
                    "type": "about:blank",
                    "title": "Unprocessable Entity",
                    "status": 422,
                    "code": "missing-field",
                    "field": "NAM",
                    "number": "MSG-2026-2B7C-4DX0",
                    "detail": "The message was kept. A person will look at it.",
                    "acknowledgement": _ACKNOWLEDGEMENT.replace("ACCEPTED", "REFUSED"),
                },
                response_only=True,
                status_codes=["422"],
                media_type=CONTENT_TYPE,
            ),
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep a message, read it, and say what became of it."""
        if "HTTP_TRANSFER_ENCODING" in request.META:
            # Without its length a body cannot be told from none, and would be kept as empty.
            return problem(
                status.HTTP_411_LENGTH_REQUIRED,
                code="length-required",
                detail="Send the body with a Content-Length, not in chunks.",
            )
        if is_full():
            return _full()
        receipt = receive_message(
            _message(request),
            actor=signed_in(request._request),
            at=clock.now(),
            channel=Channel.API,
            facts=request_facts(request._request),
        )
        if receipt.outcome is IntakeOutcome.REFUSED:
            return problem(
                status.HTTP_422_UNPROCESSABLE_ENTITY,
                code=receipt.code,
                detail="The message was kept. A person will look at it.",
                field=receipt.field,
                number=receipt.number,
                acknowledgement=receipt.acknowledgement,
            )
        answer = {
            "outcome": receipt.outcome.value,
            "number": receipt.number,
            "program": receipt.program,
            "acknowledgement": receipt.acknowledgement,
        }
        return Response(answer, status=_STATUS_OF[receipt.outcome])


def _full() -> HttpResponseBase:
    """The sender still has the message and is asked to wait."""
    return problem(
        status.HTTP_503_SERVICE_UNAVAILABLE,
        code="intake-full",
        detail="Too many messages wait to be read. This one was not taken; send it again later.",
        headers={"Retry-After": "60"},
    )


def _message(request: Request) -> bytes:
    body: Any = request.data
    if isinstance(body, bytes):
        return body
    if request._request.content_type == MessageJsonParser.media_type:
        raise ParseError("The body is not JSON.")
    # An empty body is never handed to a parser. As a message it is kept like any other.
    return b""


_OF_MANY = inline_serializer(
    "ReceiptOfMany",
    {
        "outcome": serializers.ChoiceField(choices=[outcome.value for outcome in IntakeOutcome]),
        "number": serializers.CharField(
            help_text="Of the query or, for a refused message, under which it is kept."
        ),
        "program": serializers.CharField(help_text="What the query is for; blank if refused."),
        "code": serializers.CharField(help_text="Why it was refused; blank if it was not."),
        "field": serializers.CharField(help_text="Where, if in one field."),
        "acknowledgement": serializers.CharField(help_text="The text for the sender, in ASCII."),
    },
    many=True,
)


class QueryMessageBatch(APIView):
    """Many status queries at once."""

    parser_classes = [JsonParser]

    @extend_schema(
        operation_id="receive_query_messages",
        summary="Send many status queries",
        description=(
            f"Up to {MOST_TOGETHER} messages, each as a text in either layout. All of them are "
            "kept, or none is; they are read in the order sent, and each has its receipt in "
            "that order. Sent again they are repeats."
        ),
        request=inline_serializer(
            "Messages", {"messages": serializers.ListField(child=serializers.CharField())}
        ),
        responses={
            200: inline_serializer("Receipts", {"receipts": _OF_MANY}),
            400: problem_response("The body is no such list, or it is too long."),
            503: problem_response("Too many messages wait to be read; nothing was taken."),
        },
        examples=[
            OpenApiExample("Two queries", value={"messages": [_MESSAGE, _MESSAGE]}),
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep the messages, read them, and say what became of each."""
        if is_full():
            return _full()
        receipts = receive_messages(
            _messages(request),
            actor=signed_in(request._request),
            at=clock.now(),
            channel=Channel.API,
            facts=request_facts(request._request),
        )
        return Response(
            {
                "receipts": [
                    {
                        "outcome": receipt.outcome.value,
                        "number": receipt.number,
                        "program": receipt.program,
                        "code": receipt.code,
                        "field": receipt.field,
                        "acknowledgement": receipt.acknowledgement,
                    }
                    for receipt in receipts
                ]
            }
        )


def _messages(request: Request) -> list[bytes]:
    body = request.data
    texts = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ParseError('Send {"messages": ["...", "..."]}, each message as a text.')
    if not 0 < len(texts) <= MOST_TOGETHER:
        raise ParseError(f"Send from 1 to {MOST_TOGETHER} messages.")
    # Half a surrogate pair can stand in JSON; it is kept, and refused as what it is.
    return [text.encode("utf-8", errors="surrogatepass") for text in texts]


class Schema(SpectacularAPIView):
    """The description of this API, in YAML or JSON."""
