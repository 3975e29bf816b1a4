"""The words of the terms, from their file."""

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "reference" / "redisclosure_terms.toml"


@dataclass(frozen=True)
class Term:
    """One term as it is printed.

    Attributes:
        text: paragraphs, one a line, in printable ASCII.
        in_response: whether the layout of the status response says it already.
        version: of the file that it was taken from.
    """

    code: str
    title: str
    clause: str
    text: str
    in_response: bool
    version: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs of the text."""
        return tuple(self.text.splitlines())

    def as_data(self) -> dict[str, str | bool]:
        """As it is kept with a disclosure: the words of that day."""
        return asdict(self)


@cache
def every_term() -> dict[str, Term]:
    """All terms by code."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    version = data["version"]
    return {
        code: Term(code=code, version=version, **facts | {"text": facts["text"].strip()})
        for code, facts in data["terms"].items()
    }


def in_words(codes: Iterable[str]) -> list[Term]:
    """The terms of *codes*, in that order.

    Raises:
        KeyError: a code has no words.
    """
    return [every_term()[code] for code in codes]
