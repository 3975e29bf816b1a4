"""Reading plain facts that somebody wrote as JSON: what is not known by name is an error."""

from collections.abc import Iterable, Mapping
from typing import Any


class FactsInvalid(Exception):
    """Facts that cannot be read. ``field`` names the place, such as ``recipient.type``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def table(value: object, place: str, known: Iterable[str]) -> Mapping[str, Any]:
    """*value* as an object that holds nothing but *known* facts.

    Raises:
        FactsInvalid: it is none, or holds something else.
    """
    if not isinstance(value, dict):
        raise FactsInvalid(place, "An object with named facts is wanted.")
    unknown = sorted(set(value) - set(known))
    if unknown:
        where = f"{place}.{unknown[0]}" if place else unknown[0]
        raise FactsInvalid(where, f"Not known. Known are: {', '.join(sorted(known))}.")
    return value


def text(given: Mapping[str, Any], key: str, place: str = "") -> str:
    """The text of a fact, without blanks around it; empty where it was left out.

    Raises:
        FactsInvalid: it is no text.
    """
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FactsInvalid(f"{place}{key}", "A text is wanted.")
    return value.strip()


def truth(given: Mapping[str, Any], key: str, place: str = "") -> bool:
    """Whether a fact is true; false where it was left out.

    Raises:
        FactsInvalid: it is neither true nor false.
    """
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise FactsInvalid(f"{place}{key}", "true or false is wanted.")
    return value


def code(
    given: Mapping[str, Any],
    key: str,
    known: Iterable[str],
    *,
    place: str = "",
    optional: bool = False,
) -> str:
    """The code of a fact, in capitals; empty where it was left out and *optional*.

    Raises:
        FactsInvalid: it is missing or not *known*.
    """
    value = text(given, key, place).upper()
    if not value and optional:
        return ""
    is_known(value, known, f"{place}{key}")
    return value


def is_known(value: str, known: Iterable[str], place: str) -> None:
    """Refuse a code that is not *known*.

    Raises:
        FactsInvalid: it is not.
    """
    if value not in known:
        word = f"{value} is not known." if value else "It is missing."
        raise FactsInvalid(place, f"{word} Known are: {', '.join(known)}.")


def texts(value: object, place: str) -> list[str]:
    """A list of texts, in capitals.

    Raises:
        FactsInvalid: it is none.
    """
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise FactsInvalid(place, "A list of texts is wanted.")
    return [each.strip().upper() for each in value]
