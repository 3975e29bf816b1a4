"""Composing the text of an immigration response (IAR).

The text follows the message layout: banner, receiving time, echo of the query, the line that ends
the query, the not-a-detainer notice, the starred conclusion, the record that appears to relate,
an important notice, who asked, and the query's number. This module only composes. Which sources
bear the conclusion out is recorded and checked elsewhere, before anything is composed.

What the text guarantees to the older systems that carry it:

* printable 7-bit ASCII and line feeds only, or ``UnprintableText`` names the field; nothing is
  transliterated here, so callers who want accents dropped call ``to_ascii`` and show the result;
* no line longer than ``WIDTH`` columns;
* no tag with an empty value in the record block (the layout forbids blank fields).
"""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from acrime.iaq.conclusions import (
    RECORD_FIELDS,
    IncompleteResponse,
    RecordValue,
    ResponseKind,
    UnprintableText,
    check_record,
    is_blank,
    is_printable,
    items_of,
)
from acrime.iaq.kinds.policy import WIDTH

ENDS = "**** QUERY MESSAGE TEXT ENDS - L.E.S.C. RESPONSE BEGINS ****"
AMENDED = "AMENDED RESPONSE"
BASED = "**** BASED ON THE INFORMATION PROVIDED ****"
NOTICE = "IMPORTANT NOTICE"
REQUESTING = "REQUESTING ORI INFORMATION:"
QUERY_ID = "LESC QUERY ID:"
RECEIVED = "IAQ RECEIVED:"
RULE = "*" * 53

# Printed together under one REM/ at the end of the block.
_REMARK_KEYS = ("cri", "fins", "remarks")


@dataclass(frozen=True, slots=True, repr=False)
class Annex:
    """Something that must go along: terms, or a statement. Its ``repr`` holds no value.

    Attributes:
        paragraphs: in printable ASCII, each wrapped by itself.
    """

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Amends:
    """Which response this one takes the place of.

    Attributes:
        number: of that response.
        released_text: when it left, as it is printed.
        reason: why, in words that may leave.
    """

    number: str
    released_text: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class ResponseFacts:
    """What a response is composed from. Its ``repr`` holds no value.

    Attributes:
        kind: the version of the kind that the determination was made under.
        query_id: the query's number.
        received_text: receiving time as the query printed it, or as intake stamps it.
        query_lines: the query's own lines (``acrime.iaq.message.query_lines``).
        record: values by key of ``RECORD_FIELDS``; blank ones are left out of the text.
        requesting_ori, requesting_agency, requesting_phone: who asked; blank ones are left out.
        annexes: what goes along, after the important notice.
        amends: the response that this one takes the place of.
    """

    kind: ResponseKind
    query_id: str
    received_text: str
    query_lines: tuple[str, ...]
    record: Mapping[str, RecordValue]
    requesting_ori: str = ""
    requesting_agency: str = ""
    requesting_phone: str = ""
    annexes: tuple[Annex, ...] = ()
    amends: Amends | None = None


def compose_response(facts: ResponseFacts) -> str:
    """The whole text, ending with a line feed.

    The query part reads back as the same query: the echo is folded at spaces and semicolons only.

    Raises:
        IncompleteResponse: if a required value is missing.
        UnprintableText: if a value is not printable ASCII.
        UnusableValue: if a value does not fit its field.
    """
    kind = facts.kind
    check_record(kind, facts.record)
    if not facts.query_id.strip():
        raise IncompleteResponse(("query_id",))
    _check_printable("query_lines", *facts.query_lines)
    _check_printable("received_text", facts.received_text)
    _check_printable("query_id", facts.query_id)
    _check_printable("requesting_ori", facts.requesting_ori)
    _check_printable("requesting_agency", facts.requesting_agency)
    _check_printable("requesting_phone", facts.requesting_phone)

    lines = [
        "*** LAW ENFORCEMENT SENSITIVE ***",
        "",
        *_wrapped(f"{RECEIVED} {facts.received_text}" if facts.received_text else ""),
    ]
    for line in facts.query_lines:
        lines.extend(fold_query_line(line))
    lines.append(ENDS)
    lines.extend(
        _wrapped(
            "THIS IS NOT A GOVERNMENT DETAINER! THIS INFORMATION IS FOR LAW ENFORCEMENT USE AND IS "
            "BEING PROVIDED FOR INFORMATIONAL PURPOSES ONLY."
        )
    )
    if facts.amends:
        lines.extend(_amended_block(facts.amends))
    lines.extend(_starred(kind.headline))
    lines.append(BASED)
    lines.extend(_wrapped(kind.lead))
    lines.extend(_record_block(facts.record))
    lines.extend(_starred(NOTICE))
    for paragraph in (*kind.closing, *_ALWAYS):
        lines.extend(_wrapped(paragraph))
    for annex in facts.annexes:
        _check_printable("annexes", annex.title, *annex.paragraphs)
        lines.extend(_starred(annex.title))
        for paragraph in annex.paragraphs:
            lines.extend(_wrapped(paragraph))
    lines.append(RULE)
    lines.extend(_requesting_block(facts))
    lines.extend(_wrapped(f"{QUERY_ID} {facts.query_id}"))
    lines.append("*** LIMITED OFFICIAL USE ***")
    lines.append("END OF RESPONSE . . . .")
    return "\n".join(lines) + "\n"


