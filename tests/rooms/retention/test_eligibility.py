"""When a period is over: the reviewed table, and a slow count of days that must agree."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acrime.common.periods import years_after
from acrime.retention.choices import DATED, DUE, PAST, Reason, State
from acrime.retention.policy import Facts, Hold, Item, bound, cutoff_of, eligibility, longest
from routine_uses import notice_files
from routine_uses.choices import AuthorityStatus, CutoffRule, Disposal, Trigger
from routine_uses.own_records import OWN_RECORDS, own_items

TABLE = Path(__file__).parents[2] / "tables" / "eligibility.csv"
DAY = timedelta(days=1)
NOTICES = Path(notice_files.__file__).parent / "notices"

with TABLE.open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file))


def _written() -> dict[str, dict[str, object]]:
    items = list(own_items(OWN_RECORDS.read_bytes())[1])
    for name in ("dhs-ice-007-2013", "dhs-ice-015-2016"):
        file = notice_files.parse((NOTICES / f"{name}.toml").read_bytes())
        items += file.retention_items
    return {str(each["code"]): each for each in items}


WRITTEN = _written()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _item(case: dict[str, str]) -> Item:
    kinds = WRITTEN.get(case["item"], {}).get("kinds")
    return Item(
        code=case["item"],
        trigger=case["trigger"],
        years=int(case["years"]) if case["years"] else None,
        cutoff=case["cutoff"],
        action=case["action"],
        status=case["status"],
        authority=case["authority"],
        kinds=frozenset(str(each) for each in kinds) if isinstance(kinds, list) else None,
    )


def _parent(text: str) -> Item | None:
    if not text:
        return None
    trigger, _, years = text.partition("/")
    return Item(code="PARENT", trigger=trigger, years=int(years) if years else None)


def _told(case: dict[str, str]) -> tuple[str, date | None, str]:
    happened = dict(each.split("=") for each in case["events"].split(";") if each)
    held = int(case["holds"] or 0)
    verdict = eligibility(
        Facts(
            kind=case["kind"],
            events={name: date.fromisoformat(day) for name, day in happened.items()},
            closed=not case["open"],
            parent=_parent(case["parent"]),
            known_trigger=_day(case["known"]),
        ),
        _item(case),
        [Hold(f"H-{each}", "Litigation") for each in range(held)],
        date.fromisoformat(case["today"]),
    )
    assert len(verdict.holds) == held
    assert verdict.clauses
    return verdict.state.value, verdict.date, " ".join(verdict.reasons)


def test_every_case_of_the_table() -> None:
    told = {case["case"]: _told(case) for case in CASES}
    expected = {
        case["case"]: (case["state"], _day(case["date"]), case["reasons"]) for case in CASES
    }
    assert len(expected) == len(CASES)
    assert told == expected


def test_the_table_is_large_and_has_every_state_and_its_clauses() -> None:
    assert len(CASES) >= 150
    assert all(case["clause"] for case in CASES)
    # What is destroyed is no record any more, so no row of the table can stand for it.
    assert {case["state"] for case in CASES} == set(State.values) - {State.DESTROYED}
    beyond = {Reason.GONE, Reason.LONGEST, Reason.NOTICE_LONGER, Reason.FOLLOWS_RECORDS}
    told = {reason for case in CASES for reason in case["reasons"].split()}
    assert told == set(Reason.values) - beyond


AS_WRITTEN: list[tuple[str, str, int | None, str]] = [
    ("IAQ-CRIMINAL", "UNSTATED", 75, "IAQ IAR CAL IND"),
    ("IAQ-SEX-OFFENDER", "UNSTATED", 75, "IAQ IAR CAL IND"),
    ("IAQ-NONCRIMINAL", "UNSTATED", 30, "IAQ IAR CAL IND"),
    ("IAQ-BRADY", "ANSWERED", 5, "IAQ IAR CAL IND"),
    ("IAQ-SPECIAL-EVENT", "ANSWERED", 5, "IAQ IAR CAL IND"),
    ("IAQ-OPM", "ANSWERED", 5, "IAQ IAR CAL IND"),
    ("NCIC", "REMOVED_FROM_NCIC", 75, "NCIC IND"),
    ("CALL-HIT", "UNSTATED", 75, "HIT CAL IND"),
    ("CALL-FOLLOWUP", "AS_PARENT", None, "CAL"),
    ("TIP", "TIP_RECEIVED", 10, "TIP TPS IND"),
    ("LEADTRAC", "UNSTATED", 75, ""),
    ("LEADTRAC-INTENDED", "CREATED", 25, ""),
    ("DETAINER", "UNSTATED", None, "DET IND"),
    ("ACCOUNTING", "DISCLOSED", 5, ""),
    ("FOIA", "CLOSED", 6, ""),
    ("AMENDMENT", "CLOSED", 4, ""),
    ("AUDIT", "LOGGED", 7, ""),
    ("ACCESS-RIGHTS", "CLOSED", 6, ""),
    ("TRAINING", "CLOSED", 6, ""),
    ("DISPOSITION", "CLOSED", None, ""),
]


def test_items_as_written() -> None:
    """The notices' items and the portal's own, each only proposed by its file."""
    assert {code for code, *_ in AS_WRITTEN} == WRITTEN.keys()
    for code, trigger, years, kinds in AS_WRITTEN:
        item = WRITTEN[code]
        assert (item["trigger"], item["years"], item["kinds"]) == (trigger, years, kinds.split())
        assert (item["authority_status"], item["cutoff_rule"]) == ("PROPOSED", "NONE")
        assert item["action"] == ("PERMANENT" if code == "DISPOSITION" else "DESTROY")
        assert item["citation"]


def test_what_the_portal_takes_from_general_schedules_says_that_nobody_confirmed_it() -> None:
    assert all(each["doubt"] for each in WRITTEN.values() if "GRS" in str(each["citation"]))


# region: the slow count
def count_days(trigger: date, years: int, rule: str) -> date:
    """The first day over, found by turning the calendar's leaves one by one."""
    leaf = trigger
    ends = {"FISCAL_YEAR": (9, 30), "CALENDAR_YEAR": (12, 31)}.get(rule)
    while ends and (leaf.month, leaf.day) != ends:
        leaf += DAY
    begun = (leaf.month, leaf.day)
    passed = 0
    while passed < years:
        leaf += DAY
        leapless = begun == (2, 29) and (leaf - DAY).month == 2 and (leaf.month, leaf.day) == (3, 1)
        if (leaf.month, leaf.day) == begun or (leapless and (leaf - DAY).day == 28):
            passed += 1
    return leaf + DAY


