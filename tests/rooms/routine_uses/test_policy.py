"""The gate against its reviewed table, ``tests/tables/disclosure.csv``.

What its columns mean is told in ``tests.support.disclosures``.
"""

from dataclasses import replace

import pytest

from routine_uses import policy
from routine_uses.choices import Purpose
from routine_uses.policy import AgreementFacts, DisclosureRequest, Outcome, RecipientFacts
from tests.support import disclosures
from tests.support.disclosures import good_answer

RULES = disclosures.rules()
CASES = disclosures.cases()
FEWEST_CASES = 500
CHECKED = {policy.ACCURACY_KEY: "APV-ACCURACY"}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_every_case_of_the_table(case: dict[str, str]) -> None:
    request = disclosures.request_of(case, RULES)
    verdict = policy.judge(request, disclosures.rule_for(case, RULES))
    assert disclosures.fits(verdict, case, RULES), verdict
    assert all(need.clause and need.question for need in verdict.needs)


def test_the_table_has_names_of_its_own_and_reaches_every_ground() -> None:
    assert len({case["case"] for case in CASES}) == len(CASES) >= FEWEST_CASES
    assert all(case["clause"] for case in CASES)
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
        conditions={each.key: good_answer(each) for each in rule.conditions} | CHECKED,
        approvals=disclosures.APPROVALS,
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


# --- Which letters fit, and why the others do not ----------------------------------------------


def test_each_letter_says_why_it_does_not_fit() -> None:
    request = replace(
        asking("FOREIGN", Purpose.LAW_ENFORCEMENT),
        conditions={"enforcement_agency": "yes"} | CHECKED,
        approvals=disclosures.APPROVALS,
    )
    found = {each.letter: each for each in policy.verdicts_by_letter(request, RULES)}
    assert list(found) == list(RULES)
    assert [letter for letter, each in found.items() if each.suggested] == ["G"]
    assert [need.key for need in found["G"].verdict.needs] == ["assists_enforcement"]
    fitting = [
        letter for letter, each in found.items() if each.verdict.outcome is not Outcome.REFUSED
    ]
    assert fitting == ["G"]
    assert found["J"].verdict.reasons == (
        "Routine use J does not reach this kind of recipient.",
        "Routine use J does not serve this purpose.",
    )
    assert found["EE"].verdict.reasons[-1] == (
        "Routine use EE does not carry: Immigration status, Name."
    )
    assert found["X"].verdict.quote == "words of X"
    assert all(each.title == RULES[letter].title for letter, each in found.items())


def test_an_agreement_that_ran_out_is_among_the_reasons() -> None:
    lapsed = AgreementFacts("MOU 7", frozenset({"P"}), in_force=False)
    request = replace(
        asking("FOREIGN", Purpose.INTERNATIONAL_ARRANGEMENT),
        recipient=RecipientFacts("FOREIGN", agreements=(lapsed,)),
    )
    found = {each.letter: each for each in policy.verdicts_by_letter(request, RULES)}
    assert found["P"].verdict.reasons == (
        "Routine use P rests on an agreement, and none with the recipient is in force.",
    )
    assert not any(each.suggested for each in found.values())
