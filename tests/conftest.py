"""What every test can ask for: a standing clock, the notice, people, clients, queries.

``at`` is the moment at which tests take place. The one reader of the clock stands still
there, in every test; ``clock`` moves it.
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from accounts.choices import OfficeKind, Role
from accounts.models import Office, User
from acrime.audit import sealing
from acrime.common import clock as the_clock
from acrime.iaq.models import StatusQuery
from acrime.iar.models import StatusResponse
from routine_uses.models import NoticeVersion
from routine_uses.querysets import notice_in_force
from tests import factories
from tests.support import chain
from tests.support.database import BROUGHT_BY_MIGRATIONS, Rows, rows_made_by
from tests.support.moment import NOON as NOON
from tests.support.story import told_story as told_story

Chain = Mapping[str, chain.Kept]


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: it need not be searched for garbage again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class Clock:
    """The standing clock of a test."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> datetime:
        """Let *by* pass, and return the new moment."""
        self.moment += by
        return self.moment


@pytest.fixture
def at() -> datetime:
    """When the test takes place: Friday, 20 November 2026, ten in the morning in Washington."""
    return NOON


@pytest.fixture(autouse=True)
def clock(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The standing clock. No test depends on the day it is run."""
    standing = Clock(at)
    monkeypatch.setattr(the_clock, "now", standing.now)
    return standing


# --- The database ----------------------------------------------------------------------------

_TRIGGERS_ON_TRUNCATE = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE NOT tgisinternal AND tgtype & 32 > 0
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database is a copy of one whose tables are made already, where there is one."""
    if template := os.environ.get("ACRIME_TEST_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session", autouse=True)
def _ledgers_may_be_emptied() -> Iterator[None]:
    """Tests with real transactions end by emptying every table, the append-only ones too.

    The triggers that refuse it are taken off and put back in that one transaction. What a
    migration brought stays.
    """
    sql_flush = DatabaseOperations.sql_flush

    def without_triggers(
        self: DatabaseOperations, style: Any, tables: list[str], **options: Any
    ) -> list[str]:
        emptied = [table for table in tables if table not in BROUGHT_BY_MIGRATIONS]
        # Rows that were kept to be copied in have their keys: numbers only go forward.
        emptying = sql_flush(self, style, emptied, **options | {"reset_sequences": False})
        if not emptying:
            return emptying
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGERS_ON_TRUNCATE)
            found = cursor.fetchall()
        # Of the kinds of answers the first versions stay, as they came.
        first_again = [
            "ALTER TABLE iaq_conclusion DISABLE TRIGGER USER",
            "DELETE FROM iaq_conclusion WHERE version > 1",
            "UPDATE iaq_conclusion SET superseded_at = NULL WHERE version = 1",
            "SET CONSTRAINTS ALL IMMEDIATE",
            "ALTER TABLE iaq_conclusion ENABLE TRIGGER USER",
        ]
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in found]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in found]
        return [*off, *emptying, *first_again, *on]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", without_triggers)
        yield


# Tests side by side share a server, and a transaction of one would hold back the sealer of
# another: here the oldest one that is open in this database counts.
OLDEST_OPEN_HERE = """
    coalesce(
        (SELECT min(backend_xid::text::bigint) FROM pg_stat_activity
         WHERE datname = current_database()),
        pg_snapshot_xmax(snapshot)::text::bigint
    )
"""


@pytest.fixture(autouse=True)
def _this_database_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "OLDEST_OPEN", OLDEST_OPEN_HERE)


@pytest.fixture
def heads(settings: Settings, tmp_path: Path) -> Path:
    """Where this test's heads are published."""
    settings.SEAL_FILE = tmp_path / "seals" / "heads.jsonl"
    return Path(settings.SEAL_FILE)


