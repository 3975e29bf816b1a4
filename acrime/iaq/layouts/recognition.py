"""Which layout a message is in, told by its first characters and never by its name."""

import re

from acrime.iaq.parsed import Layout

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Every EBTS file begins with the length of its first record.
_EBTS = re.compile(rb"0?1\.0{0,2}1:")


def layout_of(raw: bytes) -> Layout:
    """The layout of *raw*. What is none of them counts as text, whose reader refuses it."""
    # The first characters decide: no more of a large file is looked at.
    start = raw[:4096].removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")
    if _EBTS.match(start):
        return Layout.EBTS
    if start.startswith((b"{", b"[")):
        return Layout.JSON
    return Layout.TEXT
