"""What figures are taken on: synthetic people, and as many queries as asked for.

People come from the product's own actions, so that supervision is whole. Records come
from set-based SQL: only their number and their spread matter here.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

from accounts.actions import create_office
from accounts.choices import OfficeKind, Role
from accounts.models import User
from acrime.audit.partitions import prepare_partitions
from acrime.bench.staff import colleague
from acrime.common.errors import ActionRefused
from acrime.iaq.intake import message_switch
from acrime.iaq.models import InboundMessage, StatusQuery
from acrime.iaq.worklist.levels import placing
from acrime.records.choices import RecordKind
from acrime.records.models import Record
from routine_uses.models import NoticeVersion
from routine_uses.querysets import notice_in_force

# With the chief and the message switch two thousand accounts.
HEADS = 18
SUPERVISORS = 180
ANALYSTS_EACH = 10
LADDER = (
    ("chief", Role.SUPERVISOR),
    ("head", Role.SUPERVISOR),
    ("supervisor", Role.SUPERVISOR),
    ("analyst", Role.ANALYST),
)
# One record in so many is limited, one query in so many is still open. The two numbers share no
# factor, so that open queries are limited as often as others.
LIMITED = 50
OPEN = 21

# Copies of the first account of a kind, each under its own superior. A copy has no password.
COLLEAGUES = """
INSERT INTO accounts_user
SELECT (jsonb_populate_record(model, jsonb_build_object(
           'id', nextval(pg_get_serial_sequence('accounts_user', 'id')),
           'username', %(name)s || '-' || n, 'password', '!',
           'supervisor_id', (SELECT id FROM accounts_user
                             WHERE username = %(above)s || '-' || n / %(each)s)))).*
FROM accounts_user model, generate_series(1, %(copies)s) n WHERE model.username = %(name)s || '-0'
"""

_COPIED = """
INSERT INTO {table}
SELECT (jsonb_populate_record(model, jsonb_build_object(
           'id', nextval(pg_get_serial_sequence('{table}', 'id')), 'user_id', colleague.id))).*
FROM {table} model
JOIN accounts_user first ON first.id = model.user_id AND first.username = %(name)s || '-0'
JOIN accounts_user colleague
  ON colleague.username LIKE %(name)s || '-%%' AND colleague.id <> first.id
"""
ALIKE = [_COPIED.format(table=table) for table in ("accounts_rolegrant", "accounts_trainingrecord")]

CHAINS = """
INSERT INTO accounts_supervisionlink (supervisor_id, subordinate_id, depth)
WITH RECURSIVE chain (supervisor, subordinate, depth) AS (
    SELECT supervisor_id, id, 1 FROM accounts_user WHERE supervisor_id IS NOT NULL
    UNION ALL
    SELECT above.supervisor_id, chain.subordinate, depth + 1
    FROM chain JOIN accounts_user above ON above.id = chain.supervisor
    WHERE above.supervisor_id IS NOT NULL)
SELECT supervisor, subordinate, depth FROM chain ON CONFLICT DO NOTHING
"""

RECORDS = """
INSERT INTO record (number, kind, owner_id, creator_id, notice_version_id, category_id,
                    schedule_item_id, created_at, approval, limited, disputed)
SELECT 'IAQ-2026-' || left(code, 4) || '-' || right(code, 4), 'IAQ',
       (%(owners)s::bigint[])[1 + (n + n / %(limited)s) %% cardinality(%(owners)s::bigint[])],
       %(creator)s, %(version)s, %(category)s, %(item)s,
       %(at)s::timestamptz - n * interval '1 minute', 'PENDING', n %% %(limited)s = 0, false
FROM (SELECT n, upper(lpad(to_hex(n), 8, '0')) AS code
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) each
"""

MESSAGES = """
INSERT INTO iaq_message (number, original, original_sha256, size, digest, channel, received_by_id,
                         received_at, times_received, state, refusal_code, refusal_field,
                         refusal_text, acknowledgement, settled_note)
SELECT 'MSG' || substr(number, 4), %(original)s, encode(sha256(number::bytea), 'hex'), 300,
       sha256(number::bytea), 'API', creator_id, created_at, 1, 'ACCEPTED', '', '', '', '', NULL
FROM record
"""

QUERIES = """
INSERT INTO iaq_query (record_id, message_id, program, fingerprint_based, state, received_at,
                       due_at, claimed_by_id, claimed_at, fields, notes, ori, attention,
                       arresting_ori, phone, last, first, middle, birth_date, sex, birth_place,
                       in_custody, offense, purpose, transaction_number, urgency, no_match,
                       citizenship_claimed)
SELECT record.id, iaq_message.id, 'CRIMINAL', true,
       CASE WHEN open THEN 'RECEIVED' ELSE 'RELEASED' END, created_at,
       created_at + interval '4 hours', CASE WHEN NOT open THEN owner_id END,
       CASE WHEN NOT open THEN created_at END, %(fields)s, '[]', 'WVFBIID00', 'ORI=VT0000007',
       'VT0000007', '8025550100', 'SAMPLE', 'PERSON', '', '1980-01-01', 'M', 'MX',
       true, '0399', 'C', '', %(urgency)s, false, false
FROM (SELECT *, row_number() OVER (ORDER BY id) %% %(open)s = 0 AS open FROM record) record
JOIN iaq_message ON iaq_message.number = 'MSG' || substr(record.number, 4)
"""

ALLOWED = """
INSERT INTO record_allowed_user (user_id, permission_id, content_object_id)
SELECT (%(owners)s::bigint[])[1 + array_position(%(owners)s::bigint[], owner_id)
                                  %% cardinality(%(owners)s::bigint[])],
       (SELECT id FROM auth_permission WHERE codename = 'see_limited_record'), id
