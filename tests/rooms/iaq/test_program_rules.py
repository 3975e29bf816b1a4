"""Rules that choose the program of a query: pure, case by case, and tables that are wrong."""

import csv
import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acrime.iaq.choices import UNDECIDED, ProgramBasis
from acrime.iaq.codes import purpose_codes
from acrime.iaq.policy import PROGRAM_RULES
from acrime.iaq.programs.actions import DEFAULTS
from acrime.iaq.programs.policy import (
    Rule,
    Submission,
    Table,
    compare,
    content_of,
    decide,
    digest_of,
    own_hours,
    problems,
    says_registrant,
    table_of,
)
from routine_uses.choices import Program

TABLES = Path(__file__).resolve().parents[2] / "tables"
CONTENT: dict[str, Any] = content_of(table_of(tomllib.loads(DEFAULTS.read_text("utf-8"))))
TABLE = table_of(CONTENT)
LETTERS = ("H", "I", "J", "X", "Z", "AA")
ITEMS = tuple(rule.schedule_code for rule in PROGRAM_RULES.values())

with (TABLES / "programs.csv").open(newline="", encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))


def submission(case: dict[str, str]) -> Submission:
    return Submission(
        **{name: case[name] for name in
           ("purpose", "sender", "origin", "remarks", "tot", "reason", "tcn")},
        fingerprints=case["fingerprints"] == "yes",
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_shipped_rules_decide_as_the_table_says(case: dict[str, str]) -> None:
    decision = decide(submission(case), TABLE)

    assert (decision.program, decision.basis) == (case["program"], case["basis"])
    assert set(decision.rules) == set(case["rules"].split())


def test_every_shipped_rule_and_program_has_a_case() -> None:
    assert {key for case in CASES for key in case["rules"].split()} == {
        rule.key for rule in TABLE.rules
    }
    assert {case["program"] for case in CASES} == {*Program.values, UNDECIDED}
    assert all(case["source"] for case in CASES)


def test_every_purpose_is_decided_by_a_rule_or_waits() -> None:
    plain = Submission(purpose="C", sender="VT0040100", origin="VT0040100")
    decided = {
        code: decide(replace(plain, purpose=code), TABLE).program for code in purpose_codes()
    }

    assert decided == {
        "C": "CRIMINAL", "F": "BRADY", "E": "NONCRIMINAL", "I": "NONCRIMINAL",
        "J": "NONCRIMINAL", "S": UNDECIDED,
    }  # fmt: skip


def test_without_a_table_nothing_is_decided() -> None:
    query = Submission(purpose="C", sender="VT0040100", origin="VT0040100")

    assert decide(query, None).program == UNDECIDED
    assert decide(query, None).basis == ProgramBasis.NO_RULE
    assert not says_registrant(query, None)


RULES = st.builds(
    Rule,
    key=st.sampled_from(["a", "b", "c", "d", "e"]),
    rank=st.integers(1, 4),
    program=st.sampled_from(Program.values),
    purposes=st.sampled_from([(), ("C",), ("F", "C")]),
    remarks=st.sampled_from([(), ("NSOR",), ("OPM", "NSOR")]),
)


@given(
    rules=st.lists(RULES, max_size=8, unique_by=lambda rule: rule.key),
    purpose=st.sampled_from(sorted(purpose_codes())),
    remarks=st.sampled_from(["", "NSOR", "OPM", "OPM NSOR"]),
)
def test_no_table_lets_out_what_a_rule_shuts_in(
    rules: list[Rule], purpose: str, remarks: str
) -> None:
    """Whatever the rules, what one of them takes for a registration is that or nothing."""
    query = Submission(purpose, "VT0040100", "VT0040100", remarks)
    decision = decide(query, Table(TABLE.terms, tuple(rules)))
    fitting = [rule for rule in rules if rule.fits(query)]

    if any(rule.program == Program.SEX_OFFENDER for rule in fitting):
        assert decision.program in {Program.SEX_OFFENDER, UNDECIDED}
        assert says_registrant(query, Table(TABLE.terms, tuple(rules)))
    # Never a guess: a program rests on rules of the first rank, and all of them say the same.
    if decision.program != UNDECIDED:
        first = min(rule.rank for rule in fitting)
        assert {rule.program for rule in fitting if rule.rank == first} == {decision.program}
        assert decision.rules
    else:
        assert (decision.basis == ProgramBasis.NO_RULE) == (not fitting)


def test_the_order_of_the_rules_does_not_matter() -> None:
    backwards = Table(TABLE.terms, tuple(reversed(TABLE.rules)))
    for case in CASES:
        one, other = decide(submission(case), TABLE), decide(submission(case), backwards)
        assert (one.program, one.basis, set(one.rules)) == (
            other.program,
            other.basis,
            set(other.rules),
        )


@pytest.mark.parametrize(
    ("conditions", "query", "fits"),
    [
        ({"senders": ("WV*",)}, {"sender": "WVFBIID00"}, True),
        ({"senders": ("WVFBIID00",)}, {"sender": "WVFBIID01"}, False),
        ({"origins": ("VT*", "NH*")}, {"origin": "NH0000007"}, True),
        ({"origins": ("VT*",)}, {"sender": "VT0000007", "origin": "NH0000007"}, False),
        ({"remarks": ("A/B",)}, {"remarks": "see a/b."}, True),
        ({"remarks": ("A.B",)}, {"remarks": "AXB"}, False),
        ({"reasons": ("VISA",)}, {"reason": "VISA APPLICANT"}, True),
        ({"tots": ("NFUF",)}, {"tot": "CAR"}, False),
        ({"tcns": ("sscn", "abc")}, {"tcn": "sscn2026"}, True),
        ({"tcns": ("sscn",)}, {"tcn": "xsscn"}, False),
        ({"fingerprints": "no"}, {"fingerprints": True}, False),
        ({"fingerprints": "yes"}, {"fingerprints": True}, True),
        ({"purposes": ("C",), "tots": ("CAR",)}, {"tot": "CAR"}, True),
        ({"purposes": ("F",), "tots": ("CAR",)}, {"tot": "CAR"}, False),
    ],
)
def test_each_condition(conditions: dict[str, Any], query: dict[str, Any], fits: bool) -> None:
    asked = {"purpose": "C", "sender": "VT0040100", "origin": "VT0040100", **query}

    rule = Rule(key="a", rank=1, program="CRIMINAL", **conditions)
    assert rule.fits(Submission(**asked)) is fits
    assert len(rule.conditions) == len(conditions)


def test_the_target_is_the_programs_and_the_strictest_while_none_is_decided() -> None:
    def with_hours(**hours: int) -> Table:
        changed = {code: replace(TABLE.terms[code], hours=given) for code, given in hours.items()}
        return Table({**TABLE.terms, **changed}, TABLE.rules)

    slow, quick = with_hours(NONCRIMINAL=24), with_hours(NONCRIMINAL=24, BRADY=2)
    assert own_hours("NONCRIMINAL", slow, general=4) == 24
    assert own_hours("CRIMINAL", slow, general=4) is None
    assert own_hours(UNDECIDED, slow, general=4) == 4
    assert own_hours(UNDECIDED, quick, general=4) == 2
    assert own_hours("CRIMINAL", None, general=4) is None


# --- Tables that are wrong -------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    content = content_of(TABLE)
    change(content)
    return content


def _rule(**values: Any) -> Change:
    return lambda content: content["rules"][0].update(values)


def _terms(program: str, **values: Any) -> Change:
    def change(content: dict[str, Any]) -> None:
        next(each for each in content["programs"] if each["program"] == program).update(values)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.pop("rules"), "No rule finds sex offender registrants"),
        (lambda content: content.update(rules={}), "has programs and rules"),
        (lambda content: content["programs"].pop(), "stand there 0 times"),
        (lambda content: content["programs"].append(content["programs"][0]), "2 times"),
        (lambda content: content["programs"][0].pop("letters"), "incomplete"),
        (lambda content: content["rules"].append(dict(content["rules"][0])), "Two rules"),
        (lambda content: content["rules"].extend([dict(content["rules"][0])] * 200), "more than"),
        (_rule(key="Not A Key"), "small letters"),
        (_rule(rank=0), "rank is from 1"),
        (_rule(rank=True), "rank is from 1"),
        (_rule(rank="10"), "rank is from 1"),
        (_rule(program="OTHER"), "no such program"),
        (_rule(more="x"), "more than a rule can"),
        (_rule(senders=["WV**"]), "nine capital letters"),
        (_rule(origins=["vt0040100"]), "nine capital letters"),
        (_rule(origins=["*"]), "nine capital letters"),
        (_rule(remarks=["lower case"]), "in capitals"),
        (_rule(remarks=[""]), "in capitals"),
        (_rule(tots=["TOOLONG"]), "two to five capitals"),
        (_rule(tcns=["a b"]), "letters, digits and hyphens"),
        (_rule(purposes=["Q"]), "purpose code is unknown"),
        (_rule(fingerprints="maybe"), "yes, no or left open"),
        (_rule(note=" "), "say why"),
        (_rule(reasons=[]), "without a condition"),
        (_terms("CRIMINAL", schedule_code="NONE"), "no such retention item"),
        (_terms("CRIMINAL", letters=["QQ"]), "no routine use"),
        (_terms("CRIMINAL", recipients=["ANYBODY"]), "type of recipient"),
        (_terms("CRIMINAL", letters=[]), "under which letter"),
        (_terms("CRIMINAL", recipients=[]), "whom"),
        (_terms("CRIMINAL", hours=0), "from 1 to"),
        (_terms("SEX_OFFENDER", letters=["X"]), "stays inside ICE"),
        (_terms("SEX_OFFENDER", recipients=["FEDERAL"]), "stays inside ICE"),
    ],
)
def test_a_wrong_table_is_refused_with_the_reason(change: Change, said: str) -> None:
    found = problems(changed(change), letters=LETTERS, schedule_codes=ITEMS)

    assert any(said in each for each in found), found


