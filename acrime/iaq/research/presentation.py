"""The checklist of a query, and what connected systems answered."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from acrime.common.places import places
from acrime.iaq.choices import NCIC_SOURCES
from acrime.iaq.models import StatusQuery
from acrime.iaq.presentation import NCIC_WITHHELD
from acrime.iaq.querysets import sees_drafts_of
from acrime.iaq.research.asking import connected
from acrime.iaq.research.choices import AskState
from acrime.iaq.research.policy import Check, checks
from acrime.records.reveals import masked

_SHOWN = frozenset({AskState.WAITING, AskState.ANSWERED, AskState.UNAVAILABLE})


@dataclass(frozen=True)
class CheckShown:
    """A source of the checklist, and whether it can be asked by the portal."""

    check: Check
    state: str
    tone: str
    may_ask: bool


@dataclass(frozen=True)
class QuestionShown:
    """A question to a connected system, as its reader may see it."""

    place: int
    source: str
    state: str
    waits: bool
    result: str
    finding: str
    source_number: str
    at: datetime


def checklist_shown(query: StatusQuery, user: User, *, may_research: bool) -> list[CheckShown]:
    """The checklist of *query* as far as *user* sees its research."""
    steps = query.research_steps.visible_to(user).order_by("looked_at", "pk")
    open_questions = set(
        query.system_questions.filter(state__in=[AskState.WAITING, AskState.ANSWERED])
        .order_by("pk")
        .values_list("source", flat=True)
    )
    askable = {source.value for source in connected()} - open_questions if may_research else set()
    return [
        CheckShown(each, *_state(each), may_ask=each.source in askable and not each.done)
        for each in checks(query.program, steps.values_list("source", "result"))
    ]


def questions_shown(query: StatusQuery, user: User, *, opened: bool) -> list[QuestionShown]:
    """Questions that wait for an answer or whose answer waits, where *user* sees the drafts."""
    if not sees_drafts_of(query, user):
        return []
    certified = user.standing.ncic_certified
    asked = list(query.system_questions.order_by("asked_at", "pk"))
    place = places(asked)
    # An earlier try of a source tells nothing beside a later one.
    last = {question.source: question for question in asked if question.state in _SHOWN}
    done = {check.source for check in checks(query.program, _steps(query)) if check.done}
    shown = []
    for question in last.values():
        if question.state == AskState.UNAVAILABLE and question.source in done:
            continue
        open_to_user = certified or question.source not in NCIC_SOURCES
        number = str(question.source_number or "") if open_to_user else ""
        shown.append(
            QuestionShown(
                place=place[question.pk],
                source=question.get_source_display(),
                state=question.get_state_display(),
                waits=question.state == AskState.ANSWERED,
                result=question.get_result_display(),
                finding=str(question.finding or "") if open_to_user else NCIC_WITHHELD,
                source_number=number if opened or not number else masked(number),
                at=question.answered_at or question.asked_at,
            )
        )
    return shown


def _steps(query: StatusQuery) -> list[tuple[str, str]]:
    return list(query.research_steps.order_by("looked_at", "pk").values_list("source", "result"))


def _state(check: Check) -> tuple[str, str]:
    if check.done:
        return "Done", "success"
    if check.by_hand:
        return "Not available: look by hand", "warning"
    return ("Open", "warning") if check.required else ("Open", "neutral")
