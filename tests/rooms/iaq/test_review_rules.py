"""Rules of review: who looks once more, what differs between versions, what a checklist asks."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.iaq.choices import ResearchSource
from acrime.iaq.kinds.files import first_kinds
from acrime.iaq.research.choices import StepResult
from acrime.iaq.research.policy import checklists, checks, open_steps, was_researched
from acrime.iaq.reviewing.choices import Further
from acrime.iaq.reviewing.policy import (
    DRAWS,
    differences,
    draw,
    further_review,
    is_sampled,
    may_review_further,
    speaks_of_citizenship,
)
from routine_uses.choices import Program


def digest(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


@pytest.mark.parametrize("percent", ["0", "2.5", "10", "50", "100"])
def test_a_share_is_drawn_as_large_as_it_was_set(percent: str) -> None:
    drawn = sum(is_sampled(digest(each), percent=Decimal(percent)) for each in range(4000))
    share = float(percent) / 100
    # Four standard deviations of a fair draw.
    spread = 4 * (share * (1 - share) / 4000) ** 0.5
    assert abs(drawn / 4000 - share) <= spread


def test_the_same_query_is_drawn_alike_for_ever() -> None:
    assert draw(digest(1)) == draw(digest(1))
    assert min(draw(digest(each)) for each in range(500)) >= 0
    assert max(draw(digest(each)) for each in range(500)) < DRAWS


def test_a_higher_rate_keeps_whom_a_lower_one_drew() -> None:
    for each in range(300):
        low = is_sampled(digest(each), percent=Decimal("5"))
        assert not low or is_sampled(digest(each), percent=Decimal("20"))


CITIZENS = [
    ("NATURALIZED", True),
    ("NATURALIZED_CITIZEN", True),
    ("CITIZEN_CLAIM", True),
    ("US_CITIZEN", True),
    ("DERIVED_CITIZENSHIP", True),
    ("LAWFUL_PERMANENT_RESIDENT", False),
    ("PREVIOUSLY_REMOVED", False),
    ("IN_PROCEEDINGS", False),
    ("NO_RECORD", False),
    ("MORE_INFORMATION_NEEDED", False),
]


@pytest.mark.parametrize(("kind", "expected"), CITIZENS)
def test_which_conclusions_speak_of_citizenship(kind: str, expected: bool) -> None:
    assert speaks_of_citizenship(kind) is expected


def test_every_conclusion_that_there_is_was_looked_at() -> None:
    """A kind whose label speaks of a citizen goes to a supervisor, whatever its code."""
    for kind in first_kinds().values():
        if "citizen" in kind.label.lower() or "naturali" in kind.label.lower():
            assert speaks_of_citizenship(kind.code), kind.code
            assert kind.supervisor_reviews


FURTHER = [
    # kind, a claim was noted, rate, expected
    ("NATURALIZED", False, "0", Further.CITIZEN),
    ("NO_RECORD", True, "0", Further.CITIZEN),
    ("LAWFUL_PERMANENT_RESIDENT", True, "100", Further.CITIZEN),
    ("LAWFUL_PERMANENT_RESIDENT", False, "0", Further.NONE),
    ("LAWFUL_PERMANENT_RESIDENT", False, "100", Further.SAMPLE),
]


@pytest.mark.parametrize(("kind", "claimed", "percent", "expected"), FURTHER)
def test_what_is_looked_at_once_more(
    kind: str, claimed: bool, percent: str, expected: Further
) -> None:
    assert (
        further_review(
            kind=kind, citizenship_claimed=claimed, digest=digest(7), percent=Decimal(percent)
        )
        is expected
    )


@pytest.mark.parametrize(
    ("reviewer", "supervises", "expected"),
    [(3, True, True), (3, False, False), (1, True, False), (2, True, False)],
)
def test_who_looks_once_more(reviewer: int, supervises: bool, expected: bool) -> None:
    assert (
        may_review_further(reviewer=reviewer, author=1, first_reviewer=2, supervises=supervises)
        is expected
    )


def test_differences_come_in_the_order_of_the_message() -> None:
    before = {"kind": "NO_RECORD", "name": "A", "dob": "1979-04-15", "sid": ["VT1"], "basis": "x"}
    after = {"kind": "IN_PROCEEDINGS", "name": "A", "arn": "A1", "sid": ["VT2"], "basis": "x"}
    found = differences(before, after)
    assert {each.key: (each.before, each.after) for each in found} == {
        "kind": ("NO_RECORD", "IN_PROCEEDINGS"),
        "dob": ("1979-04-15", ""),
        "arn": ("", "A1"),
        "sid": (["VT1"], ["VT2"]),
    }
    assert found[0].key == "kind"


facts = st.dictionaries(
    st.sampled_from(["name", "dob", "arn", "kind", "basis", "of old"]), st.sampled_from("abc")
)


@given(before=facts, after=facts)
def test_what_differs_is_told_and_nothing_else(
    before: dict[str, str], after: dict[str, str]
) -> None:
    told = {each.key for each in differences(before, after)}
    assert told == {
        key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    }


# --- Checklists ---------------------------------------------------------------------------------

F, N, A, U = (
    StepResult.FOUND,
    StepResult.NOT_FOUND,
    StepResult.NOT_AVAILABLE,
    StepResult.NOT_NEEDED,
)
STEPS = [
    # program, steps, required and open, was anything researched
    ("CRIMINAL", [], ("CIS",), False),
    ("CRIMINAL", [("CIS", F)], (), True),
    ("CRIMINAL", [("CIS", N)], (), True),
    ("CRIMINAL", [("CIS", U)], (), False),
    ("CRIMINAL", [("CIS", A)], ("CIS",), False),
    ("CRIMINAL", [("CIS", A), ("CIS", F)], (), True),
    ("CRIMINAL", [("CIS", F), ("CIS", A)], (), True),
    ("CRIMINAL", [("IDENT", F)], ("CIS",), True),
    ("OPM", [("CIS", F)], ("CLAIMS",), True),
    ("SPECIAL_EVENT", [("OTHER", F)], ("CIS", "EID"), True),
]


@pytest.mark.parametrize(("program", "steps", "left", "researched"), STEPS)
def test_what_of_a_checklist_is_open(
    program: str, steps: list[tuple[str, str]], left: tuple[str, ...], researched: bool
) -> None:
    assert open_steps(program, steps) == left
    assert was_researched(steps) is researched


def test_a_source_that_was_down_stays_to_be_done_by_hand() -> None:
    (check,) = [each for each in checks("CRIMINAL", [("CIS", A)]) if each.source == "CIS"]
    assert (check.done, check.by_hand, check.required) == (False, True, True)
    (check,) = [
        each for each in checks("CRIMINAL", [("CIS", A), ("CIS", N)]) if each.source == "CIS"
    ]
    assert (check.done, check.by_hand) == (True, False)


def test_each_program_has_a_checklist_of_sources_that_there_are() -> None:
    assert set(checklists()) == set(Program.values)
    for checklist in checklists().values():
        listed = [*checklist.required, *checklist.usual]
        assert checklist.required
        assert len(listed) == len(set(listed))
        assert set(listed) <= set(ResearchSource.values)
