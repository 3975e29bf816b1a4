"""What came back against what was sent, line by line and field by field. Pure."""

import difflib
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from acrime.iaq.conclusions import RECORD_FIELDS
from acrime.iar.reading import NotAResponse, ReadResponse, read_response, shown

MOST_LINES = 200
"""Most differing lines that are kept of one comparison."""


@dataclass(frozen=True)
class FieldDifference:
    """A fact that the two texts tell differently."""

    label: str
    sent: str
    came: str


@dataclass(frozen=True)
class LineDifference:
    """A line that one text has and the other has not. ``number`` counts within its own text."""

    side: str
    number: int
    text: str


@dataclass(frozen=True)
class Comparison:
    """Everything in which two texts differ.

    Attributes:
        readable: whether what came could be read as a response at all.
        more_lines: differing lines beyond those that are kept.
    """

    fields: tuple[FieldDifference, ...]
    lines: tuple[LineDifference, ...]
    readable: bool = True
    more_lines: int = 0

    @property
    def same_facts(self) -> bool:
        """Whether both say the same, however their lines are broken."""
        return self.readable and not self.fields

    @property
    def same(self) -> bool:
        """Whether they are the same line for line too."""
        return self.same_facts and not self.lines

    def as_data(self) -> dict[str, object]:
        """The same, ready for JSON."""
        return asdict(self)


def compare(*, sent: str, came: str) -> Comparison:
    """How *came* differs from *sent*; blanks at the ends of lines and empty lines do not count."""
    lines = list(_line_differences(_lines(sent), _lines(came)))
    try:
        fields = tuple(_field_differences(read_response(sent), read_response(came)))
        readable = True
    except NotAResponse:
        fields, readable = (), False
    return Comparison(
        fields=fields,
        lines=tuple(lines[:MOST_LINES]),
        readable=readable,
        more_lines=max(0, len(lines) - MOST_LINES),
    )


def _lines(text: str) -> list[tuple[int, str]]:
    numbered = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
    return [(number, line.rstrip()) for number, line in numbered if line.strip()]


def _line_differences(
    sent: list[tuple[int, str]], came: list[tuple[int, str]]
) -> Iterator[LineDifference]:
    matcher = difflib.SequenceMatcher(
        a=[line for _, line in sent], b=[line for _, line in came], autojunk=False
    )
    for act, first, last, start, stop in matcher.get_opcodes():
        if act == "equal":
            continue
        for number, line in sent[first:last]:
            yield LineDifference("sent", number, line)
        for number, line in came[start:stop]:
            yield LineDifference("came", number, line)


def _field_differences(sent: ReadResponse, came: ReadResponse) -> Iterator[FieldDifference]:
    before, after = _facts(sent), _facts(came)
    for label in dict.fromkeys((*before, *after)):
        if before.get(label, "") != after.get(label, ""):
            yield FieldDifference(label, before.get(label, ""), after.get(label, ""))


def _facts(read: ReadResponse) -> dict[str, str]:
    amends = read.amends
    return {
        "Receiving time": read.received_text,
        "Query": read.query,
        "Conclusion": read.headline,
        "Lead": read.lead,
        **{
            RECORD_FIELDS[key].label: shown(value)
            for key, value in sorted(read.record.items(), key=lambda each: _ORDER[each[0]])
        },
        "Important notice": read.notice,
        **{f"{each.title} (annex)": " ".join(each.paragraphs) for each in read.annexes},
        "Requesting ORI": read.requesting_ori,
        "Requesting agency": read.requesting_agency,
        "Requesting telephone": read.requesting_phone,
        "Query number": read.query_id,
        "Takes the place of": amends.number if amends else "",
        "Reason of the amendment": amends.reason if amends else "",
    }


_ORDER = {key: place for place, key in enumerate(RECORD_FIELDS)}
