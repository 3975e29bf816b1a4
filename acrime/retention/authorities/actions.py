"""The verbs of authorities: propose, approve, refuse, withdraw.

What an authority says is never edited. One that is wrong is withdrawn, and one that changes is
superseded by another that is proposed and approved anew.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.records.models import Record
from acrime.retention import events
from acrime.retention.actions import begin_walk, recompute
from acrime.retention.authorities.models import (
    AuthorityDocument,
    AuthorityEnding,
    ScheduleAuthority,
)
from acrime.retention.authorities.previews import preview_of
from acrime.retention.choices import AuthorityState
from acrime.retention.policy import EXCLUSIVE, ONLY_PROPOSED
from routine_uses.approvals.documents import media_type_of, tidied_name
from routine_uses.choices import CutoffRule, Disposal, Trigger
from routine_uses.models import RetentionItem

PROPOSERS = frozenset({Role.RECORDS_OFFICER})
DECIDERS = frozenset({Role.RECORDS_OFFICER, Role.PRIVACY_OFFICER})
MOST_YEARS = 500
AT_ONCE = 5000
"""Records whose clocks are worked out with the approval itself; a walk does the others."""

_AUTHORITY_NUMBER = re.compile(r"[A-Z][A-Z0-9]{0,3}-[A-Z0-9]+(-[A-Z0-9]+)*(, item [0-9A-Za-z.]+)?")


@dataclass(frozen=True)
class Terms:
    """What the document of an authority says.

    Attributes:
        code: of the items that it approves.
        number: the Archivist's own, such as ``DAA-0567-2015-0013-0001``.
        years: empty for good, or as its parent's.
    """

    code: str
    number: str
    citation: str
    effective_on: date
    trigger: str
    years: int | None
    cutoff_rule: str = CutoffRule.NONE.value
    action: str = Disposal.DESTROY.value


@transaction.atomic
def propose(
    *,
    terms: Terms,
    reason: str,
    own_agency: bool,
    document: bytes,
    document_name: str,
    actor: User,
    at: datetime,
) -> ScheduleAuthority:
    """Propose that the Archivist approved a schedule, with the document that says so.

    Args:
        own_agency: whether it was approved for the records of this agency.

    Raises:
        ActionRefused: the actor is no records officer, the terms do not say from when and how
            long, the document is none, it is another agency's, or a proposal waits already.
    """
    _need(actor, PROPOSERS, "A records officer proposes what the Archivist approved.")
    item = RetentionItem.objects.filter(code=terms.code).order_by("-pk").first()
    if item is None:
        raise ActionRefused("No such item.", code="item")
    _check(terms, at=at)
    if not own_agency:
        raise ActionRefused(
            "A schedule of another agency lets nothing be destroyed here.",
            code="own_agency",
            clause="36 CFR 1226.14(c)",
        )
    if not reason.strip():
        raise ActionRefused("Say what it rests on.", code="reason-missing")
    if media_type_of(document) != "application/pdf":
        raise ActionRefused("The document is a PDF file.", code="paper-kind")
    if ScheduleAuthority.objects.filter(code=terms.code, state=AuthorityState.PROPOSED).exists():
        raise ActionRefused(
            "A proposal for this item waits for a second person already.", code="already-proposed"
        )
    made = ScheduleAuthority.objects.create(
        number=new_number("SCH", at=at),
        item=item,
        code=terms.code,
        authority_number=terms.number.strip(),
        citation=terms.citation.strip(),
        effective_on=terms.effective_on,
        trigger=terms.trigger,
        years=terms.years,
        cutoff_rule=terms.cutoff_rule,
        action=terms.action,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=at,
    )
    AuthorityDocument.objects.create(
        authority=made,
        name=tidied_name(document_name),
        size=len(document),
        sha256=hashlib.sha256(document).hexdigest(),
        content=document,
    )
    _event(events.AUTHORITY_PROPOSED, made, actor=actor, at=at)
    return made


@transaction.atomic
def approve(
    *, authority: ScheduleAuthority, comment: str = "", actor: User, at: datetime
) -> ScheduleAuthority:
    """Approve a proposal as a second person. It counts for all records, old ones too.

    One that was approved before for the same items is superseded with it.

    Raises:
        ActionRefused: the proposer's own, decided already, or the actor may not decide.
    """
    _need(actor, DECIDERS, "A records officer or a privacy officer decides.")
    locked = _proposed(authority)
    if locked.proposed_by_id == actor.pk:
        raise ActionRefused(
            "A second person decides: you proposed it yourself.",
            code="own-proposal",
            clause=EXCLUSIVE,
        )
    seen = preview_of(locked, at=at).as_data()
    current = (
        ScheduleAuthority.objects.select_for_update()
        .filter(code=locked.code, state=AuthorityState.APPROVED)
        .order_by("pk")
        .first()
    )
    if current is not None:
        _end(
            current,
            AuthorityState.SUPERSEDED,
            reason=f"{locked.number} takes its place.",
            successor=locked,
            actor=actor,
            at=at,
        )
        _event(events.AUTHORITY_SUPERSEDED, current, actor=actor, at=at)
    locked.state = AuthorityState.APPROVED
    locked.decided_by, locked.decided_at = actor, at
    locked.comment, locked.preview = comment.strip(), seen
    locked.save(update_fields=["state", "decided_by", "decided_at", "comment", "preview"])
    _event(events.AUTHORITY_APPROVED, locked, actor=actor, at=at)
    _recompute(locked, at=at)
    return locked


@transaction.atomic
def refuse(
    *, authority: ScheduleAuthority, comment: str, actor: User, at: datetime
) -> ScheduleAuthority:
    """Refuse a proposal; its proposer takes it back in this way.

    Raises:
        ActionRefused: decided already, without a reason, or the actor may not decide.
    """
    _need(actor, DECIDERS, "A records officer or a privacy officer decides.")
    locked = _proposed(authority)
    if not comment.strip():
        raise ActionRefused("Say why it is refused.", code="reason-missing")
    locked.state = AuthorityState.REFUSED
    locked.decided_by, locked.decided_at, locked.comment = actor, at, comment.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "comment"])
    _event(events.AUTHORITY_REFUSED, locked, actor=actor, at=at)
    return locked


@transaction.atomic
def withdraw(
    *, authority: ScheduleAuthority, reason: str, actor: User, at: datetime
) -> ScheduleAuthority:
    """Withdraw an approved authority. It waits for nobody: it only stops what would be destroyed.

    Raises:
        ActionRefused: it is not in force, there is no reason, or the actor may not decide.
    """
    _need(actor, DECIDERS, "A records officer or a privacy officer withdraws.")
    locked = ScheduleAuthority.objects.select_for_update().get(pk=authority.pk)
    if locked.state != AuthorityState.APPROVED:
        raise ActionRefused("Only what is in force is withdrawn.", code="wrong-state")
    if not reason.strip():
        raise ActionRefused("Say why it is withdrawn.", code="reason-missing")
    _end(locked, AuthorityState.WITHDRAWN, reason=reason.strip(), actor=actor, at=at)
    _event(events.AUTHORITY_WITHDRAWN, locked, actor=actor, at=at)
    # Nothing is due on it from this moment, however many records there are.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retention_clock SET state = 'NO_AUTHORITY', recomputed_at = %s::timestamptz, "
            "reasons = array_append(array_remove(reasons, 'WITHDRAWN'), 'WITHDRAWN') "
            "WHERE authority_id = %s::bigint AND state IN ('ELIGIBLE', 'TRANSFER_DUE', 'HELD')",
            [at, locked.pk],
        )
    _recompute(locked, at=at)
    return locked


def _recompute(authority: ScheduleAuthority, *, at: datetime) -> None:
    """Work out the clocks of what *authority* covers; of very many, the walk does it."""
    ids = list(
        Record.objects.filter(schedule_item__code=authority.code)
        .order_by("pk")
        .values_list("pk", flat=True)[: AT_ONCE + 1]
    )
    recompute(ids[:AT_ONCE], at=at)
    if len(ids) > AT_ONCE:
        begin_walk(at=at)


def _end(
    authority: ScheduleAuthority,
    kind: AuthorityState,
    *,
    reason: str,
    successor: ScheduleAuthority | None = None,
    actor: User,
    at: datetime,
) -> None:
    AuthorityEnding.objects.create(
        authority=authority,
        kind=kind,
        successor=successor,
        reason=reason,
        ended_by=actor,
        ended_at=at,
    )
    authority.state = kind
    authority.save(update_fields=["state"])


def _proposed(authority: ScheduleAuthority) -> ScheduleAuthority:
    locked = ScheduleAuthority.objects.select_for_update().get(pk=authority.pk)
    if locked.state != AuthorityState.PROPOSED:
        raise ActionRefused("It is decided already.", code="wrong-state")
    return locked


def _check(terms: Terms, *, at: datetime) -> None:
    for problem, code in (
        ("" if terms.trigger in Trigger.values else "Choose the event.", "trigger"),
        ("" if terms.cutoff_rule in CutoffRule.values else "Choose the cutoff.", "cutoff_rule"),
        ("" if terms.action in Disposal.values else "Choose what is done.", "action"),
        (
            "" if terms.citation.strip() else "Say where it is written: title, page or item.",
            "citation",
        ),
        (
            ""
            if _AUTHORITY_NUMBER.fullmatch(terms.number.strip())
            else "Give the Archivist's number, such as DAA-0567-2015-0013-0001.",
            "number",
        ),
        (
            "" if terms.effective_on <= portal_day(at) else "It is not approved yet on that day.",
            "effective_on",
        ),
    ):
        if problem:
            raise ActionRefused(problem, code=code)
    if terms.trigger == Trigger.UNSTATED:
        raise ActionRefused(
            "An approved schedule says from when the period runs.",
            code="trigger",
            clause=ONLY_PROPOSED,
        )
    without = terms.action == Disposal.PERMANENT or terms.trigger == Trigger.AS_PARENT
    if without and terms.years is not None:
        raise ActionRefused(
            "Years are left out for good, and as the record followed up.", code="years"
        )
    if not without and (terms.years is None or not 1 <= terms.years <= MOST_YEARS):
        raise ActionRefused(f"Give the years, from 1 to {MOST_YEARS}.", code="years")


def _need(actor: User, roles: frozenset[Role], message: str) -> None:
    if not actor.has_role(*roles):
        raise ActionRefused(message, code="not-records-officer")


def _event(kind: str, authority: ScheduleAuthority, *, actor: User, at: datetime) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={
            "authority": authority.number,
            "item": authority.code,
            "number": authority.authority_number,
        },
    )
