"""The verbs of approvals: ask, attach a paper, decide, withdraw, use."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from routine_uses.approvals import events
from routine_uses.approvals.choices import ApprovalKind, ApprovalState, Standing
from routine_uses.approvals.documents import MOST_DOCUMENTS, media_type_of, tidied_name
from routine_uses.approvals.managers import kinds_of
from routine_uses.approvals.policy import (
    ASKERS,
    NEVER_BY_ONE_PERSON,
    NUMBER_PREFIX,
    TASKS,
    WAITS_AT_MOST,
    expiry,
)
from routine_uses.approvals.querysets import findings_asked, of_scope, scope_asked, standing
from routine_uses.choices import Answer
from routine_uses.grounds import GUARDS
from routine_uses.models import (
    Approval,
    ApprovalDocument,
    ApprovalUse,
    ApprovedRecord,
    ChiefDesignation,
    Disclosure,
    Recipient,
)
from routine_uses.policy import STATUTE, Condition, DisclosureRequest, conditions_asked, is_met
from routine_uses.querysets import recipient_facts, rules_in_force
from routine_uses.scopes import DisclosedRecord, Scope


@transaction.atomic
def designate_chief(
    *, person: User, actor: User | None, at: datetime, channel: Channel
) -> ChiefDesignation:
    """Make *person* the Chief Privacy Officer; whoever was it before is so no longer.

    Raises:
        ActionRefused: the actor is no administrator, it is oneself, or the person is no
            privacy officer.
    """
    if actor is not None and not actor.has_role(Role.ADMINISTRATOR):
        raise ActionRefused("Your role designates nobody.", code="not-an-administrator")
    if actor is not None and actor.pk == person.pk:
        raise ActionRefused("Nobody designates themselves.", code="own-designation")
    if not person.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "The Chief Privacy Officer is a privacy officer.", code="not-a-privacy-officer"
        )
    for before in ChiefDesignation.objects.select_for_update().filter(ended_at=None):
        if before.person_id == person.pk:
            raise ActionRefused("This person is designated already.", code="already-designated")
        before.ended_at = at
        before.save(update_fields=["ended_at"])
    made = ChiefDesignation.objects.create(person=person, designated_by=actor, designated_at=at)
    record_event(
        kind=events.CHIEF_DESIGNATED,
        actor=actor,
        at=at,
        channel=channel,
        details={"person": person.get_username()},
    )
    return made


@transaction.atomic
def ask_for_approval(
    *,
    kind: ApprovalKind,
    records: Sequence[DisclosedRecord],
    recipient: Recipient,
    scope: Scope,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
    papers: Iterable[tuple[str, bytes]] = (),
) -> Approval:
    """Ask the role that decides on *kind*, for exactly *scope*.

    Args:
        records: the records of the scope, with their numbers.
        reason: why, for whoever decides; no personal data.
        papers: name and contents of each paper that is ready.

    Raises:
        ActionRefused: the ground asks for no such approval, one waits or holds already, the
            actor does not disclose, no reason is given, or a paper is refused.
        NoNoticeInForce: nothing can leave, so nothing is asked.
    """
    if not actor.has_role(*ASKERS):
        raise ActionRefused("Your role discloses nothing.", code="not-a-discloser")
    if not reason.strip():
        raise ActionRefused("Say what it is needed for.", code="reason-missing")
    clause, condition = _asked_on(kind, scope, recipient, at=at)
    before = of_scope(scope).get(kind)
    if before and standing(before, at=at) in (Standing.WAITING, Standing.GRANTED):
        raise ActionRefused(
            f"{before.number} was asked for the same already.", code="already-asked"
        )
    if before and before.state == ApprovalState.WAITING:
        # It has expired; nobody may decide it any more, and only one can wait.
        _withdraw(before, reason="Expired and asked for anew.", actor=actor, at=at)
    ordered = sorted((each for each in records if not each.made_by_it), key=lambda r: r.record_id)
    approval = Approval.objects.create(
        number=new_number(NUMBER_PREFIX, at=at),
        kind=kind,
        question=condition.question,
        clause=clause,
        paragraph=scope.paragraph,
        letter=scope.letter,
        purpose_code=scope.purpose,
        recipient=recipient,
        fields=sorted(scope.fields),
        record_ids=[each.record_id for each in ordered],
        record_numbers=[each.number for each in ordered],
        mark=scope.mark,
        scope_sha256=scope.digest,
        reason=reason.strip(),
        requested_by=actor,
        requested_at=at,
        expires_at=at + WAITS_AT_MOST,
    )
    ApprovedRecord.objects.bulk_create(
        ApprovedRecord(approval=approval, record_id=record.record_id, record_number=record.number)
        for record in ordered
    )
    _event(events.APPROVAL_ASKED, approval, actor=actor, at=at, channel=channel)
    for name, data in papers:
        add_paper(approval=approval, name=name, data=data, actor=actor, at=at, channel=channel)
    return approval


@transaction.atomic
def add_paper(
    *, approval: Approval, name: str, data: bytes, actor: User, at: datetime, channel: Channel
) -> ApprovalDocument:
    """Attach a paper, sealed, while the approval waits.

    Raises:
        ActionRefused: it waits no longer, the actor neither asked nor decides, there are
            enough papers, that one is there already, or its contents are refused.
    """
    locked = _locked(approval)
    _refuse_unless_waiting(locked, at=at)
    if actor.pk != locked.requested_by_id and locked.kind not in kinds_of(actor):
        raise ActionRefused(
            "Only whoever asked and whoever decides attach papers.", code="not-yours"
        )
    if locked.documents.count() >= MOST_DOCUMENTS:
        raise ActionRefused(f"At most {MOST_DOCUMENTS} papers are attached.", code="paper-too-many")
    media_type = media_type_of(data)
    digest = hashlib.sha256(data).hexdigest()
    if locked.documents.filter(sha256=digest).exists():
        raise ActionRefused("That very paper is attached already.", code="paper-again")
    paper = ApprovalDocument.objects.create(
        approval=locked,
        name=tidied_name(name),
        media_type=media_type,
        size=len(data),
        sha256=digest,
        content=data,
        uploaded_by=actor,
        uploaded_at=at,
    )
    _event(
        events.APPROVAL_PAPER_ADDED,
        locked,
        actor=actor,
        at=at,
        channel=channel,
        paper=paper.pk,
        sha256=digest,
    )
    return paper


@transaction.atomic
def grant_approval(
    *,
    approval: Approval,
    reason: str,
    findings: Mapping[str, str],
    actor: User,
    at: datetime,
    channel: Channel,
) -> Approval:
    """Grant what was asked, with what was found.

    Args:
        findings: answers to what the clause wants whoever decides to state
            (``querysets.findings_asked``).

    Raises:
        ActionRefused: the actor may not decide it, it waits no longer, the paper is not
            there, or what was found does not meet the clause.
    """
    locked = _decidable(approval, reason=reason, actor=actor, at=at)
    task = TASKS[locked.kind]
    if task.paper and not locked.documents.exists():
        raise ActionRefused(
            f"{task.paper} must be attached first.", code="paper-missing", clause=locked.clause
        )
    for each in _same_scope_by(actor, locked):
        raise ActionRefused(
            f"You granted {each.number} for the same disclosure. "
            "The Chief Privacy Officer and counsel are two people.",
            code="one-person-for-two",
            clause=locked.clause,
        )
    stated: dict[str, str] = {}
    for condition in findings_asked(locked, rules_in_force(at)):
        value = " ".join(findings.get(condition.key, "").split())
        if not is_met(condition, value):
            raise ActionRefused(
                f"{condition.question} Without that it cannot be granted.",
                code="finding-not-met",
                clause=locked.clause,
            )
        stated[condition.key] = value
    locked.findings = stated
    locked.expires_at = expiry(locked.kind, granted_at=at)
    return _decided(
        locked, ApprovalState.GRANTED, reason=reason, actor=actor, at=at, channel=channel
    )


@transaction.atomic
def refuse_approval(
    *, approval: Approval, reason: str, actor: User, at: datetime, channel: Channel
) -> Approval:
    """Refuse what was asked, with a reason. It may be asked for anew.

    Raises:
        ActionRefused: the actor may not decide it, or it waits no longer.
    """
    locked = _decidable(approval, reason=reason, actor=actor, at=at)
    return _decided(
        locked, ApprovalState.REFUSED, reason=reason, actor=actor, at=at, channel=channel
    )


@transaction.atomic
def withdraw_approval(
    *, approval: Approval, reason: str, actor: User, at: datetime, channel: Channel
) -> Approval:
    """Take an approval back before it is used: whoever asked, or whoever granted it.

    Raises:
        ActionRefused: it is not the actor's, it was used, refused or withdrawn, or no
            reason is given.
    """
    locked = _locked(approval)
    if actor.pk not in (locked.requested_by_id, locked.decided_by_id):
        raise ActionRefused(
            "Only whoever asked for it and whoever granted it withdraw it.", code="not-yours"
        )
    if standing(locked, at=at) not in (Standing.WAITING, Standing.GRANTED, Standing.EXPIRED):
        raise ActionRefused("It can no longer be withdrawn.", code="wrong-state")
    if not reason.strip():
        raise ActionRefused("Say why.", code="reason-missing")
    _withdraw(locked, reason=reason, actor=actor, at=at)
    _event(events.APPROVAL_WITHDRAWN, locked, actor=actor, at=at, channel=channel)
    return locked


def use_approvals(*, approvals: Iterable[Approval], disclosure: Disclosure) -> None:
    """Note that *disclosure* used *approvals*, in its own transaction.

    The database refuses a second use, and a use that is not covered.

    Raises:
        RuntimeError: there is no transaction to join.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An approval is used in the transaction of its disclosure.")
    for approval in approvals:
        ApprovalUse.objects.create(approval=approval, disclosure=disclosure)


