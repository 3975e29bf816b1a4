"""A tip line that is open, and who works there."""

from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.models import Office, User
from acrime.tips.models import LineChange
from routine_uses.models import NoticeVersion, Recipient
from tests.conftest import UserFactory
from tests.support import center, tips


@pytest.fixture
def taker(make_user: UserFactory, supervisor: User, support_center: Office) -> User:
    """A call taker below the supervisor."""
    return make_user(Role.CALL_TAKER, supervisor=supervisor, office=support_center)


@pytest.fixture
def line(
    notice: NoticeVersion,
    supervisor: User,
    privacy_officer: User,
    at: datetime,
) -> LineChange:
    """The tip line, open; the supervisor answers for it."""
    return tips.open_line(keeper=supervisor, second=privacy_officer, at=at)


@pytest.fixture
def police(analyst: User, at: datetime) -> Recipient:
    """A police department of the directory."""
    return center.police(actor=analyst, at=at)


@pytest.fixture
def bureau(analyst: User, at: datetime) -> Recipient:
    """A federal agency outside DHS."""
    return center.police(actor=analyst, at=at, ori="DC0000009", federal=True)
