"""Whatever OPR does, nothing changes that anybody else can fetch: byte for byte.

The assessment of the system that this one resembles promises it: looks by OPR are logged and
told to nobody, so that an inquiry stays one. Here OPR does everything that it can; before and
after, whoever could notice fetches everything that they may open, with its headers, and the
database says which tables and which numbers moved.

Masked, because it is random each time: the token of a form, the cookie that holds it, and the
id of the request. The clock stands still, so times are compared too.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from psycopg import sql

from accounts.actions import issue_token
from accounts.choices import Role
from accounts.guards import DeclaredUrl, every_url
from accounts.models import User
from acrime.alerts import actions as alert_actions
from acrime.alerts import events as alert_events
from acrime.alerts import policy as alert_policy
from acrime.alerts.choices import Finding, MailPace
from acrime.alerts.models import Alert, AlertQuestion, Referral
from acrime.alerts.policy import NOT_TOLD
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.common import outbox
from acrime.common.errors import NotThere
from acrime.iaq.models import InboundMessage
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.records.access import access_list, access_record
from acrime.records.actions import limit_record
from acrime.records.models import Record
from routine_uses.models import Disclosure
from tests import factories
from tests.conftest import NOON, Browser, BrowserFactory, Chain, Keeper, UserFactory
from tests.support.chain import Kept, People
from tests.support.database import taken_back
from tests.support.urls import STAND_INS, address, opens, parameters

pytestmark = pytest.mark.django_db

# --- What is fetched --------------------------------------------------------------------------

# What is no reading, or is new each time by its nature.
NOT_WALKED: Mapping[str, str] = {
    "accounts:sign-out": "Ends the session.",
    "accounts:lock": "Locks the session.",
    "accounts:single-sign-on": "Begins a sign-in elsewhere.",
    "accounts:certificate": "Begins a sign-in by certificate.",
    "openid_connect_callback": "Ends a sign-in elsewhere.",
    "healthz": "Tells whether seals are late by the database's own clock, whoever wrote.",
    "accounts:add-app": "Shows a new secret each time.",
    "accounts:add-key": "Shows a new challenge each time.",
}
RANDOM_IN_BODIES = (
    re.compile(rb'name="csrfmiddlewaretoken" value="\w+"'),
    re.compile(rb"(?:request[ _-]?id|Reference)\W{1,20}[0-9a-f]{32}", re.IGNORECASE),
)
RANDOM_HEADERS = frozenset({"X-Request-ID"})

Fetched = dict[str, tuple[int, str, bytes]]


@dataclass(frozen=True)
class World:
    """What there is to look at, and to whom it belongs."""

    owner: User
    viewer: User
    limited: Record
    records: tuple[Record, ...]
    candidates: Mapping[str, tuple[str | int, ...]]


def addresses(url: DeclaredUrl, world: World) -> Iterator[str]:
    """The addresses of *url*, with everything in the world that it could be about.

    Of numbers that it is not for there is one: it answers to all of them that there is nothing.
    """
    names = parameters(url)
    choices = [world.candidates.get(name, (STAND_INS[name],)) for name in names]
    if names[:1] == ["number"]:
        fitting = [number for number in choices[0] if opens(url, str(number))]
        others = [number for number in choices[0] if number not in fitting]
        choices[0] = (*fitting, *others[:1])
    for values in itertools.product(*choices):
        yield address(url, **dict(zip(names, values, strict=True)))
    if not names:
        yield f"{address(url)}?show=all"


def openable(user: User, method: str = "GET") -> list[DeclaredUrl]:
    return [
        url
        for url in every_url()
        if url.access and url.access.opens_to(user, method) and url.name not in NOT_WALKED
    ]


def masked(body: bytes) -> bytes:
    for pattern in RANDOM_IN_BODIES:
        body = pattern.sub(b"", body)
    return body


def fetch(client: Client, place: str) -> tuple[int, str, bytes]:
    answer: Any = client.get(place)
    headers = {key: value for key, value in answer.headers.items() if key not in RANDOM_HEADERS}
    cookies = sorted(name for name in answer.cookies if name != "csrftoken")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, f"{sorted(headers.items())} {cookies}", masked(body)


def everything(client: Client, user: User, world: World) -> Fetched:
    """Every page and every answer of the API that *user* may open. Reading leaves no trace here."""
    return again(client, [place for url in openable(user) for place in addresses(url, world)])


def again(client: Client, places: Iterable[str]) -> Fetched:
    """What is at *places* now."""
    found = {}
    cookies = client.cookies.output()
    with taken_back():
        for place in places:
            found[place] = fetch(client, place)
            # What an answer left in the browser, such as a message, is not carried on.
            client.cookies = SimpleCookie()
            client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return found


def telling(fetched: Fetched) -> Fetched:
    """What shows something, and one of the answers that there is nothing."""
    absent = [place for place, (status, _, _) in fetched.items() if status == 404][:1]
    return {
        place: answer for place, answer in fetched.items() if answer[0] < 400 or place in absent
    }


def differences(client: Client, before: Fetched) -> list[str]:
    """Which places of *before* answer otherwise now."""
    after = again(client, before)
    return [place for place in before if before[place] != after[place]]


# --- What lies in the database ----------------------------------------------------------------

# What OPR's activity may add to, and why nobody else could read it there.
OPR_ADDS_TO: Mapping[str, str] = {
    "audit_event": "The ledger; looks are no part of what others read of it.",
    "referral": "OPR's own work.",
    "referral_note": "OPR's own work.",
    "django_session": "OPR's own sessions.",
    "alert_mail": "OPR's own choice.",
    "accounts_apitoken": "When OPR's own token was last used.",
}

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


def may_grow(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}_") for each in OPR_ADDS_TO)


def tables() -> dict[str, str]:
    """A hash of every table's rows, but for the tables above and OPR's own accounts."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall() if not may_grow(name)]
        for name in names:
            own = "TRUE"
            if name == "accounts_user":
                own = (
                    "id NOT IN (SELECT user_id FROM accounts_rolegrant"
                    " WHERE role IN ('OPR', 'OPR_LEAD'))"
                )
            query = sql.SQL(
                "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} AS t"
                " WHERE {}"
            ).format(sql.Identifier(name), sql.SQL(own))
            cursor.execute(query)
            found[name] = cursor.fetchone()[0]
    return found


