"""The verbs of repeating disclosures: propose a category, approve, refuse, end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from routine_uses import policy
from routine_uses.approvals.policy import DISCLOSERS
from routine_uses.choices import ACCOUNTED, Method, Paragraph, Purpose
from routine_uses.models import DisclosureSeries, Recipient
from routine_uses.querysets import recipient_facts, rules_in_force
from routine_uses.repeating import events
from routine_uses.repeating.choices import Interval, SeriesState
from routine_uses.repeating.policy import ACCOUNTING, WHAT, last_day

NUMBER_PREFIX = "REP"


@dataclass(frozen=True)
class Proposal:
    """What is to go to whom, why, how and how often.

    Attributes:
        code: the ground, a letter of the notice or a paragraph of 552a(b).
        record_category: which records go, in words.
        interval_statement: the statement of the interval, in words.
        justification: why it repeats, and why by category.
    """

    recipient: Recipient
    code: str
    purpose: str
    fields: Sequence[str]
    method: str
    nature: str
    record_category: str
    interval: str
    interval_statement: str
    starts_on: date
    ends_on: date
    justification: str

    @property
    def ground(self) -> tuple[str, str]:
        """Paragraph and letter."""
        if self.code in Paragraph.values:
            return self.code, ""
        return Paragraph.B3.value, self.code


@transaction.atomic
def propose_series(
    *, proposal: Proposal, actor: User, at: datetime, channel: Channel
) -> DisclosureSeries:
    """Propose a category of repeating disclosures. A privacy officer decides.

    Raises:
        ActionRefused: the actor does not disclose; something is not said; the days do not
            fit; the recipient is not in use; or the ground does not fit the rest.
        NoNoticeInForce: nothing can leave, so nothing is proposed.
    """
    if not actor.has_role(*DISCLOSERS):
        raise ActionRefused("Your role discloses nothing.", code="not-a-discloser")
    _is_whole(proposal)
    _days_fit(proposal, today=portal_day(at))
    _ground_fits(proposal, at=at)
    paragraph, letter = proposal.ground
    series = DisclosureSeries.objects.create(
        number=new_number(NUMBER_PREFIX, at=at),
        recipient=proposal.recipient,
        paragraph=paragraph,
        letter=letter,
        purpose_code=proposal.purpose,
        fields=sorted(set(proposal.fields)),
        method=proposal.method,
        nature=_tidied(proposal.nature),
        record_category=_tidied(proposal.record_category),
        interval=proposal.interval,
        interval_statement=_tidied(proposal.interval_statement),
        starts_on=proposal.starts_on,
        ends_on=proposal.ends_on,
        justification=proposal.justification.strip(),
        proposed_by=actor,
        proposed_at=at,
    )
    _event(events.SERIES_PROPOSED, series, actor=actor, at=at, channel=channel)
    return series


@transaction.atomic
def approve_series(
    *, series: DisclosureSeries, reason: str, actor: User, at: datetime, channel: Channel
) -> DisclosureSeries:
    """Approve a category, from now on and within its days.

    Raises:
        ActionRefused: the actor may not decide it, it waits no longer, no reason is given,
            or its last day is past.
    """
    locked = _decidable(series, reason=reason, actor=actor)
    if locked.ends_on < portal_day(at):
        raise ActionRefused(
            "Its last day is past. Propose a category with later days.", code="days-past"
        )
    return _decided(
        locked, SeriesState.APPROVED, reason=reason, actor=actor, at=at, channel=channel
    )


@transaction.atomic
def refuse_series(
    *, series: DisclosureSeries, reason: str, actor: User, at: datetime, channel: Channel
) -> DisclosureSeries:
    """Refuse a category, with a reason. Another one may be proposed.

    Raises:
        ActionRefused: the actor may not decide it, it waits no longer, or no reason is given.
    """
    locked = _decidable(series, reason=reason, actor=actor)
    return _decided(locked, SeriesState.REFUSED, reason=reason, actor=actor, at=at, channel=channel)


@transaction.atomic
def end_series(
    *, series: DisclosureSeries, reason: str, actor: User, at: datetime, channel: Channel
) -> DisclosureSeries:
    """End a category, decided or not: its proposer, or a privacy officer.

    What went under it stays accounted for under it.

    Raises:
        ActionRefused: it is not the actor's to end, was refused or has ended, or no reason
            is given.
    """
    locked = _locked(series)
    if actor.pk != locked.proposed_by_id and not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only whoever proposed it and privacy officers end it.", code="not-yours"
        )
    if locked.state not in (SeriesState.PROPOSED, SeriesState.APPROVED):
        raise ActionRefused(
            f"It can no longer be ended: {locked.get_state_display().lower()}.", code="wrong-state"
        )
    if not reason.strip():
        raise ActionRefused("Say why it ends.", code="reason-missing")
    locked.state = SeriesState.ENDED
    locked.ended_by = actor
    locked.ended_at = at
    locked.ended_reason = reason.strip()
    locked.save(update_fields=["state", "ended_by", "ended_at", "ended_reason"])
    _event(events.SERIES_ENDED, locked, actor=actor, at=at, channel=channel)
    return locked


def _tidied(text: str) -> str:
    return " ".join(text.split())


def _is_whole(proposal: Proposal) -> None:
    texts = {
        "nature": (proposal.nature, "Say what is disclosed, in words."),
        "record-category": (proposal.record_category, "Say which records go."),
        "statement": (proposal.interval_statement, "State the interval in words."),
        "justification": (proposal.justification, "Say why it repeats."),
    }
    for name, (text, asked) in texts.items():
        if not text.strip():
            raise ActionRefused(asked, code=f"{name}-missing", clause=ACCOUNTING)
    if not proposal.fields:
        raise ActionRefused("Name exactly what is disclosed.", code="fields-missing", clause=WHAT)
    known = (
        proposal.purpose in Purpose.values
        and proposal.method in Method.values
        and proposal.interval in Interval.values
    )
    if not known:
        raise ActionRefused(
            "Purpose, method and interval must be named.", code="unknown-code", clause=WHAT
        )
    if not proposal.recipient.is_active or proposal.recipient.inside_dhs:
        raise ActionRefused(
            "The directory has no such recipient outside DHS in use.",
            code="no-such-recipient",
            clause=f"{policy.STATUTE}(c)(1)(B)",
        )


def _days_fit(proposal: Proposal, *, today: date) -> None:
    if proposal.ends_on < proposal.starts_on:
        raise ActionRefused("The last day comes before the first.", code="days-turned")
    if proposal.ends_on < today:
        raise ActionRefused("The last day is past.", code="days-past")
    if proposal.ends_on > last_day(proposal.starts_on):
        raise ActionRefused(
            "A category runs for at most one year. Then it is looked at again.",
            code="days-too-many",
        )


def _ground_fits(proposal: Proposal, *, at: datetime) -> None:
    """Ask the gate what it can say before there are records; each disclosure asks it in full."""
    paragraph, letter = proposal.ground
    if paragraph not in ACCOUNTED:
        raise ActionRefused(
            "That ground never enters the accounting.",
            code="ground-does-not-fit",
            clause=ACCOUNTING,
        )
    request = policy.DisclosureRequest(
        paragraph=paragraph,
        letter=letter,
        recipient=recipient_facts(proposal.recipient, at=at),
        fields=frozenset(proposal.fields),
        purpose=proposal.purpose,
    )
    verdict = policy.judge(request, rules_in_force(at).get(letter))
    if verdict.outcome is policy.Outcome.REFUSED:
        raise ActionRefused(
            " ".join(verdict.reasons), code="ground-does-not-fit", clause=verdict.clause
        )


def _locked(series: DisclosureSeries) -> DisclosureSeries:
    return DisclosureSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)


def _decidable(series: DisclosureSeries, *, reason: str, actor: User) -> DisclosureSeries:
    locked = _locked(series)
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused("Only a privacy officer decides this.", code="not-the-decider")
    if actor.pk == locked.proposed_by_id:
        raise ActionRefused("You proposed it: somebody else must decide.", code="own-proposal")
    if locked.state != SeriesState.PROPOSED:
        raise ActionRefused(
            f"It waits no longer: {locked.get_state_display().lower()}.", code="wrong-state"
        )
    if not reason.strip():
        raise ActionRefused("Give the reason of the decision.", code="reason-missing")
    return locked


def _decided(
    locked: DisclosureSeries,
    state: SeriesState,
    *,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> DisclosureSeries:
    locked.state = state
    locked.decided_by = actor
    locked.decided_at = at
    locked.decision_reason = reason.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    approved = state is SeriesState.APPROVED
    kind = events.SERIES_APPROVED if approved else events.SERIES_REFUSED
    _event(kind, locked, actor=actor, at=at, channel=channel)
    return locked


def _event(
    kind: str, series: DisclosureSeries, *, actor: User, at: datetime, channel: Channel
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        purpose=series.purpose_code,
        details={
            "series": series.number,
            "recipient_id": series.recipient_id,
            "paragraph": series.paragraph,
            "letter": series.letter,
            "interval": series.interval,
        },
    )
