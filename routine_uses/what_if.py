"""Plain facts in, a verdict out: the gate for those who ask "what if". Pure.

What the facts are called is told in ``acrime/docs/decide.md``. Nothing here touches a
record, writes anything down, or makes a disclosure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from acrime.common.plain_facts import FactsInvalid, code, is_known, table, text, texts, truth
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import (
    AgencyTag,
    Answer,
    Field,
    Paragraph,
    Program,
    Protection,
    Purpose,
    RecipientType,
)
from routine_uses.grounds import ACCURACY, GUARDS
from routine_uses.policy import (
    PARAGRAPHS,
    AgreementFacts,
    ApprovalFacts,
    ConditionValue,
    DisclosureRequest,
    LetterVerdict,
    Outcome,
    RecipientFacts,
    Rule,
    Verdict,
    judge,
    verdicts_by_letter,
)

_KNOWN = {
    "id", "ground", "letter", "recipient", "fields", "purpose", "program", "conditions",
    "approvals", "protections", "disputed", "statement_attached",
}  # fmt: skip
_OF_RECIPIENT = {"type", "body", "bail_bond", "inside_dhs", "agreements"}
_OF_AGREEMENT = {"reference", "letters", "in_force"}
# "(b)(7)", "552a(b)(7)" and "5 U.S.C. 552a(b)(7)" all mean b7.
_PARAGRAPH = re.compile(r"^(?:(?:5\s*u\.?s\.?c\.?\s*)?552a)?\(?b\)?\(?(\d{1,2})\)?$")


def request_from(facts: object) -> DisclosureRequest:
    """The request that *facts* describe.

    Codes may be written in small letters, and grounds as the statute writes them. What
    is left out is not known to be there: it is asked for, not assumed.

    Raises:
        FactsInvalid: something is missing, misspelled or of the wrong kind.
    """
    given = table(facts, "", _KNOWN)
    letter = text(given, "letter").upper()
    return DisclosureRequest(
        paragraph=_ground(text(given, "ground"), letter),
        letter=letter,
        recipient=_recipient(given.get("recipient")),
        fields=_codes(given, "fields", Field.values),
        purpose=code(given, "purpose", Purpose.values),
        program=code(given, "program", Program.values, optional=True),
        conditions=_conditions(given.get("conditions", {})),
        approvals=tuple(
            ApprovalFacts(kind, kind, holds=True)
            for kind in sorted(_codes(given, "approvals", ApprovalKind.values, optional=True))
        ),
        protections=_codes(given, "protections", Protection.values, optional=True),
        disputed=truth(given, "disputed"),
        statement_attached=truth(given, "statement_attached"),
    )


def answer(request: DisclosureRequest, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The verdict on *request* under *rules*, ready to be written as JSON.

    ``letters`` are the routine uses that fit, with what each still needs;
    ``other_letters`` are those that do not, with every reason.
    """
    request = _with_approvals_named(request, rules)
    rule = rules.get(request.letter)
    verdict = judge(request, rule)
    by_letter = verdicts_by_letter(request, rules)
    fitting = [each for each in by_letter if each.verdict.outcome is not Outcome.REFUSED]
    told: dict[str, Any] = {
        "verdict": verdict.outcome.value.lower(),
        "ground": request.paragraph,
        "letter": request.letter,
        "clause": verdict.clause,
        "reasons": list(verdict.reasons),
        "needs": _needs(verdict),
        "suggested_letter": next((each.letter for each in by_letter if each.suggested), ""),
        "letters": [_fitting(each) for each in fitting],
        "other_letters": [_other(each) for each in by_letter if each not in fitting],
    }
    return told | ({"quote": verdict.quote} if verdict.quote else {})


def _with_approvals_named(
    request: DisclosureRequest, rules: Mapping[str, Rule]
) -> DisclosureRequest:
    """*request*, whose approvals answer whatever any ground asks of their kinds."""
    granted = {each.kind: each.reference for each in request.approvals}
    asked = [
        *(each for rule in (*rules.values(), *PARAGRAPHS.values()) for each in rule.conditions),
        *(guard.condition for guard in GUARDS.values()),
        ACCURACY,
    ]
    named: dict[str, ConditionValue] = {
        condition.key: granted[condition.approval]
        for condition in asked
        if condition.answer == Answer.APPROVAL.value and condition.approval in granted
    }
    return replace(request, conditions={**request.conditions, **named})


def _needs(verdict: Verdict) -> list[dict[str, str]]:
    return [
        {"key": need.key, "question": need.question, "clause": need.clause}
        for need in verdict.needs
    ]


def _fitting(each: LetterVerdict) -> dict[str, Any]:
    return {
        "letter": each.letter,
        "title": each.title,
        "verdict": each.verdict.outcome.value.lower(),
        "needs": [need.key for need in each.verdict.needs],
    }


def _other(each: LetterVerdict) -> dict[str, Any]:
    return {"letter": each.letter, "title": each.title, "reasons": list(each.verdict.reasons)}


# region: reading facts
def _codes(
    given: Mapping[str, Any], key: str, known: Iterable[str], *, optional: bool = False
) -> frozenset[str]:
    if key not in given and not optional:
        raise FactsInvalid(key, "It is missing: name what is to be disclosed, one by one.")
    codes = texts(given.get(key, []), key)
    for place, each in enumerate(codes):
        is_known(each, known, f"{key}[{place}]")
    return frozenset(codes)


def _ground(text: str, letter: str) -> str:
    """The paragraph; a letter alone means a routine use."""
    if not text:
        if letter:
            return Paragraph.B3.value
        raise FactsInvalid("ground", "It is missing: b1 to b12, or consent.")
    plain = text.lower().replace(" ", "")
    if found := _PARAGRAPH.match(plain):
        plain = f"b{int(found[1])}"
    is_known(plain, Paragraph.values, "ground")
    return plain


def _recipient(value: object) -> RecipientFacts:
    if value is None:
        raise FactsInvalid("recipient", "It is missing.")
    if isinstance(value, str):
        kind, _, body = value.partition("/")
        value = {"type": kind, "body": body}
    given = table(value, "recipient", _OF_RECIPIENT)
    place = "recipient."
    agreements = given.get("agreements", [])
    if not isinstance(agreements, list):
        raise FactsInvalid("recipient.agreements", "A list is wanted.")
    return RecipientFacts(
        type=code(given, "type", RecipientType.values, place=place),
        tag=code(given, "body", AgencyTag.values, place=place, optional=True),
        is_bail_bond=truth(given, "bail_bond", place),
        inside_dhs=truth(given, "inside_dhs", place),
        agreements=tuple(_agreement(each, at) for at, each in enumerate(agreements)),
    )


def _agreement(value: object, at: int) -> AgreementFacts:
    place = f"recipient.agreements[{at}]"
    given = table(value, place, _OF_AGREEMENT)
    missing = sorted(_OF_AGREEMENT - given.keys())
    if missing:
        raise FactsInvalid(f"{place}.{missing[0]}", "It is missing.")
    return AgreementFacts(
        reference=text(given, "reference", f"{place}."),
        letters=frozenset(texts(given["letters"], f"{place}.letters")),
        in_force=truth(given, "in_force", f"{place}."),
    )


def _conditions(value: object) -> dict[str, ConditionValue]:
    if not isinstance(value, dict):
        raise FactsInvalid("conditions", "An object of answers by key is wanted.")
    for key, each in value.items():
        if not isinstance(each, str | bool):
            raise FactsInvalid(f"conditions.{key}", "true, false or a text is wanted.")
    return dict(value)


# endregion
