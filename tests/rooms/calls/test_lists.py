"""Lists of the center taken out as files, read by other systems, and shown beside other records."""

import csv
import io
from datetime import datetime

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.models import AuditEvent
from acrime.calls import actions
from acrime.calls.choices import CallKind
from acrime.iar.models import StatusResponse
from routine_uses.models import Recipient
from tests.conftest import BrowserFactory, UserFactory
from tests.support import center, holding

pytestmark = pytest.mark.django_db

FORMULA = "=HYPERLINK(0)"


def test_a_list_as_a_file_is_a_look_and_holds_no_formula(
    taker: User,
    specialist: User,
    second: User,
    boss: User,
    police: Recipient,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at, last="=TROUVERIE")
    hit = center.make_hit(actor=specialist, at=at)
    call = actions.take_call(
        taken=actions.Taken(
            kind=CallKind.ASSISTANCE, caller_name=FORMULA, ori=center.ORI, purpose="Asks"
        ),
        actor=taker,
        at=at,
    )
    jail = holding.jail(actor=boss, at=at)
    detainer = holding.draft(jail, actor=boss, at=at, last="+QUARREDOUX")
    browser = browser_of(boss)
    for name, record in (
        ("ncic:export", entry.record),
        ("ncic:hits-export", hit.record),
        ("calls:export", call.record),
        ("detainers:export", detainer.record),
    ):
        place = f"{reverse(name)}?show=all"
        assert browser.post(place, {"purpose": ""}).status_code == 422
        answer = browser.post(place, {"purpose": "Audit 12"})
        assert answer["Content-Type"].startswith("text/csv"), name
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert record.number in [line[0] for line in lines]
        cells = [cell for line in lines for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        event = AuditEvent.objects.filter(kind=events.RECORD_EXPORTED).order_by("-pk")[0]
        assert (event.actor, event.purpose) == (boss, "Audit 12")
        assert record.pk in event.displayed_ids
    # Each cell that would have been one is there, made harmless.
    assert "'+QUARREDOUX, OSWIN" in cells


def test_entries_and_calls_for_other_systems_name_nobody(
    taker: User,
    specialist: User,
    second: User,
    make_user: UserFactory,
    police: Recipient,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    entry = center.entered_entry(actor=specialist, checker=second, at=at)
    call = center.make_call(actor=taker, at=at, verified=True)
    browser = browser_of(specialist)
    [line] = browser.get(reverse("api:ncic")).json()["results"]
    one = browser.get(reverse("api:ncic-entry", args=[entry.record.number])).json()
    assert line["number"] == one["number"] == entry.record.number
    assert (one["nic"], one["state"], one["period_runs_from"]) == (center.NIC, "ENTERED", None)
    assert [each["kind"] for each in one["transactions"]] == ["ENTER"]
    told = browser.get(reverse("api:call", args=[call.record.number])).json()
    assert (told["verification"], told["agency"]) == ("VERIFIED", police.name)
    said = str(line) + str(one) + str(told)
    assert center.LAST not in said
    assert center.CALLER not in said
    looks = AuditEvent.objects.filter(actor=specialist, channel="API")
    assert {entry.record.number, call.record.number} <= set(
        looks.values_list("record_number", flat=True)
    )
    # Without the certification the answer is the same, whether there is a record or not.
    bare = browser_of(make_user(Role.NCIC_SPECIALIST))
    for number in (entry.record.number, "NCIC-2026-0000-0000"):
        refused = bare.get(reverse("api:ncic-entry", args=[number]))
        assert refused.status_code == 403
        assert refused.json()["code"] == "ncic-certification"
    keeper = browser_of(make_user(Role.RECORDS_OFFICER))
    assert keeper.get(reverse("api:ncic")).status_code == 200


def test_a_call_shows_on_the_pages_of_what_it_is_about(
    released_response: StatusResponse,
    taker: User,
    specialist: User,
    second: User,
    analyst: User,
    police: Recipient,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    center.entered_entry(actor=specialist, checker=second, at=at)
    follow_up = center.make_call(
        actor=taker, at=at, kind=CallKind.FOLLOW_UP, query=released_response.query
    )
    about_hit = center.make_call(actor=taker, at=at, kind=CallKind.HIT, request=center.asked())
    assert about_hit.hit is not None
    browser = browser_of(analyst)
    query = released_response.query.record.number
    for name, number in (("iaq:detail", query), ("iar:detail", released_response.record.number)):
        page = browser.get(reverse(name, args=[number])).content.decode()
        assert follow_up.record.number in page
        assert about_hit.record.number not in page
    looked = AuditEvent.objects.filter(kind=events.RECORD_LISTED, actor=analyst)
    assert any(follow_up.pk in each.displayed_ids for each in looked)
    hit = reverse("ncic:hits-one", args=[about_hit.hit.record.number])
    assert about_hit.record.number in browser_of(specialist).get(hit).content.decode()
