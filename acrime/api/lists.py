"""What lists and single records of several rooms answer alike, and how it is described."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from acrime.api.problems import CONTENT_TYPE
from acrime.api.views import problem_response
from acrime.audit.choices import Channel
from acrime.common import clock
from acrime.common.pages import LAST_PAGE, PAGE_SIZE
from acrime.records.pages import see_rows

NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)
NOBODY = problem_response("No token, or one that opens nothing.")


class PageParameters(serializers.Serializer[Any]):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


def list_described(*, order: str) -> str:
    """What a list says of itself; *order* says which row is first."""
    return (
        f"Those that the account may see, {order} first. There is no total. The look is written "
        "down before the answer."
    )


def list_answers(body: Any, *, closed: str) -> dict[Any, OpenApiResponse]:
    """What a list answers; *closed* says whom it is not open to."""
    return {
        (200, "application/json"): OpenApiResponse(body, "One page."),
        (400, CONTENT_TYPE): problem_response("A parameter that cannot be used."),
        (401, CONTENT_TYPE): NOBODY,
        (403, CONTENT_TYPE): problem_response(closed),
    }


def one_answers(body: Any, name: str, *, closed: str) -> dict[Any, OpenApiResponse]:
    """What the address of one record answers, which is called *name*."""
    return {
        (200, "application/json"): OpenApiResponse(body, name),
        (401, CONTENT_TYPE): NOBODY,
        (403, CONTENT_TYPE): problem_response(closed),
        (404, CONTENT_TYPE): problem_response("Nothing there, or nothing to be seen."),
    }


def page_answer(
    request: Request,
    rows: "QuerySet[Any, Any]",
    line: type[serializers.Serializer[Any]],
    *,
    label: str,
    see: Callable[[Sequence[Any]], None] | None = None,
) -> HttpResponseBase:
    """One page of *rows*, written down as seen before it is answered.

    Args:
        see: writes the look down where the rows are no contents of records.
    """
    asked = PageParameters(data=request.query_params)
    asked.is_valid(raise_exception=True)
    page = int(asked.validated_data["page"])
    start = (page - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    if see is not None:
        see(shown)
    else:
        see_rows(
            request._request,
            shown,
            at=clock.now(),
            criteria={"List": label},
            channel=Channel.API,
        )
    more = len(found) > PAGE_SIZE and page < LAST_PAGE
    return Response({"results": line(shown, many=True).data, "more": more})
