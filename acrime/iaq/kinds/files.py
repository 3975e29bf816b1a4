"""The kinds that come with the portal, from their file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from acrime.iaq.conclusions import ResponseKind

FILE = Path(__file__).parent / "first.toml"


@cache
def first_kinds() -> Mapping[str, ResponseKind]:
    """Version 1 of each kind by its code, in the order of the file."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        code: ResponseKind(
            code=code,
            version=1,
            label=each["label"],
            headline=each["headline"],
            lead=each["lead"],
            required_fields=tuple(each["required"]),
            optional_fields=tuple(each["optional"]),
            closing=tuple(each["closing"]),
            needs_person=each.get("needs_person", True),
            supervisor_reviews=each.get("supervisor_reviews", False),
        )
        for code, each in data.items()
    }
