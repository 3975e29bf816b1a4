"""Lists taken out as files: by whom, for what, what is in them, and what is written first."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime

import pytest
from pytest_django import Settings

from accounts.choices import EXPORTERS, Role
from accounts.models import User
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual, IndividualName
from acrime.records.actions import limit_record
from acrime.records.models import Record
from tests import factories
from tests.conftest import Browser, BrowserFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS: Mapping[str, str] = {
    "queries": "/queries/export/?show=released",
    "responses": "/responses/export/?show=all",
    "individuals": "/individuals/export/",
    "disclosures": "/disclosures/export/",
}
PURPOSE = {"purpose": "Audit 2026-17"}


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def last_event() -> int:
    return AuditEvent.objects.latest("pk").pk


@pytest.mark.parametrize("name", LISTS)
def test_a_list_leaves_with_its_purpose_and_one_event(
    name: str, released_response: StatusResponse, as_supervisor: Browser, at: datetime
) -> None:
    before = last_event()
    form = as_supervisor.get(LISTS[name])
    assert form.status_code == 200
    assert not AuditEvent.objects.filter(pk__gt=before).exists()

    answer = as_supervisor.post(LISTS[name], PURPOSE)
    event = AuditEvent.objects.get(pk__gt=before)
    assert (event.kind, event.purpose) == (events.RECORD_EXPORTED, "Audit 2026-17")
    assert event.displayed_ids
    assert event.criteria["List"] == name.capitalize()
    assert event.actor == as_supervisor.user

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    file = answer.headers["Content-Disposition"]
    assert file.startswith(f'attachment; filename="{name}-20261120-100000-')
    assert file.endswith('-privacy-act-material.csv"')
    told, rows = rows_of(answer.content)[:3], rows_of(answer.content)[3:]
    assert "Privacy Act material" in told[0][0]
    assert as_supervisor.user.full_name in told[1][0]
    assert "2026-11-20 10:00:00 EST" in told[1][0]
    assert told[2] == ["1 rows, all of the list."]
    assert len(rows) == 2
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", LISTS)
def test_who_takes_lists_out(
    name: str,
    role: Role,
    released_response: StatusResponse,
    browser_of: BrowserFactory,
    make_user: UserFactory,
) -> None:
    browser = browser_of(make_user(role))
    expected = 200 if role in EXPORTERS else 403
    assert browser.get(LISTS[name]).status_code == expected
    assert browser.post(LISTS[name], PURPOSE).status_code == expected


def test_owners_hear_and_oversight_is_told_to_nobody(
    released_response: StatusResponse,
    analyst: User,
    as_opr: Browser,
    as_privacy_officer: Browser,
    at: datetime,
) -> None:
    def hand_out() -> None:
        for pk in outbox.claim_due(at=at):
            outbox.consume(pk, at=at)

    as_opr.post(LISTS["individuals"], PURPOSE)
    hand_out()
    assert not Alert.objects.filter(viewer=as_opr.user).exists()
    for name in ("individuals", "disclosures"):
        as_privacy_officer.post(LISTS[name], PURPOSE)
    hand_out()
    alerts = Alert.objects.filter(viewer=as_privacy_officer.user)
    assert {alert.event_kind for alert in alerts} == {events.RECORD_EXPORTED}
    assert analyst in {alert.owner for alert in alerts}


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 201, "nul\x00"])
def test_without_a_usable_purpose_nothing_leaves(
    purpose: str, released_response: StatusResponse, as_supervisor: Browser
) -> None:
    before = last_event()
    answer = as_supervisor.post(LISTS["individuals"], {"purpose": purpose})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["purpose"]
    assert factories.LAST.encode() not in answer.content
    assert not AuditEvent.objects.filter(pk__gt=before).exists()


def test_a_purpose_is_given_each_time_and_stands_for_nobody_else(
    released_response: StatusResponse, as_supervisor: Browser, as_privacy_officer: Browser
) -> None:
    as_supervisor.post(LISTS["individuals"], PURPOSE)
    for again in (as_supervisor, as_privacy_officer):
        assert again.post(LISTS["individuals"], {}).status_code == 422
        # Nor does an address carry it, or a look at the form.
        assert again.post(f"{LISTS['individuals']}?purpose=Audit", {}).status_code == 422
        assert (
            again.get(f"{LISTS['individuals']}?purpose=Audit")
            .headers["Content-Type"]
            .startswith("text/html")
        )
    assert AuditEvent.objects.filter(kind=events.RECORD_EXPORTED).count() == 1


def test_what_is_hidden_is_in_no_file(
    released_response: StatusResponse,
    browser_of: BrowserFactory,
    make_user: UserFactory,
    at: datetime,
) -> None:
    somebody = browser_of(make_user(Role.SUPERVISOR))
    for record in Record.objects.all():
        limit_record(
            record=record,
            allowed=[],
            reason="A sensitive matter",
            actor=record.owner,
            at=at,
            channel=Channel.COMMAND,
        )
    for address in LISTS.values():
        answer = somebody.post(address, PURPOSE)
        assert len(rows_of(answer.content)) == 4
        assert factories.LAST.encode() not in answer.content
    for event in AuditEvent.objects.filter(kind=events.RECORD_EXPORTED):
        assert event.displayed_ids == event.matched_ids == []


@pytest.mark.parametrize(
    "tail",
    [
        "show=nonsense",
        "show=%00",
        "show=all&show=mine",
        "page=99999",
        "page=-1",
        "limit=100000",
        "show=" + "x" * 5000,
    ],
)
def test_tampering_with_the_address_takes_out_no_more(
    tail: str, received_query: StatusQuery, as_supervisor: Browser
) -> None:
    answer = as_supervisor.post(f"/queries/export/?{tail}", PURPOSE | {"show": "all", "limit": "9"})
    assert answer.status_code == 200
    numbers = {row[0] for row in rows_of(answer.content)[4:]}
    assert numbers <= {received_query.record.number}
    assert set(AuditEvent.objects.get(kind=events.RECORD_EXPORTED).criteria) == {"List", "Show"}


def test_a_long_list_is_cut_and_says_so(
    settings: Settings, received_query: StatusQuery, as_supervisor: Browser, at: datetime
) -> None:
    settings.EXPORT_ROWS = 2
    for serial in (2, 3):
        factories.make_query(factories.message_bytes(serial=serial), at=at)
    answer = as_supervisor.post("/queries/export/", PURPOSE)
    read = rows_of(answer.content)
    assert read[2] == ["The first 2 rows only; the list goes on."]
    assert len(read) == 6
    assert len(AuditEvent.objects.get(kind=events.RECORD_EXPORTED).displayed_ids) == 2


def test_numbers_are_masked_and_names_are_no_formulas(
    researched_query: StatusQuery, as_supervisor: Browser
) -> None:
    IndividualName.objects.filter(kind="PRIMARY").update(last="=SUM(A1)")
    assert Individual.objects.exists()
    content = as_supervisor.post("/individuals/export/", PURPOSE).content.decode()
    assert "'=SUM(A1)" in content
    assert "••••••123" in content
    for whole in (factories.A_NUMBER, factories.SSN, factories.FBI_NUMBER, factories.STATE_ID):
        assert whole not in content


def test_twice_at_once_is_two_events(received_query: StatusQuery, as_supervisor: Browser) -> None:
    for _ in range(2):
        assert as_supervisor.post("/queries/export/", PURPOSE).status_code == 200
    assert AuditEvent.objects.filter(kind=events.RECORD_EXPORTED).count() == 2
