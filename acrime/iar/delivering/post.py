"""Copies to an HTTPS address, with a client certificate where the settings name one."""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from acrime.iar.choices import DeliveryState, ProofKind
from acrime.iar.delivering.attempts import Sent, Undelivered
from acrime.iar.models import Delivery

# Answers after which another attempt may succeed; every other refusal is final.
RETRIED_STATUSES = frozenset({408, 425, 429})
SUCCESS, ACCEPTED_NOT_CONFIRMED, REDIRECTS, SERVER_ERRORS = 200, 202, 300, 500
# So much of what the receiver says is kept.
MOST_SAID = 200
SECONDS_FOR_THE_BODY = 3


@dataclass(frozen=True)
class Answer:
    """A receiver's answer. ``said`` is the beginning of its body, printable."""

    status: int
    said: str


def call_receiver(delivery: Delivery) -> Sent:
    """Send the text to the receiver's address, within the time that the settings give.

    Raises:
        Undelivered: the host is not on the list, cannot be reached, does not answer in time, or
            refuses.
    """
    if urlsplit(delivery.target).netloc.lower() not in settings.DELIVERY_HOSTS:
        raise Undelivered("host-not-allowed", final=True)
    content = str(delivery.response.text).encode("ascii")
    headers = {
        "Content-Type": "text/plain; charset=us-ascii",
        "Idempotency-Key": delivery.key,
    }
    try:
        answer = _posted(delivery.target, content, headers)
    except TimeoutError:
        raise Undelivered("http-timeout", final=False) from None
    # A receiver that ends the talk by an alert of TLS is told of as an error of the system.
    except (httpx.HTTPError, OSError) as error:
        raise Undelivered(f"http-{type(error).__name__}"[:60], final=False) from None
    detail = f"HTTP {answer.status} {answer.said}".strip()
    if answer.status == ACCEPTED_NOT_CONFIRMED:
        return Sent(DeliveryState.SENT, detail=detail)
    if SUCCESS <= answer.status < REDIRECTS:
        return Sent(DeliveryState.DELIVERED, ProofKind.ANSWER, detail)
    passing = answer.status >= SERVER_ERRORS or answer.status in RETRIED_STATUSES
    raise Undelivered(f"http-{answer.status}", final=not passing)


def _posted(url: str, content: bytes, headers: dict[str, str]) -> Answer:
    """The answer, waited for in a thread of its own: whoever calls may have a loop running."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_post(url, content, headers))).result()


async def _post(url: str, content: bytes, headers: dict[str, str]) -> Answer:
    # The whole of it, not each read by itself: a receiver that dribbles hangs as well.
    async with asyncio.timeout(settings.DELIVERY_SECONDS):
        client = httpx.AsyncClient(
            verify=trusted(),
            timeout=settings.DELIVERY_SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=_transport(),
        )
        async with client, client.stream("POST", url, content=content, headers=headers) as answer:
            return Answer(answer.status_code, await _said(answer))


async def _said(answer: httpx.Response) -> str:
    """The beginning of the body. That it is cut off changes nothing: the status has come."""
    said = b""
    try:
        async with asyncio.timeout(SECONDS_FOR_THE_BODY):
            async for part in answer.aiter_raw():
                said += part
                if len(said) >= MOST_SAID:
                    break
    except (httpx.HTTPError, TimeoutError):
        pass
    text = said[:MOST_SAID].decode("ascii", errors="replace")
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _transport() -> httpx.AsyncBaseTransport | None:
    """What carries the call; None means the network. Tests put another one here."""
    return None


def trusted() -> ssl.SSLContext:
    """Whom we trust and how we show who we are: read each time, as certificates are renewed.

    Raises:
        Undelivered: a file of the settings cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=settings.DELIVERY_CA or None)
        if settings.DELIVERY_CERTIFICATE:
            context.load_cert_chain(settings.DELIVERY_CERTIFICATE, settings.DELIVERY_KEY)
    except (OSError, ssl.SSLError):
        raise Undelivered("tls-settings", final=False) from None
    return context
