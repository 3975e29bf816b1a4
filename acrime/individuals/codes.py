"""Code tables of people: NCIC places of birth, and states as the mail and licenses name them.

The NCIC table is that of the NIEM 5.0.1 code lists (United States, territories, Canada, Mexico,
countries, and the codes that NCIC keeps for reference only). The country codes of IDENT and the
five-letter codes of DHS look alike and mean other things (``CN`` and ``HN`` are the usual traps),
so nothing here may be used to read those.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).resolve().parent / "data"
_REFERENCE_ONLY = "reference_only"
_COUNTRIES = "countries"

POB_UNKNOWN = "XX"
"""NCIC place of birth "unknown", which queries made from fingerprints carry."""

# As the Postal Service abbreviates them, which is not everywhere as NCIC does: Nebraska is NE.
STATES: Mapping[str, str] = MappingProxyType(json.loads((_DATA / "states.json").read_text("ascii")))
UNITED_STATES = "UNITED STATES"
# The United States without a state, unknown, and unlisted.
_NO_COUNTRIES = ("US", POB_UNKNOWN, "YY")


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, dict[str, str]] = json.loads((_DATA / "pob.json").read_text("ascii"))
    return MappingProxyType(tables)


@cache
def _usable() -> Mapping[str, str]:
    tables = _tables()
    return MappingProxyType(
        {
            code: name
            for table, codes in tables.items()
            if table != _REFERENCE_ONLY
            for code, name in codes.items()
        }
    )


def pob_name(code: str) -> str | None:
    """Name of a place of birth by its NCIC code, or None if the code may not be used.

    Codes kept for reference only give None: see ``is_reference_only`` and ``reference_note``.
    """
    return _usable().get(code)


def is_reference_only(code: str) -> bool:
    """Whether NCIC lists the place code for reference only, so that it must not be entered."""
    return code in _tables()[_REFERENCE_ONLY]


def reference_note(code: str) -> str | None:
    """What NCIC says about a reference-only place code (usually which codes to use instead)."""
    return _tables()[_REFERENCE_ONLY].get(code)


def pob_codes() -> Mapping[str, str]:
    """All usable NCIC places of birth, code to name, for choice lists."""
    return _usable()


@cache
def countries() -> tuple[str, ...]:
    """The names of countries, in their order, remarks left out. The United States come first."""
    names = {
        name.partition(" (")[0].partition(" OR UN ")[0]
        for code, name in _tables()[_COUNTRIES].items()
        if code not in _NO_COUNTRIES
    }
    return (UNITED_STATES, *sorted(names))
