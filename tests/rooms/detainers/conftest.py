"""Two officers, a supervisor who checks, and a jail."""

from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.models import User
from routine_uses.models import NoticeVersion, Recipient
from tests.conftest import UserFactory
from tests.support import holding


@pytest.fixture
def preparer(notice: NoticeVersion, make_user: UserFactory) -> User:
    """Who prepares."""
    return make_user(Role.FIELD_OFFICER)


@pytest.fixture
def officer(make_user: UserFactory) -> User:
    """Who issues."""
    return make_user(Role.FIELD_OFFICER)


@pytest.fixture
def boss(make_user: UserFactory) -> User:
    """A supervisor, who makes the (e)(6) check."""
    return make_user(Role.SUPERVISOR)


@pytest.fixture
def jail(preparer: User, at: datetime) -> Recipient:
    """A county jail of the directory."""
    return holding.jail(actor=preparer, at=at)
