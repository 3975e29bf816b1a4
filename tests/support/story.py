"""The training story, told once and copied to where it is wanted."""

import pickle

import pytest
from pytest_django import DjangoDbBlocker

from acrime.common import clock as the_clock
from acrime.demo.story import tell_story
from tests.support.chain import Kept
from tests.support.database import Rows, making
from tests.support.moment import NOON

__all__ = ["told_story"]


@pytest.fixture(scope="session")
def told_story(_rows_of_the_notice: Rows, django_db_blocker: DjangoDbBlocker) -> Kept:
    """The rows that the story adds to the notice, told at the moment of the tests.

    What it was told to have, ``acrime.demo.story.Told``, comes with them.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(the_clock, "now", lambda: NOON)
        with making() as steps:
            _rows_of_the_notice.put()
            steps.begin()
            told = tell_story(at=NOON)
            return Kept(steps.rows(), pickle.dumps(told))
