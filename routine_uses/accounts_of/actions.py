"""The verbs: make an accounting ready for its subject; supersede a wrong entry."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.common.pdf import render_pdf
from routine_uses import actions as gate
from routine_uses import events, policy, verification
from routine_uses.accounts_of.choices import Correction
from routine_uses.accounts_of.folding import folded
from routine_uses.accounts_of.models import DisclosedSubject, SubjectCopy, Supersession
from routine_uses.accounts_of.people import Person, people
from routine_uses.accounts_of.policy import (
    ACCESS,
    CLERICAL,
    LEGAL,
    ClaimFails,
    needs_second_person,
    withholdings,
)
from routine_uses.accounts_of.querysets import Accounted, about, accounted
from routine_uses.choices import ACCOUNTED, Paragraph, Purpose, RecipientType
from routine_uses.documents import Row, add_document
from routine_uses.models import DisclosedRecordLink, Disclosure, Recipient
from routine_uses.querysets import notice_in_force, quoted_rule
from routine_uses.repeating.choices import SeriesState
from routine_uses.repeating.policy import Transmission, objections
from routine_uses.repeating.querysets import category_of

COPY_PREFIX = "ACC"
COPY_TITLE = "Accounting of Disclosures"
COPY_TEMPLATE = "routine_uses/subject_copy.html"
ACCURACY_NOT_RECORDED = "No check recorded"


class CopyRefused(ActionRefused):
    """A claim does not stand, so no copy is made.

    Attributes:
        entry: number of the disclosure that the claim was about.
    """

    def __init__(self, failure: ClaimFails) -> None:
        super().__init__(failure.reason, code="claim-fails", clause=failure.clause)
        self.entry = failure.number


# region: the subject's copy
def prepare_copy(
    *,
    person: Person,
    request_reference: str,
    claims: Mapping[str, tuple[str, str]],
    seen: Iterable[str],
    actor: User,
    at: datetime,
    channel: Channel,
    facts: RequestFacts | None = None,
) -> SubjectCopy:
    """Make the accounting ready for *person*, and store it as it is given.

    Args:
        request_reference: of the request that it answers.
        claims: by number of the entry, the exemption claimed for it and why.
        seen: numbers of the entries that *actor* decided on; where the accounting has
            grown meanwhile, it must be looked at again.

    Raises:
        CopyRefused: an exemption is claimed that does not stand, or without a reason.
        ActionRefused: no privacy officer; no request; entries came since; no notice in force.
        UnableToRenderPdf: the document could not be made.
    """
    _by_privacy_officer(actor)
    if not request_reference.strip():
        raise ActionRefused(
            "Name the request that this accounting answers.", code="request-missing", clause=ACCESS
        )
    version = notice_in_force(at)
    with transaction.atomic():
        rows = [row for row in accounted(list(about(person))) if row.stands]
        if {row.disclosure.number for row in rows} != set(seen):
            raise ActionRefused(
                "The accounting has changed since you looked. Decide on every entry again.",
                code="accounting-changed",
                clause=ACCESS,
            )
        try:
            withheld = withholdings(
                [row.entry for row in rows],
                claims,
                claimed=version.document.get("exemptions", ()),
                citation=version.citation,
            )
        except ClaimFails as failure:
            raise CopyRefused(failure) from None
        given = [row for row in rows if row.disclosure.number not in withheld]
        number = new_number(COPY_PREFIX, at=at)
        document = render_pdf(
            template=COPY_TEMPLATE,
            context=_copy_context(person, given, version=version, number=number, at=at),
            title=COPY_TITLE,
        )
        copy = SubjectCopy.objects.create(
            number=number,
            individual_id=person.record_id,
            individual_number=person.number,
            request_reference=request_reference.strip(),
            notice_version=version,
            given=[row.disclosure.number for row in given],
            withheld=[vars(withheld[each]) for each in sorted(withheld)],
            document=document,
            document_sha256=hashlib.sha256(document).hexdigest(),
            made_by=actor,
            made_at=at,
        )
        shown = {person.record_id, *(pk for row in rows for pk in row.disclosure.record_ids)}
        record_event(
            kind=events.COPY_PREPARED,
            actor=actor,
            at=at,
            channel=channel,
            record_id=person.record_id,
            record_number=person.number,
            displayed_ids=sorted(shown),
            details={"copy": number, "given": copy.given, "withheld": sorted(withheld)},
            facts=facts,
        )
    return copy


def _copy_context(
    person: Person, given: Sequence[Accounted], *, version: Any, number: str, at: datetime
) -> dict[str, object]:
    # Nothing here may differ between an accounting that is whole and one that is not.
    return {
        "person": person,
        "entries": [
            {
                "on": line.latest.disclosed_at,
                "nature": line.latest.nature,
                "purpose": line.latest.purpose,
                "recipient": line.latest.recipient_name,
                "address_lines": line.latest.recipient_address.splitlines(),
                # Counted from what is given alone, like everything else here.
                "line": line if line.category else None,
            }
            for line in folded(given)
        ],
        "version": version,
        "number": number,
        "at": at,
        "footer_text": number,
        "training_band": settings.SYNTHETIC_DATA,
    }


# endregion


# region: superseding
def propose_supersession(
    *,
    disclosure: Disclosure,
    changes: Mapping[str, Any],
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> Supersession:
    """Say that an entry of the accounting is wrong, and what is right.

    A clerical error is superseded at once. Where a fact is legal, the proposal waits for
    a second privacy officer, and the entry stands until then.

    Args:
        changes: corrected facts by name (``policy.LEGAL`` and ``CLERICAL``): codes, words,
            a date-time in ISO form, or the key of a recipient.

    Raises:
        ActionRefused: no privacy officer; nothing changes; a fact that cannot be corrected or
            does not fit the notice; no reason; superseded already, or a proposal waits.
    """
    _by_privacy_officer(actor)
    if not reason.strip():
        raise ActionRefused("Say what is wrong with the entry.", code="reason-missing")
    with transaction.atomic():
        locked = Disclosure.objects.select_for_update(of=("self",)).get(pk=disclosure.pk)
        wanted = _real_changes(locked, changes)
        if not wanted:
            raise ActionRefused("Nothing is corrected.", code="nothing-changed")
        _must_stand(locked)
        if locked.corrections.filter(outcome=Correction.OPEN).exists():
            raise ActionRefused(
                "A correction of this entry waits for a second person.", code="correction-waits"
            )
        # Wrong facts are refused now, while their proposer can mend them.
        _draft(locked, wanted, at=at)
        is_legal = needs_second_person(wanted)
        proposal = Supersession(
            disclosure=locked,
            changes=wanted,
            reason=reason.strip(),
            is_legal=is_legal,
            proposed_by=actor,
            proposed_at=at,
        )
        if not is_legal:
            proposal.successor = _supersede(locked, wanted, reason.strip(), at=at)
            proposal.outcome = Correction.MADE
        proposal.save(force_insert=True)
        kind = events.ENTRY_PROPOSED if is_legal else events.ENTRY_SUPERSEDED
        _event(kind, proposal, actor=actor, at=at, channel=channel)
    return proposal


def decide_supersession(
    *,
    proposal: Supersession,
    approve: bool,
    comment: str = "",
    actor: User,
    at: datetime,
    channel: Channel,
) -> Supersession:
    """Supersede the entry, or refuse to, as a second privacy officer.

    Raises:
        ActionRefused: no privacy officer; the proposer's own; decided already; superseded
            meanwhile; a refusal without a reason.
    """
    _by_privacy_officer(actor)
    with transaction.atomic():
        locked = Supersession.objects.select_for_update().get(pk=proposal.pk)
        if locked.outcome != Correction.OPEN:
            raise ActionRefused("It is decided already.", code="decided-already")
        if locked.proposed_by_id == actor.pk:
            raise ActionRefused(
                "A second person decides: you proposed it yourself.", code="own-proposal"
            )
        if not approve and not comment.strip():
            raise ActionRefused("Say why the entry stands.", code="reason-missing")
        if approve:
            entry = Disclosure.objects.select_for_update(of=("self",)).get(pk=locked.disclosure_id)
            _must_stand(entry)
            locked.successor = _supersede(entry, locked.changes, locked.reason, at=at)
        locked.outcome = Correction.MADE if approve else Correction.REFUSED
        locked.decided_by = actor
        locked.decided_at = at
        locked.comment = comment.strip()
        locked.save(update_fields=["successor", "outcome", "decided_by", "decided_at", "comment"])
        kind = events.ENTRY_SUPERSEDED if approve else events.ENTRY_REFUSED
        _event(kind, locked, actor=actor, at=at, channel=channel)
    return locked


def _must_stand(entry: Disclosure) -> None:
    if Disclosure.objects.filter(supersedes=entry).exists():
        raise ActionRefused(
            "This entry is superseded. Correct the one that supersedes it.",
            code="superseded-already",
        )


def _real_changes(entry: Disclosure, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the entry.

    Raises:
        ActionRefused: a fact is named that cannot be corrected.
    """
    unknown = changes.keys() - LEGAL - CLERICAL
    if unknown:
        raise ActionRefused("That fact of an entry cannot be corrected.", code="unknown-fact")
    held: dict[str, Any] = {name: getattr(entry, name) for name in changes}
    if "recipient" in held:
        held["recipient"] = entry.recipient_id
    if "disclosed_at" in held:
        held["disclosed_at"] = entry.disclosed_at.isoformat()
    if "fields" in changes:
        changes = {**changes, "fields": sorted(changes["fields"])}
        held["fields"] = sorted(entry.fields)
    return {name: value for name, value in changes.items() if value != held[name]}


