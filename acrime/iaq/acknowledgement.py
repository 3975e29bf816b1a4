"""The text that goes back at once when a message comes in."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from acrime.iaq.parsed import MessageRefused
from acrime.iaq.values import ORI_SHAPE


class IntakeOutcome(StrEnum):
    """What became of an incoming message."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    REFUSED = "refused"


_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,40}")


def acknowledgement(
    *,
    outcome: IntakeOutcome,
    number: str,
    received_at: datetime,
    sender_ori: str = "",
    refusal: MessageRefused | None = None,
) -> str:
    """The text that goes back at once: ASCII, at most 72 columns, without personal data.

    Args:
        outcome: what became of the message.
        number: the query's number or, for a refused message, the number under which it is kept.
        received_at: an aware time; it is printed in UTC.
        sender_ori: the nine characters of the sender, left out when not known.
        refusal: why, for a refused message.

    Raises:
        ValueError: for a naive time, a number or ORI of another form, or a refusal that is missing
            or does not belong.
    """
    if received_at.tzinfo is None:
        raise ValueError("The receiving time needs a time zone.")
    if _REFERENCE.fullmatch(number) is None:
        raise ValueError("The number has a form that cannot be printed.")
    if sender_ori and ORI_SHAPE.fullmatch(sender_ori) is None:
        raise ValueError("The sender's ORI has a form that cannot be printed.")
    if (outcome is IntakeOutcome.REFUSED) != (refusal is not None):
        raise ValueError("A refusal belongs to a refused message, and only to it.")

    kept = outcome is IntakeOutcome.REFUSED
    lines = [
        "IMMIGRATION STATUS QUERY - ACKNOWLEDGEMENT OF RECEIPT",
        f"OUTCOME: {outcome.upper()}",
        f"{'KEPT UNDER' if kept else 'QUERY NUMBER'}: {number}",
        f"RECEIVED: {received_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    ]
    if sender_ori:
        lines.append(f"FROM ORI: {sender_ori}")
    if refusal is not None:
        lines.append(f"REASON: {refusal.code}")
        if refusal.field:
            lines.append(f"FIELD: {refusal.field}")
    lines.extend(_ACKNOWLEDGED[outcome])
    lines.append("THIS MESSAGE SAYS NOTHING ABOUT ANY PERSON AND IS NOT A DETAINER.")
    return "\n".join(lines) + "\n"


_ACKNOWLEDGED: Mapping[IntakeOutcome, tuple[str, ...]] = MappingProxyType(
    {
        IntakeOutcome.ACCEPTED: (
            "THE QUERY IS BEING WORKED. THE ANSWER WILL NAME THE NUMBER ABOVE.",
        ),
        IntakeOutcome.REPEATED: (
            "THIS MESSAGE HAD ALREADY COME IN. NO SECOND QUERY WAS OPENED; THE ONE",
            "UNDER THE NUMBER ABOVE STANDS.",
        ),
        IntakeOutcome.REFUSED: (
            "THE MESSAGE COULD NOT BE READ AS A QUERY. IT IS KEPT AND A PERSON WILL",
            "LOOK AT IT. SENDING A CORRECTED QUERY IS USUALLY FASTER.",
        ),
    }
)
