"""A lead of OPR, two agents, and a ledger with something in it."""

from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from accounts.choices import Role
from accounts.models import User
from acrime.audit import events
from acrime.audit.actions import RequestFacts, record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from tests.conftest import Browser, BrowserFactory, UserFactory


@pytest.fixture
def lead(make_user: UserFactory) -> User:
    return make_user(Role.OPR, Role.OPR_LEAD, username="opr-lead-1")


@pytest.fixture
def agent(make_user: UserFactory) -> User:
    return make_user(Role.OPR, username="opr-agent-1")


@pytest.fixture
def other_agent(make_user: UserFactory) -> User:
    return make_user(Role.OPR, username="opr-agent-2")


@pytest.fixture
def as_lead(browser_of: BrowserFactory, lead: User) -> Browser:
    return browser_of(lead)


@pytest.fixture
def as_agent(browser_of: BrowserFactory, agent: User) -> Browser:
    return browser_of(agent)


class EventWriter(Protocol):
    """Writes an event: ``write(kind, actor, minutes=-5, ...)``."""

    def __call__(
        self,
        kind: str,
        actor: User | None,
        *,
        minutes: float = 0,
        session: str = "",
        request_id: str = "",
        address: str | None = None,
        channel: Channel = Channel.PAGE,
        **values: Any,
    ) -> AuditEvent: ...


@pytest.fixture
def write(db: None, at: datetime) -> EventWriter:
    """Writes events around ``at``, so many minutes later."""

    def written(
        kind: str,
        actor: User | None,
        *,
        minutes: float = 0,
        session: str = "",
        request_id: str = "",
        address: str | None = None,
        channel: Channel = Channel.PAGE,
        **values: Any,
    ) -> AuditEvent:
        return record_event(
            kind=kind,
            actor=actor,
            at=at + timedelta(minutes=minutes),
            channel=channel,
            facts=RequestFacts(address, session, request_id),
            **values,
        )

    return written


@pytest.fixture
def looked(write: EventWriter, analyst: User) -> AuditEvent:
    """One look of ``analyst``'s, an hour ago, at a record that is gone."""
    return write(events.RECORD_VIEWED, analyst, minutes=-60, record_number="IAQ-2026-GONE-0000")
