"""Messages made for tests: in JSON, as EBTS files, and the published samples."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nistitl import AsciiRecord, Field, Message

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "seeds"
"""Where the source documents lie, if they lie beside the project."""

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) + b"10.001:\x1c\x1d\x1e\x1f" + b"\xff\xd9"
"""Like an image, with every byte in it that a separator has."""


def composed_json(fields: Mapping[str, str], *, received: str = "") -> bytes:
    """A query in JSON."""
    members = dict(fields) | ({"RECEIVED": received} if received else {})
    return json.dumps(members).encode()


def composed_ebts(
    text: str,
    *,
    tot: str = "SRE",
    tcn: str = "sscn2026326000000001",
    tcr: str = "42000000001",
    values: Mapping[int, str] | None = None,
    images: Sequence[bytes] = (),
) -> bytes:
    """An EBTS file as nistitl writes it.

    Args:
        text: of 2.075; left out where empty.
        values: further fields of Type-2.
        images: of Type-10 records.
    """
    message = Message()
    message.TOT = tot
    first = message[0]
    first.VER, first.DAT, first.DAI, first.ORI = "0201", "20261120", "VT0000000", "USVISIT0Z"
    first.TCN, first.TCR = tcn, tcr
    record = AsciiRecord(2)
    message += record
    record.IDC = 0
    for number, value in sorted((values or {}).items()):
        record += Field(2, number, value)
    if text:
        record += Field(2, 75, text)
    for position, image in enumerate(images, start=1):
        photo = AsciiRecord(10)
        message += photo
        photo.IDC = position
        photo += Field(10, 3, "FACE")
        photo.DATA = image
    return bytes(message.NIST)


MATCHED = {15: "VT00000042", 59: "I", 73: "VT0000007"}
"""Type-2 fields of a result with a match for the default message."""


def packet() -> list[str] | None:
    """The lines of the published packet, or None where it does not lie beside the project."""
    found = sorted(BESIDE.glob("001_*.txt"))
    return found[0].read_text("utf-8").split("\n") if found else None


def printed_samples(lines: Sequence[str]) -> dict[str, str]:
    """The four EBTS samples of the packet as it prints them, remarks in the margin and all."""
    begins = [at for at, line in enumerate(lines) if re.match(r"1\.01:\d+<GS>", line)]
    names = ("match", "no match", "error: too old", "error: amputated")
    samples = {}
    for name, begin in zip(names, begins, strict=True):
        end = next(
            at
            for at in range(begin, len(lines))
            if lines[at].strip() in {"<FS>", "- NO MATCH -"}
            or re.match(r"2\.073:.*<FS>", lines[at])
        )
        samples[name] = "\n".join(lines[begin : end + 1])
    return samples


def on_the_wire(printed: str) -> bytes:
    """A printed sample as it would have come: its separators as characters, its fields alone."""
    text = printed
    for name, char in (("FS", "\x1c"), ("GS", "\x1d"), ("RS", "\x1e"), ("US", "\x1f")):
        text = text.replace(f"<{name}>", char)
    # The margin's remarks stand on lines of their own between two fields.
    text = re.sub(
        r"(?<=[\x1c\x1d\x1e])\n(?:(?![0-9]{1,2}\.[0-9]{3}:|[0-9.]+:|[0-9]+\x1f)[^\n\x1c-\x1f]*\n)*",
        "",
        text,
    )
    return text.encode("utf-8")
