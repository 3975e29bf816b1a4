"""Copies by e-mail, to addresses that the settings allow, through an encrypted server.

Nothing of a person stands in the subject or in a header: the response's number alone.
"""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from acrime.iar.choices import DeliveryState
from acrime.iar.delivering.attempts import Sent, Undelivered
from acrime.iar.models import Delivery

SUBJECT = "Immigration status response {number}"
COVER = (
    "The immigration status response {number} is attached as plain text.\n"
    "It is law enforcement sensitive. Acknowledge it by its reference:\n\n"
    "REFERENCE: {key}\n"
)
_PERMANENT = 500


def mail_receiver(delivery: Delivery) -> Sent:
    """Send the text by e-mail under a message id made of the key. It is sent, not confirmed.

    Raises:
        Undelivered: the address is not allowed, the server is not encrypted, cannot be reached
            or refuses.
    """
    if not is_allowed(delivery.target):
        raise Undelivered("address-not-allowed", final=True)
    if not _is_encrypted():
        raise Undelivered("mail-not-encrypted", final=True)
    message = message_of(delivery)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refused(min(codes, default=_PERMANENT)) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from None
    except (smtplib.SMTPException, OSError):
        raise Undelivered("mail-server", final=False) from None
    return Sent(DeliveryState.SENT, detail=f"Message-ID {message_id(delivery)}")


def is_allowed(address: str) -> bool:
    """Whether the settings name *address* or its domain."""
    level = address.lower()
    return bool({level, level.rpartition("@")[2]} & settings.DELIVERY_MAIL)


def message_of(delivery: Delivery) -> EmailMessage:
    """The e-mail of a copy."""
    number = delivery.response.record.number
    text = str(delivery.response.text)
    attached = settings.DELIVERY_MAIL_AS == "attachment"
    message = EmailMessage(
        subject=SUBJECT.format(number=number),
        body=COVER.format(number=number, key=delivery.key) if attached else text,
        to=[delivery.target],
        headers={"Message-ID": message_id(delivery), "X-Reference": delivery.key},
    )
    if attached:
        message.attach(f"{delivery.key}.txt", text, "text/plain")
    return message


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a receiver tells a repeat."""
    return f"<{delivery.key.lower()}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('<> ')}>"


def _refused(code: int) -> Undelivered:
    final = code >= _PERMANENT
    return Undelivered("mail-refused" if final else "mail-server", final=final)


def _is_encrypted() -> bool:
    by_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    return not by_smtp or settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