def test_the_shipped_table_is_right() -> None:
    assert problems(CONTENT, letters=LETTERS, schedule_codes=ITEMS) == []
    assert all(rule.note for rule in TABLE.rules)
    assert {code: terms.schedule_code for code, terms in TABLE.terms.items()} == {
        code: rule.schedule_code for code, rule in PROGRAM_RULES.items() if code != UNDECIDED
    }


def test_no_table_can_do_without_the_rule_that_shuts_in() -> None:
    def open_the_door(content: dict[str, Any]) -> None:
        content["rules"] = [
            rule for rule in content["rules"] if rule["program"] != Program.SEX_OFFENDER
        ]

    found = problems(changed(open_the_door), letters=LETTERS, schedule_codes=ITEMS)
    assert found == [
        "No rule finds sex offender registrants: nothing would keep their answers inside ICE."
    ]


def test_content_and_digest_do_not_depend_on_the_order() -> None:
    again = content_of(table_of({**CONTENT, "rules": list(reversed(CONTENT["rules"]))}))

    assert again == CONTENT
    assert digest_of(dict(reversed(again.items()))) == digest_of(CONTENT)
    assert digest_of(changed(_rule(rank=11))) != digest_of(CONTENT)


def test_differences_are_told_one_by_one() -> None:
    new = table_of(changed(_terms("NONCRIMINAL", hours=24)))
    rules = tuple(
        replace(rule, purposes=("C", "S")) if rule.key == "criminal-justice" else rule
        for rule in new.rules
        if rule.key != "firearm"
    )
    added = Rule(key="new-one", rank=5, program="OPM", origins=("USOPM*",), note="x")
    found = compare(TABLE, Table(new.terms, (*rules, added)))

    assert [(each.kind, each.name) for each in found] == [
        ("changed", "Non-criminal check"),
        ("changed", "Rule criminal-justice"),
        ("removed", "Rule firearm"),
        ("added", "Rule new-one"),
    ]
    assert found[0].details == ("hours: nothing → 24",)
    assert found[1].details == ("purposes: C → C, S",)
    assert compare(TABLE, TABLE) == []


def test_the_sex_offender_program_never_reaches_anybody() -> None:
    for program, field in product([Program.SEX_OFFENDER], ("letters", "recipients")):
        assert getattr(TABLE.terms[program], field) == ()
    assert PROGRAM_RULES[Program.SEX_OFFENDER].inside_only
    assert PROGRAM_RULES[UNDECIDED].inside_only