# What a new entry takes over from the one that it supersedes.
_OWN = frozenset(
    {
        "id", "number", "written_at", "supersedes", "superseding_reason", "verification_code",
        "facts_sha256", "document", "document_sha256", "unsealed_sha256", "certificate_sha256",
    }
)  # fmt: skip


def _draft(entry: Disclosure, changes: Mapping[str, Any], *, at: datetime) -> Disclosure:
    """The corrected entry, not yet numbered.

    Raises:
        ActionRefused: the corrected facts fit neither the notice nor the accounting.
    """
    taken = {
        field.attname: getattr(entry, field.attname)
        for field in Disclosure._meta.concrete_fields
        if field.name not in _OWN
    }
    draft = Disclosure(**taken)
    for name, value in changes.items():
        if name == "recipient":
            _readdress(draft, value)
        elif name == "disclosed_at":
            draft.disclosed_at = datetime.fromisoformat(value)
        else:
            setattr(draft, name, value)
    if draft.disclosed_at > at:
        raise ActionRefused("That day is still to come.", code="disclosed-later")
    if not draft.nature.strip() or not draft.fields:
        raise ActionRefused(
            "The accounting names nature and fields.",
            code="entry-incomplete",
            clause=f"{policy.STATUTE}(c)(1)(A)",
        )
    draft.purpose = Purpose(draft.purpose_code).label
    _reground(draft, entry)
    _recategorize(draft)
    return draft


