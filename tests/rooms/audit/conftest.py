"""A ledger with events in it, sealed into a file of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from django.db import connection

from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.findings import Report
from acrime.audit.sealing import Sealed, seal_ledger
from acrime.audit.verification import verify_ledger


class Write(Protocol):
    """Writes events, each in its own transaction: ``write(3)`` returns their ids."""

    def __call__(
        self, count: int = 1, *, at: datetime | None = None, step: timedelta = ...
    ) -> list[int]: ...


@pytest.fixture
def write(transactional_db: None, heads: Path, at: datetime) -> Write:
    """A writer of events."""

    def make(
        count: int = 1,
        *,
        at: datetime | None = at,
        step: timedelta = timedelta(milliseconds=1500),
    ) -> list[int]:
        assert at is not None
        return [
            record_event(
                kind=events.RECORD_SEARCHED,
                actor=None,
                at=at + number * step,
                channel=Channel.PAGE,
                criteria={"name": 'O"BRIEN, (ANN)\\', "page": number},
                matched_ids=[number, number + 1],
            ).pk
            for number in range(count)
        ]

    return make


@pytest.fixture
def seal(heads: Path, at: datetime) -> Callable[[], Sealed]:
    """Seals what is finished."""
    return lambda: seal_ledger(at=at)


@pytest.fixture
def verify(heads: Path) -> Callable[[], Report]:
    """Verifies on the connection of the test."""
    return lambda: verify_ledger(connections=1)


LEDGER = ("audit_event", "audit_seal", "audit_seal_entries")


@pytest.fixture
def as_superuser(transactional_db: None) -> Callable[..., None]:
    """Runs SQL as somebody whom no trigger stops."""

    def run(statement: str, *values: str | int | bytes) -> None:
        with connection.cursor() as cursor:
            for table in LEDGER:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement, values)
            for table in LEDGER:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run
