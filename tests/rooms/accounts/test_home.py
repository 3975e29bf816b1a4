"""The start page of those who look after accounts: what waits for them, counted."""

from datetime import datetime, timedelta

import pytest
from lxml import html

from accounts.choices import Role
from accounts.models import User
from accounts.standing.actions import request_role
from accounts.standing.choices import RequestKind
from accounts.standing.reviewing.actions import open_review
from tests import factories
from tests.conftest import Browser, UserFactory

pytestmark = pytest.mark.django_db

WAITING = ("Role requests", "Locked accounts", "Training lapsed")


def cards(browser: Browser) -> dict[str, int]:
    page = html.fromstring(browser.get("/").content.decode())
    links = page.find_class("acrime-card__link")
    words = [[" ".join(part.text_content().split()) for part in link] for link in links]
    return {label: int(count) for count, label, *_ in words}


def test_an_administrator_is_told_what_waits(
    as_administrator: Browser,
    analyst: User,
    supervisor: User,
    make_user: UserFactory,
    at: datetime,
) -> None:
    before = cards(as_administrator)
    assert [before[each] for each in WAITING] == [0, 0, 0]
    request_role(
        person=analyst,
        role=Role.CALL_TAKER,
        kind=RequestKind.GRANT,
        reason="Answers calls on weekends",
        actor=supervisor,
        at=at,
    )
    User.objects.filter(pk=make_user(Role.ANALYST).pk).update(locked_at=at)
    factories.make_user(Role.ATTORNEY, at=at - timedelta(days=400))
    after = cards(as_administrator)
    assert [after[each] for each in WAITING] == [1, 1, 1]


def test_whoever_reviews_is_told_of_roles_to_review(
    as_supervisor: Browser, analyst: User, at: datetime
) -> None:
    assert "Roles to review" not in cards(as_supervisor)
    open_review(actor=None, at=at)
    assert cards(as_supervisor)["Roles to review"] == 1
