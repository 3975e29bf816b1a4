"""The gate's rules, pure: facts in, one verdict with its clause out.

``judge`` answers ALLOWED, REFUSED or NEEDS. A refusal wins over a need: nothing is
asked for that could not help. Nothing here reads a database or a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import (
    AgencyTag,
    Answer,
    ConditionKind,
    Exclusion,
    Field,
    Paragraph,
    Program,
    Protection,
    RecipientType,
)

ConditionValue = str | bool

STATUTE = "5 U.S.C. 552a"
# Shorter than this, a text names no document and no person.
SHORTEST_REFERENCE = 3

ACCURACY_KEY = "accuracy_checked_by"
STATEMENT_KEY = "statement"


class Outcome(StrEnum):
    """What the gate answers."""

    ALLOWED = "ALLOWED"
    REFUSED = "REFUSED"
    NEEDS = "NEEDS"


# region: what goes in
@dataclass(frozen=True)
class Condition:
    """Something that a clause asks for.

    Attributes:
        key: stable name of the answer among a request's conditions.
        question: what a person is asked.
        kind: who answers, see ``ConditionKind``.
        answer: what satisfies it, see ``Answer``.
        accepted: the accepted values of a choice; any other value is a refusal.
        agreement: whether the clause rests on an agreement with the recipient, so that one
            that is not in force refuses.
        approval: the kind of approval that answers it, or in which the answer is found
            (``ApprovalKind``); empty where it needs nobody else's word.
    """

    key: str
    question: str
    kind: str = ConditionKind.ATTESTED.value
    answer: str = Answer.YES.value
    accepted: tuple[str, ...] = ()
    agreement: bool = False
    approval: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Condition":
        """A condition as stored with a routine use."""
        return cls(
            key=data["key"],
            question=data["question"],
            kind=data["kind"],
            answer=data["answer"],
            accepted=tuple(data.get("accepted", ())),
            agreement=bool(data.get("agreement", False)),
            approval=data.get("approval", ""),
        )


@dataclass(frozen=True)
class Rule:
    """One ground for a disclosure: a routine use, or another paragraph of 552a(b).

    Empty ``tags``, ``purposes`` and ``only_fields`` mean no limit of that sort. ``quote``
    is the clause in the words of the official text, where that text was attached.
    """

    clause: str
    title: str
    recipients: frozenset[str]
    letter: str = ""
    tags: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    only_fields: frozenset[str] = frozenset()
    quote: str = ""

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return f"Routine use {self.letter}" if self.letter else self.title

    @property
    def heading(self) -> str:
        """How a document names it."""
        return f"{self.name} – {self.title}" if self.letter else self.title


@dataclass(frozen=True)
class AgreementFacts:
    """An agreement with a recipient: which routine uses it serves, and whether it holds now."""

    reference: str
    letters: frozenset[str]
    in_force: bool


@dataclass(frozen=True)
class ApprovalFacts:
    """An approval that is named: of which kind, and whether it holds for this very disclosure."""

    reference: str
    kind: str
    holds: bool


@dataclass(frozen=True)
class RecipientFacts:
    """What the gate must know of a recipient."""

    type: str
    tag: str = ""
    is_bail_bond: bool = False
    inside_dhs: bool = False
    agreements: tuple[AgreementFacts, ...] = ()


@dataclass(frozen=True)
class DisclosureRequest:
    """What somebody wants to disclose, to whom, why, and on which ground.

    Attributes:
        paragraph: ``b1`` to ``b12`` or ``consent``.
        letter: the routine use, with ``b3`` only.
        fields: codes of exactly what goes out (``choices.Field``).
        purpose: code (``choices.Purpose``).
        program: the check the record comes from (``choices.Program``), or empty.
        conditions: answers by condition key, that of the (e)(6) check among them.
        approvals: the approvals that the answers may name. A word that is none of them
            is no answer.
        protections: codes of special protection (``choices.Protection``).
        disputed: whether any of the records is disputed under (d).
        statement_attached: whether the statement of disagreement goes with it.
    """

    paragraph: str
    recipient: RecipientFacts
    fields: frozenset[str]
    purpose: str
    letter: str = ""
    program: str = ""
    conditions: Mapping[str, ConditionValue] = field(default_factory=dict)
    approvals: tuple[ApprovalFacts, ...] = ()
    protections: frozenset[str] = frozenset()
    disputed: bool = False
    statement_attached: bool = False


# endregion


# region: what comes out
@dataclass(frozen=True)
class Need:
    """Something still to be given, and the clause that asks for it."""

    key: str
    question: str
    clause: str


@dataclass(frozen=True)
class Verdict:
    """The gate's answer. ``clause`` is the first reason's source, or the ground's own.

    ``quote`` holds that clause in the words of the notice, where the clause is a routine
    use whose official text was attached.
    """

    outcome: Outcome
    clause: str
    reasons: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    quote: str = ""

    @property
    def allowed(self) -> bool:
        return self.outcome is Outcome.ALLOWED


@dataclass(frozen=True)
class LetterVerdict:
    """What one routine use says to a request. ``suggested`` marks the narrowest that fits."""

    letter: str
    title: str
    verdict: Verdict
    suggested: bool


@dataclass(frozen=True)
class _Refusal:
    clause: str
    text: str


# endregion


# region: grounds other than routine uses
_ANYBODY = frozenset(RecipientType.values) - {RecipientType.CONSUMER_REPORTING.value}
_DOMESTIC = frozenset(
    {
        RecipientType.FEDERAL.value,
        RecipientType.STATE.value,
        RecipientType.LOCAL.value,
        RecipientType.TRIBAL.value,
        RecipientType.TERRITORIAL.value,
    }
)


def _reference(key: str, question: str) -> Condition:
    return Condition(key, question, answer=Answer.REFERENCE.value)


def _approval(key: str, question: str, kind: ApprovalKind) -> Condition:
    return Condition(
        key,
        question,
        kind=ConditionKind.APPROVED.value,
        answer=Answer.APPROVAL.value,
        approval=kind.value,
    )


def _found(
    key: str, question: str, kind: ApprovalKind, *, accepted: tuple[str, ...] = ()
) -> Condition:
    return Condition(
        key,
        question,
        kind=ConditionKind.FOUND.value,
        answer=Answer.CHOICE.value if accepted else Answer.REFERENCE.value,
        accepted=accepted,
        approval=kind.value,
    )


PARAGRAPHS: Mapping[str, Rule] = {
    Paragraph.B1.value: Rule(
        clause=f"{STATUTE}(b)(1)",
        title="Need inside the agency",
        # Officers and employees of the agency, and its offices; nobody else has duties in it.
        recipients=frozenset({RecipientType.FEDERAL.value, RecipientType.PERSON.value}),
        conditions=(
            Condition("need_in_duties", "Does the employee need it to perform the duties?"),
        ),
    ),
    Paragraph.B2.value: Rule(
        clause=f"{STATUTE}(b)(2)",
        title="Required by the Freedom of Information Act",
        recipients=_ANYBODY,
        conditions=(
            _reference("foia_request", "Which request, actually received, requires the release?"),
        ),
    ),
    Paragraph.B4.value: Rule(
        clause=f"{STATUTE}(b)(4)",
        title="Bureau of the Census",
        recipients=frozenset({RecipientType.FEDERAL.value}),
        tags=frozenset({AgencyTag.CENSUS.value}),
        conditions=(
            Condition(
                "title_13_activity",
                "Is it for planning or carrying out a census, a survey or related work "
                "under title 13?",
            ),
        ),
    ),
    Paragraph.B5.value: Rule(
        clause=f"{STATUTE}(b)(5)",
        title="Statistical research",
        recipients=_ANYBODY,
        # The transfer must identify nobody, so figures are all that can go.
        only_fields=frozenset({Field.AGGREGATE.value}),
        conditions=(
            _reference(
                "written_assurance",
                "Which advance written assurance says that it serves statistics only?",
            ),
        ),
    ),
    Paragraph.B6.value: Rule(
        clause=f"{STATUTE}(b)(6)",
        title="National Archives",
        recipients=frozenset({RecipientType.FEDERAL.value}),
        tags=frozenset({AgencyTag.NARA.value}),
        conditions=(
            Condition(
                "historical_value",
                "Does the record have lasting historical value, or is the Archivist to judge that?",
            ),
        ),
    ),
    # "Another agency or an instrumentality of any governmental jurisdiction within or
    # under the control of the United States": no foreign and no international body.
    Paragraph.B7.value: Rule(
        clause=f"{STATUTE}(b)(7)",
        title="Law enforcement request of an agency head",
        recipients=_DOMESTIC,
        conditions=(
            _approval(
                "head_request",
                "Which written request of the agency's head asks for it?",
                ApprovalKind.HEAD_REQUEST,
            ),
            _found(
                "signer",
                "Who signed it: the head, or a delegate not below section chief?",
                ApprovalKind.HEAD_REQUEST,
                accepted=("HEAD", "DELEGATE"),
            ),
            _found(
                "portion",
                "Which particular portion does the request name?",
                ApprovalKind.HEAD_REQUEST,
            ),
            _found(
                "activity",
                "Which law enforcement activity does the request name?",
                ApprovalKind.HEAD_REQUEST,
            ),
            Condition("activity_authorized", "Is that activity authorized by law?"),
        ),
    ),
    Paragraph.B8.value: Rule(
        clause=f"{STATUTE}(b)(8)",
        title="Health or safety of an individual",
        recipients=_ANYBODY,
        conditions=(
            _reference(
                "compelling_circumstances",
                "Which compelling circumstances of health or safety were shown?",
            ),
            _approval(
                "notice_letter",
                "Which notice goes to the individual's last known address?",
                ApprovalKind.NOTICE_LETTER,
            ),
            _found(
                "last_known_address",
                "Where is the individual's last known address kept?",
                ApprovalKind.NOTICE_LETTER,
            ),
            _found(
                "notice_tracking",
                "Under which reference is the notice to it tracked?",
                ApprovalKind.NOTICE_LETTER,
            ),
        ),
    ),
    Paragraph.B9.value: Rule(
        clause=f"{STATUTE}(b)(9)",
        title="Congress",
        recipients=frozenset({RecipientType.CONGRESS.value}),
        tags=frozenset(
            {
                AgencyTag.CHAMBER.value,
                AgencyTag.COMMITTEE.value,
                AgencyTag.JUDICIARY_COMMITTEE.value,
            }
        ),
        conditions=(
            Condition(
                "within_jurisdiction",
                "Is the matter within the jurisdiction of that House, committee or subcommittee?",
            ),
        ),
    ),
    Paragraph.B10.value: Rule(
        clause=f"{STATUTE}(b)(10)",
        title="Comptroller General",
        recipients=frozenset({RecipientType.FEDERAL.value, RecipientType.CONGRESS.value}),
        tags=frozenset({AgencyTag.GAO.value}),
        conditions=(
            Condition(
                "gao_duties", "Is it for the duties of the Government Accountability Office?"
            ),
        ),
    ),
    Paragraph.B11.value: Rule(
        clause=f"{STATUTE}(b)(11)",
        title="Order of a court",
        recipients=_ANYBODY,
        conditions=(
            _approval(
                "court_order",
                "Which order of a court of competent jurisdiction?",
                ApprovalKind.COURT_ORDER,
            ),
            # Doe v. DiGenova: a subpoena that a clerk or a lawyer signed is no court order.
            _found(
                "order_signed_by",
                "Who signed the order? Only a judge's signature makes it one.",
                ApprovalKind.COURT_ORDER,
                accepted=("JUDGE",),
            ),
        ),
    ),
    Paragraph.CONSENT.value: Rule(
        clause=f"{STATUTE}(b)",
        title="Consent or request of the individual",
        recipients=_ANYBODY,
        conditions=(
            _reference("consent", "Which signed consent or request of the individual?"),
            Condition(
                "consent_covers",
                "Does it cover this recipient and everything that is to be disclosed?",
            ),
        ),
    ),
}


ACCURACY_CLAUSE = f"{STATUTE}(e)(6)"
_ACCURACY = _approval(
    ACCURACY_KEY,
    "Who checked that the record is accurate, complete, timely and relevant?",
    ApprovalKind.ACCURACY,
)


@dataclass(frozen=True)
class _Guard:
    """What a special protection asks before anything may leave."""

    clause: str
    condition: Condition


_GUARDS: Mapping[str, _Guard] = {
    Protection.VAWA.value: _Guard(
        "8 U.S.C. 1367(a)(2)",
        _reference("8usc1367_exception", "Which exception of 8 U.S.C. 1367(b) applies?"),
    ),
    Protection.ASYLUM.value: _Guard(
        "8 CFR 208.6",
        _reference(
            "asylum_exception", "Which written consent or exception opens the asylum information?"
        ),
    ),
    Protection.VISA.value: _Guard(
        "INA 222(f), 8 U.S.C. 1202(f)",
        Condition(
            "ina222f_notice", "Does the confidentiality statement for visa records go with it?"
        ),
    ),
    Protection.SEALED.value: _Guard(
        "Sealing order of the court",
        _reference("unsealing_order", "Which order of the court opens the sealed record?"),
    ),
    Protection.JUVENILE.value: _Guard(
        "18 U.S.C. 5038",
        _reference("juvenile_exception", "Which exception opens the juvenile record?"),
    ),
}

# Said in the background of the 2013 notice: those answers are distributed and used
# within ICE only. No ground overrides it here; a court's order is one for counsel.
_REGISTRANT_CLAUSE = "DHS/ICE-007, 78 FR 10623, background on sex offender registrants"
# endregion


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
            _REGISTRANT_CLAUSE,
            "Answers about sex offender registrants are used within ICE only.",
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