def numbers() -> dict[str, int | None]:
    """What every table would number its next row from, but for the tables above."""
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        return {name: value for name, value in cursor.fetchall() if not may_grow(name)}


# --- The world --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _world(keep: Keeper, _chain: Chain) -> Kept:
    def make(people: People) -> World:
        return make_world(_chain["released_response"].put(StatusResponse), people, at=NOON)

    return keep(make, before=give_an_address)


@pytest.fixture
def world(_world: Kept, everybody: People, at: datetime) -> World:
    assert at == NOON
    give_an_address(everybody)
    return _world.put(World)


def give_an_address(people: People) -> None:
    User.objects.filter(pk=people.analyst.pk).update(email="owner@portal.example")


def make_world(response: StatusResponse, people: People, *, at: datetime) -> World:
    """Queries, a response, individuals, a limited record; looks told, asked about and reported."""
    analyst, supervisor = people.analyst, people.supervisor
    viewer = factories.make_user(Role.ANALYST, at=at, office=people.support_center, serial=903)
    query = factories.make_query(factories.message_bytes(serial=2), at=at)
    limited = factories.claim(query, author=analyst, at=at).record
    limit_record(
        record=limited, allowed=[], reason="Synthetic", actor=analyst, at=at, channel=Channel.PAGE
    )
    # A message that cannot be read waits on the desk.
    factories.receive(factories.message_bytes(serial=3, NAM=None), at=at)
    individual = Individual.objects.order_by("pk")[0].record
    answered = response.query.record
    for record, kind in ((answered, events.RECORD_VIEWED), (individual, events.RECORD_PRINTED)):
        access_record(number=record.number, user=viewer, at=at, channel=Channel.PAGE, kind=kind)
    search(viewer, [individual, limited], at=at)
    work(at)
    first, second, third = Alert.objects.filter(owner=analyst).order_by("pk")[:3]
    alert_actions.ask_why(key=first.key, owner=analyst, text="Why?", at=at)
    alert_actions.report_look(key=second.key, owner=analyst, text="Report", at=at)
    assert third.read_at is None
    alert_actions.queue_digests(at=at)
    work(at)
    assert len(mail.outbox) == 1
    mail.outbox.clear()
    records = tuple(Record.objects.order_by("pk"))
    disclosure = Disclosure.objects.order_by("pk")[0]
    message = InboundMessage.objects.exclude(query__isnull=False).order_by("pk")[0]
    record_numbers = tuple(record.number for record in records)
    return World(
        owner=analyst,
        viewer=viewer,
        limited=limited,
        records=records,
        candidates={
            "number": (*record_numbers, disclosure.number, message.number),
            "record": record_numbers,
            "identifier": tuple(individual.individual.identifiers.values_list("pk", flat=True)[:1]),
            "alert": tuple(str(row.key) for row in Alert.objects.order_by("pk")),
            "question": tuple(str(row.key) for row in AlertQuestion.objects.all()),
            "referral": tuple(Referral.objects.values_list("number", flat=True)),
            "person": (analyst.username, supervisor.username),
            "event": tuple(AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[:2]),
        },
    )


