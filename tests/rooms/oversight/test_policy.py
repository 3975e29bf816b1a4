"""Groups of kinds, places between events, pauses, hours. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.choices import Role
from acrime.audit import events as ledger
from acrime.audit.events import EventKind
from acrime.oversight.choices import Group
from acrime.oversight.policy import (
    GAP,
    Cursor,
    cursor_from,
    group_of,
    hours_of,
    pauses_in,
    reads_events_of_opr,
    reads_ledger,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("record.viewed", Group.LOOKED),
        ("record.listed", Group.LOOKED),
        ("disclosure.viewed", Group.LOOKED),
        ("message.viewed", Group.LOOKED),
        ("record.searched", Group.SEARCHED),
        ("record.exported", Group.EXPORTED),
        ("record.printed", Group.EXPORTED),
        ("record.downloaded", Group.EXPORTED),
        ("record.probed", Group.REFUSED),
        ("access.denied", Group.REFUSED),
        ("session.refused", Group.REFUSED),
        ("disclosure.refused", Group.REFUSED),
        ("session.opened", Group.SIGNED_IN),
        ("banner.acknowledged", Group.SIGNED_IN),
        ("role.granted", Group.ADMINISTRATION),
        ("supervisor.assigned", Group.ADMINISTRATION),
        ("iaq.query.claimed", Group.CHANGED),
        ("record.limited", Group.CHANGED),
        ("oversight.searched", Group.OVERSIGHT),
        ("oversight.exported", Group.OVERSIGHT),
    ],
)
def test_a_kind_belongs_in_a_group(name: str, group: Group) -> None:
    assert group_of(ledger.kind(name)) == group


@pytest.mark.parametrize("kind", ledger.every_kind(), ids=lambda kind: kind.name)
def test_no_look_is_taken_for_a_change(kind: EventKind) -> None:
    if kind.look:
        assert group_of(kind) in {Group.LOOKED, Group.SEARCHED, Group.EXPORTED, Group.REFUSED}


@pytest.mark.parametrize("role", Role)
def test_who_reads_the_ledger(role: Role) -> None:
    assert reads_ledger([role]) == (role in {Role.OPR, Role.OPR_LEAD})
    assert reads_events_of_opr([role]) == (role == Role.OPR_LEAD)


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_a_place_comes_back_as_it_went(microsecond: int) -> None:
    place = Cursor(NOON.replace(microsecond=microsecond), 9_000_000_001)
    assert cursor_from(place.text()) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1-",
        "-1",
        "1--1",
        "-5-1",
        "a-b",
        "1-1 OR 1=1",
        "99999999999999999-1",
        "1" * 400 + "-1",
        "٣-٣",
        "1-1\n",
        "\x00",
    ],
)
def test_a_place_that_is_none(text: str) -> None:
    assert cursor_from(text) is None


def test_long_pauses_are_found() -> None:
    moments = [NOON, NOON + GAP - timedelta(seconds=1), NOON + 2 * GAP]
    assert {place: pause.length for place, pause in pauses_in(moments).items()} == {
        2: GAP + timedelta(seconds=1)
    }
    assert pauses_in([]) == {}


def test_hours_are_counted() -> None:
    bars = hours_of([NOON, NOON + timedelta(minutes=59), NOON + timedelta(hours=11)])
    assert len(bars) == 24
    assert {bar.label: bar.count for bar in bars if bar.count} == {"12:00": 2, "23:00": 1}