def fold_query_line(line: str) -> tuple[str, ...]:
    """Fold one line of the query to ``WIDTH`` where reading it again gives the same words.

    A break stands in place of a space or, failing that, after a semicolon. A run with neither is
    cut at the width, which no field of an accepted query needs.
    """
    folded: list[str] = []
    rest = line.strip()
    while len(rest) > WIDTH:
        space = rest.rfind(" ", 1, WIDTH + 1)
        semicolon = rest.rfind(";", 0, WIDTH)
        if space > 0:
            folded.append(rest[:space].rstrip())
            rest = rest[space + 1 :].lstrip()
        else:
            cut = semicolon + 1 or WIDTH
            folded.append(rest[:cut])
            rest = rest[cut:].lstrip()
    if rest:
        folded.append(rest)
    return tuple(folded)


_ALWAYS = (
    "THIS ANSWER GIVES THE RECORDS AS THEY STOOD WHEN IT WAS WRITTEN. IT DOES NOT DECIDE WHETHER A "
    "PERSON CAN BE REMOVED.",
    "IT ADDS NOTHING TO A STATE OR LOCAL OFFICER'S POWER TO ARREST OR HOLD ANYONE.",
)


def _check_printable(field: str, *texts: str) -> None:
    if not all(is_printable(text) for text in texts):
        raise UnprintableText(field)


def _printed(value: RecordValue) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    return "; ".join(items_of(value))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)


def _hanging(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _tagged(tag: str, text: str) -> list[str]:
    """The text with the tag before it; a tag is never left alone on its line."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{tag} ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def _starred(headline: str) -> list[str]:
    return [RULE, *_wrapped(headline), RULE]


def _amended_block(amends: Amends) -> list[str]:
    _check_printable("amends", amends.number, amends.released_text, amends.reason)
    return [
        *_starred(AMENDED),
        *_tagged("REPLACES/", amends.number),
        *_tagged("RELEASED/", amends.released_text),
        *_tagged("REASON/", amends.reason),
        *_wrapped(
            "DO NOT USE THE EARLIER RESPONSE ANY MORE, AND PASS THIS ONE ON TO WHOEVER HAS IT."
        ),
    ]


def _record_block(record: Mapping[str, RecordValue]) -> list[str]:
    values = {key: value for key, value in record.items() if not is_blank(value)}
    joined = {field.joined_to for field in RECORD_FIELDS.values() if field.joined_to}
    lines: list[str] = []
    for field in RECORD_FIELDS.values():
        if field.key in joined or field.key in _REMARK_KEYS:
            continue
        parts = [_printed(values[key]) for key in (field.key, field.joined_to) if key in values]
        if not parts:
            continue
        if field.sentence:
            lines.extend(_wrapped(field.sentence))
        elif field.tag:
            # A name without its code is not to be read as a code.
            named = field.joined_to and field.key not in values
            lines.extend(_tagged(field.tag, ("--> " if named else "") + " --> ".join(parts)))
        else:
            item_values = values[field.key]
            assert not isinstance(item_values, bool | date)
            for item in items_of(item_values):
                lines.extend(_tagged("-", item))
    lines.extend(_remark_block(values))
    return lines


def _remark_block(values: Mapping[str, RecordValue]) -> list[str]:
    remarks = [
        f"{RECORD_FIELDS[key].tag} {_printed(values[key])}"
        for key in ("cri", "fins")
        if key in values
    ]
    free = values.get("remarks", ())
    assert not isinstance(free, bool | date)
    remarks.extend(items_of(free))
    if not remarks:
        return []
    first, *others = remarks
    return [*_tagged("REM/", first), *(line for other in others for line in _hanging(other))]


def _requesting_block(facts: ResponseFacts) -> list[str]:
    known = (
        ("ORI/", facts.requesting_ori),
        ("AGENCY/", facts.requesting_agency),
        ("PHONE/", facts.requesting_phone),
    )
    lines = [line for tag, value in known for line in _tagged(tag, value)]
    return [REQUESTING, *lines] if lines else []
