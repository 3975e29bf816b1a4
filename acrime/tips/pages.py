"""What the pages of tips share: the look written down first, and what a tip's page shows."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts.guards import may_open, signed_in
from accounts.models import User
from acrime.common.errors import ActionRefused
from acrime.ncic import disclosing
from acrime.records.choices import RecordKind, SubjectRole
from acrime.records.history import timeline_of
from acrime.records.models import Record
from acrime.records.pages import not_there, record_for, see_record, see_rows
from acrime.tips import policy
from acrime.tips.choices import Sign, TipState
from acrime.tips.models import Tip, TipReferral, TipSource
from acrime.tips.presentation import TONES
from acrime.tips.querysets import alike
from acrime.tips.referring.actions import telling_of
from routine_uses.choices import Field
from routine_uses.links import record_links
from routine_uses.models import Disclosure


def seen(request: HttpRequest, number: str, *, at: datetime) -> tuple[Record, Tip]:
    """The tip with *number*, written down as seen.

    Raises:
        NotThere: no such tip, or the reader may not see it.
    """
    record = see_record(request, number, RecordKind.TIP, at=at)
    return record, tip_of(record)


def to_act(request: HttpRequest, number: str, *, at: datetime) -> Tip:
    """The tip with *number*, for an act that shows nothing of it.

    Raises:
        NotThere: no such tip, or the reader may not see it.
    """
    return tip_of(record_for(request, number, RecordKind.TIP, at=at))


def tip_of(record: Record) -> Tip:
    """The tip in *record*."""
    found: Tip = Tip.objects.with_details().get(record=record)
    return found


def referral_at(request: HttpRequest, tip: Tip, identifier: int, *, at: datetime) -> TipReferral:
    """The referral of *tip* at that place on its page, from 1.

    Raises:
        NotThere: there is none.
    """
    kept = list(tip.referrals.select_related("recipient", "prepared_by", "sent_by").order_by("pk"))
    if not 1 <= identifier <= len(kept):
        not_there(request, tip.record.number, at=at)
    kept[identifier - 1].tip = tip
    return kept[identifier - 1]


def outlook(referral: TipReferral, *, at: datetime) -> tuple[disclosing.Outlook | None, str]:
    """How a referral stands before the gate, or what hinders it."""
    try:
        return disclosing.outlook_of(telling_of(referral), at=at), ""
    except ActionRefused as refusal:
        clause = f" ({refusal.clause})" if refusal.clause else ""
        return None, f"{refusal.message}{clause}"


def context_of(
    request: HttpRequest, record: Record, tip: Tip, *, at: datetime, beside: bool = True
) -> dict[str, Any]:
    """What the page of *tip* shows; the look at it is written down already.

    Args:
        beside: whether tips that may say the same are shown with it.
    """
    user = signed_in(request)
    over = tip.state in (TipState.CLOSED, TipState.NOT_KEPT)
    near = alike(tip, user) if beside and not over else []
    repeats = _visible(user, tip.repeats.all())
    same_as = _visible(user, Tip.objects.filter(pk=tip.same_as_id or 0))
    others = {each.pk: each for each in [*(row for row, _ in near), *repeats, *same_as]}
    if others:
        see_rows(
            request,
            list(others.values()),
            at=at,
            criteria={"List": f"On the page of {record.number}"},
        )
    return {
        "record": record,
        "tip": tip,
        "tone": TONES[tip.state],
        "tones": TONES,
        "persons": list(tip.persons.order_by("position")),
        "files": list(tip.files.defer("content").order_by("pk")),
        "people": _people(user, record),
        "alike": [(row, why) for row, why in near if row.pk != tip.same_as_id],
        "repeats": repeats,
        "same_as": same_as[0] if same_as else None,
        "signs": [Sign(code).label for code in tip.signs],
        "steps": list(tip.steps.select_related("done_by").order_by("pk")),
        "referrals": _referrals(user, tip),
        "source": _source(user, tip),
        "due_on": policy.due_on(tip.received_on),
        "clause": policy.SPEECH_CLAUSE,
        "timeline": timeline_of(record),
        "over": over,
        "at": at,
    } | _may(user, tip)


def _may(user: User, tip: Tip) -> dict[str, bool]:
    """What the reader can do now."""
    works = may_open(user, "tips:triage", "POST")
    follows = may_open(user, "tips:step", "POST")
    is_open = tip.state == TipState.OPEN
    mine = tip.handler_id == user.pk
    return {
        "may_take": works and tip.state == TipState.NEW,
        "may_sort": works and tip.state == TipState.SUSPECTED,
        "may_triage": works and tip.state == TipState.TRIAGE and mine,
        "may_put_back": tip.state == TipState.TRIAGE
        and (mine or may_open(user, "tips:second", "POST"))
        and works,
        "may_decide": tip.state == TipState.REVIEW
        and may_open(user, "tips:second", "POST")
        and tip.answered_by_id != user.pk,
        "may_follow": follows and is_open,
        "may_refer": works and is_open,
        "may_link": is_open and may_open(user, "tips:person", "POST"),
        "may_join": may_open(user, "tips:same", "POST")
        and tip.state in (TipState.NEW, TipState.TRIAGE, TipState.OPEN)
        and tip.same_as_id is None,
    }


def _visible(user: User, rows: Any) -> list[Tip]:
    return list(rows.filter(pk__in=Tip.objects.visible_to(user)).with_details().newest())


def _people(user: User, record: Record) -> list[tuple[Any, bool]]:
    """The individuals whom the tip is about, and whether the reader sees their own record."""
    links = (
        record.subjects.filter(role=SubjectRole.SUBJECT)
        .select_related("individual__record", "linked_by")
        .order_by("pk")
    )
    visible = set(
        Record.objects.visible_to(user)
        .filter(pk__in=[link.individual_id for link in links])
        .values_list("pk", flat=True)
    )
    return [(link, link.individual_id in visible) for link in links]


def _referrals(user: User, tip: Tip) -> list[dict[str, Any]]:
    kept = list(tip.referrals.select_related("recipient", "prepared_by", "sent_by").order_by("pk"))
    numbers = [each.disclosure_number for each in kept if each.disclosure_number]
    shown = Disclosure.objects.visible_to(user).filter(number__in=numbers).order_by("pk")
    opens = may_open(user, "routine_uses:disclosure")
    visible = set(shown.values_list("number", flat=True)) if numbers and opens else set()
    return [
        {
            "row": each,
            "told": [Field(code).label for code in each.fields],
            "opens": each.disclosure_number in visible,
        }
        for each in kept
    ]


def _source(user: User, tip: Tip) -> str:
    """The address of the record of who reported it, for those who are named for it alone.

    Everybody else reads the same words, whether there is one or not.
    """
    found = TipSource.objects.visible_to(user).filter(tip=tip).select_related("record").first()
    if found is None or not may_open(user, "tips:source"):
        return ""
    [(_, address)] = record_links(user, [found.record.number])
    return address
