"""What every page knows about its reader."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.guards import menu_shows
from accounts.models import User
from accounts.sessions import duty, is_locked

# The order of the main menu. Each entry shows only to those who may open it.
MENU = (
    ("home", "Home"),
    ("iaq:list", "Queries"),
    ("iaq:desk", "Message desk"),
    ("iar:list", "Responses"),
    ("individuals:list", "Individuals"),
    ("ncic:list", "NCIC"),
    ("ncic:hits", "Hit confirmation"),
    ("calls:list", "Calls"),
    ("detainers:list", "Detainers"),
    ("tips:list", "Tips"),
    ("holds:list", "Holds"),
    ("routine_uses:disclosures", "Disclosures"),
    ("routine_uses:approvals", "Approvals"),
    ("routine_uses:corrections", "Corrections"),
    ("routine_uses:recipients", "Recipients"),
    ("retention:dashboard", "Retention"),
    ("routine_uses:notice", "The notice"),
    ("accounts:locked", "Locked accounts"),
    ("oversight:events", "Ledger of events"),
    ("alerts:referrals", "Reports of misuse"),
    ("people:training", "People"),
)


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the main menu."""

    label: str
    url: str
    current: bool


def portal(request: HttpRequest) -> dict[str, Any]:
    """Band, menu, roles and idle lock for the base template."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "training_band": settings.SYNTHETIC_DATA,
        "navigation": [],
    }
    if isinstance(user, User) and not is_locked(request) and duty(request, user) is None:
        here = request.resolver_match.view_name if request.resolver_match else ""
        context["navigation"] = [
            MenuEntry(label, reverse(name), _leads_to(name, here))
            for name, label in MENU
            if menu_shows(user, name)
        ]
        context |= {
            "user_name": user.full_name,
            "user_roles": user.role_labels(),
            "account_url": reverse("accounts:account"),
            "sign_out_url": reverse("accounts:sign-out"),
            "idle_minutes": settings.IDLE_LOCK_MINUTES,
            "lock_url": reverse("accounts:lock"),
            "keepalive_url": reverse("accounts:keep-alive"),
        }
    return context


def _leads_to(name: str, here: str) -> bool:
    """Whether the menu entry *name* stands for the page called *here*."""
    if name == here:
        return True
    room, _, thing = name.partition(":")
    # A list stands for the pages of its room, but for those of another list beside it,
    # whose names begin with that list's own.
    if here.startswith(f"{name}-"):
        return True
    beside = any(here.startswith(other) for other, _ in MENU if other != name)
    return thing == "list" and here.startswith(f"{room}:") and not beside
