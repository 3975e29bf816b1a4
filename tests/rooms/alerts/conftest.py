"""A record, looks at it, and what the outbox makes of them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import pytest

from accounts.choices import Role
from accounts.models import User
from acrime.alerts.models import Alert
from acrime.audit import events
from acrime.audit.choices import Channel
from acrime.common import outbox
from acrime.records.access import access_list, access_record
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from tests.conftest import UserFactory
from tests.rooms.records.world import make_record


@pytest.fixture
def record(notice: NoticeVersion, analyst: User, at: datetime) -> Record:
    """A record of ``analyst``."""
    return make_record(RecordKind.INDIVIDUAL, owner=analyst, notice=notice, at=at)


class Look(Protocol):
    """Somebody opens a record."""

    def __call__(self, record: Record, user: User, *, at: datetime) -> None: ...


@pytest.fixture
def look() -> Look:
    def do(record: Record, user: User, *, at: datetime) -> None:
        access_record(number=record.number, user=user, at=at, channel=Channel.PAGE)

    return do


class Search(Protocol):
    """Somebody searches; *hidden* records are met and not shown."""

    def __call__(
        self,
        user: User,
        shown: Iterable[Record],
        *,
        at: datetime,
        hidden: Iterable[Record] = (),
        criteria: dict[str, str] | None = None,
        kind: str = events.RECORD_SEARCHED,
    ) -> None: ...


@pytest.fixture
def search() -> Search:
    def do(
        user: User,
        shown: Iterable[Record],
        *,
        at: datetime,
        hidden: Iterable[Record] = (),
        criteria: dict[str, str] | None = None,
        kind: str = events.RECORD_SEARCHED,
    ) -> None:
        displayed = [record.pk for record in shown]
        access_list(
            displayed=displayed,
            matched=[*displayed, *(record.pk for record in hidden)],
            user=user,
            at=at,
            channel=Channel.PAGE,
            kind=kind,
            criteria=criteria or {},
        )

    return do


@pytest.fixture
def hand_out() -> Callable[..., int]:
    """Does what the outbox holds; returns how many messages were done."""

    def do(*, at: datetime) -> int:
        return sum(outbox.consume(pk, at=at) for pk in outbox.claim_due(at=at))

    return do


@pytest.fixture
def alert(
    record: Record, other_analyst: User, look: Look, hand_out: Callable[..., int], at: datetime
) -> Alert:
    """``other_analyst`` has opened the record of ``analyst``."""
    look(record, other_analyst, at=at)
    hand_out(at=at)
    return Alert.objects.get()


@pytest.fixture
def opr(make_user: UserFactory) -> User:
    return make_user(Role.OPR)


@pytest.fixture
def opr_lead(make_user: UserFactory) -> User:
    return make_user(Role.OPR_LEAD)
