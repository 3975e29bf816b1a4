"""The combined response as a state gets it: IDENT's data and ours in one EBTS message. Pure.

The FBI puts our text under IDENT's into field 2.075 of a search result (SRE) and sends it to the
state's identification bureau, which passes it on. Composing it here is a preview: the control
fields that only the FBI knows are filled with what the query tells, and IDENT's part with the
encounters that came with the query. Layout: sample of the combined response, Secure Communities
packet (2010); record and field separators: ANSI/NIST-ITL.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from acrime.iaq.kinds.policy import WIDTH

FS, GS, RS, US = "\x1c", "\x1d", "\x1e", "\x1f"
MARKS: Mapping[str, str] = {FS: "<FS>", GS: "<GS>", RS: "<RS>", US: "<US>"}
"""How separators are printed where a person reads them."""

IDENT_ORI = "USVISIT0Z"
BANNER = "*** LAW ENFORCEMENT SENSITIVE ***"
MATCH = "------ MATCH ------"

_STATES_ORI = "{state}0000000"
_PURPOSE = (
    "THIS RECORD SERVES TO IDENTIFY SOMEBODY. IT DOES NOT TELL THE PERSON'S IMMIGRATION STATUS AND "
    "IS NOT AN IMMIGRATION DETAINER."
)


@dataclass(frozen=True, slots=True, repr=False)
class IdentEncounter:
    """One encounter of IDENT; its place of birth is a code of IDENT's own."""

    eid: str
    name: str
    born: str
    birth_place: str
    sex: str


@dataclass(frozen=True, slots=True, repr=False)
class CombinedFacts:
    """What a combined response is composed from. Its ``repr`` holds no value.

    Attributes:
        sent_on: day of the message.
        state: two letters of the state that gets it.
        control_number: of the fingerprint transaction (1.09); the state's own number for it
            (1.10) is not known to us and is left as the same.
        state_id, name: of the submission.
        requesting_ori: the arresting agency (2.073).
        visa_terms: title and words under which visa records go along.
        encounters: at most five.
        response: our text.
    """

    sent_on: date
    state: str
    control_number: str
    state_id: str
    name: str
    requesting_ori: str
    visa_terms: tuple[str, ...]
    encounters: tuple[IdentEncounter, ...]
    response: str


def compose_combined(facts: CombinedFacts) -> str:
    """The message with its separators, lengths computed."""
    results = _record(
        2,
        (
            ("002", "00"),
            ("015", facts.state_id),
            ("018", facts.name),
            ("059", "I"),
            ("073", facts.requesting_ori),
            ("075", _text(facts)),
        ),
    )
    head = _record(
        1,
        (
            ("02", "0201"),
            ("03", f"1{US}01{RS}2{US}00"),
            ("04", "SRE"),
            ("05", f"{facts.sent_on:%Y%m%d}"),
            ("07", _STATES_ORI.format(state=facts.state)),
            ("08", IDENT_ORI),
            ("09", facts.control_number),
            ("10", facts.control_number),
            ("11", "00.00"),
            ("12", "00.00"),
        ),
    )
    return head + results


def printable(message: str) -> str:
    """*message* for a person: separators as marks, a field a line."""
    text = message
    for sign, mark in MARKS.items():
        text = text.replace(sign, f"{mark}\n" if sign in (FS, GS) else mark)
    return text


@dataclass(frozen=True, slots=True, repr=False)
class ReadCombined:
    """What stands in a combined response. Its ``repr`` holds no value.

    Attributes:
        fields: values by tag such as ``2.059``; none where the text was no EBTS message.
        response: our text in it, from its banner to its end; blank where there is none.
    """

    fields: Mapping[str, str]
    response: str

    @property
    def control_numbers(self) -> tuple[str, ...]:
        """The numbers by which the transaction may be found, ours first."""
        return tuple(
            dict.fromkeys(self.fields[tag] for tag in ("1.09", "1.10") if self.fields.get(tag))
        )


_FIELD = re.compile(r"\s*([0-9]{1,2})\.([0-9]{2,3}): ?(.*)", re.DOTALL)
_OURS = re.compile(r"\*+ LAW ENFORCEMENT SENSITIVE \*+|IAQ RECEIVED:")
_END = re.compile(r"END OF RESPONSE[ .]*\n?")


def read_combined(text: str) -> ReadCombined:
    """The fields of *text* and our response in it, whether it is whole, printed or bare.

    Separators may be the signs themselves or their printed marks.
    """
    signs = text
    for sign, mark in MARKS.items():
        signs = signs.replace(mark, sign)
    fields: dict[str, str] = {}
    for piece in re.split(f"[{FS}{GS}]", signs):
        found = _FIELD.fullmatch(piece)
        if found:
            tag = f"{int(found.group(1))}.{_short(found.group(1), found.group(2))}"
            fields.setdefault(tag, found.group(3).strip("\r\n "))
    within = fields.get("2.075", text if not fields else "")
    begin = _OURS.search(within)
    if begin is None:
        return ReadCombined(fields, "")
    end = _END.search(within, begin.start())
    return ReadCombined(fields, within[begin.start() : end.end() if end else len(within)])


def _short(kind: str, number: str) -> str:
    """Type 1 is printed with two digits in the packet and with three elsewhere."""
    return f"{int(number):02d}" if int(kind) == 1 else f"{int(number):03d}"


def _text(facts: CombinedFacts) -> str:
    lines = _wrapped([_PURPOSE, *facts.visa_terms])
    lines += ["", MATCH]
    for each in facts.encounters:
        lines += [
            f"EID = {each.eid}",
            f"NAME = {each.name}",
            f"DOB = {each.born}",
            f"POB = {each.birth_place}",
            f"SEX = {each.sex}",
        ]
    return "\n".join([*lines, "", facts.response])


def _wrapped(paragraphs: Iterable[str]) -> list[str]:
    return [
        line for each in paragraphs for line in textwrap.wrap(each, WIDTH, break_on_hyphens=False)
    ]


def _record(kind: int, fields: Sequence[tuple[str, str]]) -> str:
    """One record: its length, counted with its own digits, then its fields."""
    first = "01" if kind == 1 else "001"
    rest = GS.join(f"{kind}.{number}:{value}" for number, value in fields if value)
    length = 0
    while True:
        record = f"{kind}.{first}:{length}{GS}{rest}{FS}"
        if len(record) == length:
            return record
        length = len(record)