FROM record WHERE limited AND id > %(known)s
"""


@dataclass(frozen=True)
class Stage:
    """What every figure is given.

    Attributes:
        at: the moment of everything that is measured.
        scale: how many queries there are, open or released.
        people: how many individuals there are once a figure needs them.
        large: how many records ``enlarge`` brings them to, for figures of the envelope alone.
        rounds: how often a quick act is timed; slow ones are timed a tenth as often.
        analyst: who looks: one of ``SUPERVISORS * ANALYSTS_EACH``, three levels below a chief.
        chief: who looks as well: above all of them.
        twin: another analyst, for whom guardian's rows are made.
        overseer: sees everything; the predicate is not asked.
        password: opens *analyst*'s account, in this database only.
        switch: the account under which messages come in.
    """

    at: datetime
    scale: int
    people: int
    large: int
    rounds: int
    analyst: User
    chief: User
    twin: User
    overseer: User
    password: str
    switch: User

    @property
    def slow_rounds(self) -> int:
        """How often an act of tens of milliseconds is timed."""
        return max(1, self.rounds // 10)


@transaction.atomic
def set_stage(
    *, at: datetime, scale: int, people: int = 0, large: int = 0, rounds: int = 200
) -> Stage:
    """Fill an empty database whose notice is in force.

    Args:
        people: see ``Stage``; as many as *scale* where it is not given.
        large: see ``Stage``; never below *scale*.

    Raises:
        ActionRefused: the database holds accounts already; nothing was written.
    """
    if User.objects.exists():
        raise ActionRefused("The figures are taken in an empty database only.", code="not-empty")
    prepare_partitions(at=at)
    password = secrets.token_urlsafe(20)
    switch = message_switch(at=at)
    analysts = _people(password, at=at)
    overseer = _account("overseer", Role.OPR, office=analysts[0].office, at=at)
    facts = _facts(notice_in_force(at), owners=analysts, creator=switch, at=at)
    _execute((RECORDS, MESSAGES, QUERIES, ALLOWED), facts | {"first": 1, "last": scale, "known": 0})
    return Stage(
        at=at,
        scale=scale,
        people=people or scale,
        large=max(scale, large),
        rounds=rounds,
        analyst=analysts[0],
        chief=User.objects.get(username="chief-0"),
        twin=analysts[1],
        overseer=overseer,
        password=password,
        switch=switch,
    )


@transaction.atomic
def enlarge(stage: Stage) -> None:
    """Add records without contents, older than all others, until there are ``stage.large``."""
    there = Record.objects.filter(kind=RecordKind.QUERY).count()
    if there >= stage.large:
        return
    owners = User.objects.filter(username__startswith="analyst-").order_by("pk")
    facts = _facts(
        notice_in_force(stage.at), owners=list(owners), creator=stage.switch, at=stage.at
    )
    known = Record.objects.order_by("-pk").values_list("pk", flat=True)[0]
    facts |= {"first": there + 1, "last": stage.large, "known": known}
    _execute((RECORDS, ALLOWED), facts)


def _people(password: str, *, at: datetime) -> list[User]:
    """Chief, head, supervisor and analyst by the portal's own acts, and their colleagues by copy.

    Returns the analysts. The first can sign in, with the password alone as a demo account does.
    """
    office = create_office(
        code="LESC", name="Support center", kind=OfficeKind.SUPPORT_CENTER, actor=None, at=at
    )
    above: User | None = None
    for name, role in LADDER:
        own = password if name == "analyst" else None
        above = _account(f"{name}-0", role, office=office, supervisor=above, password=own, at=at)
    with connection.cursor() as cursor:
        for name, copies, over, each in (
            ("head", HEADS - 1, "chief", HEADS),
            ("supervisor", SUPERVISORS - 1, "head", SUPERVISORS // HEADS),
            ("analyst", SUPERVISORS * ANALYSTS_EACH - 1, "supervisor", ANALYSTS_EACH),
        ):
            facts: dict[str, Any] = {"name": name, "copies": copies, "above": over, "each": each}
            for statement in (COLLEAGUES, *ALIKE):
                cursor.execute(statement, facts)
        cursor.execute(CHAINS)
    found = User.objects.filter(username__startswith="analyst-")
    return sorted(found, key=lambda user: int(user.username.partition("-")[2]))


def _account(name: str, role: Role, **more: Any) -> User:
    return colleague(name, role, full_name=f"Synthetic {name.partition('-')[0]}", **more)


def _facts(
    version: NoticeVersion, *, owners: list[User], creator: User, at: datetime
) -> dict[str, Any]:
    """What the statements fill in."""
    return {
        "original": _sealed(InboundMessage, "original", b"NAM/SAMPLE, PERSON"),
        "fields": _sealed(StatusQuery, "fields", "{}"),
        "urgency": placing(offense="0399", in_custody=True)["urgency"],
        "limited": LIMITED,
        "open": OPEN,
        "owners": [owner.pk for owner in owners],
        "creator": creator.pk,
        "version": version.pk,
        "category": version.record_categories.get(number=6).pk,
        "item": version.retention_items.get(code="IAQ-CRIMINAL").pk,
        "at": at,
    }


def _sealed(model: type[Model], name: str, value: object) -> Any:
    """*value* as the column stores it. All rows share it, which no page can tell."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field.get_db_prep_save(value, connection)


def _execute(statements: Iterable[str], facts: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, facts)
        # Plans are made from what the planner knows of the tables.
        cursor.execute("ANALYZE")
