"""Reading the text of a response again, as it left or as somebody else has it. Pure.

It is the other direction of ``acrime.iar.text``: what was composed reads as the same facts. A
text that went through other systems may have lost its banner, have other line endings, longer or
shorter rows of stars, blanks after tags or none; nothing of that matters here. What cannot be
found is left blank, and nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from acrime.common.errors import ActionRefused
from acrime.iaq.conclusions import RECORD_FIELDS, RecordField, RecordValue
from acrime.iar.text import AMENDED, NOTICE, Annex

LARGEST = 1_048_576
"""Largest text that is read, in characters."""


class NotAResponse(ActionRefused):
    """The text holds no status response."""

    def __init__(self) -> None:
        super().__init__("There is no status response in this text.", code="not-a-response")


@dataclass(frozen=True, slots=True, repr=False)
class ReadAmends:
    """Which response a text says that it takes the place of."""

    number: str = ""
    released_text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ReadResponse:
    """What a text says. Its ``repr`` holds no value.

    Attributes:
        received_text: receiving time as printed.
        query: the words of the query that it echoes, each run of blanks as one.
        headline, lead: the conclusion and the line that introduces the record.
        record: values by key of ``RECORD_FIELDS``.
        notice: the words of the important notice.
        annexes: title and words of what went along.
        query_id: the number of the query, as printed.
    """

    received_text: str
    query: str
    headline: str
    lead: str
    record: Mapping[str, RecordValue]
    notice: str
    annexes: tuple[Annex, ...]
    requesting_ori: str
    requesting_agency: str
    requesting_phone: str
    query_id: str
    amends: ReadAmends | None


_END = re.compile(r"QUERY\s+MESSAGE\s+TEXT\s+ENDS[^\n]*")
_RECEIVED = re.compile(r"IAQ RECEIVED:[ ]*([^\n]*)")
_FIRST_TAG = re.compile(r"(?:^|(?<=\s))[A-Z]{3}/")
_RULE = re.compile(r"\*{30,}")
_BASED = re.compile(r"\*+ ?BASED ON THE INFORMATION PROVIDED ?\*+")
_QUERY_ID = re.compile(r"LESC QUERY ID: ?([A-Z0-9-]{1,24})")
_REQUESTING = re.compile(r"REQUESTING ORI INFORMATION:")
_LIMITED = re.compile(r"\*+ LIMITED OFFICIAL USE \*+")


def read_response(text: str) -> ReadResponse:
    """The facts of a response's *text*.

    Raises:
        NotAResponse: it does not hold the line that ends a query and begins an answer, or is
            larger than is read.
    """
    if len(text) > LARGEST:
        raise NotAResponse
    level = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    end = _END.search(level)
    if end is None:
        raise NotAResponse
    received, query = _echo(level[: end.start()])
    answer, _, tail = _split_tail(level[end.end() :])
    sections = _sections(answer)
    headline, body = _conclusion(sections)
    lead, record = _record(body)
    annexes = tuple(
        Annex(title, (words,))
        for title, lines in sections
        if title not in (headline, NOTICE, AMENDED) and (words := _joined(lines))
    )
    notices = [lines for title, lines in sections if title == NOTICE]
    amended = [lines for title, lines in sections if title == AMENDED]
    asked = _tags(tail, ("ORI/", "AGENCY/", "PHONE/"))
    numbers = _QUERY_ID.findall(tail)
    return ReadResponse(
        received_text=received,
        query=query,
        headline=headline,
        lead=lead,
        record=record,
        notice=_joined(notices[0]) if notices else "",
        annexes=annexes,
        requesting_ori=asked.get("ORI/", ""),
        requesting_agency=asked.get("AGENCY/", ""),
        requesting_phone=asked.get("PHONE/", ""),
        query_id=numbers[-1] if numbers else "",
        amends=_amends(amended[0]) if amended else None,
    )


def _echo(text: str) -> tuple[str, str]:
    """The receiving time, and the words of the query from its first tag on."""
    received = _RECEIVED.search(text)
    rest = text[received.end() :] if received else text
    first = _FIRST_TAG.search(rest)
    query = rest[first.start() :] if first else ""
    return (received.group(1).strip() if received else ""), _joined([query.rstrip("* \n")])


def _split_tail(text: str) -> tuple[str, str, str]:
    """What comes before the last row of stars, that row, and what comes after it."""
    asked = list(_REQUESTING.finditer(text)) or list(_QUERY_ID.finditer(text))
    before = text[: asked[-1].start()] if asked else text
    rules = list(_RULE.finditer(before))
    if not asked or not rules:
        return text, "", ""
    return before[: rules[-1].start()], rules[-1].group(), text[rules[-1].end() :]


def _sections(text: str) -> list[tuple[str, list[str]]]:
    """Each starred headline with the lines up to the next one."""
    sections: list[tuple[str, list[str]]] = []
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        closing = _closing_rule(lines, place)
        if closing:
            sections.append((_joined(lines[place + 1 : closing]), []))
            place = closing + 1
        elif sections:
            sections[-1][1].append(lines[place])
            place += 1
        else:
            place += 1
    return sections


def _closing_rule(lines: Sequence[str], place: int) -> int:
    """Where the row of stars is that closes a headline which begins at *place*; 0 if none does."""
    if not _is_rule(lines[place]):
        return 0
    # A headline takes a line or two; a row of stars further down opens another one.
    for closing in range(place + 2, min(place + 6, len(lines))):
        if _is_rule(lines[closing]):
            return closing
    return 0


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line.strip()) is not None


def _conclusion(sections: list[tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """The starred conclusion and the lines under it: the section with the line of its basis."""
    for title, lines in sections:
        for place, line in enumerate(lines):
            if _BASED.search(line):
                return title, lines[place + 1 :]
    return "", []


# region: the record block
_TAGGED = sorted(
    (each for each in RECORD_FIELDS.values() if each.tag and each.key not in ("cri", "fins")),
    key=lambda each: -len(each.tag),
)
_SENTENCES = {each.sentence: each.key for each in RECORD_FIELDS.values() if each.sentence}
_REMARKS = "REM/"


def _record(lines: Sequence[str]) -> tuple[str, dict[str, RecordValue]]:
    """The lead, and the values of the record block after it."""
    lead: list[str] = []
    record: dict[str, RecordValue] = {}
    needed: list[str] = []
    remarks: list[str] = []
    opened: list[str] | None = None
    field: RecordField | None = None
    in_remarks = False

    def close() -> None:
        nonlocal opened, field, record
        if opened is not None and field is not None:
            record |= _value(field, " ".join(opened))
        opened, field = None, None

    for line in lines:
        if not line.strip():
            continue
        if in_remarks:
            if line.startswith("  ") and remarks:
                remarks[-1] += f" {line.strip()}"
            else:
                remarks.append(line.strip())
            continue
        tagged = next((each for each in _TAGGED if line.startswith(each.tag)), None)
        if line.startswith(_REMARKS):
            close()
            in_remarks = True
            remarks.append(line.removeprefix(_REMARKS).strip())
        elif tagged:
            close()
            field, opened = tagged, [line.removeprefix(tagged.tag).strip()]
        elif line.strip() in _SENTENCES:
            close()
            record[_SENTENCES[line.strip()]] = True
        elif line.startswith("- "):
            close()
            needed.append(line[2:].strip())
        elif line.startswith("  ") and opened is not None:
            opened.append(line.strip())
        elif line.startswith("  ") and needed:
            needed[-1] += f" {line.strip()}"
        elif not record and not needed and opened is None:
            lead.append(line)
        elif opened is not None:
            opened.append(line.strip())
    close()
    if needed:
        record["needed"] = tuple(needed)
    return _joined(lead), record | _remarks(remarks)


def _remarks(given: list[str]) -> dict[str, RecordValue]:
    """The remarks, and what stands under their tag with a name of its own."""
    found: dict[str, RecordValue] = {}
    rest = [each for each in given if each]
    for key in ("cri", "fins"):
        field = RECORD_FIELDS[key]
        if rest and rest[0].startswith(field.tag):
            found |= _value(field, rest.pop(0).removeprefix(field.tag).strip())
    if rest:
        found["remarks"] = tuple(rest)
    return found


def _value(field: RecordField, text: str) -> dict[str, RecordValue]:
    if not text:
        return {}
    if field.joined_to:
        code, arrow, name = text.partition("-->")
        return {
            key: value.strip()
            for key, value in ((field.key, code), (field.joined_to, name if arrow else ""))
            if value.strip()
        }
    if field.kind == "date":
        try:
            return {field.key: datetime.strptime(text, "%Y%m%d").date()}  # noqa: DTZ007  # a day
        except ValueError:
            return {field.key: text}
    if field.kind == "list":
        return {field.key: tuple(each.strip() for each in text.split(";") if each.strip())}
    return {field.key: text}


# endregion


def _amends(lines: Sequence[str]) -> ReadAmends:
    tags = _tags("\n".join(lines), ("REPLACES/", "RELEASED/", "REASON/"))
    return ReadAmends(
        number=tags.get("REPLACES/", ""),
        released_text=tags.get("RELEASED/", ""),
        reason=tags.get("REASON/", ""),
    )


def _tags(text: str, tags: Sequence[str]) -> dict[str, str]:
    """The values of *tags* with their continuation lines."""
    found: dict[str, str] = {}
    last = ""
    for line in text.split("\n"):
        tag = next((each for each in tags if line.startswith(each)), "")
        if tag:
            last = tag
            found[tag] = _joined([line.removeprefix(tag)])
        elif line.startswith("  ") and last:
            found[last] = _joined([found[last], line])
        else:
            last = ""
    return found


def _joined(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def shown(value: RecordValue) -> str:
    """A value as text, the same for the same value."""
    if isinstance(value, bool):
        return "Yes" if value else ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else "; ".join(value)
