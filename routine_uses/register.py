"""The register of ICE's privacy documents, and what each has to do with this system.

It lies in ``reference/privacy_documents.toml``, in our own words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "reference" / "privacy_documents.toml"

RELATIONS: Mapping[str, str] = {
    "SELF": "Speaks of this system",
    "SUCCESSOR": "Takes over a part of it",
    "SOURCE": "Consulted in answering a query",
    "ONWARD": "May receive what is found here",
    "OVERSIGHT": "Serves requests or litigation about its records",
    "NEIGHBOR": "Shares people or purposes with it",
    "NONE": "Nothing to do with it",
}


@dataclass(frozen=True)
class PrivacyDocument:
    """One privacy impact assessment. ``date`` is None where the list gives none."""

    number: str
    title: str
    date: date | None
    about: str
    relation: str
    how: str

    @property
    def relation_label(self) -> str:
        """The relation in words."""
        return RELATIONS[self.relation]

    @property
    def concerns_us(self) -> bool:
        """Whether it speaks of this system or takes over a part of it."""
        return self.relation in ("SELF", "SUCCESSOR")


@dataclass(frozen=True)
class Register:
    """The documents in the order of their numbers, and where the list was published."""

    source: str
    documents: tuple[PrivacyDocument, ...]


@cache
def register() -> Register:
    """The register as its file tells it.

    Raises:
        KeyError: an entry lacks something.
        ValueError: a relation is not known.
    """
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    documents = tuple(
        PrivacyDocument(
            number=each["number"],
            title=each["title"],
            date=each.get("date"),
            about=each["about"],
            relation=each["relation"],
            how=each["how"],
        )
        for each in content["documents"]
    )
    unknown = {each.relation for each in documents} - RELATIONS.keys()
    if unknown:
        raise ValueError(f"Relations that are not known: {', '.join(sorted(unknown))}")
    return Register(content["source"], documents)
