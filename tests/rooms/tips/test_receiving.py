"""Receiving: the public form, what staff write down, the receipt, and nothing half kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.standing.policy import portal_day
from acrime.audit.models import AuditEvent
from acrime.common.errors import ActionRefused
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from acrime.tips import policy
from acrime.tips.choices import CameBy, Sign, TipState
from acrime.tips.models import LineChange, SourceWindow, Tip, TipFile, TipSource
from acrime.tips.receiving import actions
from acrime.tips.receiving.actions import Source, Told
from acrime.tips.receiving.marks import new_mark, shown_at
from routine_uses.choices import AuthorityStatus, Trigger
from routine_uses.models import NoticeVersion
from tests.conftest import BrowserFactory
from tests.support import tips

pytestmark = pytest.mark.django_db

FORM = "/tips/"


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ActionRefused) as refusal:
        act()
    return refusal.value.code


def posted(at: datetime, **more: Any) -> dict[str, Any]:
    return {"text": tips.TEXT, "mark": new_mark(at - timedelta(minutes=2)), "homepage": ""} | more


def all_tips() -> tuple[int, int, int]:
    return Tip.objects.count(), TipFile.objects.count(), TipSource.objects.count()


def test_from_the_form_to_the_receipt(line: LineChange, client: Client, at: datetime) -> None:
    page = client.get(FORM)
    assert page.status_code == 200
    said = page.content.decode()
    assert "Privacy Act statement" in said
    assert "It is voluntary" in said
    assert "78 FR 10623" in said
    sent = posted(
        at,
        matter="DOCUMENTS",
        happened="Fridays",
        place="Osterburg",
        person_1_name="Oldrich Testwright",
        person_3_description="A third one",
        file_1=SimpleUploadedFile("x.exe", tips.picture()),
        source_name=tips.REPORTER.name,
        source_telephone=tips.REPORTER.telephone,
    )
    answer = client.post(FORM, sent)
    assert answer.status_code == 200
    tip = Tip.objects.get()
    assert (tip.state, tip.came_by, tip.signs) == (TipState.NEW, CameBy.WEB, [])
    assert [each.position for each in tip.persons.all()] == [1, 2]
    assert tip.files.get().media_type == "image/jpeg"
    # The receipt is in the answer, and nowhere else: neither record nor ledger knows it.
    number = answer.context["number"]
    assert number in answer.content.decode()
    assert tip.record.number not in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE audit_event::text ~ %s", [number])
        assert cursor.fetchone() == (0,)
    assert bytes(tip.receipt_digest) == actions.receipt_digest(number.lower())
    # Whoever answers for the line owns both records, in the name of the form's account.
    kept = TipSource.objects.select_related("record").get(tip=tip)
    for record in (tip.record, kept.record):
        assert (record.owner, record.creator) == (line.keeper, line.account)
    # Of the address nothing is kept with the tip, in rows or in the ledger.
    assert not AuditEvent.objects.exclude(source_address=None).exists()


def test_an_address_is_kept_nowhere(line: LineChange, client: Client, at: datetime) -> None:
    client.post(FORM, posted(at), REMOTE_ADDR="192.0.2.77")
    window = SourceWindow.objects.get()
    assert b"192.0.2.77" not in bytes(window.digest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE audit_event::text LIKE '%192.0.2%'")
        assert cursor.fetchone() == (0,)
    # The next one, ten minutes later, leaves nothing of the first.
    actions.take_turn(address="192.0.2.1", at=at + policy.WINDOW)
    assert SourceWindow.objects.get().pk != window.pk


def test_a_hundred_a_minute(line: LineChange, client: Client, at: datetime) -> None:
    answers = [
        client.post(FORM, posted(at, text=f"Tip {n}: something happens at the bakery"))
        for n in range(100)
    ]
    taken = [each for each in answers if each.status_code == 200]
    late = [each for each in answers if each.status_code == 429]
    assert (len(taken), len(late)) == (policy.MOST_A_WINDOW, 100 - policy.MOST_A_WINDOW)
    assert Tip.objects.count() == len(taken)
    assert all(0 < int(each["Retry-After"]) <= 600 for each in late)
    assert "nothing of it is kept" in late[0].content.decode()
    # Another address is not held up.
    other = client.post(FORM, posted(at, text="From elsewhere"), REMOTE_ADDR="198.51.100.4")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "", "Tell us what happened."),
        ("text", "   \n ", "Tell us what happened."),
        ("text", "x" * 1024 * 1024, "at most 10000 characters"),
        ("place", "y" * 5000, "at most 200 characters"),
        ("source_email", "not an address", "valid email"),
        ("may_contact", "on", "Say how we can reach you."),
        ("matter", "NONSENSE", "Select a valid choice"),
    ],
    ids=["nothing", "blanks", "a megabyte", "a long place", "no e-mail", "no way", "no matter"],
)
def test_refused_at_the_field(
    field: str, value: str, words: str, line: LineChange, client: Client, at: datetime
) -> None:
    answer = client.post(FORM, posted(at, **{field: value}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert all_tips() == (0, 0, 0)
    assert not Record.objects.filter(kind=RecordKind.TIP).exists()


def test_a_bad_file_keeps_nothing_of_the_tip(
    line: LineChange, client: Client, at: datetime
) -> None:
    bad = SimpleUploadedFile("photo.jpg", b"PK\x03\x04" + b"\x00" * 50, content_type="image/jpeg")
    answer = client.post(FORM, posted(at, file_2=bad))
    assert answer.status_code == 422
    assert "Only PDF files" in answer.content.decode()
    assert all_tips() == (0, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "面包店后面有人卖假证件。" * 40,
        "رجل يبيع أوراقًا مزورة خلف المخبز كل ليلة جمعة.",
        'Ο φούρναρης 🥖 και\nδύο γραμμές\t<b>κείμενο</b> & "περισσότερα"',
        "x" * policy.LONGEST_TEXT,
    ],
    ids=["Chinese", "Arabic", "mixed", "longest"],
)
def test_every_script_is_kept_whole(
    text: str, line: LineChange, client: Client, at: datetime, browser_of: BrowserFactory
) -> None:
    assert client.post(FORM, posted(at, text=text)).status_code == 200
    tip = Tip.objects.get()
    assert tip.text == text
    assert line.keeper is not None
    page = browser_of(line.keeper).get(reverse("tips:detail", args=[tip.record.number]))
    assert page.status_code == 200
    assert "<b>κείμενο" not in page.content.decode()


def test_what_no_text_holds_breaks_nothing(line: LineChange, at: datetime) -> None:
    tip = tips.from_public(tips.told("half \ud800 a sign \x00 and nothing", files=0), at=at).tip
    assert tips.fresh(tip).text == "half ? a sign  and nothing"


def test_the_same_sent_twice_is_one_tip(line: LineChange, client: Client, at: datetime) -> None:
    sent = posted(at)
    first, second = client.post(FORM, sent), client.post(FORM, sent)
    assert first.context["number"] == second.context["number"]
    assert Tip.objects.count() == 1
    # What was changed before it was sent again is another tip: nothing is lost.
    third = client.post(FORM, sent | {"text": f"{tips.TEXT} And one more thing."})
    assert third.context["number"] != first.context["number"]
    assert Tip.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "signs"),
    [
        ({"homepage": "https://spam.example"}, [Sign.TRAP]),
        ({"mark": ""}, [Sign.NO_MARK]),
        ({"mark": "1700000000.abc:forged"}, [Sign.NO_MARK]),
    ],
)
def test_what_looks_like_none_waits_for_a_person(
    more: dict[str, str],
    signs: list[Sign],
    line: LineChange,
    client: Client,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    answer = client.post(FORM, posted(at, **more))
    # Whoever sent it learns nothing of that.
    assert (answer.status_code, "We have your tip" in answer.content.decode()) == (200, True)
    tip = Tip.objects.get()
    assert (tip.state, tip.signs) == (TipState.SUSPECTED, signs)
    assert line.keeper is not None
    desk = browser_of(line.keeper)
    listed = desk.get(reverse("tips:list"), {"show": "suspected"}).content.decode()
    assert tip.record.number in listed
    desk.post(reverse("tips:sort", args=[tip.record.number]), {"is": "tip"})
    assert tips.fresh(tip).state == TipState.NEW


def test_a_mark_is_ours_or_none(at: datetime) -> None:
    mark = new_mark(at)
    found = shown_at(mark)
    assert found is not None
    assert abs(found - at) < timedelta(seconds=1)
    assert shown_at(mark[:-1] + ("A" if mark[-1] != "A" else "B")) is None
    assert new_mark(at) != mark


def test_a_closed_line_takes_nothing_and_says_where_to_turn(
    notice: NoticeVersion,
    client: Client,
    analyst: User,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
) -> None:
    # It was never opened.
    assert "The tip line is closed" in client.get(FORM).content.decode()
    tips.open_line(keeper=supervisor, second=privacy_officer, at=at)
    tips.close_line(actor=privacy_officer, second=supervisor, at=at + timedelta(minutes=1))
    assert "synthetic successor" in client.get(FORM).content.decode()
    answer = client.post(FORM, posted(at))
    assert answer.status_code == 409
    assert refused(lambda: tips.from_public(at=at)) == "line-closed"
    assert refused(lambda: tips.phoned(actor=analyst, at=at)) == "line-closed"
    assert all_tips() == (0, 0, 0)


def test_written_down_on_the_telephone(
    line: LineChange, taker: User, at: datetime, browser_of: BrowserFactory
) -> None:
    day = portal_day(at) - timedelta(days=2)
    answer = browser_of(taker).post(
        reverse("tips:new"),
        posted(
            at,
            came_by="MAIL",
            received_on_0=day.month,
            received_on_1=day.day,
            received_on_2=day.year,
            source_name=tips.REPORTER.name,
        ),
        follow=True,
    )
    tip = Tip.objects.get()
    assert (tip.came_by, tip.received_on, tip.record.owner) == (CameBy.MAIL, day, taker)
    assert "RCP-" in answer.content.decode()
    assert tip.source.name == tips.REPORTER.name


@pytest.mark.parametrize(
    ("days", "code"), [(1, "received_on"), (-367, "received_on"), (0, ""), (-366, "")]
)
def test_the_day_of_a_letter(
    days: int, code: str, line: LineChange, taker: User, at: datetime
) -> None:
    def write() -> object:
        return actions.write_down(
            told=Told("Something"),
            came_by=CameBy.MAIL,
            received_on=portal_day(at) + timedelta(days=days),
            mark="x",
            actor=taker,
            at=at,
        )

    if code:
        assert refused(write) == code
    else:
        write()


def test_retention_item_of_a_tip(line: LineChange, at: datetime) -> None:
    """78 FR 10623, Retention and disposal: ten years from the date of the tip, proposed."""
    tip = tips.from_public(at=at).tip
    for record in (tip.record, tip.source.record):
        record.refresh_from_db()
        item = record.schedule_item
        assert (item.code, item.years) == ("TIP", policy.YEARS)
        assert item.trigger == Trigger.TIP_RECEIVED
        assert item.authority_status == AuthorityStatus.PROPOSED
        assert record.cutoff_date == tip.received_on == portal_day(at)
        assert record.category.number == 7
        # The period runs from no other day, whoever asks.
        record.cutoff_date = portal_day(at) - timedelta(days=1)
        with pytest.raises(DatabaseError, match="date of the tip"), transaction.atomic():
            record.save(update_fields=["cutoff_date"])
    assert policy.due_on(tip.received_on).year == tip.received_on.year + 10


def test_who_says_nothing_has_no_record(line: LineChange, at: datetime) -> None:
    tips.from_public(tips.told(source=Source()), at=at)
    assert all_tips() == (1, 1, 0)
    assert not Record.objects.filter(kind=RecordKind.TIP_SOURCE).exists()
