"""Every way out passes the gate of disclosures, or says why nothing of a record leaves by it.

The table ``tests/tables/ways_out.csv`` has a row for each way that the portal has. Whoever adds
one, a topic of the outbox, a call to another machine, an address for other systems, finds this
test failing until the row was written and reviewed.

Audiences: ``outside`` (recipients beyond DHS), ``systems`` (machines with an account),
``everybody`` (not signed in), ``inside`` (people of the agency), ``operators`` (whoever runs it).
Accounted: ``disclose`` (the functions in *by* go through the gate before anything can leave by
it), ``event`` (a look, written down before the body is sent), ``nothing`` (nothing of a record).
"""

import ast
import csv
from dataclasses import dataclass

import pytest

from accounts.choices import Role
from accounts.guards import EVERY_ROLE, PEOPLE, DeclaredUrl, every_url
from tests.conftest import BrowserFactory, UserFactory
from tests.support import ways_out
from tests.support.source import ROOT, Module, working_modules

TABLE = ROOT / "tests" / "tables" / "ways_out.csv"
AUDIENCES = {"outside", "systems", "everybody", "inside", "operators"}
# How each audience may be served.
ACCOUNTED = {
    "outside": {"disclose"},
    "systems": {"disclose", "nothing"},
    "everybody": {"disclose", "nothing"},
    "inside": {"event", "nothing"},
    "operators": {"event", "nothing"},
}


@dataclass(frozen=True)
class Row:
    """A row of the table. ``by`` names functions; ``again`` those that repeat what left."""

    way: str
    audience: str
    accounted: str
    by: tuple[str, ...]
    again: tuple[str, ...]
    why: str


def read_table() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                way=row["way"],
                audience=row["audience"],
                accounted=row["accounted"],
                by=tuple(row["by"].split()),
                again=tuple(row["again"].split()),
                why=row["why"],
            )
            for row in csv.DictReader(file)
        ]


ROWS = read_table()


def unreviewed(found: set[str], rows: list[Row]) -> set[str]:
    """Ways without a row, and rows without a way."""
    return found ^ {row.way for row in rows}


def leaves_unaccounted(row: Row, modules: list[Module]) -> str:
    """What is wrong with how *row* is accounted, or nothing."""
    if row.accounted not in ACCOUNTED[row.audience]:
        return f"{row.way}: leaves to {row.audience} and is accounted by {row.accounted}"
    if (row.accounted == "disclose") != bool(row.by):
        return f"{row.way}: names no function that discloses"
    past = [each for each in row.by if not ways_out.reaches_disclose(each, modules)]
    if past:
        return f"{row.way}: {', '.join(past)} goes past the gate"
    kind, _, topic = row.way.partition(":")
    if kind == "topic" and row.accounted == "disclose":
        for sender, discloses in ways_out.enqueuers(topic, modules).items():
            if not discloses and sender not in row.again:
                return f"{row.way}: {sender} sends without a disclosure"
    return ""


def test_every_way_has_one_reviewed_row_and_no_row_is_left_over() -> None:
    assert len({row.way for row in ROWS}) == len(ROWS)
    found = ways_out.found()
    missing = unreviewed(set(found), ROWS)
    assert not missing, {way: found.get(way, "is gone") for way in sorted(missing)}


def test_every_row_says_who_is_served_and_why() -> None:
    for row in ROWS:
        assert row.audience in AUDIENCES, row
        assert len(row.why.split()) >= 4, row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.way)
def test_nothing_leaves_past_the_gate(row: Row) -> None:
    assert leaves_unaccounted(row, working_modules()) == ""


def test_addresses_are_open_to_the_audience_of_their_row() -> None:
    audiences = {row.way: row.audience for row in ROWS}
    for url in every_url():
        if not ways_out.is_open_outside(url):
            continue
        assert url.access is not None
        said = audiences[f"url:{url.name}"]
        if url.access.public:
            assert said == "everybody", url.name
        elif ways_out.machines_of(url):
            assert said == "systems", url.name
        else:
            assert said == "inside", url.name


def test_whoever_is_not_of_the_agency_is_no_person_of_the_portal() -> None:
    """A role for people outside would make every page a way out."""
    assert {Role.INTERFACE} == EVERY_ROLE - PEOPLE


def test_every_delivery_to_the_requester_has_its_disclosure_by_the_database_too() -> None:
    text = (ROOT / "acrime" / "iar" / "models.py").read_text(encoding="utf-8")
    assert "response_accounted_iff_it_leaves" in text


# --- The pages that give files say whom they are for --------------------------------------------

EXPORTS = [url for url in every_url() if url.route.endswith("export/")]


