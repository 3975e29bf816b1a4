"""Signing in as people do: a first password, an app, a key, a code; locked out and released."""

import base64
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actions import create_user
from accounts.choices import Role
from accounts.models import User
from accounts.signing_in.policy import STEP_SECONDS, one_time_code
from tests import factories
from tests.browser.conftest import Windows, heading
from tests.conftest import Clock
from tests.support.accessibility import assert_accessible

pytestmark = pytest.mark.browser

NEW_PASSWORD = "nine quiet lamps at sea"


def give(page: Page, user: User, password: str) -> None:
    page.goto(reverse("accounts:banner"))
    page.get_by_role("button", name="I understand, go to sign-in").click()
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def signed_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    heading(page, "You are signed out")


def shown_code(secret: str, clock: Clock) -> str:
    counter = int(clock.now().timestamp()) // STEP_SECONDS
    return one_time_code(base64.b32decode(secret), counter)


def test_a_newcomer_gets_in_with_an_app_and_then_with_a_key(windows: Windows, clock: Clock) -> None:
    newcomer = create_user(
        username="newcomer",
        full_name="Synthetic Newcomer",
        password=factories.PASSWORD,
        office=None,
        roles=[Role.ANALYST],
        must_change_password=True,
        actor=None,
        at=clock.now(),
    )
    factories.train(newcomer, at=clock.now())
    # Browsers let keys be used on localhost, not on a bare address.
    context = windows.browser.new_context(
        base_url=windows.portal.replace("127.0.0.1", "localhost"), reduced_motion="reduce"
    )
    page = windows.page(context)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": False,
                "hasUserVerification": False,
                "automaticPresenceSimulation": True,
            }
        },
    )

    give(page, newcomer, factories.PASSWORD)
    heading(page, "Change your password")
    page.get_by_label("Password you have now").fill(factories.PASSWORD)
    page.get_by_label("New password", exact=False).first.fill("Acrime-2026")
    page.get_by_label("New password again").fill("Acrime-2026")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("alert")).to_contain_text("words of this portal")
    assert_accessible(page)
    page.get_by_label("Password you have now").fill(factories.PASSWORD)
    page.get_by_label("New password", exact=False).first.fill(NEW_PASSWORD)
    page.get_by_label("New password again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()

    heading(page, "Set up a second factor")
    page.get_by_role("link", name="Set up an app").click()
    heading(page, "Set up an authenticator app")
    picture = page.get_by_role("img", name="The key below")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    text = page.get_by_text("Key:").inner_text()
    secret = re.sub(r"[^A-Z2-7]", "", text.removeprefix("Key:"))
    page.get_by_label("Code that the app shows now").fill("000000")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert").first).to_contain_text("not accepted")
    assert_accessible(page)
    page.get_by_label("Code that the app shows now").fill(shown_code(secret, clock))
    page.get_by_role("button", name="Finish").click()
    heading(page, "Recovery codes")
    expect(
        page.get_by_role("region", name="Your recovery codes").get_by_role("listitem")
    ).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    heading(page, "Your account")

    page.get_by_role("link", name="Second factors").click()
    page.get_by_role("link", name="Set up a security key").click()
    heading(page, "Set up a security key")
    page.get_by_label("What you call this key").fill("blue key")
    page.get_by_role("button", name="Reach the key").click()
    heading(page, "Your second factors")
    expect(page.get_by_role("row", name="Security key: blue key")).to_be_visible()
    page.goto("/")
    signed_out(page)

    give(page, newcomer, NEW_PASSWORD)
    heading(page, "Second factor")
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_text("Last sign-in: ")).to_be_visible()
    signed_out(page)

    clock.move(timedelta(minutes=1))
    give(page, newcomer, NEW_PASSWORD)
    page.get_by_label("Code", exact=False).fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_contain_text("not accepted")
    assert_accessible(page)
    page.get_by_label("Code", exact=False).fill(shown_code(secret, clock))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("navigation", name="Primary")).to_be_visible()
    context.close()


def test_locked_out_and_released(windows: Windows) -> None:
    context = windows.open(javascript=False)
    page = context.new_page()
    user = User.objects.get(username="calls")
    for _ in range(5):
        give(page, user, "not the password")
        expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_text("ask an administrator to release it")).to_be_visible()

    desk = windows.of("admin")
    desk.goto("/")
    desk.get_by_role("navigation", name="Primary").get_by_role(
        "link", name="Locked accounts"
    ).click()
    heading(desk, "Locked accounts")
    desk.get_by_role("link", name="Release calls").click()
    heading(desk, "Release calls")
    desk.get_by_role("button", name="Release the account").click()
    expect(desk.get_by_role("alert").first).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label("How you know who asked").fill("Called back at the desk's number.")
    desk.get_by_role("button", name="Release the account").click()
    expect(desk.get_by_text("calls can sign in again")).to_be_visible()
    expect(desk.get_by_text("No account is locked")).to_be_visible()
    context.close()
