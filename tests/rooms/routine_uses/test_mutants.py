"""Every mutant of the gate is killed by the reviewed table.

Each rule's outcome is flipped; each condition, accepted value, recipient, body, purpose,
field and exclusion of each rule is dropped, each limit widened; each test, operand and
operator of the deciding functions is changed. A mutant that no case kills is a rule that
nobody has looked at: the answer is a case, not an exception to this test.
"""

import sys
from collections.abc import Iterable

import pytest

from routine_uses import policy
from tests.support import disclosures, mutation
from tests.support.mutation import Mutant

RULES = disclosures.rules()
ASKED = [
    (case, disclosures.request_of(case, RULES), disclosures.rule_for(case, RULES))
    for case in disclosures.cases()
]
# Fewer would mean that something is no longer changed.
FEWEST_RULE_MUTANTS = 550
FEWEST_CODE_MUTANTS = 100


def ground(case: disclosures.Case) -> str:
    return case["letter"] if case["paragraph"] == "b3" else case["paragraph"]


def is_killed(mutant: Mutant) -> bool:
    """Whether a case is answered otherwise than the table says, or not at all."""
    for case, request, rule in ASKED:
        if mutant.ground and ground(case) != mutant.ground:
            continue
        try:
            if not disclosures.fits(mutant.judge(request, rule), case, RULES):
                return True
        except Exception:  # noqa: BLE001  # a gate that breaks is noticed, however it breaks
            return True
    return False


def told(mutants: Iterable[Mutant]) -> tuple[int, list[str]]:
    """How many there are, and the names of those that live."""
    found = list(mutants)
    return len(found), [mutant.name for mutant in found if not is_killed(mutant)]


def test_the_gate_itself_lives() -> None:
    assert not is_killed(Mutant("no change", "", policy.judge))


def test_every_mutant_of_the_rules_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    total, alive = told(mutation.mutants_of_rules(RULES))
    with capsys.disabled():
        sys.stdout.write(f"\nmutants of the rules: {total - len(alive)}/{total} killed\n")
    assert alive == []
    assert total >= FEWEST_RULE_MUTANTS


def test_every_mutant_of_the_code_is_killed(capsys: pytest.CaptureFixture[str]) -> None:
    total, alive = told(mutation.mutants_of_code())
    with capsys.disabled():
        sys.stdout.write(f"\nmutants of the code: {total - len(alive)}/{total} killed\n")
    assert alive == []
    assert total >= FEWEST_CODE_MUTANTS


def test_each_rule_and_each_condition_has_its_mutants() -> None:
    names = {mutant.name for mutant in mutation.mutants_of_rules(RULES)}
    for name, rule in [*RULES.items(), *policy.PARAGRAPHS.items()]:
        assert f"{name}: outcome flipped" in names
        for condition in rule.conditions:
            assert f"{name}: condition {condition.key} dropped" in names
