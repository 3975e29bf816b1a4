"""What the pages of every room share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from acrime.common.errors import ActionRefused, NotThere

PAGE_SIZE = 25
# Nobody leafs further than this; a filter finds faster, and OFFSET grows dear.
LAST_PAGE = 400

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, without totals: a total would count what one may not see."""

    rows: Sequence[Row]
    previous_url: str
    next_url: str


def page_of(rows: "QuerySet[Any, Row]", request: HttpRequest) -> Page[Row]:
    """The page that the request asks for with ``?page=``; nonsense means the first."""
    asked = request.GET.get("page", "1")
    # Longer than the last page's number is nonsense too, and int() refuses some of it.
    number = int(asked) if asked.isdecimal() and len(asked) <= len(str(LAST_PAGE)) else 1
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])

    def address(page: int) -> str:
        query = request.GET.copy()
        query["page"] = str(page)
        return f"?{query.urlencode()}"

    return Page(
        found[:PAGE_SIZE],
        address(number - 1) if number > 1 else "",
        address(number + 1) if len(found) > PAGE_SIZE and number < LAST_PAGE else "",
    )


def attempt(request: HttpRequest, act: Callable[[], object], *, done: str) -> bool:
    """Do *act* and tell the reader how it went, by a message on the next page.

    Raises:
        NotThere: what the act was about cannot be seen.
    """
    try:
        act()
    except NotThere:
        raise
    except ActionRefused as refusal:
        clause = f" ({refusal.clause})" if refusal.clause else ""
        messages.error(request, f"{refusal.message}{clause}")
        return False
    messages.success(request, done)
    return True


def tried(form: Any, act: Callable[[], object], *, place: Mapping[str, str] | None = None) -> bool:
    """Do *act*; a refusal becomes an error of the form, at its field where one is named."""
    try:
        act()
    except NotThere:
        raise
    except ActionRefused as refusal:
        field = (place or {}).get(refusal.code)
        where = getattr(refusal, "field", "")
        form.add_error(field, f"{where}: {refusal.message}" if where else refusal.message)
        return False
    return True
