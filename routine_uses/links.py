"""Where the pages of records are: asked of the room that knows, as who sees them is."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

Linker = Callable[["User", Iterable[str]], dict[str, str]]

_linker: Linker | None = None


def register_linker(function: Linker) -> Linker:
    """Register the function that gives the addresses of records' pages, by number.

    It leaves out what the person may not see or open.
    """
    global _linker
    _linker = function
    return function


def record_links(user: "User", numbers: Iterable[str]) -> list[tuple[str, str]]:
    """Each number with the address of its page, or with nothing where *user* opens none."""
    wanted = list(numbers)
    known = _linker(user, wanted) if _linker else {}
    return [(number, known.get(number, "")) for number in wanted]
