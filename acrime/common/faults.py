"""Errors in logs: their type and place, never their text, which may quote personal data."""

import logging
import traceback
from types import TracebackType


def described(error: BaseException) -> str:
    """Type and place of *error*, such as ``KeyError at intake.py:203 in _read``."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    file = last.filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__} at {file}:{last.lineno} in {last.name}"


class PlacesOnly(logging.Formatter):
    """Writes a traceback as the places it went through, without the texts of its errors."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        lines = []
        error = ei[1]
        while error is not None:
            lines += [
                f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            lines.append(type(error).__name__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)
