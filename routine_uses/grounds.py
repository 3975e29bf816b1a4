"""What the gate is told and answers, and the grounds that stand in the statute itself. Pure.

The routine uses, which are the other grounds, come from the notice in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import (
    AgencyTag,
    Answer,
    ConditionKind,
    Field,
    Paragraph,
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
            _approval(
                "written_assurance",
                "Which advance written assurance says that it serves statistics only?",
                ApprovalKind.ASSURANCE,
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
            _approval(
                "consent",
                "Which signed consent or request of the individual?",
                ApprovalKind.CONSENT,
            ),
            Condition(
                "consent_covers",
                "Does it cover this recipient and everything that is to be disclosed?",
                kind=ConditionKind.FOUND.value,
                approval=ApprovalKind.CONSENT.value,
            ),
        ),
    ),
}


ACCURACY_CLAUSE = f"{STATUTE}(e)(6)"
ACCURACY = _approval(
    ACCURACY_KEY,
    "Who checked that the record is accurate, complete, timely and relevant?",
    ApprovalKind.ACCURACY,
)


@dataclass(frozen=True)
class Guard:
    """What a special protection asks before anything may leave."""

    clause: str
    condition: Condition


GUARDS: Mapping[str, Guard] = {
    Protection.VAWA.value: Guard(
        "8 U.S.C. 1367(a)(2)",
        _approval(
            "8usc1367_exception",
            "Which exception of 8 U.S.C. 1367(b) applies?",
            ApprovalKind.VAWA_EXCEPTION,
        ),
    ),
    Protection.ASYLUM.value: Guard(
        "8 CFR 208.6",
        _approval(
            "asylum_exception",
            "Which written consent or exception opens the asylum information?",
            ApprovalKind.ASYLUM_EXCEPTION,
        ),
    ),
    Protection.VISA.value: Guard(
        "INA 222(f), 8 U.S.C. 1202(f)",
        Condition(
            "ina222f_notice", "Does the confidentiality statement for visa records go with it?"
        ),
    ),
    Protection.SEALED.value: Guard(
        "Sealing order of the court",
        _approval(
            "unsealing_order",
            "Which order of the court opens the sealed record?",
            ApprovalKind.UNSEALING_ORDER,
        ),
    ),
    Protection.JUVENILE.value: Guard(
        "18 U.S.C. 5038",
        _approval(
            "juvenile_exception",
            "Which exception opens the juvenile record?",
            ApprovalKind.JUVENILE_EXCEPTION,
        ),
    ),
}

# Said in the background of the 2013 notice: those answers are distributed and used
# within ICE only. No ground overrides it here; a court's order is one for counsel.
REGISTRANT_CLAUSE = "DHS/ICE-007, 78 FR 10623, background on sex offender registrants"
# endregion
