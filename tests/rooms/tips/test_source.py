"""Who reported a tip appears to nobody who is not named for it, by whatever route."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.template import loader
from django.urls import reverse

from accounts.choices import Role
from accounts.guards import every_url, may_open
from accounts.models import User
from acrime.audit import events as audit_events
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox, pdf
from acrime.common.errors import ActionRefused
from acrime.individuals.actions import PersonFacts, create_individual
from acrime.individuals.choosing.actions import Part, choose, enter, look_for
from acrime.individuals.facts.choices import Category
from acrime.individuals.facts.models import IndividualFact
from acrime.individuals.models import Individual
from acrime.individuals.search import wanted_of
from acrime.records.actions import extend_limits, lift_limits
from acrime.records.choices import SubjectRole
from acrime.records.models import Record
from acrime.tips import policy
from acrime.tips.actions import refer_to_office
from acrime.tips.models import LineChange, Tip
from acrime.tips.receiving.actions import Source
from acrime.tips.referring.actions import send_referral
from routine_uses.choices import Method
from routine_uses.models import Disclosure, Recipient
from tests.conftest import Browser, BrowserFactory, UserFactory
from tests.support import tips
from tests.support.urls import address, parameters

pytestmark = pytest.mark.django_db

REPORTED = Part(SubjectRole.REPORTER, Category.TIPSTER, policy.SCHEDULE, "Reported a tip")


@dataclass(frozen=True)
class World:
    """A tip that was referred inside and outside, and two people who reported it.

    Attributes:
        apart: numbers that nobody learns who is not named.
    """

    tip: Tip
    reporter: Individual
    neighbor: Individual
    officer: User
    apart: tuple[str, ...]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written into every PDF file that is made."""
    pages: list[str] = []
    whole = loader.render_to_string

    def keeping(*given: Any) -> str:
        pages.append(whole(*given))
        return pages[-1]

    monkeypatch.setattr(pdf, "loader", SimpleNamespace(render_to_string=keeping))
    return pages


def hand_out(*, at: datetime) -> None:
    """Do what the outbox holds."""
    while due := outbox.claim_due(at=at):
        for each in due:
            outbox.consume(each, at=at)


@pytest.fixture
def world(
    printed: list[str],
    line: LineChange,
    analyst: User,
    taker: User,
    field_officer: User,
    bureau: Recipient,
    at: datetime,
) -> World:
    """Written down by the call taker; worked on by the analyst, who is not named."""
    tip = tips.phoned(actor=taker, at=at)
    record = tip.source.record
    person = PersonFacts(last="DAWNWHISTLE", first="PERPETUA")
    look_for(record=record, wanted=wanted_of(person), actor=taker, at=at)
    reporter = enter(
        record=record,
        person=person,
        part=REPORTED,
        reason="Told so",
        actor=taker,
        at=at,
        channel=Channel.PAGE,
    )
    # And somebody whom everybody may see for another reason.
    neighbor = create_individual(
        person=PersonFacts(last="OPENLY", first="KNOWN"),
        schedule_code="IAQ-CRIMINAL",
        actor=analyst,
        at=at,
        channel=Channel.PAGE,
    )
    look_for(
        record=record,
        wanted=wanted_of(PersonFacts(last="OPENLY", first="KNOWN")),
        actor=taker,
        at=at,
    )
    choose(
        record=record,
        individual=neighbor,
        part=REPORTED,
        reason="Told so too",
        actor=taker,
        at=at,
        channel=Channel.PAGE,
    )
    tip = tips.followed_up(tip, actor=analyst, at=at)
    tips.referred(tip, bureau, actor=analyst, at=at)
    send_referral(
        referral=tip.referrals.get(),
        method=Method.PAPER,
        attested={"agency_concerned": True},
        actor=analyst,
        at=at,
    )
    assert field_officer.office is not None
    refer_to_office(
        tip=tip,
        office=field_officer.office,
        officer=field_officer,
        note="Look at the bakery.",
        actor=analyst,
        at=at,
    )
    apart = (record.number, reporter.record.number)
    return World(tips.fresh(tip), reporter, neighbor, field_officer, apart)


def told(answer: Any) -> str:
    """What an answer says, in small letters. What PDF files say, ``printed`` holds."""
    return str(answer.content.decode(errors="replace")).lower()


def places(world: World, user: User) -> Iterator[str]:
    """Every address that opens to *user*: lists, and whatever takes one of the numbers."""
    disclosure = Disclosure.objects.get(letter="L").number
    numbers = (*(world.tip.record.number, world.neighbor.record.number, *world.apart, disclosure),)
    for url in every_url():
        if not may_open(user, url.name) or url.name.startswith(OF_ACCOUNTS):
            continue
        if "number" in parameters(url):
            for number in numbers:
                yield address(url, number=number, part="person", outcome="confirm")
        elif "disclosure" in parameters(url):
            yield address(url, disclosure=disclosure)
        elif "record" in parameters(url):
            for number in numbers:
                yield address(url, record=number)
        else:
            yield address(url)
            if url.name.endswith("list") or url.name == "api:records":
                yield f"{address(url)}?show=all"


# They lock the session or end it, and show no record.
OF_ACCOUNTS = ("accounts:", "people:")
# What may be typed into a form; none of it tells who it is.
BODIES = (
    {"purpose": "A yearly review", "format": "csv", "reason": "RESEARCH", "act": "lift"},
    {"advanced": "1", "first": "P", "last": "Dawnw"},
    {"q": "Dawnwh, P"},
    {"name": "Dawnwh, P", "receipt": "RCP-2026-0000-0000"},
)


