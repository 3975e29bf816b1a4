"""The reviewed table of the gate, ``tests/tables/disclosure.csv``, as requests.

Columns: ``recipient`` is a type, or type/body; ``fields``, ``protections``, ``flags`` and
``needs`` are lists with bars between. ``conditions`` are ``key=value`` with blanks between
(a dot stands for a blank inside a value, ``true`` and ``false`` for themselves); ``all``
first answers every condition of the ground as it wants to be, and ``-key`` takes one away
again. An approval is
answered by its number: ``APV-`` and its kind names one that was granted for this very
disclosure, ``VOID-`` and its kind one that does not hold for it, and anything else is a
word. ``agreements`` are
``reference:letters:state`` with bars between, the state ``in_force`` or ``lapsed``.
``clause`` is part of the clause that the verdict must name; ``needs`` are the keys asked
for, in order; ``why`` is what the reviewer had in mind. Flags: ``inside_dhs``,
``bail_bond``, ``disputed``, ``statement`` (it goes along), ``stale_rule`` (the gate is
handed the rule of another letter).
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from routine_uses import notice_files, policy
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Answer
from routine_uses.policy import (
    ACCURACY_KEY,
    AgreementFacts,
    ApprovalFacts,
    DisclosureRequest,
    RecipientFacts,
    Rule,
)

TABLE = Path(__file__).resolve().parents[1] / "tables" / "disclosure.csv"
NOTICE = Path(notice_files.__file__).parent / "notices" / "dhs-ice-007-2013.toml"

APPROVALS = tuple(
    ApprovalFacts(f"{word}-{kind}", kind, holds=word == "APV")
    for kind in ApprovalKind.values
    for word in ("APV", "VOID")
)
"""One approval of each kind that holds, and one that does not."""

Case = Mapping[str, str]


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rules() -> dict[str, Rule]:
    """The routine uses of the notice of 2013, by letter, each with words to quote."""
    found = notice_files.parse(NOTICE.read_bytes()).rules()
    return {letter: replace(rule, quote=f"words of {letter}") for letter, rule in found.items()}


def listed(text: str) -> frozenset[str]:
    """What stands between bars."""
    return frozenset(filter(None, text.split("|")))


def good_answer(condition: policy.Condition) -> str:
    """What the condition wants to hear."""
    if condition.answer == Answer.APPROVAL.value:
        return f"APV-{condition.approval}"
    if condition.answer == Answer.CHOICE.value:
        return condition.accepted[0]
    return "yes" if condition.answer == Answer.YES.value else "document 12 of 3 May"


def ground_of(case: Case, known: Mapping[str, Rule]) -> Rule | None:
    """The ground that a case claims, where there is one of that name."""
    if case["paragraph"] == "b3":
        return known.get(case["letter"])
    return policy.PARAGRAPHS.get(case["paragraph"])


def request_of(case: Case, known: Mapping[str, Rule]) -> DisclosureRequest:
    """What a case asks the gate."""
    kind, _, tag = case["recipient"].partition("/")
    flags = listed(case["flags"])
    return DisclosureRequest(
        paragraph=case["paragraph"],
        letter=case["letter"],
        recipient=RecipientFacts(
            kind,
            tag,
            is_bail_bond="bail_bond" in flags,
            inside_dhs="inside_dhs" in flags,
            agreements=tuple(map(_agreement, filter(None, case["agreements"].split("|")))),
        ),
        fields=listed(case["fields"]),
        purpose=case["purpose"],
        program=case["program"],
        conditions={
            **_answers(case["conditions"], ground_of(case, known)),
            ACCURACY_KEY: case["accuracy_checked_by"],
        },
        approvals=APPROVALS,
        protections=listed(case["protections"]),
        disputed="disputed" in flags,
        statement_attached="statement" in flags,
    )


def rule_for(case: Case, known: Mapping[str, Rule]) -> Rule | None:
    """The routine use that the gate is handed with a case; a stale one is another's."""
    return known["A"] if "stale_rule" in listed(case["flags"]) else known.get(case["letter"])


def fits(verdict: Any, case: Case, known: Mapping[str, Rule]) -> bool:
    """Whether *verdict* is what the reviewer wrote: outcome, clause and needs.

    The words of a routine use are quoted with its own clause, and with no other.
    """
    rule = rule_for(case, known) if case["paragraph"] == "b3" else None
    quote = rule.quote if rule and verdict.clause == rule.clause else ""
    return bool(
        verdict.outcome == case["outcome"]
        and case["clause"] in verdict.clause
        and "|".join(need.key for need in verdict.needs) == case["needs"]
        and verdict.quote == quote
        and verdict.reasons
    )


def _agreement(text: str) -> AgreementFacts:
    reference, letters, state = text.split(":")
    assert state in ("in_force", "lapsed")
    return AgreementFacts(
        reference.replace(".", " "), frozenset(letters.split("+")), state == "in_force"
    )


def _answers(text: str, ground: Rule | None) -> dict[str, policy.ConditionValue]:
    given: dict[str, policy.ConditionValue] = {}
    for word in text.split():
        key, _, value = word.partition("=")
        if word == "all":
            assert ground is not None
            given |= {each.key: good_answer(each) for each in ground.conditions}
        elif word.startswith("-"):
            del given[word[1:]]
        else:
            given[key] = {"true": True, "false": False}.get(value, value.replace(".", " "))
    return given
