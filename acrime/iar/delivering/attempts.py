"""What an attempt at a copy comes to, and when the next one is due. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from acrime.common.outbox import delay_after
from acrime.iar.choices import DeliveryState, ProofKind


class Undelivered(Exception):
    """An attempt failed.

    Attributes:
        reason: a short code without personal data.
        final: whether trying again is useless.
    """

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@dataclass(frozen=True)
class Sent:
    """An attempt that a receiver took.

    Attributes:
        proof: how it is known that the copy arrived; None where that is still to be confirmed.
        detail: what the receiver said, printable.
    """

    state: DeliveryState
    proof: ProofKind | None = None
    detail: str = ""


def schedule(attempts: int) -> tuple[timedelta, ...]:
    """The waits between so many attempts: one fewer than there are attempts."""
    return tuple(delay_after(number) for number in range(attempts - 1))


# What a code of a failed attempt means, for the desk. Others begin with ``http-``.
_REASONS = {
    "spool-full": "The disk of the spool folder is full.",
    "spool-not-writable": "The spool folder cannot be written.",
    "spool-holds-other-text": "Another text lies under the same key.",
    "host-not-allowed": "The host is not on the list of the settings.",
    "address-not-allowed": "The e-mail address is not on the list of the settings.",
    "mail-not-encrypted": "The mail server is reached without encryption.",
    "mail-refused": "The mail server refused the message for good.",
    "mail-server": "The mail server could not take the message now.",
    "tls-settings": "The certificate or key of the settings cannot be used.",
    "http-timeout": "The receiver did not answer in time.",
}


def in_words(reason: str) -> str:
    """What the code of a failed attempt means."""
    if reason in _REASONS:
        return _REASONS[reason]
    if reason.startswith("http-"):
        said = reason.removeprefix("http-")
        return f"The receiver answered {said}." if said.isdigit() else "The connection failed."
    return reason
