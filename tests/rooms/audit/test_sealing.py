"""Sealing: every finished event once, none before it is finished, published in order."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from acrime.audit.findings import Report
from acrime.audit.sealing import Sealed
from tests.rooms.audit.conftest import Write


def test_smoke(write: Write, seal: Callable[[], Sealed], verify: Callable[[], Report]) -> None:
    write(5)
    print(seal())
    write(2)
    r = verify()
    print("\n".join(r.lines()))
    assert r.passed
    assert r.events == 5