@pytest.fixture
def opr(make_user: UserFactory, world: World) -> User:
    return make_user(Role.OPR)


def work(at: datetime) -> None:
    """What relay, workers and the scheduled task do."""
    for _ in range(3):
        for message in outbox.claim_due(at=at, limit=1000):
            outbox.consume(message, at=at)
        alert_actions.queue_digests(at=at)


def search(user: User, records: Iterable[Record], *, at: datetime, **given: Any) -> None:
    """A search that meets *records* and shows those that *user* sees."""
    met = [record.pk for record in records]
    seen = Record.objects.visible_to(user).filter(pk__in=met).values_list("pk", flat=True)
    access_list(
        displayed=sorted(seen),
        matched=met,
        user=user,
        at=at,
        channel=given.get("channel", Channel.PAGE),
        kind=given.get("kind", events.RECORD_SEARCHED),
        criteria={"Last name": factories.LAST},
    )


# --- What OPR does ----------------------------------------------------------------------------

Activity = Callable[[Client, User, World, datetime], None]

WORDS = {
    "purpose": "Audit 12",
    "reason": "AUDIT",
    "note": "Audit 12",
    "text": "Audit 12",
    "q": factories.LAST,
    "last": factories.LAST,
    "last_name": factories.LAST,
    "name": factories.LAST,
    "birth_date_0": "4",
    "birth_date_1": "15",
    "birth_date_2": "1979",
    "number": "DIS-2026-0000-0000",
    "code": "0000",
    "format": "CSV",
}


def opens_every_page(client: Client, user: User, world: World, at: datetime) -> None:
    """Lists, details, histories, printed pages, documents, the API and OPR's own pages."""
    for url in openable(user):
        for place in addresses(url, world):
            client.get(place)


def sends_every_form_of_reading(client: Client, user: User, world: World, at: datetime) -> None:
    """Searches, exports and reveals: forms that change nothing."""
    for url in openable(user, "POST"):
        if re.search(r"search|export|reveal|verify|events", url.name):
            for place in addresses(url, world):
                client.post(place, WORDS)


def looks_in_every_way(client: Client, user: User, world: World, at: datetime) -> None:
    """Each kind of look over each channel, whichever page there is for it."""
    for kind in (each.name for each in events.every_kind() if each.look):
        for channel in (Channel.PAGE, Channel.PDF, Channel.API):
            for record in world.records:
                access_record(number=record.number, user=user, at=at, channel=channel, kind=kind)
            search(user, world.records, at=at, kind=kind, channel=channel)


def asks_for_what_is_not_there(client: Client, user: User, world: World, at: datetime) -> None:
    for number in ("IAQ-2026-0000-0000", "IND-2026-1111-1111", "", "x" * 100):
        with pytest.raises(NotThere):
            access_record(number=number, user=user, at=at, channel=Channel.PAGE)
    client.get("/queries/IAQ-2026-0000-0000/")


def tries_what_it_may_not(client: Client, user: User, world: World, at: datetime) -> None:
    """Every page and every act that is closed to OPR."""
    for url in every_url():
        assert url.access is not None
        for method in ("GET", "POST"):
            if not url.access.opens_to(user, method) and url.name not in NOT_WALKED:
                for place in itertools.islice(addresses(url, world), 2):
                    client.generic(method, place)


def calls_the_api(client: Client, user: User, world: World, at: datetime) -> None:
    token = issue_token(
        user=user, name="audit", expires_at=at + timedelta(days=1), actor=None, at=at
    )
    caller = Client(headers={"Authorization": f"Bearer {token}"})
    for url in openable(user):
        if url.access and url.access.api:
            for place in addresses(url, world):
                caller.get(place)


