"""What a reader is shown of a query: what could be used, else what came, and why."""

from datetime import datetime
from typing import Any

import pytest

from acrime.iaq.presentation import asked_facts, identity_facts
from tests.factories import make_query, message_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice")]


def shown(at: datetime, *, opened: Any = True, **fields: Any) -> dict[str, tuple[str, str]]:
    """Label → value and note of every fact of a query with these fields."""
    query = make_query(message_bytes(**fields), at=at)
    facts = [*identity_facts(query, opened=opened), *asked_facts(query)]
    return {fact.label: (str(fact.value or ""), fact.note) for fact in facts}


def test_what_could_be_used_is_shown_in_its_own_form(at: datetime) -> None:
    facts = shown(at, DOB="19840309", SEX="F", POB="HD", SOC="536-22-1234")
    assert facts["Date of birth (DOB)"] == ("Mar 9, 1984", "")
    assert facts["Sex (SEX)"][0] == "F – FEMALE"
    assert facts["Place of birth (POB)"] == ("HD – HONDURAS", "NCIC code")
    assert facts["Social Security (SOC)"] == ("536221234", "")


def test_numbers_are_masked_until_they_are_opened(at: datetime) -> None:
    facts = shown(
        at, opened=False, ARN="A099000123", SID="VT00000042", FBI="12X", SOC="536-22-1234"
    )
    assert facts["A-Number (ARN)"][0] == "••••••123"
    assert facts["State ID (SID)"][0] == "••••••042"
    assert facts["Social Security (SOC)"][0] == "••••••234"
    # Of a short number nothing is told, and what was set aside may be somebody's all the same.
    assert facts["FBI number (FBI)"][0] == "•••••••••"


@pytest.mark.parametrize(
    ("label", "tag", "received"),
    [
        ("State ID (SID)", "SID", "XXXXXXXXXX"),
        ("Place of birth (POB)", "POB", "CN"),
        ("Offense (OFF)", "OFF", "9998"),
        ("Date of birth (DOB)", "DOB", "000000"),
        ("A-Number (ARN)", "ARN", "A12"),
    ],
)
def test_what_was_set_aside_is_shown_as_it_came_with_the_reason(
    label: str, tag: str, received: str, at: datetime
) -> None:
    value, note = shown(at, **{tag: received})[label]
    assert value == received
    assert note


def test_a_social_security_number_that_was_set_aside_is_not_shown(at: datetime) -> None:
    value, note = shown(at, SOC="900-12-3456")["Social Security (SOC)"]
    assert value == ""
    assert note


def test_a_placeholder_is_no_name(at: datetime) -> None:
    assert shown(at, NAM="CPI,CPI")["Name (NAM)"][0] == "Name not provided"
