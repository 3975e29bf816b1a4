"""What the database itself refuses, whoever asks: the ledgers only grow, what left stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, LiteralString

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.db.models.expressions import RawSQL
from psycopg import sql

from accounts.models import Office, User
from acrime.audit import events
from acrime.audit.actions import record_event
from acrime.audit.choices import Channel
from acrime.audit.models import AuditEvent
from acrime.audit.partitions import prepare_partitions
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iar.choices import Destination
from acrime.iar.models import Delivery, StatusResponse
from routine_uses.choices import DeliveryChannel, Program
from routine_uses.models import DisclosedRecordLink, Disclosure, NoticeVersion
from tests import factories

pytestmark = pytest.mark.django_db

LEDGERS: list[type[Model]] = [AuditEvent, Disclosure, DisclosedRecordLink]
# Each changes nothing, and is refused all the same.
SAME = {AuditEvent: "kind", Disclosure: "nature", DisclosedRecordLink: "record_number"}
REFUSED = "append-only|frozen|never changed|stays inside"


def run(statement: LiteralString, *names: str) -> None:
    """Run *statement*, its ``{}`` filled with names of tables and columns, in a savepoint."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def refuses(statement: LiteralString, *names: str) -> None:
    with pytest.raises(DatabaseError, match=REFUSED):
        run(statement, *names)


def check_foreign_keys() -> None:
    """Check them now; at the end of a test they would stand in the way of a TRUNCATE."""
    run("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def ledgers(released_response: StatusResponse) -> None:
    """Each ledger with a row in it."""
    assert all(model._default_manager.exists() for model in LEDGERS)


@pytest.mark.usefixtures("ledgers")
@pytest.mark.parametrize("model", LEDGERS, ids=lambda model: model._meta.label)
class TestLedger:
    """No statement takes a row away or changes it, not even one that changes nothing."""

    def test_refuses_update(self, model: type[Model]) -> None:
        column = SAME[model]
        refuses("UPDATE {} SET {} = {}", model._meta.db_table, column, column)

    def test_refuses_delete(self, model: type[Model]) -> None:
        refuses("DELETE FROM {}", model._meta.db_table)

    def test_refuses_truncate(self, model: type[Model]) -> None:
        check_foreign_keys()
        refuses("TRUNCATE {} CASCADE", model._meta.db_table)
        refuses("TRUNCATE {} RESTART IDENTITY CASCADE", model._meta.db_table)

    def test_refuses_the_orm(self, model: type[Model]) -> None:
        rows = model._default_manager.all()
        column = SAME[model]
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            rows.update(**{column: RawSQL(f'"{column}"', ())})  # noqa: S611  # a column's name
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            rows._raw_delete(rows.db)
        row = rows.first()
        assert row is not None
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            row.save()

    def test_refuses_an_upsert(self, model: type[Model]) -> None:
        table, column = model._meta.db_table, SAME[model]
        # The key of a partitioned table holds the column it is partitioned by.
        upsert: LiteralString = (
            "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {} LIMIT 1 "
            "ON CONFLICT (id) DO UPDATE SET {} = EXCLUDED.{}"
        )
        if model is AuditEvent:
            upsert = upsert.replace("(id)", "(id, occurred_at)")
        refuses(upsert, table, table, column, column)


def test_a_month_of_the_ledger_is_no_way_around(at: datetime) -> None:
    month = at + timedelta(days=400)
    [name, *_] = prepare_partitions(at=month)
    record_event(kind=events.SIGNED_OUT, actor=None, at=month, channel=Channel.PAGE)
    check_foreign_keys()
    refuses("UPDATE {} SET kind = kind", name)
    refuses("DELETE FROM {}", name)
    refuses("TRUNCATE {}", name)


def test_the_rest_of_the_ledger_is_no_way_around(at: datetime) -> None:
    """Events outside every month's table lie in one of their own."""
    record_event(
        kind=events.SIGNED_OUT, actor=None, at=at - timedelta(days=9000), channel=Channel.PAGE
    )
    check_foreign_keys()
    refuses("UPDATE audit_event_default SET kind = kind")
    refuses("DELETE FROM audit_event_default")
    refuses("TRUNCATE audit_event_default")


@pytest.mark.parametrize(
    "column", ["text", "text_sha256", "disclosure_number", "released_at", "field_office_id"]
)
def test_what_left_stays_as_it_left(released_response: StatusResponse, column: str) -> None:
    refuses("UPDATE iar_response SET {} = {}", column, column)


def test_the_original_of_a_message_stays_as_it_came(received_query: StatusQuery) -> None:
    for column in ("original", "original_sha256", "digest", "size"):
        refuses("UPDATE iaq_message SET {} = {}", column, column)
    # What becomes of a message may still be noted.
    assert InboundMessage.objects.update(times_received=2) == 1


def test_a_response_that_stays_inside_has_no_copy_for_the_requester(
    notice: NoticeVersion, analyst: User, supervisor: User, office: Office, at: datetime
) -> None:
    raw = factories.message_bytes(remarks="NSOR REGISTRATION")
    query = factories.make_query(raw, at=at)
    assert query.program == Program.SEX_OFFENDER
    query = factories.claim(query, author=analyst, at=at)
    query = factories.submit(
        factories.research(query, author=analyst, at=at), author=analyst, at=at
    )
    query = factories.approve(query, reviewer=supervisor, at=at)
    response = factories.release(query, actor=supervisor, office=office, at=at)
    assert response.inside_only

    def copy() -> Delivery:
        return Delivery.objects.create(
            response=response,
            destination=Destination.REQUESTER,
            addressee="Somebody outside",
            channel=DeliveryChannel.SPOOL,
            target="outside",
            key="outside-1",
        )

    def redirected() -> int:
        return response.deliveries.update(destination=Destination.REQUESTER)

    attempts: list[Callable[[], Any]] = [copy, redirected]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            attempt()
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        StatusResponse.objects.filter(pk=response.pk).update(inside_only=False)


def test_nobody_can_be_made_a_superuser(analyst: User) -> None:
    with pytest.raises(DatabaseError, match="user_nobody_is_superuser"):
        User.objects.filter(pk=analyst.pk).update(is_superuser=True)


def test_an_author_cannot_be_the_reviewer(submitted_query: StatusQuery, at: datetime) -> None:
    determination = submitted_query.determinations.get()
    with pytest.raises(DatabaseError, match="determination_reviewer_is_not_author"):
        submitted_query.determinations.update(
            state="APPROVED", reviewer=determination.author, reviewed_at=at
        )
