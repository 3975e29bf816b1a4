"""Where a record stands and why, in words: for its page, the API and the command."""

from dataclasses import dataclass
from datetime import date, datetime

from acrime.records.models import Record
from acrime.retention.actions import Judged, judge_records
from acrime.retention.choices import Reason, State
from acrime.retention.policy import Hold
from routine_uses.choices import CutoffRule, Disposal, Trigger

STATE_TONES = {
    State.NO_TRIGGER: "neutral",
    State.RUNNING: "info",
    State.ELIGIBLE: "warning",
    State.BLOCKED_BY_AUTHORITY: "danger",
    State.BLOCKED_BY_HOLD: "warning",
    State.PERMANENT: "neutral",
    State.TRANSFER_DUE: "warning",
    State.DESTROYED: "neutral",
}


@dataclass(frozen=True)
class Explanation:
    """Where a record stands in its period. ``over_on`` is the first day on which it is over."""

    state: State
    tone: str
    code: str
    title: str
    text: str
    citation: str
    period: str
    runs_from: str
    cutoff: str
    action: str
    trigger_date: date | None
    cutoff_date: date | None
    over_on: date | None
    authority: str
    authority_number: str
    may_be_destroyed: bool
    reasons: tuple[Reason, ...]
    holds: tuple[Hold, ...]
    clauses: tuple[str, ...]


def explain(record: Record, *, at: datetime) -> Explanation:
    """Where *record* stands at *at*, worked out now and not read from its clock."""
    return explained(judge_records([record.pk], at=at)[record.pk])


def explained(judged: Judged) -> Explanation:
    """*judged* in words."""
    verdict, row, authority = judged.verdict, judged.bound.row, judged.bound.authority
    item = verdict.item
    return Explanation(
        state=verdict.state,
        tone=STATE_TONES[verdict.state],
        code=row.code,
        title=row.title,
        text=row.text,
        citation=row.citation,
        period=_period(item.years, item.action, item.trigger),
        runs_from=Trigger(item.trigger).label,
        cutoff=CutoffRule(item.cutoff).label,
        action=Disposal(item.action).label,
        trigger_date=verdict.trigger_date,
        cutoff_date=verdict.cutoff_date,
        over_on=verdict.date,
        authority=authority.get_state_display()
        if authority
        else row.get_authority_status_display(),
        authority_number=authority.authority_number if authority else "",
        may_be_destroyed=verdict.state is State.ELIGIBLE,
        reasons=verdict.reasons,
        holds=verdict.holds,
        clauses=verdict.clauses,
    )


def _period(years: int | None, action: str, trigger: str) -> str:
    if action == Disposal.PERMANENT:
        return "For good"
    if trigger == Trigger.AS_PARENT:
        return "As the record that it follows up"
    if years is None:
        return "Not scheduled: kept until it is"
    return "1 year" if years == 1 else f"{years} years"
