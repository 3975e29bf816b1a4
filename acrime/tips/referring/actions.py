"""The verbs of a referral: prepare it, ask for what its ground needs, send it through the gate."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.ncic import disclosing
from acrime.tips import events, policy
from acrime.tips.choices import REFERRED_FIELDS, TipState
from acrime.tips.models import Tip, TipReferral
from routine_uses.actions import refusals_are_kept
from routine_uses.approvals.choices import ApprovalKind
from routine_uses.choices import Method, Purpose
from routine_uses.models import Approval, Recipient
from routine_uses.policy import ConditionValue

LETTER = "L"


@transaction.atomic
def prepare_referral(
    *,
    tip: Tip,
    recipient: Recipient,
    text: str,
    fields: Collection[str],
    actor: User,
    at: datetime,
) -> TipReferral:
    """Prepare what another agency is to be told of a tip. Who gave the tip is never part of it.

    Raises:
        ActionRefused: the tip is not followed up, nothing is to be told, or routine use L does
            not reach the recipient.
    """
    if not actor.has_role(*policy.TRIAGERS):
        raise ActionRefused("Your role refers no tips.", code="not-your-role")
    locked = Tip.objects.select_for_update(of=("self",)).select_related("record").get(pk=tip.pk)
    if locked.state != TipState.OPEN:
        raise ActionRefused("Only a tip that is followed up is referred.", code="wrong-state")
    if not text.strip():
        raise ActionRefused("Write down what the agency is told.", code="text")
    if not fields or not set(fields) <= {each.value for each in REFERRED_FIELDS}:
        raise ActionRefused("Say what of the tip is told.", code="fields")
    prepared = TipReferral.objects.create(
        tip=locked,
        recipient=recipient,
        text=text.strip(),
        fields=sorted(fields),
        prepared_by=actor,
        prepared_at=at,
    )
    disclosing.outlook_of(telling_of(prepared), at=at)
    _event(events.REFERRAL_PREPARED, locked, actor=actor, at=at)
    return prepared


def telling_of(referral: TipReferral) -> disclosing.Telling:
    """What *referral* tells, and to whom."""
    return disclosing.Telling(
        records=[referral.tip.record],
        recipient=referral.recipient,
        purpose=Purpose.REFERRAL,
        fields=frozenset(referral.fields),
        mark=f"referral {referral.pk}",
        letter=LETTER,
    )


@transaction.atomic
def ask_for_check(
    *, referral: TipReferral, kind: ApprovalKind, actor: User, at: datetime
) -> Approval:
    """Ask for an approval that the referral needs.

    Raises:
        ActionRefused: it was sent already, needs none, or one was asked for.
    """
    return disclosing.ask(
        telling_of(_prepared(referral)),
        kind=kind,
        reason="A tip is to be referred to another agency.",
        actor=actor,
        at=at,
    )


@refusals_are_kept
@transaction.atomic
def send_referral(
    *,
    referral: TipReferral,
    method: str,
    attested: Mapping[str, ConditionValue],
    actor: User,
    at: datetime,
) -> TipReferral:
    """Send what was prepared. It is accounted for in the same transaction, or not sent.

    Raises:
        ActionRefused: it was sent already, or the tip is over.
        DisclosureRefused: the gate says no; the refusal is kept.
    """
    if not actor.has_role(*policy.TRIAGERS):
        raise ActionRefused("Your role refers no tips.", code="not-your-role")
    prepared = _prepared(referral)
    if method not in Method.values:
        raise ActionRefused("Say how it is sent.", code="method")
    disclosure = disclosing.tell(
        telling_of(prepared),
        nature="Referral of a tip",
        method=method,
        attested=attested,
        actor=actor,
        at=at,
    )
    prepared.sent_by, prepared.sent_at = actor, at
    prepared.disclosure_number = disclosure.number
    prepared.save(update_fields=["sent_by", "sent_at", "disclosure_number"])
    _event(events.REFERRED, prepared.tip, actor=actor, at=at, disclosure=disclosure.number)
    return prepared


def _prepared(referral: TipReferral) -> TipReferral:
    locked = (
        TipReferral.objects.select_for_update(of=("self",))
        .select_related("tip__record", "recipient")
        .get(pk=referral.pk)
    )
    if locked.sent_at is not None:
        raise ActionRefused("It was sent already.", code="wrong-state")
    if locked.tip.state != TipState.OPEN:
        raise ActionRefused("Only a tip that is followed up is referred.", code="wrong-state")
    return locked


def _event(kind: str, tip: Tip, *, actor: User, at: datetime, **details: object) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        record_id=tip.record.pk,
        record_number=tip.record.number,
        details=details,
    )
