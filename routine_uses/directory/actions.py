"""The verbs of the directory: change and retire recipients, agreements, verifications."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from routine_uses import events
from routine_uses.models import Agreement, ContactVerification, Recipient
from routine_uses.policy import STATUTE

ADDRESS_CLAUSE = f"{STATUTE}(c)(1)(B)"


@dataclass(frozen=True)
class RecipientDetails:
    """What the directory says of a recipient. Where it is delivered to is not changed here."""

    name: str
    type: str
    address_lines: Sequence[str]
    agency_tag: str = ""
    ori: str = ""
    jurisdiction: str = ""
    phone: str = ""
    is_bail_bond: bool = False
    inside_dhs: bool = False


def change_recipient(
    *,
    actor: User,
    at: datetime,
    recipient: Recipient,
    details: RecipientDetails,
    channel: Channel,
) -> Recipient:
    """Correct what the directory says of *recipient*. Earlier disclosures keep what they said.

    Raises:
        ActionRefused: not a privacy officer; name or address is missing; the ORI is
            another recipient's.
    """
    _by_privacy_officer(actor)
    lines = [line.strip() for line in details.address_lines if line.strip()]
    if not details.name.strip() or not lines:
        raise ActionRefused(
            "A recipient has a name and an address.",
            code="recipient-incomplete",
            clause=ADDRESS_CLAUSE,
        )
    ori = details.ori.strip().upper()
    with transaction.atomic():
        found = Recipient.objects.select_for_update().get(pk=recipient.pk)
        if ori and Recipient.objects.filter(ori=ori).exclude(pk=found.pk).exists():
            raise ActionRefused("Another recipient has that ORI.", code="recipient-ori-in-use")
        wanted = {
            "name": details.name.strip(),
            "type": details.type,
            "agency_tag": details.agency_tag,
            "address_lines": lines,
            "ori": ori,
            "jurisdiction": details.jurisdiction.strip(),
            "phone": details.phone.strip(),
            "is_bail_bond": details.is_bail_bond,
            "inside_dhs": details.inside_dhs,
        }
        changed = [name for name, value in wanted.items() if getattr(found, name) != value]
        if not changed:
            return found
        for name in changed:
            setattr(found, name, wanted[name])
        found.save(update_fields=changed)
        _write(
            events.RECIPIENT_CHANGED,
            found,
            actor=actor,
            at=at,
            channel=channel,
            details={"changed": changed},
        )
    return found


def retire_recipient(
    *, actor: User, at: datetime, recipient: Recipient, channel: Channel
) -> Recipient:
    """Take *recipient* out of use: nothing is disclosed to it any more. It stays on record.

    Raises:
        ActionRefused: not a privacy officer, or out of use already.
    """
    _by_privacy_officer(actor)
    with transaction.atomic():
        found = Recipient.objects.select_for_update().get(pk=recipient.pk)
        if not found.is_active:
            raise ActionRefused("It is out of use already.", code="recipient-retired")
        found.is_active = False
        found.save(update_fields=["is_active"])
        _write(events.RECIPIENT_RETIRED, found, actor=actor, at=at, channel=channel)
    return found


def verify_contact(
    *,
    actor: User,
    at: datetime,
    recipient: Recipient,
    method: str,
    note: str = "",
    channel: Channel,
) -> ContactVerification:
    """Write down that *actor* made sure how *recipient* is reached.

    Raises:
        ActionRefused: not a privacy officer, or the recipient is out of use.
    """
    _by_privacy_officer(actor)
    with transaction.atomic():
        _in_use(recipient)
        verification = ContactVerification.objects.create(
            recipient=recipient,
            method=method,
            note=note.strip(),
            verified_by=actor,
            verified_at=at,
        )
        _write(
            events.RECIPIENT_VERIFIED,
            recipient,
            actor=actor,
            at=at,
            channel=channel,
            details={"method": method},
        )
    return verification


def add_agreement(
    *,
    actor: User,
    at: datetime,
    recipient: Recipient,
    kind: str,
    reference: str,
    scope: str,
    letters: Iterable[str],
    starts_on: date,
    ends_on: date | None,
    channel: Channel,
) -> Agreement:
    """Record an agreement with *recipient*.

    Args:
        letters: the routine uses that it serves.
        ends_on: its last day, or None where it runs until somebody ends it.

    Raises:
        ActionRefused: not a privacy officer; the recipient is out of use; reference, scope
            or letters are missing; it ends before it starts; the reference is in use.
    """
    _by_privacy_officer(actor)
    reference = " ".join(reference.split())
    served = sorted(set(letters), key=lambda letter: (len(letter), letter))
    if not reference or not scope.strip() or not served:
        raise ActionRefused(
            "An agreement has a reference, a scope and the routine uses that it serves.",
            code="agreement-incomplete",
        )
    if ends_on is not None and ends_on < starts_on:
        raise ActionRefused("It would end before it starts.", code="agreement-dates")
    with transaction.atomic():
        _in_use(recipient)
        if recipient.agreements.filter(reference__iexact=reference).exists():
            raise ActionRefused(
                "This recipient has an agreement of that reference.",
                code="agreement-reference-in-use",
            )
        agreement = Agreement.objects.create(
            recipient=recipient,
            kind=kind,
            reference=reference,
            scope=scope.strip(),
            letters=served,
            starts_on=starts_on,
            ends_on=ends_on,
            added_by=actor,
            added_at=at,
        )
        _write(
            events.AGREEMENT_ADDED,
            recipient,
            actor=actor,
            at=at,
            channel=channel,
            details={"agreement": agreement.pk, "letters": served},
        )
    return agreement


def end_agreement(
    *, actor: User, at: datetime, agreement: Agreement, reason: str, channel: Channel
) -> Agreement:
    """End *agreement* before its last day.

    Raises:
        ActionRefused: not a privacy officer; no reason; ended already.
    """
    _by_privacy_officer(actor)
    if not reason.strip():
        raise ActionRefused("Say why it ends.", code="reason-missing")
    with transaction.atomic():
        # Locked by itself: its recipient is read beside it.
        found = (
            Agreement.objects.select_for_update(of=("self",))
            .select_related("recipient")
            .get(pk=agreement.pk)
        )
        if found.ended_at is not None:
            raise ActionRefused("It is ended already.", code="agreement-ended")
        found.ended_at, found.ended_by, found.ended_reason = at, actor, reason.strip()
        found.save(update_fields=["ended_at", "ended_by", "ended_reason"])
        _write(
            events.AGREEMENT_ENDED,
            found.recipient,
            actor=actor,
            at=at,
            channel=channel,
            details={"agreement": found.pk},
        )
    return found


def _by_privacy_officer(actor: User) -> None:
    if not actor.has_role(Role.PRIVACY_OFFICER):
        raise ActionRefused(
            "Only privacy officers keep the directory of recipients.", code="not-privacy-officer"
        )


def _in_use(recipient: Recipient) -> None:
    if not Recipient.objects.select_for_update().get(pk=recipient.pk).is_active:
        raise ActionRefused("This recipient is out of use.", code="recipient-retired")


def _write(
    kind: str,
    recipient: Recipient,
    *,
    actor: User,
    at: datetime,
    channel: Channel,
    details: dict[str, object] | None = None,
) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=channel,
        details={"recipient_id": recipient.pk} | (details or {}),
    )
