"""Every figure at a tiny size. What it takes is measured elsewhere: no time is looked at."""

from datetime import datetime

import pytest

from accounts.models import User
from acrime.bench.crowd import questions
from acrime.bench.figures import FIGURES, search
from acrime.bench.stage import LIMITED, OPEN, Stage, set_stage
from acrime.common.errors import ActionRefused
from acrime.iaq.models import StatusQuery
from acrime.records.choices import RecordKind
from acrime.records.models import Record, RecordAllowedUser
from routine_uses.models import NoticeVersion

pytestmark = pytest.mark.django_db

SCALE = LIMITED
COMMITTING = {"audit.seal", "audit.verify"}


@pytest.fixture
def stage(notice: NoticeVersion, at: datetime) -> Stage:
    return set_stage(at=at, scale=SCALE, rounds=2)


def test_the_stage_holds_what_was_asked_for(stage: Stage) -> None:
    assert Record.objects.count() == SCALE
    assert Record.objects.filter(limited=True).count() == SCALE // LIMITED
    assert StatusQuery.objects.open().count() == SCALE // OPEN
    assert StatusQuery.objects.newest()[0].name_shown == "SAMPLE, PERSON"
    for allowed in RecordAllowedUser.objects.select_related("content_object"):
        assert allowed.user_id != allowed.content_object.owner_id
    assert Record.objects.visible_to(stage.analyst).count() == SCALE - SCALE // LIMITED


def test_a_database_in_use_is_left_alone(
    analyst: User, notice: NoticeVersion, at: datetime
) -> None:
    with pytest.raises(ActionRefused) as refused:
        set_stage(at=at, scale=SCALE)

    assert refused.value.code == "not-empty"
    assert not Record.objects.exists()


def test_each_figure_can_be_taken(stage: Stage) -> None:
    """All on one stage, as a run takes them."""
    of_queries = RecordAllowedUser.objects.filter(content_object__kind=RecordKind.QUERY)
    allowed = set(of_queries.values_list("pk", flat=True))

    results = [measure(stage) for name, measure in FIGURES.items() if name not in COMMITTING]

    assert [result.name for result in results] == [
        name for name in FIGURES if name not in COMMITTING
    ]
    for result in results:
        assert result.ours > 0
        assert result.baseline > 0
        assert result.note
    # What is missed is told as it was typed.
    [asked, *_] = questions(stage)
    assert f"{asked.kind}: {asked.last}, {asked.first}" in search._examples([asked])
    # What guardian needed was taken back.
    assert set(of_queries.values_list("pk", flat=True)) == allowed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(COMMITTING))
def test_figures_of_several_connections_can_be_taken(name: str, stage: Stage) -> None:
    """What they commit is seen by everybody, so they get a database that is emptied afterwards."""
    result = FIGURES[name](stage)

    assert result.name == name
    assert result.ours > 0
    assert result.baseline > 0
    assert result.note
