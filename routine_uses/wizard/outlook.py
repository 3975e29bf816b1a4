"""How a draft stands before the gate: what fits, what does not, what is still needed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from routine_uses import policy
from routine_uses.approvals.choices import ApprovalKind, Standing
from routine_uses.approvals.policy import TASKS
from routine_uses.approvals.querysets import facts_for, of_scope, standing, with_findings
from routine_uses.choices import Answer, ConditionKind, Paragraph
from routine_uses.corrections.policy import carries
from routine_uses.corrections.querysets import statement_for
from routine_uses.models import Approval, DisclosureDraft, NoticeVersion
from routine_uses.protected import Protected, codes_of, protections_on
from routine_uses.querysets import notice_in_force, quoted_rules, recipient_facts
from routine_uses.scopes import Scope, scope_of
from routine_uses.wizard.sources import Source, facts_of, program_of, sources_for

# Kept inside the agency, in a file of its own, or not open at all: never through the wizard.
NOT_HERE = (Paragraph.B1, Paragraph.B2, Paragraph.B3, Paragraph.B12)


@dataclass(frozen=True)
class GroundView:
    """One ground: its code (a letter, or a paragraph), and what it says to the draft."""

    code: str
    heading: str
    verdict: policy.Verdict
    suggested: bool = False

    @property
    def fits(self) -> bool:
        """Whether it does not refuse."""
        return self.verdict.outcome is not policy.Outcome.REFUSED


@dataclass(frozen=True)
class Task:
    """An approval that the chosen ground asks for, and how it stands."""

    kind: ApprovalKind
    condition: policy.Condition
    clause: str
    approval: Approval | None
    standing: Standing | None

    @property
    def decider(self) -> str:
        """Who decides it."""
        return TASKS[self.kind].decider

    @property
    def paper(self) -> str:
        """The paper it needs, or nothing."""
        return TASKS[self.kind].paper

    @property
    def may_be_asked(self) -> bool:
        """Whether none waits or holds."""
        return self.standing not in (Standing.WAITING, Standing.GRANTED)


@dataclass(frozen=True)
class Outlook:
    """A draft as the gate would judge it now.

    Attributes:
        version: the notice in force.
        protected: the protections on record for the people whom the records are about.
        protections: their codes, with those that the draft names.
        grounds: the routine uses in the notice's order, then the other paragraphs.
        computed: the routine use that fits most narrowly, or empty.
        verdict: what the chosen ground says; None while none is chosen.
        attested: what the chosen ground asks of the discloser.
        tasks: the approvals that it asks for.
        conditions: every answer, with the numbers of granted approvals and what was found.
    """

    sources: list[Source]
    version: NoticeVersion
    program: str
    disputed: bool
    owed: str
    protected: tuple[Protected, ...]
    protections: tuple[str, ...]
    grounds: tuple[GroundView, ...]
    computed: str
    verdict: policy.Verdict | None
    clause: str
    attested: tuple[tuple[str, policy.Condition], ...]
    tasks: tuple[Task, ...]
    conditions: Mapping[str, policy.ConditionValue]


def is_described(draft: DisclosureDraft) -> bool:
    """Whether it is said what goes to whom and why, so that grounds can be looked for."""
    return bool(draft.recipient_id and draft.purpose_code and draft.fields and draft.nature)


def scope_of_draft(draft: DisclosureDraft, sources: list[Source]) -> Scope:
    """What approvals for *draft* cover."""
    assert draft.recipient_id is not None
    return scope_of(
        [each.plain for each in sources],
        recipient_id=draft.recipient_id,
        fields=draft.fields,
        paragraph=draft.paragraph,
        letter=draft.letter,
        purpose=draft.purpose_code,
    )


def outlook(draft: DisclosureDraft, *, user: User, at: datetime, held: bool = False) -> Outlook:
    """How *draft*, which is described, stands at *at*.

    Raises:
        NotThere: a record is no longer to be seen by *user*.
        NoNoticeInForce: nothing can leave.
    """
    assert draft.recipient is not None
    sources = sources_for(user, draft.record_numbers, held=held)
    version = notice_in_force(at)
    rules = quoted_rules(version)
    facts = facts_of(sources)
    owed = statement_for([each.plain.record_id for each in sources])
    protected = tuple(protections_on(each.plain.record_id for each in sources))
    disputed = bool(owed) or any(each.disputed for each in sources)
    request = policy.DisclosureRequest(
        paragraph=Paragraph.B3.value,
        recipient=recipient_facts(draft.recipient, at=at),
        fields=frozenset(draft.fields),
        purpose=draft.purpose_code,
        program=program_of(sources),
        conditions=facts,
        protections=frozenset(draft.protections) | codes_of(protected),
        disputed=disputed,
        statement_attached=bool(draft.statement.strip()) and carries(draft.statement, owed),
    )
    computed = policy.suggested_letter(request, rules)
    grounds = _grounds(request, rules)
    verdict, clause = None, ""
    attested: tuple[tuple[str, policy.Condition], ...] = ()
    tasks: tuple[Task, ...] = ()
    answers: dict[str, policy.ConditionValue] = dict(facts)
    if draft.paragraph:
        chosen = replace(request, paragraph=draft.paragraph, letter=draft.letter)
        rule = rules.get(draft.letter)
        asked = policy.conditions_asked(chosen, rule)
        tasks = tasks_of(asked, scope_of_draft(draft, sources), at=at)
        granted = [each.approval for each in tasks if each.approval]
        attested = tuple(
            (where, each) for where, each in asked if each.kind == ConditionKind.ATTESTED
        )
        keys = {each.key for _, each in attested}
        answers = {k: v for k, v in draft.conditions.items() if k in keys} | facts
        answers |= {
            each.condition.key: each.approval.number
            for each in tasks
            if each.approval and not each.may_be_asked
        }
        answers = with_findings(
            answers,
            (each for _, each in asked),
            [each.approval for each in tasks if each.approval and not each.may_be_asked],
        )
        chosen = replace(
            chosen,
            conditions=answers,
            approvals=facts_for(
                granted, scope=scope_of_draft(draft, sources), discloser=user, at=at
            ),
        )
        verdict = policy.judge(chosen, rule)
        ground = rule if draft.letter else policy.PARAGRAPHS.get(draft.paragraph)
        clause = ground.clause if ground else verdict.clause
    return Outlook(
        sources=sources,
        version=version,
        program=request.program,
        disputed=disputed,
        owed=owed,
        protected=protected,
        protections=tuple(sorted(request.protections)),
        grounds=grounds,
        computed=computed,
        verdict=verdict,
        clause=clause,
        attested=attested,
        tasks=tasks,
        conditions=answers,
    )


def _grounds(
    request: policy.DisclosureRequest, rules: Mapping[str, policy.Rule]
) -> tuple[GroundView, ...]:
    letters = [
        GroundView(each.letter, f"{each.letter} – {each.title}", each.verdict, each.suggested)
        for each in policy.verdicts_by_letter(request, rules)
    ]
    others = [
        GroundView(
            paragraph,
            f"{rule.clause.removeprefix(policy.STATUTE)} {rule.title}",
            policy.judge(replace(request, paragraph=paragraph)),
        )
        for paragraph, rule in policy.PARAGRAPHS.items()
        if paragraph not in NOT_HERE
    ]
    return (*letters, *others)


def tasks_of(
    asked: tuple[tuple[str, policy.Condition], ...], scope: Scope, *, at: datetime
) -> tuple[Task, ...]:
    """The approvals among what is *asked*, each as it stands for *scope*."""
    known = of_scope(scope)
    found = []
    for clause, condition in asked:
        if condition.answer == Answer.APPROVAL:
            approval = known.get(condition.approval)
            now = standing(approval, at=at) if approval else None
            found.append(Task(ApprovalKind(condition.approval), condition, clause, approval, now))
    return tuple(found)
