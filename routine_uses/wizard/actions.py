"""The verbs of the wizard: begin, describe, choose a ground, answer, disclose, discard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.common.numbers import tidied
from routine_uses import events as own_events
from routine_uses.actions import (
    Attempt,
    DisclosureRefused,
    disclose,
    refusals_are_kept,
)
from routine_uses.approvals.actions import ask_for_approval
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.approvals.policy import DISCLOSERS
from routine_uses.choices import Paragraph
from routine_uses.models import (
    Approval,
    Disclosure,
    DisclosureDraft,
    DisclosureSeries,
    Recipient,
    RefusalReview,
)
from routine_uses.policy import STATUTE, ConditionValue, Outcome, Verdict
from routine_uses.repeating.choices import Standing
from routine_uses.repeating.policy import ACCOUNTING
from routine_uses.repeating.querysets import standing
from routine_uses.wizard import events
from routine_uses.wizard.choices import DraftState
from routine_uses.wizard.outlook import is_described, outlook, scope_of_draft
from routine_uses.wizard.sources import Source, sources_for

MOST_RECORDS = 20
# A mass disclosure goes under a category that a privacy officer approved.
MOST_OF_A_SERIES = 500


@dataclass(frozen=True)
class Description:
    """What goes to whom, why and how."""

    recipient: Recipient
    purpose: str
    method: str
    nature: str
    fields: Sequence[str]
    protections: Sequence[str] = ()


@transaction.atomic
def begin_draft(
    *,
    numbers: Sequence[str],
    series: DisclosureSeries | None = None,
    actor: User,
    at: datetime,
    facts: RequestFacts | None = None,
) -> DisclosureDraft:
    """Begin to prepare a disclosure from the records with *numbers*.

    Args:
        series: the category that it goes under, which says all but the records.

    Raises:
        NotThere: a record is not to be seen by the actor.
        ActionRefused: the actor's role discloses nothing, there are too many records, or the
            category is not in use.
        NoNoticeInForce: it goes under a category, and nothing can leave.
    """
    if not actor.has_role(*DISCLOSERS):
        raise ActionRefused("Your role discloses nothing.", code="not-a-discloser")
    most = MOST_OF_A_SERIES if series else MOST_RECORDS
    if len(numbers) > most:
        raise ActionRefused(
            f"At most {most} records go into one disclosure.", code="too-many-records"
        )
    sources = sources_for(actor, [tidied(number) for number in numbers])
    draft = DisclosureDraft(
        author=actor,
        begun_at=at,
        changed_at=at,
        record_numbers=[each.number for each in sources],
    )
    if series:
        _under(draft, series, actor=actor, at=at)
    draft.save(force_insert=True)
    one = sources[0] if len(sources) == 1 else None
    record_event(
        kind=events.DISCLOSURE_PREPARED,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=one.record_id if one else None,
        record_number=one.number if one else "",
        displayed_ids=[each.record_id for each in sources],
        details={"draft": str(draft.key), "records": draft.record_numbers},
        facts=facts,
    )
    return draft


@transaction.atomic
def describe_draft(
    *, draft: DisclosureDraft, description: Description, actor: User, at: datetime
) -> None:
    """Say what goes to whom, why and how. A ground chosen for something else is let go.

    Raises:
        ActionRefused: the draft is not the actor's or is finished, nothing is named, or its
            category says something else.
    """
    locked = _open(draft, actor)
    if not description.fields or not description.nature.strip():
        raise ActionRefused(
            "Name exactly what is disclosed.",
            code="fields-missing",
            clause=f"{STATUTE}(c)(1)(A)",
        )
    if locked.series and _differs(locked.series, description):
        raise ActionRefused(
            f"What category {locked.series.number} says is not changed here. "
            "Begin a disclosure of its own for something else.",
            code="series-differs",
            clause=ACCOUNTING,
        )
    before = (locked.recipient_id, locked.purpose_code, set(locked.fields))
    locked.recipient = description.recipient
    locked.purpose_code = description.purpose
    locked.method = description.method
    locked.nature = description.nature.strip()
    locked.fields = sorted(set(description.fields))
    locked.protections = sorted(set(description.protections))
    if locked.series:
        _take_its_ground(locked, locked.series, actor=actor, at=at)
    elif before != (locked.recipient_id, locked.purpose_code, set(locked.fields)):
        locked.paragraph = locked.letter = locked.computed_letter = locked.override_reason = ""
    locked.changed_at = at
    locked.save()


@refusals_are_kept
@transaction.atomic
def choose_ground(*, draft: DisclosureDraft, code: str, actor: User, at: datetime) -> None:
    """Choose a ground: a letter, or another paragraph of 552a(b).

    Raises:
        DisclosureRefused: it does not fit; the refusal is kept.
        ActionRefused: the draft is not the actor's, is finished, is not described, or goes
            under a category with another ground.
        NotThere: a record is no longer to be seen by the actor.
    """
    locked = _described(draft, actor)
    if locked.series and code != (locked.series.letter or locked.series.paragraph):
        raise ActionRefused(
            f"The ground is that of category {locked.series.number}.", code="series-differs"
        )
    letter = "" if code in Paragraph.values else code
    locked.paragraph = Paragraph.B3.value if letter or not code else code
    locked.letter = letter
    found = outlook(locked, user=actor, at=at)
    verdict = found.verdict
    if verdict is None or verdict.outcome is Outcome.REFUSED:
        refusal = verdict or Verdict(Outcome.REFUSED, f"{STATUTE}(b)", ("No ground was given.",))
        raise DisclosureRefused(refusal, attempt=_attempt(locked, found.sources, actor, at))
    locked.computed_letter = found.computed
    locked.changed_at = at
    locked.save()


@transaction.atomic
def answer_draft(
    *,
    draft: DisclosureDraft,
    answers: Mapping[str, ConditionValue],
    statement: str = "",
    override_reason: str = "",
    actor: User,
    at: datetime,
) -> None:
    """Keep the answers to what the chosen ground asks.

    Raises:
        ActionRefused: the draft is not the actor's, is finished, or has no ground.
    """
    locked = _described(draft, actor)
    locked.conditions = {**locked.conditions, **answers}
    locked.conditions = {key: value for key, value in locked.conditions.items() if value != ""}
    locked.statement = statement.strip()
    locked.override_reason = override_reason.strip()
    locked.changed_at = at
    locked.save()


@transaction.atomic
def ask_for_draft(
    *,
    draft: DisclosureDraft,
    kind: ApprovalKind,
    reason: str,
    papers: Sequence[tuple[str, bytes]] = (),
    actor: User,
    at: datetime,
) -> Approval:
    """Ask for an approval that the chosen ground needs, for exactly what the draft says.

    Raises:
        ActionRefused: as ``ask_for_approval``, or the draft is not open and described.
        NotThere: a record is no longer to be seen by the actor.
    """
    locked = _described(draft, actor)
    assert locked.recipient is not None
    sources = sources_for(actor, locked.record_numbers)
    return ask_for_approval(
        kind=kind,
        records=[each.plain for each in sources],
        recipient=locked.recipient,
        scope=scope_of_draft(locked, sources),
        reason=reason,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        papers=papers,
    )


@refusals_are_kept
@transaction.atomic
def disclose_draft(
    *, draft: DisclosureDraft, version: int, actor: User, at: datetime
) -> Disclosure:
    """Disclose what was prepared, through the gate, once.

    The records are held meanwhile: whoever limits or corrects one at the same time waits,
    or is waited for and then counts.

    Args:
        version: the version of the notice under which it was shown.

    Raises:
        DisclosureRefused: the gate refuses or needs something; the refusal is kept.
        ActionRefused: the draft is not the actor's, is finished or not described, or
            another version of the notice is in force than was shown.
        NotThere: a record is no longer to be seen by the actor.
    """
    locked = _described(draft, actor)
    assert locked.recipient is not None
    found = outlook(locked, user=actor, at=at, held=True)
    if found.version.pk != version:
        raise ActionRefused(
            "Another version of the notice has come into force. Look at the disclosure again.",
            code="notice-changed",
            clause=f"{STATUTE}(e)(4)",
        )
    disclosure = disclose(
        actor=actor,
        at=at,
        records=[each.plain for each in found.sources],
        recipient=locked.recipient,
        paragraph=locked.paragraph,
        letter=locked.letter,
        computed_letter=locked.computed_letter,
        override_reason=locked.override_reason,
        series=locked.series,
        purpose=locked.purpose_code,
        nature=locked.nature,
        method=locked.method,
        fields=locked.fields,
        conditions=found.conditions,
        program=found.program,
        protections=locked.protections,
        disputed=found.disputed,
        statement=locked.statement if found.disputed else "",
        channel=Channel.PAGE,
    )
    locked.state = DraftState.DISCLOSED
    locked.disclosure = disclosure
    locked.changed_at = at
    locked.save()
    return disclosure


@transaction.atomic
def discard_draft(*, draft: DisclosureDraft, actor: User, at: datetime) -> None:
    """Give a draft up.

    Raises:
        ActionRefused: it is not the actor's, or is finished.
    """
    locked = _open(draft, actor)
    locked.state = DraftState.DISCARDED
    locked.changed_at = at
    locked.save(update_fields=["state", "changed_at"])
    record_event(
        kind=events.DISCLOSURE_DISCARDED,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={"draft": str(locked.key), "records": locked.record_numbers},
    )


@transaction.atomic
def review_refusal(*, event: AuditEvent, note: str, actor: User, at: datetime) -> RefusalReview:
    """Note that the privacy office looked into a refused disclosure.

    Raises:
        ActionRefused: it is no refusal, was looked into already, or was the actor's own.
    """
    if event.kind != own_events.DISCLOSURE_REFUSED:
        raise ActionRefused("That is no refused disclosure.", code="no-refusal")
    if event.actor_id == actor.pk:
        raise ActionRefused("Somebody else looks into your own attempts.", code="own-work")
    review, is_new = RefusalReview.objects.get_or_create(
        event_id=event.pk,
        defaults={"reviewed_by": actor, "reviewed_at": at, "note": note.strip()},
    )
    if not is_new:
        raise ActionRefused("It was looked into already.", code="already-reviewed")
    record_event(
        kind=events.REFUSAL_REVIEWED,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={"event": event.pk},
    )
    return review


def _under(draft: DisclosureDraft, series: DisclosureSeries, *, actor: User, at: datetime) -> None:
    """Have *draft* say what *series* says."""
    now = standing(series, at=at)
    if now is not Standing.IN_USE:
        raise ActionRefused(
            f"Nothing goes under category {series.number}: {now.label.lower()}.",
            code="series-not-in-use",
            clause=ACCOUNTING,
        )
    draft.series = series
    draft.recipient = series.recipient
    draft.purpose_code = series.purpose_code
    draft.method = series.method
    draft.nature = series.nature
    draft.fields = list(series.fields)
    _take_its_ground(draft, series, actor=actor, at=at)


def _take_its_ground(
    draft: DisclosureDraft, series: DisclosureSeries, *, actor: User, at: datetime
) -> None:
    """Have *draft* rest on the ground of *series*, and note which letter would fit now."""
    draft.paragraph, draft.letter = series.paragraph, series.letter
    draft.computed_letter = outlook(draft, user=actor, at=at).computed
    if series.paragraph == Paragraph.B3 and draft.letter != draft.computed_letter:
        given = draft.override_reason
        draft.override_reason = given or f"The ground approved with category {series.number}"


def _differs(series: DisclosureSeries, description: Description) -> bool:
    said = (
        description.recipient.pk,
        description.purpose,
        description.method,
        " ".join(description.nature.split()),
    )
    kept = (series.recipient_id, series.purpose_code, series.method, series.nature)
    return said != kept or not set(description.fields) <= set(series.fields)


def _open(draft: DisclosureDraft, actor: User) -> DisclosureDraft:
    locked = DisclosureDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.author_id != actor.pk or not actor.has_role(*DISCLOSERS):
        raise ActionRefused("The draft is somebody else's.", code="not-yours")
    if locked.state != DraftState.OPEN:
        raise ActionRefused(
            f"The draft is finished: {locked.get_state_display().lower()}.", code="wrong-state"
        )
    return locked


def _described(draft: DisclosureDraft, actor: User) -> DisclosureDraft:
    locked = _open(draft, actor)
    if not is_described(locked):
        raise ActionRefused(
            "Say first what goes to whom, and why.",
            code="not-described",
            clause=f"{STATUTE}(c)(1)(A)",
        )
    return locked


def _attempt(
    draft: DisclosureDraft, sources: Sequence[Source], actor: User, at: datetime
) -> Attempt:
    assert draft.recipient is not None
    return Attempt(
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        records=tuple(each.plain for each in sources),
        purpose=draft.purpose_code,
        paragraph=draft.paragraph,
        letter=draft.letter,
        recipient_id=draft.recipient.pk,
        recipient_type=draft.recipient.type,
    )
