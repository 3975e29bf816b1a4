"""A message put before a reader: never raw binary, whatever came."""

from dataclasses import dataclass, field, replace

from acrime.common.rendering import Fact
from acrime.iaq.layouts import ebts
from acrime.iaq.layouts.recognition import layout_of
from acrime.iaq.parsed import Layout, MessageRefused, Note

SHOWN_CHARACTERS = 20_000

LAYOUT_NAMES = {
    Layout.TEXT: "Text",
    Layout.JSON: "JSON",
    Layout.EBTS: "EBTS file",
}


@dataclass(frozen=True, slots=True, repr=False)
class MessageShown:
    """What a page shows of a message as it came.

    Attributes:
        text: the message, or of an EBTS file what it says; what cannot be printed as codes.
        cut: whether the text goes on.
        facts: fields of an EBTS file.
        records: what an EBTS file consists of.
        encounters: those that the text of an IDENT response lists.
        notes: how an EBTS file deviates from its standard.
    """

    layout: Layout
    text: str
    cut: bool
    facts: list[Fact] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    encounters: tuple[ebts.Encountered, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def layout_name(self) -> str:
        """The layout in words."""
        return LAYOUT_NAMES[self.layout]


def shown(original: bytes) -> MessageShown:
    """A message as it came, for a page."""
    layout = layout_of(original)
    if layout is not Layout.EBTS:
        # A character has at most four bytes: no more of a large message is decoded.
        start = original[: SHOWN_CHARACTERS * 4].decode("utf-8", errors="backslashreplace")
        return MessageShown(
            layout, printable(start[:SHOWN_CHARACTERS]), len(original) > SHOWN_CHARACTERS
        )
    try:
        file = ebts.read_file(original)
    except MessageRefused:
        start = original[:SHOWN_CHARACTERS].decode("ascii", errors="backslashreplace")
        return MessageShown(layout, printable(start), len(original) > SHOWN_CHARACTERS)
    return MessageShown(
        layout,
        printable(file.ers[:SHOWN_CHARACTERS]),
        len(file.ers) > SHOWN_CHARACTERS,
        facts=[
            Fact(label=f"{label} ({number})", value=file.values[number], mono=True)
            for number, label in ebts.FIELDS.items()
            if file.values[number]
        ],
        records=[in_words(record) for record in file.records],
        encounters=tuple(
            replace(
                each,
                eid=printable(each.eid),
                name=printable(each.name),
                dob=printable(each.dob),
                pob=printable(each.pob),
                sex=printable(each.sex),
            )
            for each in file.encounters
        ),
        notes=file.notes,
    )


def as_plain_text(original: bytes) -> tuple[str, bool]:
    """The message as one text, and whether it goes on: of an EBTS file what it says."""
    what = shown(original)
    if not what.facts and not what.records:
        return what.text, what.cut
    lines = [*what.records, "", *(f"{fact.label}: {fact.value}" for fact in what.facts)]
    return "\n".join([*lines, "", what.text]), what.cut


def in_words(record: ebts.Kept) -> str:
    """A record of a file in one line."""
    named = f"Type-{record.type}" + (f", number {record.idc}" if record.idc else "")
    if record.image:
        return f"{named}: {record.image} of {record.size:,} bytes, kept and not shown"
    return f"{named}: {record.size:,} bytes"


def printable(text: str) -> str:
    """The text with what cannot be printed as codes."""
    return "".join(
        char if char in "\r\n\t" or char.isprintable() else f"\\x{ord(char):02x}" for char in text
    )
