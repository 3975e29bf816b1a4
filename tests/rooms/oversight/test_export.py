"""Events as a file: for a purpose, safe to open, whole or not at all, and an event itself."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import User
from acrime.audit import events
from acrime.audit.choices import Outcome
from acrime.audit.models import AuditEvent
from acrime.audit.sealing import seal_ledger
from acrime.oversight import access
from acrime.oversight.querysets import seals_of
from tests.conftest import Browser, Clock
from tests.rooms.oversight.conftest import EventWriter
from tests.support.pages import press, text_of

pytestmark = pytest.mark.django_db

EXPORT = "/oversight/export/"
SENT = {"purpose": "Inquiry 7", "file_format": "csv"}


def table(answer: object) -> list[list[str]]:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of(answer: object) -> list[dict[str, str]]:
    lines = table(answer)
    begin = next(number for number, line in enumerate(lines) if line[0] == "event")
    return [dict(zip(lines[begin], line, strict=True)) for line in lines[begin + 1 :]]


def test_from_the_list_to_the_file(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    event = write(events.RECORD_VIEWED, analyst, record_number="IAQ-2026-GONE-0000")
    form = as_agent.get(f"{EXPORT}?person={analyst.username}")
    assert f"Person {analyst.username}" in text_of(form)
    answer = as_agent.post(f"{EXPORT}?person={analyst.username}", SENT)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="ledger-20261120-100000-privacy-act-material.csv"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    [row] = rows_of(answer)
    assert row["event"] == str(event.pk)
    assert row["occurred_at"] == "Nov 20, 2026 10:00:00.00 EST (UTC-05:00)"
    assert row["account"] == analyst.username
    assert row["record"] == "IAQ-2026-GONE-0000"
    assert row["seal"] == "not sealed yet"


def test_it_is_an_event_that_the_lead_reads(
    as_agent: Browser, as_lead: Browser, write: EventWriter, analyst: User
) -> None:
    first, last = write(events.RECORD_VIEWED, analyst), write(events.RECORD_VIEWED, analyst)
    as_agent.post(f"{EXPORT}?person={analyst.username}", SENT)
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.actor) == ("oversight.exported", as_agent.user)
    assert event.purpose == "Inquiry 7"
    assert event.criteria == {"Person": analyst.username}
    assert event.details == {
        "format": "csv",
        "count": 2,
        "newest": last.pk,
        "oldest": first.pk,
    }
    page = f"/oversight/events/{event.pk}/"
    assert as_agent.get(page).status_code == 404
    assert "Inquiry 7" in text_of(as_lead.get(page))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"file_format": "csv"}, "What you need the file for"),
        ({"purpose": "   ", "file_format": "csv"}, "What you need the file for"),
        ({"purpose": "x" * 201, "file_format": "csv"}, "What you need the file for"),
        ({"purpose": "a\x00b", "file_format": "csv"}, "What you need the file for"),
        ({"purpose": "Inquiry 7", "file_format": "exe"}, "File"),
        ({"purpose": "Inquiry 7"}, "File"),
    ],
    ids=str,
)
def test_without_a_purpose_there_is_no_file(
    sent: dict[str, str], field: str, as_agent: Browser, looked: AuditEvent
) -> None:
    answer = as_agent.post(EXPORT, sent)
    assert answer.status_code == 422
    assert f"{field}:" in text_of(answer)
    assert not AuditEvent.objects.filter(kind="oversight.exported").exists()


def test_too_many_are_refused_rather_than_cut(
    as_agent: Browser, write: EventWriter, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "EXPORT_ROWS", 3)
    for _ in range(3):
        write(events.RECORD_VIEWED, analyst)
    asked = f"{EXPORT}?person={analyst.username}"
    assert len(rows_of(as_agent.post(asked, SENT))) == 3
    write(events.RECORD_VIEWED, analyst)
    answer = as_agent.post(asked, SENT)
    assert answer.status_code == 422
    assert "These are more than 3 events, so no file was made" in text_of(answer)
    assert AuditEvent.objects.latest("pk").outcome == Outcome.REFUSED


@pytest.mark.parametrize("lead_in", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "|"])
def test_no_cell_is_a_formula(
    lead_in: str, as_agent: Browser, write: EventWriter, analyst: User
) -> None:
    """Whatever a person typed: a name of an account, a purpose, a number asked for."""
    evil = f"{lead_in}HYPERLINK(1)"
    User.objects.filter(pk=analyst.pk).update(full_name=evil)
    write(
        events.RECORD_VIEWED,
        analyst,
        purpose=evil,
        record_number=evil,
        criteria={evil: evil},
        request_id=evil[:36],
    )
    for line in table(as_agent.post(f"{EXPORT}?person={analyst.username}", SENT)):
        for cell in line:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "|"))
            assert "\r" not in cell


def test_json_lines(as_agent: Browser, write: EventWriter, analyst: User) -> None:
    write(
        events.RECORD_SEARCHED,
        analyst,
        minutes=1 / 60,
        criteria={"Last name": 'QU"ILL\nABEE'},
        displayed_ids=[4_000_000],
        address="192.0.2.9",
    )
    write(events.SIGNED_OUT, analyst)
    sent = {**SENT, "file_format": "jsonl"}
    answer = as_agent.post(f"{EXPORT}?person={analyst.username}", sent)
    assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
    newest, oldest = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert newest["criteria"] == {"Last name": 'QU"ILL\nABEE'}
    assert newest["occurred_at"] == "2026-11-20T15:00:01.000000+00:00"
    assert newest["shown"] == ["#4000000"]
    assert newest["source_address"] == "192.0.2.9"
    assert newest["seal"] is None
    assert oldest["kind"] == "session.closed"


def test_nothing_is_a_file_too(as_agent: Browser, analyst: User) -> None:
    answer = as_agent.post(f"{EXPORT}?person={analyst.username}&group=exported", SENT)
    assert answer.status_code == 200
    assert rows_of(answer) == []
    assert "0 events, all that were found." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_each_event_says_which_seal_vouches_for_it(
    as_agent: Browser, write: EventWriter, analyst: User, clock: Clock, heads: Path
) -> None:
    first = write(events.RECORD_VIEWED, analyst)
    seal_ledger(at=clock.now())
    second = write(events.RECORD_VIEWED, analyst)
    seal_ledger(at=clock.move(timedelta(minutes=1)))
    third = write(events.RECORD_VIEWED, analyst)
    sealed = seals_of([first, second, third])
    assert sealed[first.pk] < sealed[second.pk]
    assert third.pk not in sealed
    rows = rows_of(as_agent.post(f"{EXPORT}?person={analyst.username}", SENT))
    told = {int(row["event"]): row["seal"] for row in rows}
    assert told == {
        first.pk: str(sealed[first.pk]),
        second.pk: str(sealed[second.pk]),
        third.pk: "not sealed yet",
    }
    page = as_agent.get(f"/oversight/events/{first.pk}/")
    assert f"Number {sealed[first.pk]}" in text_of(page)


def test_the_form_can_be_pressed(as_agent: Browser, looked: AuditEvent) -> None:
    form = as_agent.get(EXPORT)
    answer = press(as_agent, form, "Download the file", purpose="", file_format="csv")
    assert answer.status_code == 422
