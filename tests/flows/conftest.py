"""What the stories share: a spool of their own, and the work that is done in the background."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest
from pytest_django import Settings

from acrime.common import outbox
from tests.conftest import Clock


class Spool:
    """The folder where copies are put for those who fetch them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> dict[str, str]:
        """What lies there: texts by folder and name."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_text(encoding="ascii")
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def spool(settings: Settings, tmp_path: Path) -> Spool:
    """An empty spool."""
    settings.SPOOL_FOLDER = tmp_path / "spool"
    settings.SPOOL_FOLDER.mkdir()
    return Spool(settings.SPOOL_FOLDER)


class Work(Protocol):
    """Does what waits: ``work()`` returns how many messages were done."""

    def __call__(self, at: datetime | None = None) -> int: ...


@pytest.fixture
def work(clock: Clock) -> Callable[..., int]:
    """What relay and worker do: claim what is due, and consume it."""

    def do(at: datetime | None = None) -> int:
        at = at or clock.now()
        return sum(outbox.consume(message, at=at) for message in outbox.claim_due(at=at))

    return do
