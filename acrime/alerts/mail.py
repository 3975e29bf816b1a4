"""Writing to an owner that alerts wait. The text holds no personal data and no record."""

import smtplib
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from acrime.alerts import actions
from acrime.alerts.models import Alert, AlertDigest
from acrime.common import outbox
from acrime.common.models import OutboxMessage

SUBJECT = "ACRIMe Portal: alerts wait for you"
TEXT = """\
{waiting} in the ACRIMe Portal about looks at records that you own.

Read them here:
{link}

You choose how often this e-mail comes at most under "E-mail" on that page.
It was sent by the portal; answers to it are read by nobody.
"""


@outbox.handler(actions.MAIL)
def mail_digest(message: OutboxMessage, at: datetime) -> outbox.Later | None:
    """Send one e-mail. Nothing is sent when its owner has read everything meanwhile.

    Should the process end between the sending and the commit, the same message goes out
    again under the same Message-ID, by which mail systems tell a repeat.
    """
    digest = (
        AlertDigest.objects.select_for_update(of=("self",))
        .select_related("owner")
        .get(pk=message.payload["digest"])
    )
    owner = digest.owner
    still_unread = Alert.objects.unread().filter(digest=digest).exists()
    if digest.sent_at or not (still_unread and owner.is_active and owner.email):
        return None
    try:
        message_of(digest).send()
    except (smtplib.SMTPException, OSError) as error:
        return outbox.Later(_code(error))
    actions.note_sent(digest=digest, at=at)
    return None


def message_of(digest: AlertDigest) -> EmailMessage:
    """The e-mail of *digest*: the same one, letter for letter, however often it is made."""
    count = digest.waiting
    text = TEXT.format(
        waiting=f"{count} alerts wait" if count != 1 else "1 alert waits",
        link=f"{settings.PORTAL_URL}{reverse('alerts:list')}",
    )
    host = urlsplit(settings.PORTAL_URL).hostname
    return EmailMessage(
        SUBJECT,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [digest.owner.email],
        headers={
            "Message-ID": f"<alerts-{digest.key}@{host}>",
            "Date": format_datetime(digest.queued_at),
            "Auto-Submitted": "auto-generated",
        },
    )


def _code(error: Exception) -> str:
    """What went wrong, without the server's words, which may quote an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"smtp-{'-'.join(codes)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp-{error.smtp_code}"
    return f"smtp-{type(error).__name__}"