def _recategorize(draft: Disclosure) -> None:
    """Keep the corrected entry under its category where that covers it; else it stands alone."""
    if draft.series is None:
        return
    # Ended since or not: it was approved when the records went.
    category = replace(category_of(draft.series), state=SeriesState.APPROVED.value)
    sent = Transmission(
        on=portal_day(draft.disclosed_at),
        recipient_id=draft.recipient_id,
        ground=(draft.paragraph, draft.letter),
        purpose=draft.purpose_code,
        nature=draft.nature,
        method=draft.method,
        fields=frozenset(draft.fields),
    )
    if objections(category, sent):
        draft.series = None
        draft.series_number = draft.series_category = ""
        draft.series_interval = draft.series_statement = ""


def _readdress(draft: Disclosure, recipient_id: int) -> None:
    recipient = Recipient.objects.filter(pk=recipient_id, inside_dhs=False).first()
    if recipient is None:
        raise ActionRefused(
            "The directory has no such recipient outside DHS.", code="no-such-recipient"
        )
    draft.recipient = recipient
    draft.recipient_name = recipient.name
    draft.recipient_address = "\n".join(recipient.address_lines)
    draft.recipient_type = recipient.type
    if draft.recipient_type != RecipientType.FEDERAL and not draft.accuracy_checked_by_name:
        draft.accuracy_checked_by_name = ACCURACY_NOT_RECORDED