DAYS = st.dates(date(1895, 1, 1), date(2110, 12, 31)) | st.sampled_from(
    [date(year, 2, day) for year in (1896, 1904, 2000, 2020, 2096) for day in (28, 29)]
)
ITEMS = st.builds(
    Item,
    code=st.just("ANY"),
    trigger=st.sampled_from(sorted(set(Trigger.values) - {Trigger.AS_PARENT})),
    years=st.integers(1, 9),
    cutoff=st.sampled_from(CutoffRule.values),
    action=st.sampled_from(sorted(set(Disposal.values) - {Disposal.PERMANENT})),
    status=st.sampled_from(AuthorityStatus.values),
    authority=st.sampled_from(["", "DAA-1"]),
)


@settings(max_examples=150, deadline=None)
@given(item=ITEMS, day=DAYS, ahead=st.integers(-3, 3), closed=st.booleans(), held=st.booleans())
def test_a_slow_count_of_days_agrees(
    item: Item, day: date, ahead: int, closed: bool, held: bool
) -> None:
    over = count_days(day, item.years or 0, item.cutoff)
    today = over + ahead * DAY
    holds = [Hold("H", "Litigation")] if held else []
    verdict = eligibility(Facts(events={item.trigger: day}, closed=closed), item, holds, today)
    if item.trigger == Trigger.UNSTATED:
        assert (verdict.state, verdict.date) == (State.NO_TRIGGER, None)
        return
    assert verdict.date == over
    if today < over or not closed:
        expected = State.RUNNING
    elif item.status != AuthorityStatus.APPROVED or not item.authority:
        expected = State.BLOCKED_BY_AUTHORITY
    elif held:
        expected = State.BLOCKED_BY_HOLD
    elif item.action == Disposal.TRANSFER:
        expected = State.TRANSFER_DUE
    else:
        expected = State.ELIGIBLE
    assert verdict.state is expected
    assert (verdict.state in PAST) == (today >= over and closed)


@settings(max_examples=12, deadline=None)
@given(day=DAYS, years=st.sampled_from([20, 30, 75]), rule=st.sampled_from(CutoffRule.values))
def test_long_periods_too(day: date, years: int, rule: str) -> None:
    item = Item("ANY", Trigger.CLOSED.value, years, cutoff=rule)
    verdict = eligibility(Facts(events={"CLOSED": day}, closed=True), item, (), date(2300, 1, 1))
    assert verdict.date == count_days(day, years, rule)


