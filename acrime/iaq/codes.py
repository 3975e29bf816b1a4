"""NCIC code tables that an immigration status query is read against.

The tables are those of the NIEM 5.0.1 NCIC code lists SEX and OFF; places of birth are those of
the room of individuals. They are one code system among several (see ``acrime.individuals.codes``).
Remarks of the lists about boats and plates are left out.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from acrime.individuals.codes import POB_UNKNOWN as POB_UNKNOWN
from acrime.individuals.codes import is_reference_only as is_reference_only
from acrime.individuals.codes import pob_codes as pob_codes
from acrime.individuals.codes import pob_name as pob_name
from acrime.individuals.codes import reference_note as reference_note

_DATA = Path(__file__).resolve().parent / "data"

OFFENSE_NOT_STATED = "0399"
"""A real NCIC code (immigration) that queries also use when no charge is available."""


@cache
def _table(name: str) -> Mapping[str, str]:
    codes: dict[str, str] = json.loads((_DATA / f"{name}.json").read_text("ascii"))
    return MappingProxyType(codes)


def offense_name(code: str) -> str | None:
    """Name of an offense by its four-digit NCIC code, or None if the code is unknown."""
    return _table("off").get(code)


def sex_name(code: str) -> str | None:
    """Name of an NCIC sex code (F, M or U), or None if the code is unknown."""
    return _table("sex").get(code)


def purpose_name(code: str) -> str | None:
    """What a query with this purpose code is for, or None if no query carries the code.

    C and F are the two that the published query format knows. The others are NCIC's codes for
    checks that the notice lists besides (employment, access, suitability, clearances). No source
    at hand prints their table: a privacy officer compares it before real use, and what such a
    query is about is decided by the program rules or by a person, never by the code's name.
    """
    return _table("pur").get(code)


def purpose_codes() -> Mapping[str, str]:
    """All purposes that a query may state, code to name."""
    return _table("pur")


def offense_codes() -> Mapping[str, str]:
    """All NCIC offenses, code to name, for choice lists."""
    return _table("off")
