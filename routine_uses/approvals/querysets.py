"""Reads: how approvals stand, which fit a disclosure, and what a task asks."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts.models import User
from routine_uses.approvals.choices import ApprovalState, Standing
from routine_uses.approvals.policy import NUMBER_PREFIX, standing_of
from routine_uses.choices import ConditionKind, Paragraph
from routine_uses.models import Approval, ApprovalUse, ChiefDesignation
from routine_uses.policy import PARAGRAPHS, ApprovalFacts, Condition, ConditionValue, Rule
from routine_uses.scopes import Scope


def chief_privacy_officer() -> User | None:
    """Who is designated now, or None where nobody is."""
    found = ChiefDesignation.objects.filter(ended_at=None).select_related("person").first()
    return found.person if found else None


def standing(approval: Approval, *, at: datetime) -> Standing:
    """How *approval* stands at *at*."""
    used = ApprovalUse.objects.filter(approval=approval).exists()
    return standing_of(state=approval.state, used=used, expires_at=approval.expires_at, at=at)


def scope_asked(approval: Approval) -> Scope:
    """What *approval* covers."""
    return Scope(
        record_ids=frozenset(approval.record_ids),
        recipient_id=approval.recipient_id,
        fields=frozenset(approval.fields),
        paragraph=approval.paragraph,
        letter=approval.letter,
        purpose=approval.purpose_code,
        mark=approval.mark,
    )


def of_scope(scope: Scope) -> dict[str, Approval]:
    """The latest approval of each kind that was asked for this very scope, by kind."""
    found = Approval.objects.filter(scope_sha256=scope.digest).order_by("pk")
    return {
        approval.kind: approval
        for approval in found.select_related("requested_by", "decided_by", "withdrawn_by")
    }


def named_in(values: Iterable[ConditionValue]) -> list[Approval]:
    """The approvals whose numbers are among *values*, each held until the transaction ends."""
    numbers = {str(value) for value in values if str(value).startswith(f"{NUMBER_PREFIX}-")}
    if not numbers:
        return []
    found = Approval.objects.select_for_update(of=("self",)).filter(number__in=numbers)
    return list(found.order_by("pk").select_related("decided_by"))


def facts_for(
    approvals: Iterable[Approval], *, scope: Scope, discloser: User, at: datetime
) -> tuple[ApprovalFacts, ...]:
    """The approvals as the gate asks for them.

    One that still waits is not told of, so that it stays needed. One holds that was granted
    for this very scope, by somebody else than the discloser, was not used and has not
    expired.
    """
    return tuple(
        ApprovalFacts(
            reference=approval.number,
            kind=approval.kind,
            holds=standing(approval, at=at) is Standing.GRANTED
            and scope_asked(approval) == scope
            and approval.decided_by_id != discloser.pk,
        )
        for approval in approvals
        if approval.state != ApprovalState.WAITING
    )


def with_findings(
    conditions: Mapping[str, ConditionValue],
    asked: Iterable[Condition],
    approvals: Iterable[Approval],
) -> dict[str, ConditionValue]:
    """*conditions* with what was found in the approvals, and nothing found by anybody else."""
    found = {approval.kind: approval.findings for approval in approvals}
    answers = dict(conditions)
    for condition in asked:
        if condition.kind == ConditionKind.FOUND:
            answers.pop(condition.key, None)
            if value := found.get(condition.approval, {}).get(condition.key):
                answers[condition.key] = value
    return answers


def findings_asked(approval: Approval, rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    """What whoever decides *approval* states, under the rules of the notice in force."""
    ground = (
        rules.get(approval.letter)
        if approval.paragraph == Paragraph.B3
        else PARAGRAPHS[approval.paragraph]
    )
    return tuple(
        condition
        for condition in (ground.conditions if ground else ())
        if condition.kind == ConditionKind.FOUND and condition.approval == approval.kind
    )