def _asked_on(
    kind: ApprovalKind, scope: Scope, recipient: Recipient, *, at: datetime
) -> tuple[str, Condition]:
    """The condition that an approval of *kind* answers on that ground, and its clause."""
    request = DisclosureRequest(
        paragraph=scope.paragraph,
        letter=scope.letter,
        recipient=recipient_facts(recipient),
        fields=scope.fields,
        purpose=scope.purpose,
        # What opens a protection is asked on any ground that leaves the agency.
        protections=frozenset(
            protection for protection, guard in GUARDS.items() if guard.condition.approval == kind
        ),
    )
    asked = conditions_asked(request, rules_in_force(at).get(scope.letter))
    for clause, condition in asked:
        if condition.answer == Answer.APPROVAL and condition.approval == kind:
            return clause, condition
    raise ActionRefused(
        "This ground asks for no such approval.",
        code="approval-not-asked",
        clause=f"{STATUTE}(b)",
    )


def _locked(approval: Approval) -> Approval:
    return Approval.objects.select_for_update().get(pk=approval.pk)


def _refuse_unless_waiting(approval: Approval, *, at: datetime) -> None:
    now = standing(approval, at=at)
    if now is not Standing.WAITING:
        raise ActionRefused(
            f"It waits no longer: {now.label.lower()}.", code="wrong-state", clause=approval.clause
        )


