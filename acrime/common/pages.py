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

Refused = Callable[[HttpRequest, ActionRefused], None]

_told_of_refusals: list[Refused] = []


def on_refusal(function: Refused) -> Refused:
    """Register what writes down an act that the rules refused; a room above knows the ledger."""
    _told_of_refusals.append(function)
    return function


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


def tab_of(request: HttpRequest, tabs: Mapping[str, str], *, first: str) -> str:
    """Which of *tabs* the request asks for with ``?show=``; nonsense means *first*."""
    asked = request.GET.get("show", first)
    return asked if asked in tabs else first


def tabs_shown(tabs: Mapping[str, str], tab: str) -> dict[str, object]:
    """What the page of a list reads of its tabs: which one is open, and all of them."""
    return {
        "tab": tab,
        "tab_label": tabs[tab],
        "tabs": [(key, label, key == tab) for key, label in tabs.items()],
    }


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
        refused(request, refusal)
        clause = f" ({refusal.clause})" if refusal.clause else ""
        messages.error(request, f"{refusal.message}{clause}")
        return False
    messages.success(request, done)
    return True


def tried(
    form: Any,
    act: Callable[[], object],
    *,
    request: HttpRequest | None = None,
    place: Mapping[str, str] | None = None,
) -> bool:
    """Do *act*; a refusal becomes an error of the form, at its field where one is named.

    Args:
        request: who tried, so that the refusal is written down.
    """
    try:
        act()
    except NotThere:
        raise
    except ActionRefused as refusal:
        if request is not None:
            refused(request, refusal)
        field = (place or {}).get(refusal.code)
        where = getattr(refusal, "field", "")
        form.add_error(field, f"{where}: {refusal.message}" if where else refusal.message)
        return False
    return True


def refused(request: HttpRequest, refusal: ActionRefused) -> None:
    """Have a refusal written down that a view answers in a way of its own."""
    for function in _told_of_refusals:
        function(request, refusal)
