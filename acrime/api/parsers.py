"""Bodies as they come, read up to what is kept of a message."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from acrime.iaq.intake import KEPT_BYTES, MessageTooLargeToKeep
from acrime.iaq.layouts.members import MEMBERS
from acrime.iaq.layouts.recognition import BYTE_ORDER_MARK


class PlainTextParser(BaseParser):
    """The bytes themselves: what a message switch sends is never decoded on the way in."""

    media_type = "text/plain"

    def parse(  # type: ignore[override]  # the stubs know of mappings only
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body.

        Raises:
            MessageTooLargeToKeep: it is beyond 16 MiB.
        """
        return _read(stream)


class FileParser(PlainTextParser):
    """A file as it is: EBTS, which is no text."""

    media_type = "application/octet-stream"


class MessageJsonParser(BaseParser):
    """A query message in JSON: the bytes themselves, which are kept as they came."""

    media_type = "application/json"

    def parse(  # type: ignore[override]  # the stubs know of mappings only
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body, or the text of its one member ``message``.

        Raises:
            MessageTooLargeToKeep: the body is beyond 16 MiB.
            ParseError: it is no JSON object, or one that has neither a message nor a field.
        """
        body = _read(stream)
        try:
            value = json.loads(body.removeprefix(BYTE_ORDER_MARK))
        except (ValueError, RecursionError):
            raise ParseError("The body is not JSON.") from None
        if isinstance(value, dict) and value.keys() & set(MEMBERS):
            return body
        text = value.get("message") if isinstance(value, dict) else None
        if not isinstance(text, str):
            raise ParseError('Send the fields of a query, or {"message": "..."}.')
        # Half a surrogate pair can stand in JSON; it is kept, and refused as what it is.
        return text.encode("utf-8", errors="surrogatepass")


class JsonAsItCameParser(PlainTextParser):
    """JSON that is kept as it came and read by whoever it is for."""

    media_type = "application/json"


class JsonParser(BaseParser):
    """JSON, with errors that do not quote the body."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value.

        Raises:
            MessageTooLargeToKeep: the body is beyond 16 MiB.
            ParseError: it is no JSON.
        """
        try:
            return json.loads(_read(stream))
        except (ValueError, RecursionError):
            raise ParseError("The body is not JSON.") from None


def _read(stream: IO[Any]) -> bytes:
    body: bytes = stream.read(KEPT_BYTES + 1)
    if len(body) > KEPT_BYTES:
        raise MessageTooLargeToKeep
    return body