@given(day=DAYS, years=st.integers(0, 200), rule=st.sampled_from(CutoffRule.values))
def test_never_a_day_short_and_never_two_too_many(day: date, years: int, rule: str) -> None:
    cutoff = cutoff_of(day, rule)
    assert day <= cutoff <= day + 366 * DAY
    last = years_after(cutoff, years)
    assert 0 <= (last - date(cutoff.year + years, cutoff.month, min(cutoff.day, 28))).days <= 3


# endregion


# region: several items
@given(st.lists(ITEMS, min_size=1, max_size=4), DAYS, st.booleans())
def test_the_longest_of_several_counts(items: list[Item], day: date, held: bool) -> None:
    holds = [Hold("H", "Litigation")] if held else []
    events = dict.fromkeys(Trigger.values, day)
    every = [
        eligibility(Facts(events=events, closed=True), each, holds, date(2200, 1, 1))
        for each in items
    ]
    found = longest(every)
    if any(each.date is None for each in every):
        assert found.state not in DATED
    else:
        assert found.date == max(each.date for each in every if each.date)
    if found.state in DUE:
        assert all(each.date is not None and each.date <= date(2200, 1, 1) for each in every)


def test_of_no_item_at_all_nothing_follows() -> None:
    with pytest.raises(ValueError, match="one item"):
        longest([])


def test_destroyed_is_destroyed_whatever_the_item_says() -> None:
    for item in (Item("A", "UNSTATED", 75), Item("B", "CLOSED", None, action="PERMANENT")):
        verdict = eligibility(Facts(destroyed=True), item, [Hold("H", "GAO")], date(2026, 1, 1))
        assert (verdict.state, verdict.reasons) == (State.DESTROYED, (Reason.GONE,))
    gone = eligibility(Facts(destroyed=True), Item("A", "CLOSED", 5), (), date(2026, 1, 1))
    kept = eligibility(Facts(), Item("B", "CLOSED", None, action="PERMANENT"), (), date(2026, 1, 1))
    assert longest([kept, gone]).state is State.DESTROYED


def test_individuals_follow_their_records() -> None:
    verdict = eligibility(
        Facts(kind="IND", events={"ANSWERED": date(1990, 1, 1)}, closed=True, follows_records=True),
        Item("IAQ-BRADY", "ANSWERED", 5, status="APPROVED", authority="DAA-1"),
        (),
        date(2026, 1, 1),
    )
    assert (verdict.state, verdict.reasons) == (State.NO_TRIGGER, (Reason.FOLLOWS_RECORDS,))


@pytest.mark.parametrize(
    ("own", "current", "authority", "years", "trigger", "longer"),
    [
        (30, None, None, 30, "UNSTATED", False),
        (30, 20, None, 30, "UNSTATED", False),
        (20, 30, None, 30, "UNSTATED", False),
        (30, 30, 30, 30, "ANSWERED", False),
        (30, 30, 20, 30, "ANSWERED", True),
        (30, 20, 20, 20, "ANSWERED", False),
        (30, 20, 25, 25, "ANSWERED", False),
        (30, None, 20, 30, "ANSWERED", True),
        (20, 30, 40, 40, "ANSWERED", False),
    ],
    ids=lambda value: str(value),
)
def test_a_period_that_is_shortened(
    own: int, current: int | None, authority: int | None, years: int, trigger: str, longer: bool
) -> None:
    """36 CFR 1226.14(d), and no period is shortened by a notice alone."""
    found = bound(
        Item("IAQ-NONCRIMINAL", "UNSTATED", own),
        current=Item("IAQ-NONCRIMINAL", "UNSTATED", current) if current else None,
        authority=Item(
            "IAQ-NONCRIMINAL", "ANSWERED", authority, status="APPROVED", authority="DAA-1"
        )
        if authority
        else None,
    )
    assert (found.years, found.trigger, found.notice_longer) == (years, trigger, longer)


def test_an_authority_that_ended_lets_nothing_be_done() -> None:
    ended = Item("TIP", "TIP_RECEIVED", 10, status="WITHDRAWN", authority="DAA-1")
    found = bound(Item("TIP", "TIP_RECEIVED", 10), current=None, authority=ended)
    verdict = eligibility(
        Facts(events={"TIP_RECEIVED": date(2000, 1, 1)}, closed=True), found, (), date(2026, 1, 1)
    )
    assert verdict.state is State.BLOCKED_BY_AUTHORITY


# endregion