def test_the_pages_that_give_files_are_those_of_the_table() -> None:
    assert len(EXPORTS) >= 5
    answers = {row.way for row in ROWS if row.way.startswith("answer:")}
    assert {
        "answer:acrime.common.exports.export_page",
        "answer:acrime.oversight.views._file",
        "answer:routine_uses.views.disclosure_form",
    } <= answers


@pytest.mark.django_db
@pytest.mark.parametrize("url", EXPORTS, ids=lambda url: url.name)
def test_an_export_says_that_it_is_not_for_outside_and_shows_the_door(
    url: DeclaredUrl, make_user: UserFactory, browser_of: BrowserFactory
) -> None:
    assert url.access is not None
    role = Role.OPR if Role.OPR in url.access.read else Role.SUPERVISOR
    page = browser_of(make_user(role)).get(f"/{url.route}").content.decode()
    assert "only for people inside DHS" in page
    assert 'href="/disclosures/"' in page


def test_a_file_says_so_too() -> None:
    from acrime.common.exports import NOTICE

    assert "Only for people inside DHS" in NOTICE


# --- The gate itself --------------------------------------------------------------------------


def module_of(source: str, name: str = "acrime.tips.actions") -> Module:
    return Module(name, name.replace(".", "/") + ".py", ast.parse(source))


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("import httpx\ndef refer():\n    httpx.post('x')", "http"),
        ("import httpx as web\ndef refer():\n    web.put('x')", "http"),
        ("from urllib.request import urlopen\ndef refer():\n    urlopen('x')", "http"),
        ("import socket\ndef refer():\n    socket.create_connection('x')", "http"),
        ("from django.core.mail import send_mail\ndef refer():\n    send_mail()", "mail"),
        ("from django.core import mail\ndef refer():\n    mail.EmailMessage()", "mail"),
        ("import smtplib\ndef refer():\n    smtplib.SMTP('x')", "mail"),
        ("def refer(place):\n    place.write_text('x')", "file"),
        ("def refer(place):\n    place.open('ab')", "file"),
        ("def refer():\n    open('x', 'w')", "file"),
        ("def refer():\n    open('x', mode='x')", "file"),
        ("import tempfile\ndef refer():\n    tempfile.mkstemp()", "file"),
        ("import subprocess\ndef refer():\n    subprocess.run(['lpr'])", "program"),
        ("def refer(answer):\n    answer['Content-Disposition'] = 'x'", "answer"),
        ("from django.http import FileResponse\ndef refer():\n    FileResponse(x)", "answer"),
    ],
)
def test_a_new_way_is_found_and_has_no_row(source: str, way: str) -> None:
    found = {name for name, _ in ways_out.ways_of(module_of(source))}
    assert found == {f"{way}:acrime.tips.actions.refer"}
    assert found & unreviewed(found | {row.way for row in ROWS}, ROWS)


@pytest.mark.parametrize("source", ["def f(place):\n    place.open()", "def f():\n    open('x')"])
def test_reading_is_no_way_out(source: str) -> None:
    assert list(ways_out.ways_of(module_of(source))) == []


RELEASES = """
from acrime.common import outbox
from routine_uses.actions import disclose
REFER = "tips.refer"
def refer():
    account()
    queue()
def account():
    disclose()
def queue():
    outbox.enqueue(topic=REFER)
"""
GOES_PAST = RELEASES + "def hurry():\n    outbox.enqueue(topic='tips.refer')\n"
REFERRAL = Row(
    "topic:tips.refer", "outside", "disclose", ("acrime.tips.actions.refer",), (), "A tip."
)


def test_a_topic_must_be_sent_by_what_discloses() -> None:
    assert leaves_unaccounted(REFERRAL, [module_of(RELEASES)]) == ""
    past = leaves_unaccounted(REFERRAL, [module_of(GOES_PAST)])
    assert "acrime.tips.actions.hurry sends without a disclosure" in past


@pytest.mark.parametrize(
    ("audience", "accounted", "by"),
    [
        ("outside", "nothing", ()),
        ("outside", "event", ()),
        ("outside", "disclose", ()),
        ("outside", "disclose", ("acrime.tips.actions.queue",)),
        ("outside", "disclose", ("acrime.tips.actions.gone",)),
        ("systems", "event", ()),
        ("everybody", "event", ()),
    ],
)
def test_a_row_that_leaves_unaccounted_fails(
    audience: str, accounted: str, by: tuple[str, ...]
) -> None:
    row = Row("topic:tips.refer", audience, accounted, by, (), "Because it is so.")
    assert leaves_unaccounted(row, [module_of(RELEASES)])
