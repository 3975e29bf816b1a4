"""NCIC code tables that an immigration status query is read against.

The tables are those of the NIEM 5.0.1 NCIC code lists: POB (United States, territories, Canada,
Mexico, countries, and the codes that NCIC keeps for reference only), SEX and OFF. They are one
code system among several: the country codes of IDENT encounters and the five-letter country codes
of DHS records look alike and mean other things (``CN`` and ``HN`` are the usual traps), so nothing
here may be used to read those. Remarks of the lists about boats and plates are left out.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).resolve().parent / "data"
_REFERENCE_ONLY = "reference_only"

POB_UNKNOWN = "XX"
"""NCIC place of birth "unknown", which queries made from fingerprints carry."""

OFFENSE_NOT_STATED = "0399"
"""A real NCIC code (immigration) that queries also use when no charge is available."""


@cache
def _places() -> tuple[Mapping[str, str], Mapping[str, str]]:
    tables: dict[str, dict[str, str]] = json.loads((_DATA / "pob.json").read_text("ascii"))
    usable: dict[str, str] = {}
    for table, codes in tables.items():
        if table != _REFERENCE_ONLY:
            usable.update(codes)
    return MappingProxyType(usable), MappingProxyType(tables[_REFERENCE_ONLY])


@cache
def _table(name: str) -> Mapping[str, str]:
    codes: dict[str, str] = json.loads((_DATA / f"{name}.json").read_text("ascii"))
    return MappingProxyType(codes)


def pob_name(code: str) -> str | None:
    """Name of a place of birth by its NCIC code, or None if the code may not be used.

    Codes kept for reference only give None: see ``is_reference_only`` and ``reference_note``.
    """
    return _places()[0].get(code)


def is_reference_only(code: str) -> bool:
    """Whether NCIC lists the place code for reference only, so that it must not be entered."""
    return code in _places()[1]


def reference_note(code: str) -> str | None:
    """What NCIC says about a reference-only place code (usually which codes to use instead)."""
    return _places()[1].get(code)


def offense_name(code: str) -> str | None:
    """Name of an offense by its four-digit NCIC code, or None if the code is unknown."""
    return _table("off").get(code)


def sex_name(code: str) -> str | None:
    """Name of an NCIC sex code (F, M or U), or None if the code is unknown."""
    return _table("sex").get(code)


def pob_codes() -> Mapping[str, str]:
    """All usable NCIC places of birth, code to name, for choice lists."""
    return _places()[0]


def offense_codes() -> Mapping[str, str]:
    """All NCIC offenses, code to name, for choice lists."""
    return _table("off")
