"""The gate's rules, pure: facts in, one verdict with its clause out.

``judge`` answers ALLOWED, REFUSED or NEEDS. A refusal wins over a need: nothing is
asked for that could not help. Nothing here reads a database or a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from routine_uses.choices import (
    UNDECIDED_PROGRAM,
    Answer,
    ConditionKind,
    Exclusion,
    Field,
    Paragraph,
    Program,
    RecipientType,
)
from routine_uses.grounds import (
    ACCURACY,
    ACCURACY_CLAUSE,
    ACCURACY_KEY,
    GUARDS,
    PARAGRAPHS,
    REGISTRANT_CLAUSE,
    SHORTEST_REFERENCE,
    STATEMENT_KEY,
    STATUTE,
    AgreementFacts,
    ApprovalFacts,
    Condition,
    ConditionValue,
    DisclosureRequest,
    LetterVerdict,
    Need,
    Outcome,
    RecipientFacts,
    Rule,
    Verdict,
)

__all__ = [
    "ACCURACY_CLAUSE",
    "ACCURACY_KEY",
    "PARAGRAPHS",
    "SHORTEST_REFERENCE",
    "STATEMENT_KEY",
    "STATUTE",
    "AgreementFacts",
    "ApprovalFacts",
    "Condition",
    "ConditionValue",
    "DisclosureRequest",
    "LetterVerdict",
    "Need",
    "Outcome",
    "RecipientFacts",
    "Rule",
    "Verdict",
    "conditions_asked",
    "is_met",
    "judge",
    "letters_that_fit",
    "routine_use_clause",
    "suggested_letter",
    "verdicts_by_letter",
]

# Under names of this module's own, so that a test can put others in their place.
_ACCURACY = ACCURACY
_GUARDS = GUARDS


@dataclass(frozen=True)
class _Refusal:
    clause: str
    text: str


def routine_use_clause(*, system_number: str, letter: str, citation: str) -> str:
    """How a routine use is cited."""
    return f"{STATUTE}(b)(3); {system_number} routine use {letter}, {citation}"


def judge(request: DisclosureRequest, rule: Rule | None = None) -> Verdict:
    """Whether *request* may go out, on which clause, or what is still needed.

    Args:
        rule: the routine use of ``request.letter`` in the notice in force; None where
            the notice has no such letter, no notice is in force, or the ground is
            another paragraph.
    """
    ground = _ground(request, rule)
    if isinstance(ground, _Refusal):
        return _refused([ground])
    refusals = [
        *_refused_recipient(request, ground),
        *_refused_content(request, ground),
        *_refused_conditions(request, ground),
        *_refused_agreements(request, ground),
    ]
    if refusals:
        return _refused(refusals, ground)
    needs = _needs(request, ground)
    if needs:
        return Verdict(
            Outcome.NEEDS,
            needs[0].clause,
            tuple(need.question for need in needs),
            needs,
            _quote(needs[0].clause, ground),
        )
    return Verdict(Outcome.ALLOWED, ground.clause, (ground.heading,), quote=ground.quote)


def conditions_asked(
    request: DisclosureRequest, rule: Rule | None = None
) -> tuple[tuple[str, Condition], ...]:
    """Every condition that *request* must meet on its ground, each with its clause.

    None where the ground itself is none. *rule* is as for ``judge``.
    """
    ground = _ground(request, rule)
    return () if isinstance(ground, _Refusal) else tuple(_asked(request, ground))


def is_met(condition: Condition, value: ConditionValue | None) -> bool:
    """Whether *value* satisfies *condition*, which no approval answers."""
    return _answered(condition, value) is True


def verdicts_by_letter(
    request: DisclosureRequest, rules: Mapping[str, Rule]
) -> tuple[LetterVerdict, ...]:
    """What each routine use of the notice says to *request*, in the notice's order.

    Those that fit tell what they still need, the others every reason why they do not.
    The request's own paragraph and letter play no part.
    """
    suggested = suggested_letter(request, rules)
    return tuple(
        LetterVerdict(
            letter=letter,
            title=rule.title,
            verdict=judge(replace(request, paragraph=Paragraph.B3.value, letter=letter), rule),
            suggested=letter == suggested,
        )
        for letter, rule in rules.items()
    )


def letters_that_fit(
    request: DisclosureRequest, rules: Mapping[str, Rule]
) -> list[tuple[str, Verdict]]:
    """Every routine use that does not refuse *request*, the suggested order first.

    The request's own paragraph and letter play no part.
    """
    fitting = []
    for letter, rule in rules.items():
        asked = replace(request, paragraph=Paragraph.B3.value, letter=letter)
        verdict = judge(asked, rule)
        if verdict.outcome is not Outcome.REFUSED:
            fitting.append((letter, verdict))
    return sorted(fitting, key=lambda found: _breadth(rules[found[0]]))


def suggested_letter(request: DisclosureRequest, rules: Mapping[str, Rule]) -> str:
    """The narrowest routine use that fits *request*, or empty where none does.

    Only facts count, not what a person attests, so that the suggestion is the same
    before and after the questions are answered. A letter that names the recipient's
    own body is narrower than one that names types; then fewer purposes, fewer types,
    and the notice's order decide.
    """
    for letter, verdict in letters_that_fit(request, rules):
        facts = {
            condition.key
            for condition in rules[letter].conditions
            if condition.kind == ConditionKind.FACT.value
        }
        if not any(need.key in facts for need in verdict.needs):
            return letter
    return ""


def _breadth(rule: Rule) -> tuple[bool, int, int]:
    return (not rule.tags, len(rule.purposes), len(rule.recipients))


def _ground(request: DisclosureRequest, rule: Rule | None) -> Rule | _Refusal:
    if request.paragraph not in Paragraph.values:
        return _Refusal(
            f"{STATUTE}(b)", "No ground was given: one of the paragraphs of 552a(b), or consent."
        )
    if request.paragraph == Paragraph.B12.value:
        return _Refusal(
            f"{STATUTE}(b)(12)",
            "The notice allows no disclosure to consumer reporting agencies.",
        )
    if request.paragraph == Paragraph.B3.value:
        if rule is None or rule.letter != request.letter:
            return _Refusal(
                f"{STATUTE}(b)(3)", "The notice in force has no routine use of that letter."
            )
        return rule
    if request.letter:
        return _Refusal(
            f"{STATUTE}(b)(3)", "A letter belongs to a routine use, not to another paragraph."
        )
    return PARAGRAPHS[request.paragraph]


def _refused_recipient(request: DisclosureRequest, ground: Rule) -> Iterable[_Refusal]:
    recipient = request.recipient
    inside_only = request.paragraph == Paragraph.B1.value
    if recipient.inside_dhs and not inside_only:
        yield _Refusal(
            f"{STATUTE}(b)(1)",
            "The recipient is inside DHS: a copy inside the agency is no disclosure.",
        )
    if inside_only and not recipient.inside_dhs:
        yield _Refusal(ground.clause, "The recipient is outside DHS.")
    if request.program == Program.SEX_OFFENDER.value and not recipient.inside_dhs:
        yield _Refusal(
            REGISTRANT_CLAUSE,
            "Answers about sex offender registrants are used within ICE only.",
        )
    if request.program == UNDECIDED_PROGRAM and not recipient.inside_dhs:
        yield _Refusal(
            REGISTRANT_CLAUSE,
            "Nobody has decided yet which kind of check it comes from; until then it may be one "
            "whose answers stay within ICE.",
        )
    if recipient.type not in ground.recipients:
        yield _Refusal(ground.clause, f"{ground.name} does not reach this kind of recipient.")
    elif ground.tags and recipient.tag not in ground.tags:
        yield _Refusal(ground.clause, f"{ground.name} names another body as its recipient.")
    if recipient.is_bail_bond and Exclusion.BAIL_BOND.value in ground.excluded:
        yield _Refusal(
            ground.clause, f"{ground.name} shuts out bail bond companies and their agents."
        )


def _refused_content(request: DisclosureRequest, ground: Rule) -> Iterable[_Refusal]:
    if ground.purposes and request.purpose not in ground.purposes:
        yield _Refusal(ground.clause, f"{ground.name} does not serve this purpose.")
    if not request.fields or not request.fields.issubset(Field.values):
        yield _Refusal(
            f"{STATUTE}(c)(1)(A)", "Name exactly what is disclosed, by known fields, one by one."
        )
    elif ground.only_fields and not request.fields <= ground.only_fields:
        beyond = ", ".join(
            sorted(Field(code).label for code in request.fields - ground.only_fields)
        )
        yield _Refusal(ground.clause, f"{ground.name} does not carry: {beyond}.")
    if not request.protections.issubset(_GUARDS):
        yield _Refusal(f"{STATUTE}(e)(10)", "A protection is named that the gate does not know.")
    elif request.protections and request.recipient.type == RecipientType.MEDIA.value:
        guard = _GUARDS[min(request.protections)]
        yield _Refusal(
            guard.clause, "Specially protected information does not go to the media or the public."
        )


def _refused_conditions(request: DisclosureRequest, ground: Rule) -> Iterable[_Refusal]:
    for clause, condition in _asked(request, ground):
        if _met(condition, request) is False:
            yield _Refusal(clause, f"A condition is not met. {condition.question}")


def _refused_agreements(request: DisclosureRequest, ground: Rule) -> Iterable[_Refusal]:
    for condition in ground.conditions:
        if not condition.agreement:
            continue
        held = [each for each in request.recipient.agreements if ground.letter in each.letters]
        named = _reference_in(request.conditions.get(condition.key))
        lapsed = [each for each in held if not each.in_force]
        if held and len(lapsed) == len(held):
            yield _Refusal(
                ground.clause,
                f"{ground.name} rests on an agreement, and none with the recipient is in force.",
            )
        elif any(_reference_in(each.reference) == named for each in lapsed):
            yield _Refusal(ground.clause, "The agreement that is named is not in force.")


def _reference_in(value: ConditionValue | None) -> str:
    return " ".join(str(value).split()).casefold()


def _needs(request: DisclosureRequest, ground: Rule) -> tuple[Need, ...]:
    needs = [
        Need(condition.key, condition.question, clause)
        for clause, condition in _asked(request, ground)
        if _met(condition, request) is None
    ]
    if request.disputed and not request.statement_attached:
        needs.append(
            Need(
                STATEMENT_KEY,
                "The record is disputed: which statement of disagreement goes with it?",
                f"{STATUTE}(d)(4)",
            )
        )
    return tuple(needs)


def _asked(request: DisclosureRequest, ground: Rule) -> Iterable[tuple[str, Condition]]:
    for condition in ground.conditions:
        yield ground.clause, condition
    if request.paragraph != Paragraph.B1.value:
        for protection in sorted(request.protections & _GUARDS.keys()):
            guard = _GUARDS[protection]
            yield guard.clause, guard.condition
    # "Agency" in (e)(6) is a federal one; (b)(2) is excepted, and (b)(1) stays inside.
    unchecked = (Paragraph.B1.value, Paragraph.B2.value)
    if request.recipient.type != RecipientType.FEDERAL.value and request.paragraph not in unchecked:
        yield ACCURACY_CLAUSE, _ACCURACY


def _met(condition: Condition, request: DisclosureRequest) -> bool | None:
    """True where met, False where answered otherwise, None where not answered."""
    value = request.conditions.get(condition.key)
    if condition.answer == Answer.APPROVAL.value and value not in ("no", False):
        return _approved(condition, value, request.approvals)
    return _answered(condition, value)


def _answered(condition: Condition, value: ConditionValue | None) -> bool | None:
    """The same of an answer by itself."""
    if value is None or value == "":
        return None
    if value is False or value == "no":
        return False
    if condition.answer == Answer.YES.value:
        return True if value is True or value == "yes" else None
    if condition.answer == Answer.CHOICE.value:
        return value in condition.accepted
    named = isinstance(value, str) and len(value.strip()) >= SHORTEST_REFERENCE
    return True if named else None


def _approved(
    condition: Condition, value: ConditionValue | None, approvals: Iterable[ApprovalFacts]
) -> bool | None:
    """Whether the approval that *value* names holds; None where it names none of that kind."""
    for each in approvals:
        if each.kind == condition.approval and each.reference == value:
            return each.holds
    return None


def _refused(refusals: list[_Refusal], ground: Rule | None = None) -> Verdict:
    clause = refusals[0].clause
    return Verdict(
        Outcome.REFUSED,
        clause,
        tuple(refusal.text for refusal in refusals),
        quote=_quote(clause, ground) if ground else "",
    )


def _quote(clause: str, ground: Rule) -> str:
    return ground.quote if clause == ground.clause else ""
