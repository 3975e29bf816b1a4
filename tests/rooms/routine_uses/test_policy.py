"""The gate against its reviewed table, ``tests/tables/disclosure.csv``.

Columns: ``recipient`` is a type, or type/body; ``fields``, ``protections``, ``flags``
and ``needs`` are lists with bars between. ``conditions`` are ``key=value`` with blanks
between; ``all`` first answers every condition of the ground as it wants to be, and
``-key`` takes one away again. ``clause`` is part of the clause that the verdict must
name; ``needs`` are the keys asked for, in order.
"""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from routine_uses import notice_files, policy
from routine_uses.choices import Answer, Purpose
from routine_uses.policy import DisclosureRequest, Outcome, RecipientFacts

TABLES = Path(__file__).resolve().parents[2] / "tables"
NOTICE = Path(notice_files.__file__).parent / "notices" / "dhs-ice-007-2013.toml"

RULES = notice_files.parse(NOTICE.read_bytes()).rules()
with (TABLES / "disclosure.csv").open(encoding="utf-8", newline="") as table:
    CASES = list(csv.DictReader(table))


def listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("|")))


def good_answer(condition: policy.Condition) -> str:
    if condition.answer == Answer.CHOICE.value:
        return condition.accepted[0]
    return "yes" if condition.answer == Answer.YES.value else "document 12 of 3 May"


def answers(text: str, ground: policy.Rule | None) -> dict[str, policy.ConditionValue]:
    given: dict[str, policy.ConditionValue] = {}
    for word in text.split():
        key, _, value = word.partition("=")
        if word == "all":
            assert ground is not None
            given |= {each.key: good_answer(each) for each in ground.conditions}
        elif word.startswith("-"):
            del given[word[1:]]
        else:
            given[key] = value
    return given


def request_of(case: dict[str, str]) -> tuple[DisclosureRequest, policy.Rule | None]:
    rule = RULES.get(case["letter"])
    kind, _, tag = case["recipient"].partition("/")
    flags = listed(case["flags"])
    ground = rule if case["paragraph"] == "b3" else policy.PARAGRAPHS.get(case["paragraph"])
    request = DisclosureRequest(
        paragraph=case["paragraph"],
        letter=case["letter"],
        recipient=RecipientFacts(
            kind, tag, is_bail_bond="bail_bond" in flags, inside_dhs="inside_dhs" in flags
        ),
        fields=listed(case["fields"]),
        purpose=case["purpose"],
        program=case["program"],
        conditions=answers(case["conditions"], ground),
        accuracy_checked_by=case["accuracy_checked_by"],
        protections=listed(case["protections"]),
        disputed="disputed" in flags,
        statement_attached="statement" in flags,
    )
    return request, rule


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_every_case_of_the_table(case: dict[str, str]) -> None:
    request, rule = request_of(case)
    verdict = policy.judge(request, rule)
    assert verdict.outcome == case["outcome"], verdict
    assert case["clause"] in verdict.clause, verdict
    assert "|".join(need.key for need in verdict.needs) == case["needs"]
    assert verdict.reasons
    assert all(need.clause and need.question for need in verdict.needs)


def test_the_table_has_names_of_its_own_and_reaches_every_ground() -> None:
    assert len({case["case"] for case in CASES}) == len(CASES)
    for outcome in (Outcome.ALLOWED, Outcome.REFUSED):
        reached = {case["letter"] for case in CASES if case["outcome"] == outcome}
        assert reached >= set(RULES)
    assert {case["paragraph"] for case in CASES} >= set(policy.PARAGRAPHS) | {"b3", "b12"}


@pytest.mark.parametrize("letter", list(RULES))
def test_leaving_out_any_condition_of_a_routine_use_is_a_need(letter: str) -> None:
    rule = RULES[letter]
    request = DisclosureRequest(
        paragraph="b3",
        letter=letter,
        recipient=RecipientFacts(min(rule.recipients), min(rule.tags, default="")),
        fields=rule.only_fields or frozenset({"NAME"}),
        purpose=min(rule.purposes),
        conditions={each.key: good_answer(each) for each in rule.conditions},
        accuracy_checked_by="A. Analyst",
    )
    assert policy.judge(request, rule).allowed
    for condition in rule.conditions:
        given = {k: v for k, v in request.conditions.items() if k != condition.key}
        without = replace(request, conditions=given)
        verdict = policy.judge(without, rule)
        assert verdict.outcome is Outcome.NEEDS
        assert [need.key for need in verdict.needs] == [condition.key]


def asking(kind: str, purpose: Purpose, *, tag: str = "", **conditions: bool) -> DisclosureRequest:
    return DisclosureRequest(
        paragraph="b3",
        recipient=RecipientFacts(kind, tag),
        fields=frozenset({"NAME", "IMMIGRATION_STATUS"}),
        purpose=purpose.value,
        conditions=conditions,
    )


@pytest.mark.parametrize(
    ("request_", "letter"),
    [
        (asking("FEDERAL", Purpose.FINGERPRINT_QUERY, tag="FBI_CJIS", fingerprint_based=True), "X"),
        (asking("FEDERAL", Purpose.STATUS_VERIFICATION, tag="FBI_CJIS"), "J"),
        (asking("LOCAL", Purpose.STATUS_VERIFICATION, fingerprint_based=True), "J"),
        (asking("FOREIGN", Purpose.STATUS_VERIFICATION), ""),
        (asking("STATE", Purpose.FIREARM_CHECK, firearm_check=True), "I"),
        (asking("STATE", Purpose.FIREARM_CHECK, firearm_check=False), ""),
        (asking("FEDERAL", Purpose.EVENT_SCREENING), "H"),
        (asking("FEDERAL", Purpose.SUITABILITY), "Z"),
        (asking("FEDERAL", Purpose.PRIVATE_RELIEF, tag="OMB"), "Q"),
        (asking("MEDIA", Purpose.PUBLIC_INTEREST), "GG"),
    ],
)
def test_the_narrowest_letter_is_suggested(request_: DisclosureRequest, letter: str) -> None:
    assert policy.suggested_letter(request_, RULES) == letter


def test_answering_questions_does_not_change_the_suggestion() -> None:
    bare = asking("FEDERAL", Purpose.SUITABILITY)
    answered = asking("FEDERAL", Purpose.SUITABILITY, dhs_finds_relevant=True, dhs_finds_risk=True)
    assert policy.suggested_letter(bare, RULES) == policy.suggested_letter(answered, RULES) == "Z"
    fitting = dict(policy.letters_that_fit(answered, RULES))
    assert fitting["AA"].allowed
    assert fitting["Z"].outcome is Outcome.NEEDS
