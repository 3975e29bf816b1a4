"""Records of every kind, made without the actions, so that any combination can exist."""

import itertools
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Permission

from accounts.models import User
from acrime.audit.choices import Channel
from acrime.common.numbers import new_number
from acrime.iaq.kinds.querysets import conclusion_in_force
from acrime.iaq.models import Determination, InboundMessage, StatusQuery
from acrime.iaq.worklist.levels import placing
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual, IndividualName
from acrime.records.choices import RecordKind
from acrime.records.models import Record, RecordAllowedUser
from routine_uses.models import NoticeVersion
from tests import factories

_serial = itertools.count(1)


def make_record(
    kind: RecordKind,
    *,
    owner: User,
    notice: NoticeVersion,
    at: datetime,
    creator: User | None = None,
    limited: bool = False,
    allowed: Iterable[User] = (),
) -> Record:
    """A record of *kind* with its contents; a response comes with a query of the same people."""
    creator = creator or owner
    record = Record.objects.create(
        number=new_number(kind.value, at=at),
        kind=kind,
        owner=owner,
        creator=creator,
        limited=limited,
        notice_version=notice,
        category=notice.record_categories.get(number=1),
        schedule_item=notice.retention_items.get(code="IAQ-CRIMINAL"),
        created_at=at,
    )
    allow(record, allowed)
    if kind == RecordKind.INDIVIDUAL:
        individual = Individual.objects.create(record=record)
        IndividualName.objects.create(
            individual=individual, kind="PRIMARY", last="QUILLABEE", normal_last="QUILLABEE"
        )
    elif kind == RecordKind.QUERY:
        _query(record, owner, at=at)
    else:
        asked = make_record(
            RecordKind.QUERY,
            owner=owner,
            creator=creator,
            limited=limited,
            allowed=allowed,
            notice=notice,
            at=at,
        )
        _response(record, asked.query, owner, at=at)
    return record


def allow(record: Record, people: Iterable[User]) -> None:
    """Put *people* on the allow-list of *record*."""
    permission = Permission.objects.get(codename="see_limited_record")
    for user in people:
        RecordAllowedUser.objects.create(user=user, permission=permission, content_object=record)


def _query(record: Record, person: User, *, at: datetime) -> StatusQuery:
    serial = next(_serial)
    message = InboundMessage.objects.create(
        number=new_number("MSG", at=at),
        original=b"ORI/",
        original_sha256="0" * 64,
        size=4,
        digest=serial.to_bytes(32, "big"),
        channel=Channel.COMMAND,
        received_by=person,
        received_at=at,
        state="ACCEPTED",
    )
    return StatusQuery.objects.create(
        record=record,
        message=message,
        program="CRIMINAL",
        fingerprint_based=True,
        received_at=at,
        due_at=at,
        fields="{}",
        ori="WVFBIID00",
        attention="ORI=VT0000007",
        last="QUILLABEE",
        purpose="C",
        **placing(offense="", in_custody=None),
    )


def _response(record: Record, query: StatusQuery, author: User, *, at: datetime) -> None:
    determination = Determination.objects.create(
        query=query,
        version=1,
        kind="NO_RECORD",
        conclusion=conclusion_in_force("NO_RECORD", at),
        values="{}",
        basis="Nothing was found.",
        author=author,
        submitted_at=at,
    )
    code = f"O{next(_serial)}"
    StatusResponse.objects.create(
        record=record,
        query=query,
        determination=determination,
        text="TEXT",
        text_sha256="0" * 64,
        inside_only=True,
        field_office=factories.make_office(code, at=at),
        released_by=author,
        released_at=at,
    )
