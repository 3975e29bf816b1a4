"""Holds for tests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.choices import Role
from accounts.models import User
from acrime.calls.choices import CallKind
from acrime.calls.models import Call
from acrime.common.eastern import portal_day
from acrime.detainers.models import Detainer
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.ncic.hits.models import HitConfirmation
from acrime.records.models import Record
from acrime.retention.holds.actions import Order, ask_for_release, place_hold, release_hold
from acrime.retention.holds.choices import HoldKind, Scope
from acrime.retention.holds.models import Hold
from acrime.tips.models import Tip
from tests import factories
from tests.support import center, holding, tips
from tests.support.chain import People

NAME = "Exemplar against the Agency"
GROUND = "Preservation letter 26-17"
REASON = "A complaint was served"


def officers(at: datetime) -> tuple[User, User]:
    """A records officer, and counsel under whose authority holds stand."""
    return (
        factories.make_user(Role.RECORDS_OFFICER, at=at),
        factories.make_user(Role.ATTORNEY, at=at),
    )


def order(counsel: User, custodian: User, *, at: datetime, **more: Any) -> Order:
    """What a hold of counsel says; of kind and scope as *more* tells."""
    said: dict[str, Any] = {
        "kind": HoldKind.LITIGATION,
        "name": NAME,
        "ground": GROUND,
        "reason": REASON,
        "authority": counsel,
        "custodian": custodian,
        "review_on": portal_day(at) + timedelta(days=90),
    }
    return Order(**(said | more))


def placed(officer: User, counsel: User, *, at: datetime, **more: Any) -> Hold:
    """A hold that *officer* placed under the authority of *counsel*."""
    return place_hold(order=order(counsel, officer, at=at, **more), actor=officer, at=at)


def on_records(officer: User, counsel: User, *records: Record, at: datetime) -> Hold:
    """A hold on *records* by number."""
    return placed(officer, counsel, at=at, scope=Scope.RECORDS, records=records)


def released(hold: Hold, *, at: datetime) -> Hold:
    """*hold*, asked for by whoever placed it and released by its authority."""
    ask_for_release(hold=hold, reason="Settled", actor=hold.placed_by, at=at)
    return release_hold(hold=hold, ground="Order of dismissal", actor=hold.authority, at=at)


def day(text: str) -> date:
    """A day such as ``2026-11-20``."""
    return date.fromisoformat(text)


@dataclass(frozen=True)
class World:
    """Records of every kind, some of which repeat others, and who places holds."""

    response: StatusResponse
    individual: Individual
    hit: HitConfirmation
    call: Call
    detainer: Detainer
    tip: Tip
    officer: User
    counsel: User


def make_world(response: StatusResponse, people: People, *, at: datetime) -> World:
    """The records, after *response* was released."""
    center.certify(people.analyst, people.supervisor, at=at)
    center.police(actor=people.supervisor, at=at)
    center.entered_entry(actor=people.analyst, checker=people.supervisor, at=at)
    hit = center.make_hit(actor=people.analyst, at=at, taken_by=people.analyst)
    call = center.make_call(
        actor=people.analyst, at=at, kind=CallKind.FOLLOW_UP, query=response.query
    )
    jail = holding.jail(actor=people.supervisor, at=at)
    detainer = holding.draft(jail, actor=people.analyst, at=at, query=response.query)
    officer, counsel = officers(at)
    second = factories.make_user(Role.PRIVACY_OFFICER, at=at)
    tips.open_line(keeper=people.supervisor, second=second, at=at)
    tip = tips.phoned(actor=people.analyst, at=at)
    individual = Individual.objects.filter(record_links__record=response.query.record).order_by(
        "pk"
    )[0]
    return World(response, individual, hit, call, detainer, tip, officer, counsel)
