"""Mutated messages of every layout: each is read or refused, and none is lost.

The same messages come every time. A share of them is run with the suite; ``make fuzz`` runs all.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from acrime.audit.choices import Channel
from acrime.iaq.choices import MessageState
from acrime.iaq.intake import Receipt, message_switch
from acrime.iaq.layouts.shown import as_plain_text, shown
from acrime.iaq.message import normal_form, parse_message, query_lines, query_text
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.parsed import MessageRefused
from acrime.iaq.volume.actions import receive_messages
from tests.factories import message_bytes, receive
from tests.support.messages import JPEG, MATCHED, composed_ebts, composed_json

MESSAGES = Path(__file__).resolve().parents[2] / "messages"
COUNT = int(os.environ.get("FUZZED_MESSAGES") or 4_000)
KEPT = int(os.environ.get("FUZZED_MESSAGES") or 400)
SEED = 20_261_122

TEXTS = [path.read_bytes() for path in sorted(MESSAGES.glob("ia*.txt"))]
QUERIES = [parse_message(path.read_bytes()) for path in sorted(MESSAGES.glob("iaq_*.txt"))]
WHOLE = [
    *TEXTS,
    *(composed_json(dict(query.fields), received=query.received_text) for query in QUERIES),
    *(
        composed_ebts(raw.decode("ascii"), values=MATCHED, images=[JPEG] * (number % 3))
        for number, raw in enumerate(TEXTS)
    ),
    composed_ebts("", tot="ERRT", values={60: "S0002 [EFTS-1031] Fingerprint 2 is amputated"}),
    composed_ebts("IDENT Data Response (IDR)\n- NO MATCH -", values={59: "N"}),
    b"IAQ.VT0040100.AX.TXT PUR/C.ATN/A.PHN/8025550100.NAM/EXAMPLE, ROBIN.DOB/022988.SEX/M.POB/HD."
    b"CUS/Y.OFF/0399.",
]
PIECES = [
    b"\x1c", b"\x1d", b"\x1e", b"\x1f", b"<GS>", b"<FS>", b"\n", b"\r\n", b"  ", b";", b"/", b",",
    b"REM/", b"NAM/", b"PUR/C ", b"IDSM=", b"ENCOUNTER INFO[", b"QUERY MESSAGE TEXT ENDS",
    b"IAQ RECEIVED:", b"1.003:", b"2.075:", b"10.999:", b"2.001:99999999999", b'"', b"{", b"}",
    b'":"', b"\\u0000", b"\x00", b"\xff", b"\xc3\xa9", b"0" * 40, b"XXXX", b"CPI,CPI", b"<US>",
]  # fmt: skip


def mutated(number: int) -> bytes:
    """The message with this number: one of the whole ones, changed one to twelve times."""
    chance = random.Random(SEED + number)  # noqa: S311  # the same messages every time
    raw = bytearray(WHOLE[number % len(WHOLE)])
    for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.choice((1, 1, 2, 8, 60)))
        match chance.randrange(8):
            case 0:
                del raw[start:end]
            case 1:
                raw[start:start] = chance.choice(PIECES)
            case 2:
                raw[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
            case 3 if start < len(raw):
                raw[start] ^= 1 << chance.randrange(8)
            case 4:
                raw[start:start] = raw[start:end] * chance.choice((1, 2, 30))
            case 5:
                del raw[start:]
            case 6:
                other = WHOLE[chance.randrange(len(WHOLE))]
                raw[start:start] = other[: chance.randrange(len(other) + 1)]
            case _:
                raw[start:end] = chance.choice(PIECES)
    return bytes(raw)


def messages(count: int) -> Iterator[bytes]:
    return (mutated(number) for number in range(count))


def test_every_mutated_message_is_read_or_refused() -> None:
    outcomes: Counter[str] = Counter()
    told_why: set[tuple[str, str, str]] = set()
    for raw in messages(COUNT):
        try:
            parsed = parse_message(raw, received_on=date(2026, 11, 22))
        except MessageRefused as refusal:
            told_why.update([(refusal.code, refusal.field, refusal.explanation)])
            outcomes[refusal.code] += 1
        else:
            outcomes["accepted"] += 1
            assert parsed.ori
            # What is accepted can be echoed in its answer, and shown.
            assert query_lines(raw)
            assert query_text(raw)
        # On the desk and in finding repeats nothing may stumble over it either.
        assert normal_form(normal_form(raw)) == normal_form(raw)
        what, (text, _) = shown(raw), as_plain_text(raw)
        for told in (what.text, text):
            assert all(char.isprintable() or char in "\r\n\t" for char in told)

    for code, field, explanation in told_why:
        assert code
        assert len(field) <= 40
        assert 0 < len(explanation) <= 200
    print(f"\n{COUNT:,} mutated messages: {outcomes['accepted']:,} read as queries")  # noqa: T201
    for code, number in sorted(outcomes.items()):
        print(f"  {code:24} {number:8,}")  # noqa: T201
    # Mutation is neither so gentle nor so rough that one side would not be tried.
    assert COUNT * 0.02 < outcomes["accepted"] < COUNT * 0.9
    assert len(outcomes) > 15


def received_in_groups(group: list[bytes], at: datetime) -> list[Receipt]:
    if len(group) == 1:
        return [receive(group[0], at=at)]
    return receive_messages(group, actor=message_switch(at=at), at=at, channel=Channel.API)


@pytest.mark.django_db(transaction=True)
def test_no_mutated_message_is_lost(at: datetime) -> None:
    """Each ends as a query or on the desk, whole; repeats are counted and not kept again."""
    from tests.factories import load_notice

    load_notice(at=at)
    originals: dict[bytes, bytes] = {}
    times: Counter[bytes] = Counter()
    unreadable = 0
    chance = random.Random(SEED)  # noqa: S311  # the same every time
    waiting = list(messages(KEPT))
    while waiting:
        # Alone, a few together and many together, as they come over the API and in a folder.
        group = [waiting.pop() for _ in range(min(len(waiting), chance.choice((1, 1, 7, 600))))]
        for raw, receipt in zip(group, received_in_groups(group, at), strict=True):
            originals.setdefault(normal_form(raw), raw)
            times[normal_form(raw)] += 1
            unreadable += receipt.code == "unreadable"

    kept = InboundMessage.objects.order_by("pk")
    assert kept.count() == len(originals)
    assert kept.filter(state=MessageState.KEPT).count() == 0
    assert StatusQuery.objects.count() == kept.filter(state=MessageState.ACCEPTED).count()
    # A fault of ours would be kept too, and is none the less a fault.
    assert unreadable == 0
    for message in kept.iterator():
        raw = bytes(message.original)
        assert originals[normal_form(raw)] == raw
        assert times[normal_form(raw)] == message.times_received
    print(  # noqa: T201
        f"\n{KEPT:,} mutated messages came in: {len(originals):,} kept whole, "
        f"{StatusQuery.objects.count():,} queries, "
        f"{kept.filter(state=MessageState.REFUSED).count():,} on the desk"
    )


def test_the_messages_are_the_same_every_time() -> None:
    assert [mutated(number) for number in (1, 77)] == [mutated(number) for number in (1, 77)]
    assert len({mutated(number) for number in range(500)}) > 480
    assert message_bytes()
