"""Letters to custodians: what to keep, and that it need not be kept any more.

A letter is written after the hold stands and apart from it: a hold never waits for a document.
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.common.errors import ActionRefused
from acrime.common.numbers import new_number
from acrime.common.pdf import render_pdf
from acrime.retention.holds import events, policy
from acrime.retention.holds.choices import LetterKind
from acrime.retention.holds.models import Hold, HoldLetter
from acrime.retention.holds.presentation import scope_in_words

LETTER_PREFIX = "HLT"
TEMPLATE = "holds/letter.html"
TITLES = {
    LetterKind.PRESERVE: "Notice to Keep Records",
    LetterKind.RELEASE: "Notice That a Hold Is Released",
}


def write_letter(*, hold: Hold, actor: User, at: datetime) -> HoldLetter:
    """Write to the custodian of *hold* as it stands: keep these records, or it is released.

    Raises:
        ActionRefused: the role writes no such letters, or the custodian has this one.
        UnableToRenderPdf: it could not be made.
    """
    if not policy.may_place(actor.roles, hold.kind) and actor.pk != hold.authority_id:
        raise ActionRefused("Your role writes no such letters.", code="not-yours-to-place")
    kind = LetterKind.RELEASE if hold.released_at else LetterKind.PRESERVE
    number = new_number(LETTER_PREFIX, at=at)
    document = render_pdf(
        template=TEMPLATE,
        context={
            "hold": hold,
            "releases": kind == LetterKind.RELEASE,
            "scope": scope_in_words(hold),
            "numbers": list(
                hold.items.filter(record__isnull=False)
                .order_by("pk")
                .values_list("record__number", flat=True)
            ),
            "people": list(
                hold.items.filter(individual__isnull=False)
                .order_by("pk")
                .values_list("individual__record__number", flat=True)
            ),
            "number": number,
            "at": at,
            "footer_text": number,
            "training_band": settings.SYNTHETIC_DATA,
        },
        title=TITLES[kind],
    )
    with transaction.atomic():
        locked = Hold.objects.select_for_update().get(pk=hold.pk)
        if has_letter(locked):
            raise ActionRefused("The custodian has this letter already.", code="written-already")
        letter = HoldLetter.objects.create(
            number=number,
            hold=locked,
            kind=kind,
            custodian=locked.custodian,
            document=document,
            sha256=hashlib.sha256(document).hexdigest(),
            written_at=at,
        )
        _event(events.LETTER_WRITTEN, letter, actor=actor, at=at)
    return letter


def has_letter(hold: Hold) -> bool:
    """Whether the custodian of *hold* has the letter that it takes as it stands.

    What was added to the hold since makes it take another one.
    """
    if hold.released_at is not None:
        return hold.letters.filter(kind=LetterKind.RELEASE, custodian=hold.custodian_id).exists()
    last = hold.items.order_by("-added_at").values_list("added_at", flat=True).first()
    written = hold.letters.filter(kind=LetterKind.PRESERVE, custodian=hold.custodian_id)
    return (written.filter(written_at__gte=last) if last else written).exists()


@transaction.atomic
def acknowledge_letter(*, letter: HoldLetter, actor: User, at: datetime) -> HoldLetter:
    """Say that one has read a letter and will do as it says.

    Raises:
        ActionRefused: it was written to somebody else, or acknowledged already.
    """
    locked = HoldLetter.objects.select_for_update().get(pk=letter.pk)
    if actor.pk != locked.custodian_id:
        raise ActionRefused("It was written to somebody else.", code="not-the-custodian")
    if locked.acknowledged_at is not None:
        raise ActionRefused("It is acknowledged already.", code="acknowledged")
    locked.acknowledged_at = at
    locked.save(update_fields=["acknowledged_at"])
    _event(events.LETTER_ACKNOWLEDGED, locked, actor=actor, at=at)
    return locked


def _event(kind: str, letter: HoldLetter, *, actor: User, at: datetime) -> None:
    record_event(
        kind=kind,
        actor=actor,
        at=at,
        channel=Channel.PAGE,
        details={"hold": letter.hold.number, "letter": letter.number, "about": letter.kind},
    )
