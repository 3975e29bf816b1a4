"""The verbs: correct a value, note a dispute, settle it, send letters and note what came back."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.eastern import portal_day
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.common.pdf import render_pdf
from routine_uses import events
from routine_uses.choices import Field
from routine_uses.corrections.choices import CameBack, CaseKind, LetterState, SentBy
from routine_uses.corrections.models import CorrectionCase, CorrectionLetter
from routine_uses.corrections.policy import DISPUTING, TELLING, due_on, message_form
from routine_uses.corrections.querysets import Earlier, open_disputes, received, who_got
from routine_uses.corrections.records import RecordFacts, records
from routine_uses.exemptions import judge_claim
from routine_uses.querysets import notice_in_force

CASE_PREFIX, LETTER_PREFIX = "COR", "LET"
LETTER_TITLES = {
    CaseKind.CORRECTION: "Notice of a Correction",
    CaseKind.DISPUTE: "Notice of a Statement of Disagreement",
}
TEMPLATE = "routine_uses/correction_letter.html"


def correct_value(
    *,
    record: RecordFacts,
    position: int,
    value: str,
    reason: str,
    reference: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> CorrectionCase:
    """Correct one value of a record, keep the earlier one, and draft the letters.

    Args:
        position: of the value among ``record.values``.
        reference: of the request for amendment, or of what else the correction rests on.

    Raises:
        ActionRefused: no privacy officer; no such value; it is the same; no reason or
            reference; the value changed meanwhile, or cannot be what was given.
    """
    _by_privacy_officer(actor)
    _need(reason, reference)
    if not 0 <= position < len(record.values):
        raise ActionRefused("The record holds no such value.", code="no-such-value")
    held = record.values[position]
    if not value.strip() or value.strip() == held.value:
        raise ActionRefused("Give the value as it should be.", code="nothing-corrected")
    with transaction.atomic():
        records().hold(record.scope)
        records().correct(
            record.record_id, position, held=held.value, value=value.strip(), actor=actor, at=at
        )
        case = _correction_of(
            record,
            held.field,
            earlier=held.value,
            corrected=value.strip(),
            reason=reason,
            reference=reference,
            actor=actor,
            at=at,
        )
        _open(case, kind=events.VALUE_CORRECTED, actor=actor, at=at, channel=channel)
    return case


def note_correction(
    *,
    record: RecordFacts,
    field: str,
    earlier: str,
    corrected: str,
    reason: str,
    reference: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> CorrectionCase:
    """Note that something a record told was wrong, where the record itself stays as it left.

    Raises:
        ActionRefused: no privacy officer; no such field; values, reason or reference missing.
    """
    _by_privacy_officer(actor)
    _need(reason, reference)
    if field not in Field.values:
        raise ActionRefused("Name the field.", code="no-such-field")
    if not earlier.strip() or not corrected.strip() or earlier.strip() == corrected.strip():
        raise ActionRefused("Say what was told and what is right.", code="nothing-corrected")
    with transaction.atomic():
        records().hold(record.scope)
        case = _correction_of(
            record,
            field,
            earlier=earlier.strip(),
            corrected=corrected.strip(),
            reason=reason,
            reference=reference,
            actor=actor,
            at=at,
        )
        _open(case, kind=events.CORRECTION_NOTED, actor=actor, at=at, channel=channel)
    return case


def _correction_of(
    record: RecordFacts,
    field: str,
    *,
    earlier: str,
    corrected: str,
    reason: str,
    reference: str,
    actor: User,
    at: datetime,
) -> CorrectionCase:
    return CorrectionCase.objects.create(
        number=new_number(CASE_PREFIX, at=at),
        kind=CaseKind.CORRECTION,
        record_id=record.record_id,
        record_number=record.number,
        scope=sorted(record.scope),
        fields=[field],
        earlier_value=earlier,
        corrected_value=corrected,
        reference=reference.strip(),
        reason=reason.strip(),
        noted_by=actor,
        noted_at=at,
    )


def note_dispute(
    *,
    record: RecordFacts,
    fields: Sequence[str],
    statement: str,
    agency_reasons: str = "",
    reason: str,
    reference: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> CorrectionCase:
    """Note that the individual disputes a record; from now on the statement goes along.

    Args:
        statement: the individual's own words.
        agency_reasons: why the record was not amended, where the agency sends that along.

    Raises:
        ActionRefused: no privacy officer; no field or statement; no reason or reference;
            words that older systems cannot print; the same dispute is noted already.
    """
    _by_privacy_officer(actor)
    _need(reason, reference)
    if not fields or not set(fields) <= set(Field.values):
        raise ActionRefused("Name what is disputed.", code="no-such-field", clause=DISPUTING)
    if not statement.strip():
        raise ActionRefused(
            "Give the statement in the individual's own words.",
            code="statement-missing",
            clause=DISPUTING,
        )
    for text in (statement, agency_reasons):
        try:
            message_form(text)
        except ValueError:
            raise ActionRefused(
                "Some characters cannot go with a message. Write them in plain letters.",
                code="statement-unprintable",
            ) from None
    with transaction.atomic():
        records().mark_disputed(record.scope, disputed=True)
        if any(str(each.statement) == statement.strip() for each in open_disputes(record.scope)):
            raise ActionRefused("That dispute is noted already.", code="disputed-already")
        case = CorrectionCase.objects.create(
            number=new_number(CASE_PREFIX, at=at),
            kind=CaseKind.DISPUTE,
            record_id=record.record_id,
            record_number=record.number,
            scope=sorted(record.scope),
            fields=sorted(fields),
            statement=statement.strip(),
            agency_reasons=agency_reasons.strip() or None,
            reference=reference.strip(),
            reason=reason.strip(),
            noted_by=actor,
            noted_at=at,
        )
        _open(case, kind=events.DISPUTE_NOTED, actor=actor, at=at, channel=channel)
    return case


def settle_dispute(
    *, case: CorrectionCase, reason: str, actor: User, at: datetime, channel: Channel
) -> CorrectionCase:
    """End a dispute: the record was amended, or the individual withdrew it.

    Records that no other dispute is about are no longer marked. The case stays.

    Raises:
        ActionRefused: no privacy officer; no dispute; settled already; no reason.
    """
    _by_privacy_officer(actor)
    if not reason.strip():
        raise ActionRefused("Say how it was settled.", code="reason-missing")
    with transaction.atomic():
        locked = CorrectionCase.objects.select_for_update().get(pk=case.pk)
        if locked.kind != CaseKind.DISPUTE:
            raise ActionRefused("Only a dispute is settled.", code="no-dispute")
        if locked.settled_at is not None:
            raise ActionRefused("It is settled already.", code="settled-already")
        locked.settled_at = at
        locked.settled_by = actor
        locked.settled_reason = reason.strip()
        locked.save(update_fields=["settled_at", "settled_by", "settled_reason"])
        others = CorrectionCase.objects.filter(
            kind=CaseKind.DISPUTE, settled_at__isnull=True, scope__overlap=locked.scope
        )
        still = {record for each in others for record in each.scope}
        records().mark_disputed(set(locked.scope) - still, disputed=False)
        _event(events.DISPUTE_SETTLED, locked, actor=actor, at=at, channel=channel)
    return locked


# region: letters
def _draft_letters(case: CorrectionCase, *, at: datetime) -> list[CorrectionLetter]:
    """Draft a letter to every earlier recipient who has none that could be delivered.

    Raises:
        UnableToRenderPdf: a letter could not be made.
    """
    written = set(
        case.letters.exclude(returned_as=CameBack.UNDELIVERABLE).values_list(
            "recipient_id", flat=True
        )
    )
    return [
        _draft(case, earlier, at=at)
        for earlier in who_got(scope=case.scope, fields=case.fields)
        if earlier.recipient.pk not in written
    ]


def draft_again(
    *, case: CorrectionCase, actor: User, at: datetime, channel: Channel
) -> list[CorrectionLetter]:
    """Draft letters to whom none could be delivered, or who got the field since.

    Raises:
        ActionRefused: no privacy officer; nobody is without a letter.
    """
    _by_privacy_officer(actor)
    with transaction.atomic():
        locked = CorrectionCase.objects.select_for_update().get(pk=case.pk)
        drafted = _draft_letters(locked, at=at)
        if not drafted:
            raise ActionRefused("Every earlier recipient has a letter.", code="nobody-left")
        _event(events.LETTERS_DRAFTED, locked, actor=actor, at=at, channel=channel)
    return drafted


def send_letter(
    *,
    letter: CorrectionLetter,
    how: str,
    reference: str = "",
    actor: User,
    at: datetime,
    channel: Channel,
) -> CorrectionLetter:
    """Note that a letter went: by whom, when and how.

    Raises:
        ActionRefused: no privacy officer; not a draft; no way named.
    """
    _by_privacy_officer(actor)
    if how not in SentBy.values:
        raise ActionRefused("Say how it went.", code="no-way-named")
    with transaction.atomic():
        locked = _locked(letter, LetterState.DRAFTED)
        locked.state = LetterState.SENT
        locked.sent_by, locked.sent_at = actor, at
        locked.sent_how, locked.sent_reference = how, reference.strip()
        locked.save(update_fields=["state", "sent_by", "sent_at", "sent_how", "sent_reference"])
        _letter_event(events.LETTER_SENT, locked, actor=actor, at=at, channel=channel)
    return locked


def return_letter(
    *, letter: CorrectionLetter, came_back: str, actor: User, at: datetime, channel: Channel
) -> CorrectionLetter:
    """Note what came back: an acknowledgement, or the letter itself.

    Raises:
        ActionRefused: no privacy officer; it was not sent, or came back already.
    """
    _by_privacy_officer(actor)
    if came_back not in CameBack.values:
        raise ActionRefused("Say what came back.", code="nothing-named")
    with transaction.atomic():
        locked = _locked(letter, LetterState.SENT)
        locked.state = LetterState.RETURNED
        locked.returned_at, locked.returned_by, locked.returned_as = at, actor, came_back
        locked.save(update_fields=["state", "returned_at", "returned_by", "returned_as"])
        _letter_event(events.LETTER_RETURNED, locked, actor=actor, at=at, channel=channel)
    return locked


def exempt_letter(
    *,
    letter: CorrectionLetter,
    under: str,
    reason: str,
    actor: User,
    at: datetime,
    channel: Channel,
) -> CorrectionLetter:
    """Do not send a letter, because an exemption from (c)(4) is claimed in this case.

    Raises:
        ActionRefused: no privacy officer; not a draft; the exemption does not reach (c)(4)
            or the notice does not claim it; no reason.
    """
    _by_privacy_officer(actor)
    version = notice_in_force(at)
    claim = judge_claim(
        version.document.get("exemptions", ()),
        under=under,
        provision="(c)(4)",
        citation=version.citation,
    )
    if not claim.stands:
        raise ActionRefused(claim.reason, code="claim-fails", clause=claim.clause)
    if not reason.strip():
        raise ActionRefused("Say why it is needed here.", code="reason-missing", clause=TELLING)
    with transaction.atomic():
        locked = _locked(letter, LetterState.DRAFTED)
        locked.state = LetterState.EXEMPT
        locked.exempt_under, locked.exempt_reason = under, reason.strip()
        locked.exempt_by = actor
        locked.save(update_fields=["state", "exempt_under", "exempt_reason", "exempt_by"])
        _letter_event(events.LETTER_EXEMPTED, locked, actor=actor, at=at, channel=channel)
    return locked


def _locked(letter: CorrectionLetter, state: LetterState) -> CorrectionLetter:
    locked = CorrectionLetter.objects.select_for_update().get(pk=letter.pk)
    if locked.state != state:
        raise ActionRefused(
            f"The letter is {locked.get_state_display().lower()}.", code="wrong-state"
        )
    return locked


def _draft(case: CorrectionCase, earlier: Earlier, *, at: datetime) -> CorrectionLetter:
    recipient = earlier.recipient
    number = new_number(LETTER_PREFIX, at=at)
    document = render_pdf(
        template=TEMPLATE,
        context={
            "case": case,
            "is_dispute": case.kind == CaseKind.DISPUTE,
            "fields": [Field(code).label for code in case.fields],
            "paragraphs": str(case.statement or "").splitlines(),
            "reasons": str(case.agency_reasons or "").splitlines(),
            "number": number,
            "recipient": recipient,
            "received": received(earlier, scope=case.scope),
            "at": at,
            "footer_text": number,
            "training_band": settings.SYNTHETIC_DATA,
        },
        title=LETTER_TITLES[CaseKind(case.kind)],
    )
    return CorrectionLetter.objects.create(
        number=number,
        case=case,
        recipient=recipient,
        recipient_name=recipient.name,
        recipient_address="\n".join(recipient.address_lines),
        disclosures=list(earlier.disclosures),
        document=document,
        document_sha256=hashlib.sha256(document).hexdigest(),
        drafted_at=at,
        due_on=due_on(portal_day(at)),
    )


# endregion


def _open(case: CorrectionCase, *, kind: str, actor: User, at: datetime, channel: Channel) -> None:
    _draft_letters(case, at=at)
    _event(kind, case, actor=actor, at=at, channel=channel)


def _need(reason: str, reference: str) -> None:
    if not reason.strip():
        raise ActionRefused("Say why.", code="reason-missing")
    if not reference.strip():
        raise ActionRefused("Name what it rests on.", code="reference-missing")


def _by_privacy_officer(actor: User) -> None:
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only privacy officers correct what was disclosed.", code="not-privacy-officer"
        )


def _event(kind: str, case: CorrectionCase, *, actor: User, at: datetime, channel: Channel) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=case.record_id,
        record_number=case.record_number,
        details={
            "case": case.number,
            "fields": list(case.fields),
            "letters": list(case.letters.values_list("number", flat=True)),
        },
    )


def _letter_event(
    kind: str, letter: CorrectionLetter, *, actor: User, at: datetime, channel: Channel
) -> None:
    details: dict[str, Any] = {
        "case": letter.case.number,
        "letter": letter.number,
        "recipient_id": letter.recipient_id,
    }
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        record_id=letter.case.record_id,
        record_number=letter.case.record_number,
        details=details,
    )