def works_the_reports(client: Client, user: User, world: World, at: datetime) -> None:
    """Opens, takes up, notes and closes the owner's report."""
    referral = Referral.objects.get()
    base = f"/alerts/referrals/{referral.number}/"
    client.get(base)
    client.post(f"{base}take-up/")
    client.post(f"{base}note/", {"note-text": "Spoke with the unit."})
    client.post(
        f"{base}close/", {"close-text": "Misuse.", "close-finding": Finding.MISUSE_REFERRED}
    )
    client.get("/alerts/referrals/?show=closed")
    referral.refresh_from_db()
    assert referral.state == "CLOSED"


def writes_a_report(client: Client, user: User, world: World, at: datetime) -> None:
    """Somebody of OPR reports the viewer, and looks after the alerts and e-mail of its own."""
    alert_actions.report_misuse(
        reporter=user,
        about=world.viewer.username,
        record_number=world.limited.number,
        text="Audit 12",
        at=at,
    )
    alert_actions.mark_read(owner=user, at=at)
    alert_actions.choose_mail(user=user, pace=MailPace.DAILY, at=at)


def comes_and_goes(client: Client, user: User, world: World, at: datetime) -> None:
    again = factories.sign_in(Client(), user, at=at)
    again.get("/")
    again.get("/sign-in/lock/")
    again.get("/queries/")
    again.post("/sign-in/out/")


ACTIVITIES: tuple[Activity, ...] = (
    opens_every_page,
    sends_every_form_of_reading,
    looks_in_every_way,
    asks_for_what_is_not_there,
    tries_what_it_may_not,
    calls_the_api,
    works_the_reports,
    writes_a_report,
    comes_and_goes,
)