def everything(world: World, browser: Browser) -> Iterator[tuple[str, str]]:
    """What each route answers, by the route."""
    browser.raise_request_exception = False
    for place in places(world, browser.user):
        answer = browser.get(place)
        assert answer.status_code != 500, place
        yield f"GET {place}", told(answer)
    for url in every_url():
        if not may_open(browser.user, url.name, "POST") or url.name.startswith(OF_ACCOUNTS):
            continue
        if url.access and url.access.public:
            continue
        numbers = (world.tip.record.number, *world.apart) if "number" in parameters(url) else ("",)
        for number in numbers:
            given = {"number": number} if number else {}
            for body in BODIES if not number else BODIES[:1]:
                answer = browser.post(address(url, **given), body)
                yield f"POST {url.name} {number}", told(answer)


@pytest.mark.parametrize("who", ["works on it", "owns it", Role.PRIVACY_OFFICER])
def test_it_appears_by_no_route(
    who: str,
    world: World,
    printed: list[str],
    analyst: User,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    hand_out(at=at)
    user = {"works on it": analyst, "owns it": world.officer}.get(who)
    browser = browser_of(user or make_user(Role(who)))
    shown = 0
    for route, text in everything(world, browser):
        # The number that was asked for may stand in the refusal of whoever typed it.
        secrets = [
            *tips.SECRETS,
            *(number.lower() for number in world.apart if number not in route),
        ]
        assert not [each for each in secrets if each in text], route
        shown += "bakery" in text
    # The world is no desert: the tip itself was read all over.
    assert shown >= 2
    assert printed
    for page in printed:
        assert not [each for each in tips.SECRETS if each in page.lower()]
    # Nobody hears of it either: alerts, digests, and what the history of changes keeps.
    with connection.cursor() as cursor:
        for table in ("alert", "alert_digest", "auditlog_logentry"):
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~* 'dawnwh.stle'")  # noqa: S608
            found = cursor.fetchone()
            assert found == (0,), table


def test_a_page_of_who_is_seen_says_nothing_of_a_tip(
    world: World, analyst: User, browser_of: BrowserFactory
) -> None:
    page = browser_of(analyst).get(
        reverse("individuals:detail", args=[world.neighbor.record.number])
    )
    text = page.content.decode()
    assert "OPENLY" in text
    assert "Reported a tip" not in text
    assert "TPS-" not in text
    # Nor does a dated fact: it would stand there for everybody.
    assert not IndividualFact.objects.filter(individual=world.neighbor).exists()
    assert IndividualFact.objects.get(individual=world.reporter).code == Category.TIPSTER
    assert Record.objects.get(pk=world.reporter.pk).limited


def test_the_same_words_whether_anybody_left_a_name(
    world: World, analyst: User, at: datetime, browser_of: BrowserFactory
) -> None:
    """A reader who is not named cannot tell an anonymous tip from another."""
    nobody = tips.from_public(
        tips.told("Cigarettes come over the lake.", source=Source()), at=at
    ).tip
    pages = [
        browser_of(analyst).get(reverse("tips:detail", args=[each.record.number]))
        for each in (world.tip, nobody)
    ]
    sections = [
        page.content.decode().partition('id="source"')[2].partition("</section>")[0]
        for page in pages
    ]
    assert sections[0] == sections[1]
    assert "Kept apart" in sections[0]


def test_only_the_named_see_it_masked_and_open_it_with_a_reason(
    world: World,
    taker: User,
    supervisor: User,
    make_user: UserFactory,
    at: datetime,
    browser_of: BrowserFactory,
) -> None:
    number = world.apart[0]
    place, reveal = (reverse(f"tips:{name}", args=[number]) for name in ("source", "source-reveal"))
    opr = make_user(Role.OPR)
    # Whoever wrote it down, the chain above, and OPR.
    for user in (taker, supervisor, opr):
        page = browser_of(user).get(place)
        assert page.status_code == 200
        assert not [each for each in tips.SECRETS if each in page.content.decode().lower()]
        assert browser_of(user).post(reveal, {}).status_code == 422
        opened = browser_of(user).post(reveal, {"reason": "RESEARCH"}).content.decode()
        assert tips.REPORTER.name in opened
        assert "I, Perpetua Dawnwhistle, saw it" in opened
        event = AuditEvent.objects.filter(kind=audit_events.VALUE_REVEALED).latest("pk")
        assert (event.actor, event.record_number) == (user, number)
        assert event.purpose
    # Somebody else, once named, with a reason; and no longer after that.
    other = make_user(Role.ANALYST)
    assert browser_of(other).get(place).status_code == 404
    record = Record.objects.get(number=number)
    extend_limits(
        record=record,
        allowed=[other],
        reason="Follows the tip up",
        actor=taker,
        at=at,
        channel=Channel.PAGE,
    )
    assert browser_of(other).get(place).status_code == 200
    with pytest.raises(ActionRefused) as refusal:
        lift_limits(record=record, reason="Open it", actor=taker, at=at, channel=Channel.PAGE)
    assert refusal.value.code == "always-limited"


def test_owners_hear_of_looks_at_both_records(
    world: World, supervisor: User, taker: User, at: datetime, browser_of: BrowserFactory
) -> None:
    browser_of(supervisor).get(reverse("tips:source", args=[world.apart[0]]))
    hand_out(at=at)
    page = browser_of(taker).get(reverse("alerts:list")).content.decode()
    assert world.apart[0] in page
