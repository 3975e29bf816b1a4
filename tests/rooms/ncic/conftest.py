"""The desk of NCIC: two certified people, a supervisor, a police department."""

from datetime import datetime

import pytest

from accounts.choices import Role
from accounts.models import Office, User
from routine_uses.models import NoticeVersion, Recipient
from tests.conftest import UserFactory
from tests.support import center


@pytest.fixture
def specialist(
    notice: NoticeVersion, make_user: UserFactory, support_center: Office, at: datetime
) -> User:
    """Who prepares."""
    person = make_user(Role.NCIC_SPECIALIST, office=support_center)
    center.certify(person, at=at)
    return person


@pytest.fixture
def second(make_user: UserFactory, support_center: Office, at: datetime) -> User:
    """Who checks."""
    person = make_user(Role.NCIC_SPECIALIST, office=support_center)
    center.certify(person, at=at)
    return person


@pytest.fixture
def boss(make_user: UserFactory, at: datetime) -> User:
    """A supervisor, who makes the (e)(6) check."""
    person = make_user(Role.SUPERVISOR)
    center.certify(person, at=at)
    return person


@pytest.fixture
def police(specialist: User, at: datetime) -> Recipient:
    """A police department of the directory."""
    return center.police(actor=specialist, at=at)
