"""The training story: every state is there, told once, and never outside training."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.choices import Role
from accounts.models import RoleGrant, User
from acrime.common import outbox
from acrime.demo.accounts import ACCOUNTS, PASSWORD
from acrime.demo.story import Told
from acrime.iaq.choices import MessageState, QueryState
from acrime.iaq.kinds.models import ConclusionProposal
from acrime.iaq.models import Determination, InboundMessage, StatusQuery
from acrime.iaq.programs.models import ProgramTable
from acrime.iar.following.models import FollowUp
from acrime.iar.models import Delivery, StatusResponse
from acrime.iar.replies.models import InboundReply
from acrime.individuals.models import Individual, IndividualName
from acrime.records.models import Record
from routine_uses.models import (
    CorrectionCase,
    CorrectionLetter,
    Disclosure,
    DisclosureSeries,
    NoticeVersion,
    SubjectCopy,
)
from tests.conftest import Clock
from tests.support.chain import Kept

pytestmark = pytest.mark.usefixtures("notice")


@pytest.fixture
def told(notice: NoticeVersion, told_story: Kept) -> Told:
    """The story, told around the moment of the tests."""
    return told_story.put_as_they_became(Told)


def test_every_state_is_in_the_story(told: Told, at: datetime) -> None:
    assert told.queries == StatusQuery.objects.count()
    assert set(StatusQuery.objects.values_list("state", flat=True)) == set(QueryState.values)
    waiting = InboundMessage.objects.filter(state=MessageState.REFUSED)
    assert waiting.count() == told.desk > 0
    assert Determination.objects.filter(state="RETURNED").exists()
    assert set(Disclosure.objects.values_list("letter", flat=True)) == {"X", "I", "FF", "M", ""}
    assert Disclosure.objects.filter(paragraph="b7", superseded_by__isnull=False).exists()
    assert SubjectCopy.objects.exists()
    assert set(DisclosureSeries.objects.values_list("state", flat=True)) == {"APPROVED", "PROPOSED"}
    assert Disclosure.objects.exclude(series=None).count() == 2
    assert set(CorrectionCase.objects.values_list("kind", flat=True)) == {"CORRECTION", "DISPUTE"}
    assert StatusResponse.objects.filter(amends__isnull=False).count() == 1
    assert FollowUp.objects.count() == 1
    assert set(InboundReply.objects.values_list("state", flat=True)) == {"MATCHED", "WAITING"}
    assert ConclusionProposal.objects.get().state == "OPEN"
    assert {"DRAFTED", "SENT"} <= set(CorrectionLetter.objects.values_list("state", flat=True))
    assert Record.objects.filter(limited=True).exists()
    assert StatusQuery.objects.filter(program="SEX_OFFENDER", state="APPROVED").exists()
    assert StatusQuery.objects.filter(last="").exists()
    assert StatusQuery.objects.get(program="UNDECIDED").last == "UNGEWISS"
    assert ProgramTable.objects.get(state="PROPOSED").author == User.objects.get(
        username="supervisor"
    )
    assert waiting.filter(refusal_code="reply-without-query").exists()
    approvals = set(Individual.objects.values_list("record__approval", flat=True))
    assert approvals == {"PENDING", "APPROVED"}
    assert not IndividualName.objects.filter(normal_last="CPI").exists()
    assert not StatusQuery.objects.filter(received_at__gt=at).exists()


@pytest.mark.usefixtures("told")
def test_one_query_is_almost_due_and_none_is_late(at: datetime) -> None:
    due = StatusQuery.objects.open().order_by("due_at").values_list("due_at", flat=True)
    left = min(due) - at

    assert 0 < left.total_seconds() < 3600


@pytest.mark.usefixtures("told")
def test_the_copies_of_the_story_arrive(at: datetime, tmp_path: Path, settings: Settings) -> None:
    settings.SPOOL_FOLDER = tmp_path
    for pk in outbox.claim_due(at=at, limit=500):
        outbox.consume(pk, at=at)

    assert StatusResponse.objects.count() == 5
    # One recipient is on no list of hosts; its copy waits on the desk.
    states = Counter(copy.state for copy in Delivery.objects.all())
    assert states == {"DELIVERED": 9, "FAILED": 1}
    assert len(list(tmp_path.rglob("*.txt"))) == 9


@pytest.mark.usefixtures("told")
def test_every_role_of_people_has_an_account_that_opens() -> None:
    held = set(RoleGrant.objects.values_list("role", flat=True))

    assert held == set(Role.values)
    for account in ACCOUNTS:
        assert User.objects.get(username=account.username).check_password(PASSWORD)


def run(**options: object) -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out, **options)
    return out.getvalue()


def test_the_command_tells_it_once_and_late_in_the_evening_too(clock: Clock) -> None:
    # In Washington it is ten at night, elsewhere tomorrow.
    clock.move(timedelta(hours=12))
    assert "queries" in run()
    before = StatusQuery.objects.count()
    with pytest.raises(CommandError, match="accounts already"):
        run()
    assert run(if_empty=True) == ""
    assert StatusQuery.objects.count() == before


@pytest.mark.usefixtures("told")
def test_accounts_are_printed_only_where_they_are_for_training(settings: Settings) -> None:
    for kind, printed in (("local", True), ("production", False), ("test", False)):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, kind=kind)
        out = StringIO()
        call_command("demo_accounts", stdout=out)
        assert (PASSWORD in out.getvalue()) == printed


@pytest.mark.parametrize(
    "change",
    [{"kind": "production"}, {"synthetic_data": False}, {"kind": "local", "synthetic_data": False}],
    ids=["production", "real-data", "local-with-real-data"],
)
def test_it_is_refused_where_people_are_real(change: dict[str, object], settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **change)
    with pytest.raises(CommandError, match="only into a local or test portal"):
        run()
    assert not User.objects.exists()


@pytest.mark.usefixtures("told")
def test_the_story_stands_under_the_notice(notice: NoticeVersion) -> None:
    versions = set(Record.objects.values_list("notice_version", flat=True))
    assert versions == {notice.pk}
