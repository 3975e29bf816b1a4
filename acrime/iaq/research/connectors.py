"""Asking another system of DHS what it knows of a person.

A connector is anything with ``ask``. The one that is there reads JSON, from a folder of files
or from an HTTPS service, and gives up in time. Another kind is added to ``connector_for``.

Only systems inside DHS are asked: whatever is told to one outside would be a disclosure, and
goes through the gate of disclosures or not at all.
"""

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from acrime.iaq.research.choices import StepResult

# A question takes no longer than this, however slowly the system drips its answer.
CONNECT_SECONDS = 3
WHOLE_SECONDS = 10
MOST_BYTES = 256 * 1024
LONGEST_FINDING = 2000
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Question:
    """Whom a system is asked about.

    Attributes:
        values: what is known of the person, by the kind of each value (``A_NUMBER``, ``NAME``).
        reference: the query's number, by which the system logs the question.
    """

    values: Mapping[str, str]
    reference: str


@dataclass(frozen=True)
class Answer:
    """What a system knows: a proposal, until a person confirms it."""

    result: StepResult
    finding: str
    source_number: str = ""


class Unavailable(Exception):
    """A system did not answer, or not as it should.

    Attributes:
        reason: a short code without personal data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connector(Protocol):
    """A system that can be asked."""

    def ask(self, question: Question) -> Answer:
        """What the system knows.

        Raises:
            Unavailable: it does not answer in time, or its answer cannot be read.
        """


def asked_in_time(
    connector: Connector, question: Question, *, seconds: float = WHOLE_SECONDS
) -> Answer:
    """What *connector* answers, or that it did not within *seconds*, however it hangs.

    A library's own limits count from byte to byte, and a folder on a dead server has none. Who
    asks goes on after the time; the question is left to itself and nobody reads its answer.

    Raises:
        Unavailable: it does not answer in time, or not as it should.
    """
    kept: list[Answer | Exception] = []

    def ask() -> None:
        try:
            kept.append(connector.ask(question))
        # Whatever a connector raises is the connector's trouble, and never the worker's.
        except Exception as error:  # noqa: BLE001
            kept.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="connector")
    thread.start()
    thread.join(seconds)
    if not kept:
        raise Unavailable("too-slow")
    if isinstance(kept[0], Unavailable):
        raise kept[0]
    if isinstance(kept[0], Exception):
        raise Unavailable(f"error-{type(kept[0]).__name__}"[:60])
    return kept[0]


@dataclass(frozen=True)
class FolderConnector:
    """A folder of JSON files, each an answer, named by the hash of what it answers.

    ``file_name`` tells the name for a value; the first kind of value that has a file counts.
    A folder that is there and has no file for any of the values answers that nothing was found.
    """

    folder: Path

    def ask(self, question: Question) -> Answer:
        """The answer in the first file that fits."""
        if not self.folder.is_dir():
            raise Unavailable("folder-missing")
        for kind, value in question.values.items():
            place = self.folder / file_name(kind, value)
            try:
                if place.stat().st_size > MOST_BYTES:
                    raise Unavailable("answer-too-large")
                return answer_of(place.read_bytes())
            except FileNotFoundError:
                continue
            except OSError:
                raise Unavailable("folder-not-readable") from None
        return Answer(StepResult.NOT_FOUND, "No entry under the values of the query.")


def file_name(kind: str, value: str) -> str:
    """The name of the file that answers for a value: no value stands in a file's name."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest() + ".json"


@dataclass(frozen=True)
class HttpConnector:
    """A JSON service. The values go in the body, never in the address."""

    url: str
    transport: httpx.BaseTransport | None = None

    def ask(self, question: Question) -> Answer:
        """Post the question, and read the answer within the time that there is."""
        ends = time.monotonic() + WHOLE_SECONDS
        body = bytearray()
        try:
            with (
                httpx.Client(
                    timeout=httpx.Timeout(CONNECT_SECONDS),
                    follow_redirects=False,
                    trust_env=False,
                    transport=self.transport,
                ) as client,
                client.stream(
                    "POST",
                    self.url,
                    json={"reference": question.reference, "person": dict(question.values)},
                    headers={"Accept": "application/json"},
                ) as reply,
            ):
                if reply.status_code != httpx.codes.OK:
                    raise Unavailable(f"http-{reply.status_code}")
                for part in reply.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise Unavailable("answer-too-large")
                    if time.monotonic() > ends:
                        raise Unavailable("too-slow")
        except httpx.HTTPError as error:
            raise Unavailable(f"http-{type(error).__name__}"[:60]) from None
        return answer_of(bytes(body))


def answer_of(body: bytes) -> Answer:
    """What an answer says: ``{"result": "FOUND", "finding": "…", "number": "…"}``.

    Raises:
        Unavailable: it is no such JSON. Nothing is guessed from half an answer.
    """
    unreadable = Unavailable("answer-unreadable")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise unreadable from None
    if not isinstance(said, dict):
        raise unreadable
    result, finding, number = said.get("result"), said.get("finding", ""), said.get("number", "")
    if result not in (StepResult.FOUND, StepResult.NOT_FOUND):
        raise unreadable
    if not isinstance(finding, str) or not isinstance(number, str):
        raise unreadable
    if len(finding) > LONGEST_FINDING or len(number) > LONGEST_NUMBER:
        raise Unavailable("answer-too-long")
    if "\x00" in finding + number:
        raise unreadable
    # Found, and not what: a person could confirm nothing.
    if result == StepResult.FOUND and not finding.strip():
        raise unreadable
    return Answer(
        StepResult(result), finding.strip() or "No entry under the values asked.", number.strip()
    )


def connector_for(place: str) -> Connector:
    """The connector of a place of the settings: a folder, or an HTTPS address."""
    return HttpConnector(place) if urlsplit(place).scheme else FolderConnector(Path(place))