def _decidable(approval: Approval, *, reason: str, actor: User, at: datetime) -> Approval:
    locked = _locked(approval)
    _refuse_unless_waiting(locked, at=at)
    if actor.pk == locked.requested_by_id:
        raise ActionRefused(
            "You asked for it: somebody else must decide.",
            code="own-request",
            clause=locked.clause,
        )
    if locked.kind not in kinds_of(actor):
        raise ActionRefused(
            f"Only the {TASKS[locked.kind].decider.lower()} decides this.",
            code="not-the-decider",
            clause=locked.clause,
        )
    if not reason.strip():
        raise ActionRefused("Give the reason of the decision.", code="reason-missing")
    return locked


def _same_scope_by(actor: User, approval: Approval) -> list[Approval]:
    if approval.kind not in NEVER_BY_ONE_PERSON:
        return []
    others = of_scope(scope_asked(approval)).values()
    return [
        each
        for each in others
        if each.kind in NEVER_BY_ONE_PERSON - {approval.kind}
        and each.state == ApprovalState.GRANTED
        and each.decided_by_id == actor.pk
    ]


def _decided(
    locked: Approval,
    state: ApprovalState,
    *,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> Approval:
    locked.state = state
    locked.decided_by = actor
    locked.decided_at = at
    locked.decision_reason = reason.strip()
    locked.save(
        update_fields=[
            "state",
            "decided_by",
            "decided_at",
            "decision_reason",
            "findings",
            "expires_at",
        ]
    )
    granted = state is ApprovalState.GRANTED
    kind = events.APPROVAL_GRANTED if granted else events.APPROVAL_REFUSED
    _event(kind, locked, actor=actor, at=at, channel=channel)
    return locked


def _withdraw(locked: Approval, *, reason: str, actor: User, at: datetime) -> None:
    locked.state = ApprovalState.WITHDRAWN
    locked.withdrawn_by = actor
    locked.withdrawn_at = at
    locked.withdrawn_reason = reason.strip()
    locked.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_reason"])


def _event(
    kind: str, approval: Approval, *, actor: User, at: datetime, channel: Channel, **details: Any
) -> None:
    one = len(approval.record_ids) == 1
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=approval.record_ids[0] if one else None,
        record_number=approval.record_numbers[0] if one else "",
        details={
            "approval": approval.number,
            "kind": approval.kind,
            "records": approval.record_numbers,
            **details,
        },
    )
