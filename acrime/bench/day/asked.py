"""What other agencies send on the day: synthetic messages, and what must become of each.

What is expected is known from how a message is made, not from what the portal's rules say.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from nistitl import AsciiRecord, Field, Message

from acrime.common.eastern import EASTERN
from routine_uses.choices import UNDECIDED_PROGRAM, Program

# Hours until an answer is due. Two programs have their own, which the day's stage sets.
HOURS: Mapping[str, int] = {
    Program.CRIMINAL: 4,
    Program.SEX_OFFENDER: 4,
    Program.BRADY: 4,
    Program.NONCRIMINAL: 4,
    Program.SPECIAL_EVENT: 2,
    Program.OPM: 72,
    # The strictest of all, while nobody has decided.
    UNDECIDED_PROGRAM: 2,
}
NO_MATCH_HOURS = 24
# No match makes the time longer where the program has none of its own.
OWN_HOURS = frozenset({Program.SPECIAL_EVENT, Program.OPM})

FBI = "WVFBIID00"
STATE_ORIS = ("VT0910001", "VT0910002", "TX0910003", "TX0910004", "FL0910005", "NH0910006")
OPM_ORI = "USOPM0010"
# In no directory: what it asks cannot be answered until somebody adds it.
UNKNOWN_ORI = "ME0910099"

_SYLLABLES = ("BA", "DEN", "FO", "GRI", "HAL", "KI", "LUM", "MOR", "NES", "PA", "QUI", "ROV", "SU")
_OFFENSES = ("0399", "1313", "5401", "3512", "2299", "0999", "6411", "4801", "3599", "7399")
_PLACES = ("MM", "HD", "ES", "CC", "XX", "RC", "NU")


class Sort(StrEnum):
    """What a message is, beside what it asks."""

    NEW = "new"
    REPEATED = "the same message again"
    CHANGED = "the same but for one byte"
    UNREADABLE = "unreadable"
    STRAY = "a reply that answers nothing here"


@dataclass(frozen=True)
class Person:
    """Somebody invented."""

    last: str
    first: str
    born: date
    sex: str
    place: str
    fbi: str
    a_number: str


@dataclass
class Sending:
    """A message, when it is sent, and what is expected and was answered.

    Attributes:
        serial: of the message; a repeat has the serial of the first.
        program: what it must come to be, or that a person must decide it.
        sent_at, answered_at: of the day; of the first try and of the answer.
        tries: how often it was sent until it was answered.
    """

    serial: int
    sort: Sort
    raw: bytes
    media_type: str
    due_at: datetime
    program: str = ""
    fingerprints: bool = False
    encounters: int = 0
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    tries: int = 0
    status: int = 0
    answer: dict[str, str] = field(default_factory=dict)


# Program, purpose, words in the remarks, from whom, and of a hundred how many.
_MIX: Sequence[tuple[str, str, str, str, int]] = (
    (Program.CRIMINAL, "C", "", "fbi", 46),
    (Program.CRIMINAL, "C", "", "state", 16),
    (Program.SEX_OFFENDER, "C", "NSOR", "fbi", 6),
    (Program.BRADY, "F", "", "state", 10),
    (Program.NONCRIMINAL, "E", "EMPLOYMENT CHECK", "fbi", 8),
    (Program.SPECIAL_EVENT, "E", "SPECIAL SECURITY EVENT", "fbi", 5),
    (Program.OPM, "E", "OFFICE OF PERSONNEL MANAGEMENT", "opm", 4),
    (UNDECIDED_PROGRAM, "C", "BACKGROUND CHECK", "fbi", 4),
    (Program.CRIMINAL, "C", "", "unknown", 1),
)


def day_of_messages(
    *, queries: int, seed: int, begins: datetime, lasts: timedelta
) -> list[Sending]:
    """*queries* messages that each open one, and others between them, in a random order."""
    random = Random(seed)  # noqa: S311  # a simulation that can be done again
    people = [_person(random, number) for number in range(max(queries * 2 // 3, 1))]
    sendings = []
    for serial in range(1, queries + 1):
        new = _new(random, serial, random.choice(people), begins + lasts * _moment(random))
        sendings.append(new)
        if random.random() < 0.08:
            # Some come at the very moment of the first, some much later.
            later = new.due_at + timedelta(minutes=random.choice((0, 0, 1, 60)))
            sendings.append(_like(new, Sort.REPEATED, new.raw, later))
    for serial in range(queries + 1, queries + 1 + max(queries // 33, 1)):
        at = begins + lasts * _moment(random)
        sort = random.choice((Sort.UNREADABLE, Sort.UNREADABLE, Sort.STRAY))
        raw = _unreadable(random, serial, at) if sort is Sort.UNREADABLE else _stray(serial)
        sendings.append(Sending(serial, sort, raw, "application/octet-stream", at))
    _change_one_byte(random, sendings, queries)
    return sorted(sendings, key=lambda each: (each.due_at, each.serial))


def _moment(random: Random) -> float:
    """A part of the day: nights are quiet, and there are two rushes."""
    rush = random.choice((None, None, 0.35, 0.8))
    return random.random() if rush is None else min(max(random.gauss(rush, 0.05), 0), 1)


def _change_one_byte(random: Random, sendings: list[Sending], queries: int) -> None:
    """In place of some messages, another one with one byte changed: another query."""
    firsts = [each for each in sendings if each.sort is Sort.NEW and b"PHN/" in each.raw]
    taken = {each.serial for each in sendings if each.sort is Sort.REPEATED}
    for like in random.sample(firsts, k=min(len(firsts), max(queries // 50, 1))):
        victims = [each for each in firsts if each.serial not in taken | {like.serial}]
        if not victims:
            return
        victim = random.choice(victims)
        taken |= {victim.serial, like.serial}
        at = like.raw.index(b"PHN/") + 12
        digit = bytes([(like.raw[at] - 48 + 1) % 10 + 48])
        raw = like.raw[:at] + digit + like.raw[at + 1 :]
        sendings.remove(victim)
        changed = _like(like, Sort.CHANGED, raw, like.due_at + timedelta(minutes=1))
        changed.serial = victim.serial
        sendings.append(changed)


def _like(other: Sending, sort: Sort, raw: bytes, due_at: datetime) -> Sending:
    return Sending(
        other.serial,
        sort,
        raw,
        other.media_type,
        due_at,
        other.program,
        other.fingerprints,
        other.encounters,
    )


def _person(random: Random, number: int) -> Person:
    return Person(
        last="".join(random.choices(_SYLLABLES, k=3)) + "SYN",
        first="".join(random.choices(_SYLLABLES, k=2)),
        born=date(1950, 1, 1) + timedelta(days=random.randrange(20_000)),
        sex=random.choice("MF"),
        place=random.choice(_PLACES),
        fbi=f"{100000 + number}TA{number % 9 + 1}",
        a_number=f"A{90000000 + number:09d}" if random.random() < 0.5 else "",
    )


def _new(random: Random, serial: int, person: Person, at: datetime) -> Sending:
    program, purpose, words, sender, _ = random.choices(_MIX, [each[-1] for each in _MIX])[0]
    fingerprints = sender == "fbi"
    placeholder = fingerprints and program == Program.CRIMINAL and random.random() < 0.06
    encounters = random.choice((0, 1, 1, 2)) if fingerprints and not placeholder else 0
    ori = {"fbi": FBI, "opm": OPM_ORI, "unknown": UNKNOWN_ORI}.get(sender) or random.choice(
        STATE_ORIS
    )
    listed = "".join(
        f" {7_000_000_000 + serial * 10 + n}; {person.last}; {person.first};;"
        f"{person.born:%Y%m%d};MX;{person.sex}"
        for n in range(encounters)
    )
    remark = f"IDSM=sscn{serial:015d} {words}".strip() if fingerprints else f"{words} {serial}"
    if listed:
        remark += f" ENCOUNTER INFO[EID;LAST;FIRST;MIDDLE;DOB;POB;SEX]{listed}"
    values = {
        "ORI": ori,
        "ATN": f"ORI={random.choice(STATE_ORIS)}" if fingerprints else "SGT SYNTHETIC",
        "PHN": f"802555{serial % 10_000:04d}",
        "NAM": "CPI,CPI" if placeholder else f"{person.last}, {person.first}",
        "DOB": "000000" if placeholder else f"{person.born:%Y%m%d}",
        "SEX": "XX" if placeholder else person.sex,
        "POB": "XX" if placeholder else person.place,
        "CUS": random.choice("YYN"),
        "OFF": random.choice(_OFFENSES),
        "PUR": purpose,
        "REM": remark.strip(),
    }
    if placeholder:
        values["SID"] = f"NC{serial:08d}"
    else:
        values |= {"FBI": person.fbi} | ({"ARN": person.a_number} if person.a_number else {})
    raw, media_type = _laid_out(random, values, serial, at)
    return Sending(
        serial, Sort.NEW, raw, media_type, at, program, fingerprints, encounters=encounters
    )


def _laid_out(
    random: Random, values: Mapping[str, str], serial: int, at: datetime
) -> tuple[bytes, str]:
    """The message in one of the layouts, with its media type."""
    local = at.astimezone(EASTERN)
    text = f"IAQ RECEIVED: {local:%m/%d/%y %I:%M:%S %p}\n" + "".join(
        f"{tag}/{value}\n" for tag, value in values.items()
    )
    drawn = random.random()
    if drawn < 0.2:
        return json.dumps(values).encode(), "application/json"
    if drawn < 0.26 and values["ORI"] == FBI:
        return _in_ebts(text, values, serial, at), "application/octet-stream"
    return text.encode(), "text/plain"


def _in_ebts(text: str, values: Mapping[str, str], serial: int, at: datetime) -> bytes:
    message = Message()
    message.TOT = "SRE"
    first = message[0]
    first.VER, first.DAT = "0201", f"{at.astimezone(EASTERN):%Y%m%d}"
    first.DAI, first.ORI = "VT0000000", "USVISIT0Z"
    first.TCN, first.TCR = f"sscn{serial:015d}", f"42{serial:09d}"
    record = AsciiRecord(2)
    message += record
    record.IDC = 0
    for number, value in ((15, f"VT{serial:08d}"), (59, "I"), (73, values["ATN"][4:])):
        record += Field(2, number, value)
    record += Field(2, 75, text)
    return bytes(message.NIST)


def _unreadable(random: Random, serial: int, at: datetime) -> bytes:
    return random.choice(
        (
            f"IAQ RECEIVED: {at:%m/%d/%y}\nNAM/NOBODY, {serial}\n".encode(),
            f'{{"ORI": "{FBI}", "REM": "{serial}"'.encode(),
            f"ORI/SHORT ATN/X PUR/Q NAM/A DOB/99999999 {serial}".encode(),
            bytes(random.randrange(256) for _ in range(60)) + str(serial).encode(),
        )
    )


def _stray(serial: int) -> bytes:
    """An error of the FBI's about a transaction that nobody here knows of."""
    message = Message()
    message.TOT = "ERRT"
    first = message[0]
    first.VER, first.DAT, first.DAI, first.ORI = "0201", "20261120", "VT0000000", "USVISIT0Z"
    first.TCN, first.TCR = f"stray{serial:014d}", f"43{serial:09d}"
    record = AsciiRecord(2)
    message += record
    record.IDC = 0
    record += Field(2, 60, "L0013 DOA/DPR of [20090210] older than 7 days")
    record += Field(2, 73, "VT0000007")
    return bytes(message.NIST)
