"""The real notice, recipients, and a way to disclose with everything in order."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from acrime.audit.choices import Channel
from routine_uses import actions, notice_files
from routine_uses.actions import DisclosedRecord
from routine_uses.approvals.choices import ApprovalKind, Standing
from routine_uses.approvals.querysets import of_scope, standing
from routine_uses.models import Disclosure, NoticeVersion, Recipient
from routine_uses.policy import ACCURACY_KEY
from routine_uses.versions import actions as versions
from tests import factories

NOTICE = Path(notice_files.__file__).parent / "notices" / "dhs-ice-007-2013.toml"

# Of what is disclosed, that which an approval covers, and when.
SCOPED = {"at", "records", "recipient", "paragraph", "letter", "purpose", "fields"}

Disclose = Callable[..., Disclosure]


@pytest.fixture
def notice_2013(db: None, at: datetime) -> NoticeVersion:
    """The notice of 2013 as the portal loads it, in force."""
    loaded = versions.load_notice(data=NOTICE.read_bytes(), at=at, channel=Channel.COMMAND)
    versions.put_first_version_in_force(version=loaded.version, at=at, channel=Channel.COMMAND)
    loaded.version.refresh_from_db()
    return loaded.version


@pytest.fixture
def cjis(db: None, at: datetime) -> Recipient:
    """FBI CJIS."""
    return actions.add_recipient(
        actor=None,
        at=at,
        name="FBI Criminal Justice Information Services Division",
        type="FEDERAL",
        agency_tag="FBI_CJIS",
        ori="WVFBIID00",
        address_lines=["1000 Custer Hollow Road", "Clarksburg, WV 26306"],
        delivery_channel="SPOOL",
        delivery_target="fbi-cjis",
        channel=Channel.COMMAND,
    )


@pytest.fixture
def police(db: None, at: datetime) -> Recipient:
    """A town's police."""
    return actions.add_recipient(
        actor=None,
        at=at,
        name="Sample Falls Police Department",
        type="LOCAL",
        ori="VT0000007",
        address_lines=["1 Example Street", "Sample Falls, VT 05000"],
        channel=Channel.COMMAND,
    )


@pytest.fixture
def facts(analyst: User, at: datetime, cjis: Recipient) -> dict[str, Any]:
    """Everything that ``disclose`` needs for an answer to the FBI."""
    return {
        "actor": analyst,
        "at": at,
        "records": [DisclosedRecord(41, "IAR-2026-0000-0001")],
        "recipient": cjis,
        "paragraph": "b3",
        "letter": "X",
        "purpose": "FINGERPRINT_QUERY",
        "nature": "Immigration Alien Response",
        "method": "ELECTRONIC",
        "fields": ["NAME", "IMMIGRATION_STATUS", "A_NUMBER"],
        "conditions": {"fingerprint_based": True},
        "program": "CRIMINAL",
        "channel": Channel.PAGE,
    }


@pytest.fixture
def disclose(notice_2013: NoticeVersion, facts: dict[str, Any]) -> Disclose:
    """Discloses with *facts*, some of them changed.

    ``accuracy_checked_by`` is a supervisor who makes the (e)(6) check for it; ``approved``
    tells by condition key which other approval is granted, by whom, and what is found.
    """

    def make(
        *,
        accuracy_checked_by: User | None = None,
        approved: Mapping[str, tuple[ApprovalKind, User, Mapping[str, str]]] | None = None,
        **changed: Any,
    ) -> Disclosure:
        given = facts | changed
        tasks = dict(approved or {})
        if accuracy_checked_by:
            tasks[ACCURACY_KEY] = (ApprovalKind.ACCURACY, accuracy_checked_by, {})
        for key, (kind, by, findings) in tasks.items():
            scoped = {name: value for name, value in given.items() if name in SCOPED}
            before = of_scope(factories.scope(**scoped)).get(kind)
            if before and standing(before, at=given["at"]) is Standing.GRANTED:
                number = before.number
            else:
                number = factories.grant(
                    kind, asked_by=given["actor"], decided_by=by, findings=findings, **scoped
                ).number
            given["conditions"] = given["conditions"] | {key: number}
        with transaction.atomic():
            return actions.disclose(**given)

    return make