def _reground(draft: Disclosure, entry: Disclosure) -> None:
    """Cite the corrected ground, of the notice that was in force on the day."""
    if draft.paragraph not in ACCOUNTED:
        raise ActionRefused(
            "That ground never enters the accounting.",
            code="not-accounted",
            clause=f"{policy.STATUTE}(c)(1)",
        )
    if (draft.paragraph, draft.letter) == (entry.paragraph, entry.letter):
        return
    if draft.paragraph == Paragraph.B3.value:
        rule = quoted_rule(entry.notice_version, draft.letter)
        if rule is None:
            raise ActionRefused(
                "The notice of that day has no such routine use.",
                code="no-such-letter",
                clause=f"{policy.STATUTE}(b)(3)",
            )
    else:
        if draft.letter:
            raise ActionRefused(
                "A letter belongs to routine uses alone.",
                code="letter-without-routine-use",
                clause=f"{policy.STATUTE}(b)(3)",
            )
        rule = policy.PARAGRAPHS[draft.paragraph]
    draft.clause = rule.clause
    if draft.letter != draft.computed_letter and not draft.override_reason:
        draft.override_reason = "Ground corrected by a superseding entry"


def _supersede(
    entry: Disclosure, changes: Mapping[str, Any], reason: str, *, at: datetime
) -> Disclosure:
    successor = _draft(entry, changes, at=at)
    successor.number = new_number(gate.NUMBER_PREFIX, at=at)
    successor.supersedes = entry
    successor.superseding_reason = reason
    told = verification.facts_of(successor)
    successor.verification_code = verification.code_for(told)
    successor.facts_sha256 = verification.facts_hash(told)
    add_document(
        successor,
        ground=_heading(successor),
        records=[Row(number, persons) for number, persons in _records_of(entry)],
    )
    successor.save(force_insert=True)
    DisclosedRecordLink.objects.bulk_create(
        DisclosedRecordLink(
            disclosure=successor, record_id=link.record_id, record_number=link.record_number
        )
        for link in entry.links.all()
    )
    DisclosedSubject.objects.bulk_create(
        DisclosedSubject(disclosure=successor, individual_id=each.individual_id)
        for each in entry.subjects.all()
    )
    return successor


def _records_of(entry: Disclosure) -> list[tuple[str, tuple[str, ...]]]:
    """The records of an entry by number, and the numbers of the people they are about."""
    about_whom = people().of_records(entry.record_ids)
    numbers = people().lives({each for found in about_whom.values() for each in found})
    return [
        (number, tuple(numbers[each].number for each in about_whom.get(pk, ()) if each in numbers))
        for pk, number in zip(entry.record_ids, entry.record_numbers, strict=True)
    ]


def _heading(disclosure: Disclosure) -> str:
    """How the document names the ground."""
    if disclosure.paragraph != Paragraph.B3.value:
        return policy.PARAGRAPHS[disclosure.paragraph].heading
    rule = quoted_rule(disclosure.notice_version, disclosure.letter)
    return rule.heading if rule else f"Routine use {disclosure.letter}"


# endregion


def _by_privacy_officer(actor: User) -> None:
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only privacy officers keep the accounting.", code="not-privacy-officer"
        )


def _event(
    kind: str, proposal: Supersession, *, actor: User, at: datetime, channel: Channel
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        details={
            "disclosure": proposal.disclosure.number,
            "successor": proposal.successor.number if proposal.successor else "",
            "facts": sorted(proposal.changes),
        },
    )
