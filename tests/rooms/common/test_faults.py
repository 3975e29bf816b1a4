"""Logs tell where something failed and never what was in it."""

import logging
import sys
from types import TracebackType
from typing import Any

from django.conf import settings

from acrime.common.faults import PlacesOnly, described

SECRET = "QUILLABEE"  # a value that must not be logged


def fail_twice() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def raised() -> Raised:
    try:
        fail_twice()
    except KeyError:
        kind, error, trace = sys.exc_info()
    assert kind is not None
    assert error is not None
    return kind, error, trace


def test_an_error_in_one_line() -> None:
    line = described(raised()[1])

    assert line.startswith("KeyError at test_faults.py:")
    assert line.endswith("in fail_twice")
    assert described(KeyError(SECRET)) == "KeyError"


def test_a_traceback_keeps_its_places_and_loses_its_texts() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "It failed", None, raised())

    text = PlacesOnly().format(record)
    assert "It failed" in text
    assert "in fail_twice" in text
    assert "KeyError" in text
    assert "ValueError" in text
    assert SECRET not in text


def test_the_portal_logs_that_way() -> None:
    logging_of_portal: dict[str, Any] = settings.LOGGING
    formatters = logging_of_portal["formatters"]

    used = {handler["formatter"] for handler in logging_of_portal["handlers"].values()}
    assert {formatters[name]["()"] for name in used} == {"acrime.common.faults.PlacesOnly"}