# --- Nothing differs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "activity"),
    [
        *((Role.OPR, activity) for activity in ACTIVITIES),
        (Role.OPR_LEAD, opens_every_page),
        (Role.OPR_LEAD, works_the_reports),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_no_row_and_no_number_moves_outside_of_opr(
    role: Role,
    activity: Activity,
    world: World,
    make_user: UserFactory,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    """Not one table that others read from, and nothing that their next rows are numbered by."""
    person = make_user(role)
    client = browser_of(person)
    rows, drawn, mails = tables(), numbers(), len(mail.outbox)
    activity(client, person, world, at)
    work(at)
    work(at + timedelta(days=2))
    assert {name for name, content in tables().items() if content != rows[name]} == set()
    assert {name for name, value in numbers().items() if value != drawn[name]} == set()
    assert len(mail.outbox) == mails
    assert AuditEvent.objects.filter(actor=person).exists() or activity is writes_a_report


def test_whoever_could_notice_fetches_the_same(
    world: World,
    opr: User,
    supervisor: User,
    privacy_officer: User,
    browser_of: BrowserFactory,
    at: datetime,
) -> None:
    """The owner, the owner's program and supervisor, the privacy officer, the reported person.

    What each could fetch before all of OPR's activities is what they fetch after them.
    """
    token = issue_token(
        user=world.owner, name="own", expires_at=at + timedelta(days=1), actor=None, at=at
    )
    owner = browser_of(world.owner)
    whole = everything(owner, world.owner, world)
    assert not [place for place, (status, _, _) in whole.items() if status >= 500]
    assert sum(status == 200 for status, _, _ in whole.values()) > 40
    # The walk is steady: fetched twice in a row it is the same.
    assert differences(owner, telling(whole)) == []
    others: list[tuple[Client, User]] = [
        (browser_of(supervisor), supervisor),
        (browser_of(privacy_officer), privacy_officer),
        (browser_of(world.viewer), world.viewer),
    ]
    before = [telling(everything(client, user, world)) for client, user in others]
    program = Client(headers={"Authorization": f"Bearer {token}"})
    over_api = again(program, [place for place in whole if place.startswith("/api/")])
    agent = browser_of(opr)
    for activity in ACTIVITIES:
        activity(agent, opr, world, at)
    work(at)
    # Through all this OPR has looked in every way that there is.
    looked = set(AuditEvent.objects.filter(actor=opr).values_list("kind", flat=True))
    assert {kind.name for kind in events.every_kind() if kind.look} <= looked
    assert {events.ACCESS_DENIED, alert_events.REFERRAL_CLOSED} <= looked
    assert differences(owner, whole) == []
    assert differences(program, over_api) == []
    for (client, user), earlier in zip(others, before, strict=True):
        assert differences(client, earlier) == [], user


def test_the_reported_person_fetches_the_same_before_and_after_the_report(
    world: World, opr: User, browser_of: BrowserFactory, at: datetime
) -> None:
    """Neither the report nor what comes of it shows to whom it is about, nor to the supervisor."""
    third = Alert.objects.filter(owner=world.owner).order_by("pk")[2]
    reported = browser_of(world.viewer)
    before = telling(everything(reported, world.viewer, world))
    alert_actions.report_look(key=third.key, owner=world.owner, text="Suspicion", at=at)
    for referral in Referral.objects.all():
        alert_actions.take_up(number=referral.number, actor=opr, at=at)
    work(at)
    assert differences(reported, before) == []


def test_what_comes_later_is_told_as_if_opr_had_never_been_there(
    world: World, opr: User, browser_of: BrowserFactory, at: datetime
) -> None:
    """The next look of somebody else: the same pages, with or without OPR before it.

    Nothing that is drawn from a sequence, the ledger's own included, is on a page: OPR's
    events have moved the ledger's numbers in the second telling and not in the first.
    """
    owner, agent = browser_of(world.owner), browser_of(opr)

    places = list(telling(everything(owner, world.owner, world)))

    def later() -> Fetched:
        for record in world.records[:2]:
            access_record(number=record.number, user=world.viewer, at=at, channel=Channel.API)
        search(world.viewer, world.records, at=at, kind=events.RECORD_EXPORTED)
        work(at)
        new = Alert.objects.exclude(key__in=[UUID(str(k)) for k in world.candidates["alert"]])
        # Keys are random; here the same row gets the same one.
        for place, alert in enumerate(new.order_by("pk")):
            Alert.objects.filter(pk=alert.pk).update(key=UUID(int=place + 1))
        # The day of the e-mail comes, too.
        work(at + timedelta(days=2))
        told = [f"/alerts/{alert.key}/" for alert in Alert.objects.order_by("pk")]
        return again(owner, dict.fromkeys([*places, *told]))

    with taken_back():
        without = later()
        mails = [message.body for message in mail.outbox]
    with taken_back():
        for activity in (looks_in_every_way, calls_the_api, works_the_reports):
            activity(agent, opr, world, at)
        work(at)
        assert later() == without
        assert [message.body for message in mail.outbox] == mails


# --- And it would be found --------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [each.name for each in events.every_kind() if each.look and each.name not in NOT_TOLD],
)
def test_the_same_look_by_anybody_else_is_found(
    kind: str, world: World, browser_of: BrowserFactory, make_user: UserFactory, at: datetime
) -> None:
    """The walk sees a look of each kind: what it does not find in OPR's case was not there."""
    somebody = make_user(Role.ATTORNEY)
    owner = browser_of(world.owner)
    rows, drawn = tables(), numbers()
    before = fetched_of_alerts(owner)
    search(somebody, [world.limited, *world.records], at=at, kind=kind)
    work(at)
    assert fetched_of_alerts(owner) != before
    moved = {name for name, content in tables().items() if content != rows[name]}
    assert {"alert", "alert_record", "acrime_outbox"} <= moved
    assert numbers() != drawn


def test_without_the_suppression_everything_differs(
    world: World,
    opr: User,
    browser_of: BrowserFactory,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
) -> None:
    """The rule taken out: the same activity, the same walk, and it fails as it must."""
    owner, agent = browser_of(world.owner), browser_of(opr)
    before = telling(everything(owner, world.owner, world))
    rows, drawn = tables(), numbers()
    monkeypatch.setattr(alert_policy, "OVERSIGHT", frozenset())
    looks_in_every_way(agent, opr, world, at)
    work(at)
    differing = differences(owner, before)
    # The count in the header alone makes every page another one.
    assert len(differing) > 20
    assert {name for name, content in tables().items() if content != rows[name]} >= {"alert"}
    assert numbers() != drawn


def test_an_event_about_a_report_that_named_a_record_would_be_found(
    world: World, supervisor: User, browser_of: BrowserFactory, at: datetime
) -> None:
    """Why events about reports name no record: the record's own page tells of acts on it."""
    owner = browser_of(world.owner)
    record = world.records[0]
    before = again(owner, [f"/queries/{record.number}/", f"/records/{record.number}/history/"])
    assert {status for status, _, _ in before.values()} == {200}
    record_event(
        kind=alert_events.MISUSE_REPORTED,
        actor=supervisor,
        at=at,
        channel=Channel.PAGE,
        record_id=record.pk,
        record_number=record.number,
    )
    assert differences(owner, before) == list(before)


def fetched_of_alerts(client: Browser) -> list[tuple[int, str, bytes]]:
    with taken_back():
        return [fetch(client, place) for place in ("/", "/alerts/?show=all")]