@pytest.fixture(scope="session")
def _rows_of_the_notice(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Rows:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(the_clock, "now", lambda: NOON)
        return rows_made_by(lambda: factories.load_notice(at=NOON))


@pytest.fixture
def notice(db: None, at: datetime, _rows_of_the_notice: Rows) -> NoticeVersion:
    """The portal's notice, in force, and the recipients that every portal needs."""
    assert at == NOON
    _rows_of_the_notice.put()
    return notice_in_force(at)


@pytest.fixture(scope="session")
def _chain(_rows_of_the_notice: Rows, django_db_blocker: DjangoDbBlocker) -> Chain:
    """People, offices and the steps of a query, made before any test's own transaction."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(the_clock, "now", lambda: NOON)
        return chain.make_chain(_rows_of_the_notice, at=NOON)


class Keeper(Protocol):
    """Makes a state that rests on the notice and the people of the chain, and keeps its rows."""

    def __call__(
        self,
        make: Callable[[chain.People], object],
        *,
        before: Callable[[chain.People], object] | None = None,
    ) -> chain.Kept: ...


@pytest.fixture(scope="session")
def keep(_rows_of_the_notice: Rows, _chain: Chain, django_db_blocker: DjangoDbBlocker) -> Keeper:
    """For fixtures of a module whose state is the same in each of its tests.

    A test that copies such a state in has ``notice`` and everybody of ``PEOPLE`` there before.
    """

    def keep_state(
        make: Callable[[chain.People], object],
        *,
        before: Callable[[chain.People], object] | None = None,
    ) -> chain.Kept:
        with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(the_clock, "now", lambda: NOON)
            return chain.keep(make, before=before, notice=_rows_of_the_notice, chain=_chain)

    return keep_state


@pytest.fixture
def everybody(
    notice: NoticeVersion,
    support_center: Office,
    supervisor: User,
    analyst: User,
    office: Office,
    message_switch: User,
) -> chain.People:
    """The notice and the people of the chain, on whom kept states rest."""
    return chain.People(supervisor, analyst, support_center, office)


@pytest.fixture
def office(_chain: Chain, db: None, at: datetime) -> Office:
    """The field office that answers for Vermont and New Hampshire."""
    if at != NOON:
        return factories.make_office("VT1", at=at)
    return _chain["office"].put(Office)


@pytest.fixture
def other_office(db: None, at: datetime) -> Office:
    """A field office of other states."""
    return factories.make_office("TX1", at=at, states=["TX"])


@pytest.fixture
def support_center(_chain: Chain, db: None, at: datetime) -> Office:
    """Where queries are worked."""
    if at != NOON:
        return factories.make_office("LESC", at=at, kind=OfficeKind.SUPPORT_CENTER, states=[])
    return _chain["support_center"].put(Office)


# --- People ----------------------------------------------------------------------------------


class UserFactory(Protocol):
    """Makes people: ``make_user(Role.ANALYST, supervisor=...)``."""

    def __call__(
        self,
        *roles: Role,
        username: str = "",
        supervisor: User | None = None,
        office: Office | None = None,
    ) -> User: ...


@pytest.fixture
def make_user(db: None, at: datetime) -> UserFactory:
    """A factory of people with any roles."""

    def make(
        *roles: Role,
        username: str = "",
        supervisor: User | None = None,
        office: Office | None = None,
    ) -> User:
        return factories.make_user(
            *roles, at=at, username=username, supervisor=supervisor, office=office
        )

    return make


@pytest.fixture
def supervisor(_chain: Chain, make_user: UserFactory, support_center: Office, at: datetime) -> User:
    """The supervisor of ``analyst``."""
    if at != NOON:
        return make_user(Role.SUPERVISOR, office=support_center)
    return _chain["supervisor"].put(User)


@pytest.fixture
def analyst(
    _chain: Chain,
    make_user: UserFactory,
    supervisor: User,
    support_center: Office,
    at: datetime,
) -> User:
    """Who works the queries of these tests."""
    if at != NOON:
        return make_user(Role.ANALYST, supervisor=supervisor, office=support_center)
    return _chain["analyst"].put(User)


@pytest.fixture
def other_analyst(make_user: UserFactory, support_center: Office) -> User:
    """An analyst outside the chain of ``analyst``."""
    return make_user(Role.ANALYST, office=support_center)


@pytest.fixture
def field_officer(make_user: UserFactory, office: Office) -> User:
    """An officer of ``office``."""
    return make_user(Role.FIELD_OFFICER, office=office)


@pytest.fixture
def privacy_officer(make_user: UserFactory) -> User:
    """The privacy officer."""
    return make_user(Role.PRIVACY_OFFICER)


@pytest.fixture
def message_switch(_chain: Chain, db: None, at: datetime) -> User:
    """The machine account under which messages come in."""
    # A message that came in before has brought it.
    if at != NOON or User.objects.filter(username=factories.MESSAGE_SWITCH).exists():
        return factories.message_switch(at)
    return _chain["message_switch"].put(User)


class Browser(Client):
    """A client, and whose it is."""

    user: User


class BrowserFactory(Protocol):
    """Signs people in: ``browser_of(user)``."""

    def __call__(self, user: User) -> Browser: ...


@pytest.fixture
def browser_of(at: datetime) -> BrowserFactory:
    """A factory of signed-in clients."""

    def make(user: User) -> Browser:
        browser = Browser()
        factories.sign_in(browser, user, at=at)
        browser.user = user
        return browser

    return make


@pytest.fixture
def as_analyst(browser_of: BrowserFactory, analyst: User) -> Browser:
    return browser_of(analyst)


@pytest.fixture
def as_other_analyst(browser_of: BrowserFactory, other_analyst: User) -> Browser:
    return browser_of(other_analyst)


@pytest.fixture
def as_supervisor(browser_of: BrowserFactory, supervisor: User) -> Browser:
    return browser_of(supervisor)


@pytest.fixture
def as_field_officer(browser_of: BrowserFactory, field_officer: User) -> Browser:
    return browser_of(field_officer)


@pytest.fixture
def as_privacy_officer(browser_of: BrowserFactory, privacy_officer: User) -> Browser:
    return browser_of(privacy_officer)


@pytest.fixture
def as_records_officer(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.RECORDS_OFFICER))


@pytest.fixture
def as_foia_officer(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.FOIA_OFFICER))


@pytest.fixture
def as_opr(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.OPR))


@pytest.fixture
def as_attorney(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.ATTORNEY))


@pytest.fixture
def as_administrator(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def as_ncic_specialist(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.NCIC_SPECIALIST))


@pytest.fixture
def as_call_taker(browser_of: BrowserFactory, make_user: UserFactory) -> Browser:
    return browser_of(make_user(Role.CALL_TAKER))


# --- Queries, each state on top of the one before ---------------------------------------------


@pytest.fixture
def _steps(
    _chain: Chain, notice: NoticeVersion, at: datetime, request: pytest.FixtureRequest
) -> Chain:
    """The steps whose rows are there, up to the last that the test asks for.

    None where the test takes place at another time, or has its own machine account: there each
    step is made anew. So it is in tests with real transactions, where each act has its own.
    """
    if at != NOON or not connection.in_atomic_block:
        return {}
    last = chain.deepest(request.fixturenames)
    for name in chain.needed_for(last):
        request.getfixturevalue(name)
    if request.getfixturevalue("message_switch") != _chain["message_switch"].made(User):
        return {}
    _chain[last].rows.put()
    return {name: _chain[name] for name in chain.upto(last)}


@pytest.fixture
def received_query(_steps: Chain, at: datetime) -> StatusQuery:
    """A query that waits on the worklist since an hour."""
    if kept := _steps.get("received_query"):
        return kept.made(StatusQuery)
    return factories.make_query(at=at - timedelta(hours=1))


@pytest.fixture
def claimed_query(
    received_query: StatusQuery, analyst: User, at: datetime, _steps: Chain
) -> StatusQuery:
    """The query, taken on by ``analyst``."""
    if kept := _steps.get("claimed_query"):
        return kept.made(StatusQuery)
    return factories.claim(received_query, author=analyst, at=at - timedelta(minutes=50))


@pytest.fixture
def researched_query(
    claimed_query: StatusQuery, analyst: User, at: datetime, _steps: Chain
) -> StatusQuery:
    """The query with its person and one research step."""
    if kept := _steps.get("researched_query"):
        return kept.made(StatusQuery)
    return factories.research(claimed_query, author=analyst, at=at - timedelta(minutes=40))


@pytest.fixture
def submitted_query(
    researched_query: StatusQuery, analyst: User, at: datetime, _steps: Chain
) -> StatusQuery:
    """The query with a determination that waits for review."""
    if kept := _steps.get("submitted_query"):
        return kept.made(StatusQuery)
    return factories.submit(researched_query, author=analyst, at=at - timedelta(minutes=30))


@pytest.fixture
def approved_query(
    submitted_query: StatusQuery, supervisor: User, at: datetime, _steps: Chain
) -> StatusQuery:
    """The query, approved by ``supervisor`` and ready to release."""
    if kept := _steps.get("approved_query"):
        return kept.made(StatusQuery)
    return factories.approve(submitted_query, reviewer=supervisor, at=at - timedelta(minutes=20))


@pytest.fixture
def released_response(
    approved_query: StatusQuery,
    supervisor: User,
    office: Office,
    at: datetime,
    _steps: Chain,
) -> StatusResponse:
    """The response, released by ``supervisor``; its copies wait in the outbox."""
    if kept := _steps.get("released_response"):
        return kept.made(StatusResponse)
    return factories.release(
        approved_query, actor=supervisor, office=office, at=at - timedelta(minutes=10)
    )
