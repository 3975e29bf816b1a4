"""Telling another agency something by word or message: the way through the gate.

The rooms say what is to be told to whom; the ground, what it asks and what still waits for
somebody else are computed here, and ``tell`` accounts for it in the caller's transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.records.models import Record
from routine_uses.actions import disclose
from routine_uses.approvals.actions import ask_for_approval
from routine_uses.approvals.choices import ApprovalKind, Standing
from routine_uses.choices import ConditionKind, Paragraph
from routine_uses.corrections.querysets import statement_for
from routine_uses.grounds import Outcome
from routine_uses.models import Approval, Disclosure, Recipient
from routine_uses.policy import (
    Condition,
    ConditionValue,
    DisclosureRequest,
    conditions_asked,
    judge,
    suggested_letter,
)
from routine_uses.protected import codes_of, protections_on
from routine_uses.querysets import recipient_facts, rules_in_force
from routine_uses.scopes import DisclosedRecord, Scope, scope_of
from routine_uses.wizard.outlook import Task, tasks_of

ATTESTING = "when_"


@dataclass(frozen=True)
class Telling:
    """What is to be told to whom, and why.

    Attributes:
        records: the records that it is told from.
        facts: conditions that the records answer by themselves.
        mark: the state of the contents, so that an approval covers these and no others.
        letter: the routine use, where the room knows it; otherwise the fitting one is computed.
    """

    records: Sequence[Record]
    recipient: Recipient
    purpose: str
    fields: frozenset[str]
    mark: str
    facts: Mapping[str, ConditionValue] = field(default_factory=dict)
    program: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Outlook:
    """How a telling stands: its ground, what a person answers for, and what waits for others."""

    letter: str
    title: str
    attested: tuple[Condition, ...]
    tasks: tuple[Task, ...]
    statement: str

    @property
    def waits(self) -> bool:
        """Whether somebody else must decide something first."""
        return any(each.standing is not Standing.GRANTED for each in self.tasks)


def outlook_of(telling: Telling, *, at: datetime) -> Outlook:
    """How *telling* stands at *at*.

    Raises:
        ActionRefused: no routine use of the notice fits.
        NoNoticeInForce: nothing can leave.
    """
    rules = rules_in_force(at)
    asked = _request(telling)
    letter = telling.letter or suggested_letter(asked, rules)
    if letter not in rules:
        raise ActionRefused(
            "No routine use of the notice fits this recipient, purpose and these values, so "
            "nothing of a record may be said.",
            code="no-ground",
            clause="5 U.S.C. 552a(b)",
        )
    conditions = conditions_asked(replace(asked, letter=letter), rules[letter])
    return Outlook(
        letter=letter,
        title=rules[letter].title,
        attested=tuple(
            each
            for _, each in conditions
            if each.kind == ConditionKind.ATTESTED and each.key not in asked.conditions
        ),
        tasks=tasks_of(conditions, _scope(telling, letter), at=at),
        statement=statement_for([record.pk for record in telling.records]),
    )


def looked_ahead(make: Callable[[], Telling], *, at: datetime) -> tuple[Outlook | None, str]:
    """How what *make* gives stands at *at*, or in words what hinders it."""
    try:
        return outlook_of(make(), at=at), ""
    except ActionRefused as refusal:
        clause = f" ({refusal.clause})" if refusal.clause else ""
        return None, f"{refusal.message}{clause}"


def refuse_early(telling: Telling, *, at: datetime) -> None:
    """Refuse what the gate would refuse whatever else is answered.

    Raises:
        ActionRefused: with the gate's reasons and its clause.
    """
    rules = rules_in_force(at)
    verdict = judge(_request(telling), rules.get(telling.letter))
    if verdict.outcome is Outcome.REFUSED:
        raise ActionRefused(" ".join(verdict.reasons), code="gate-refuses", clause=verdict.clause)


def ask(
    telling: Telling, *, kind: ApprovalKind, reason: str, actor: User, at: datetime
) -> Approval:
    """Ask whoever decides for an approval that *telling* needs.

    Raises:
        ActionRefused: the ground asks for no such one, or one waits or holds already.
    """
    letter = outlook_of(telling, at=at).letter
    return ask_for_approval(
        kind=kind,
        records=_plain(telling),
        recipient=telling.recipient,
        scope=_scope(telling, letter),
        reason=reason,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
    )


def tell(
    telling: Telling,
    *,
    nature: str,
    method: str,
    attested: Mapping[str, ConditionValue],
    actor: User,
    at: datetime,
) -> Disclosure:
    """Account for what is told, in the caller's own transaction.

    Raises:
        DisclosureRefused: the gate refuses or needs something.
        ActionRefused: no routine use fits.
    """
    now = outlook_of(telling, at=at)
    asked = _request(telling)
    granted = {
        task.condition.key: task.approval.number
        for task in now.tasks
        if task.approval and task.standing is Standing.GRANTED
    }
    keys = {each.key for each in now.attested}
    answers = {key: value for key, value in attested.items() if key in keys}
    return disclose(
        actor=actor,
        at=at,
        records=_plain(telling),
        recipient=telling.recipient,
        paragraph=Paragraph.B3,
        letter=now.letter,
        computed_letter=now.letter if not telling.letter else "",
        purpose=telling.purpose,
        nature=nature,
        method=method,
        fields=telling.fields,
        # What the records answer by themselves cannot be attested otherwise.
        conditions={**answers, **asked.conditions, **granted},
        program=telling.program,
        mark=telling.mark,
        disputed=asked.disputed,
        statement=now.statement,
        channel=Channel.PAGE,
    )


def _request(telling: Telling) -> DisclosureRequest:
    ids = [record.pk for record in telling.records]
    statement = statement_for(ids)
    return DisclosureRequest(
        paragraph=Paragraph.B3,
        letter=telling.letter,
        recipient=recipient_facts(telling.recipient),
        fields=telling.fields,
        purpose=telling.purpose,
        program=telling.program,
        conditions=dict(telling.facts),
        protections=codes_of(protections_on(ids)),
        disputed=bool(statement) or any(record.disputed for record in telling.records),
        statement_attached=bool(statement),
    )


def _plain(telling: Telling) -> list[DisclosedRecord]:
    return [
        DisclosedRecord(record.pk, record.number, _persons(record)) for record in telling.records
    ]


def _persons(record: Record) -> tuple[str, ...]:
    """The people whom *record* is about, each once; who called is not one of them."""
    links = record.subjects.filter(role="SUBJECT").order_by("pk")
    return tuple(dict.fromkeys(links.values_list("individual__record__number", flat=True)))


def _scope(telling: Telling, letter: str) -> Scope:
    return scope_of(
        _plain(telling),
        recipient_id=telling.recipient.pk,
        fields=telling.fields,
        paragraph=Paragraph.B3,
        letter=letter,
        purpose=telling.purpose,
        mark=telling.mark,
    )
