"""The first page: what waits for its reader, each count leading to the list it counts."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.choices import Role
from accounts.guards import may_open, signed_in
from accounts.models import User
from accounts.signing_in.querysets import locked_accounts
from accounts.standing.querysets import (
    open_review,
    people_by_training,
    waiting_for,
    waiting_requests,
)
from acrime.alerts.choices import ReferralState
from acrime.alerts.models import Referral
from acrime.alerts.querysets import what_waits_for
from acrime.calls import policy as calls
from acrime.calls.querysets import tab_rows as call_rows
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.detainers import policy as detainers
from acrime.detainers.querysets import tab_rows as detainer_rows
from acrime.iaq.presentation import TONES
from acrime.iaq.programs.actions import DECIDERS, KEEPERS
from acrime.iaq.programs.querysets import proposed_by_others, undecided
from acrime.iaq.querysets import desk_messages
from acrime.iaq.working import WORKERS
from acrime.iaq.worklist.models import WorkItem
from acrime.iaq.worklist.tabs import tab_rows
from acrime.iar.models import StatusResponse
from acrime.individuals.models import Individual
from acrime.ncic import policy as ncic
from acrime.ncic.hits.models import HitConfirmation
from acrime.ncic.querysets import tab_rows as entry_rows
from acrime.records.choices import Approval
from acrime.records.pages import see_rows
from acrime.tips import policy as tips
from acrime.tips.querysets import tab_rows as tip_rows
from routine_uses.accounts_of.querysets import waiting_supersessions
from routine_uses.approvals.managers import kinds_of
from routine_uses.approvals.policy import DISCLOSERS
from routine_uses.corrections.querysets import letters_to_send
from routine_uses.models import Approval as ApprovalTask
from routine_uses.repeating.querysets import series_to_decide
from routine_uses.wizard.querysets import drafts_of, open_refusals

DUE_NEXT = 5


@dataclass(frozen=True)
class Card:
    """One thing that may wait."""

    label: str
    count: int
    url: str
    hint: str


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits, and the queries due next."""
    user, at = signed_in(request), clock.now()
    works = user.has_role(*WORKERS)
    due_next = list(tab_rows("open", user).order_by("due_at", "pk")[:DUE_NEXT]) if works else []
    if due_next:
        see_rows(request, due_next, at=at, criteria={"List": "Queries due next"})
    # The first answer ended the clock, also where it is being amended.
    late = tab_rows("open", user).filter(due_at__lt=at, answered_at=None)
    context = {
        "cards": [*_cards(user, at=at), *_cards_of_people(user, at=at)],
        "due_next": due_next,
        "tones": TONES,
        "late": late.count() if works else 0,
        "at": at,
    }
    return render(request, "home.html", context)


def _cards(user: User, *, at: datetime) -> list[Card]:
    cards = []
    if user.has_role(*WORKERS):
        queries = reverse("iaq:list")
        cards += [
            Card(
                "Mine", tab_rows("mine", user).count(), f"{queries}?show=mine", "queries I work on"
            ),
            Card(
                "Told to me",
                WorkItem.objects.visible_to(user).waiting().count(),
                reverse("iaq:items"),
                "queries given to me, clocks that run out",
            ),
            Card(
                "Waiting",
                tab_rows("waiting", user).count(),
                f"{queries}?show=waiting",
                "queries nobody has taken on",
            ),
            Card(
                "To review",
                tab_rows("review", user).count(),
                f"{queries}?show=review",
                "determinations of others",
            ),
            Card(
                "Ready to release",
                tab_rows("ready", user).count(),
                f"{queries}?show=ready",
                "approved answers",
            ),
            Card(
                "Message desk",
                desk_messages(user).count(),
                reverse("iaq:desk"),
                "messages that could not be read",
            ),
        ]
    if user.has_role(*KEEPERS):
        cards.append(
            Card(
                "Program rules to decide",
                proposed_by_others(user).count(),
                reverse("programs:list"),
                "proposed by somebody else",
            )
        )
    if user.has_role(*DECIDERS):
        cards.append(
            Card(
                "Queries without a program",
                undecided(user).count(),
                reverse("programs:undecided"),
                "no rule decides what they are for",
            )
        )
    if user.has_role(Role.SUPERVISOR):
        cards.append(
            Card(
                "Individuals pending",
                Individual.objects.visible_to(user)
                .filter(record__approval=Approval.PENDING)
                .count(),
                f"{reverse('individuals:list')}?show=pending",
                "entered, waiting for approval",
            )
        )
    if user.has_role(Role.FIELD_OFFICER) and may_open(user, "iar:list"):
        cards.append(
            Card(
                "Responses for my office",
                StatusResponse.objects.visible_to(user).of_office(user.office).count(),
                f"{reverse('iar:list')}?show=own",
                "status responses",
            )
        )
    cards += _cards_of_the_center(user, at=at)
    cards += _cards_of_detainers(user, at=at)
    if kinds_of(user):
        cards.append(
            Card(
                "Approvals to decide",
                ApprovalTask.objects.to_decide(user, at=at).count(),
                reverse("routine_uses:approvals"),
                "asked of my role before something leaves",
            )
        )
    if user.has_role(*DISCLOSERS) and (drafts := drafts_of(user).count()):
        cards.append(
            Card(
                "Disclosures in preparation",
                drafts,
                reverse("routine_uses:drafts"),
                "my drafts; nothing has left",
            )
        )
    if may_open(user, "routine_uses:refusal-review", "POST"):
        cards.append(
            Card(
                "Refused disclosures",
                open_refusals(at=at).count(),
                reverse("routine_uses:refusals"),
                "nobody has looked into them",
            )
        )
    if may_open(user, "routine_uses:corrections"):
        cards += [
            Card(
                "Letters to send",
                letters_to_send().count(),
                reverse("routine_uses:corrections"),
                "to whoever was told what was wrong",
            ),
            Card(
                "Entries to correct",
                len(waiting_supersessions()),
                reverse("routine_uses:supersessions"),
                "of the accounting, waiting for a second person",
            ),
        ]
    if may_open(user, "routine_uses:series-decide", "POST"):
        cards.append(
            Card(
                "Categories to decide",
                series_to_decide(user).count(),
                f"{reverse('routine_uses:series-list')}?show=decide",
                "of disclosures that repeat",
            )
        )
    if may_open(user, "alerts:referrals"):
        cards.append(
            Card(
                "Reports of misuse",
                Referral.objects.worked_by(user).exclude(state=ReferralState.CLOSED).count(),
                reverse("alerts:referrals"),
                "reported to OPR, not closed",
            )
        )
    waiting = what_waits_for(user)
    if waiting.questions:
        cards.append(
            Card(
                "Questions to me",
                waiting.questions,
                reverse("alerts:questions"),
                "why I looked at a record",
            )
        )
    cards.append(
        Card("Alerts", waiting.alerts, reverse("alerts:list"), "looks at my records, unread")
    )
    return cards


def _cards_of_the_center(user: User, *, at: datetime) -> list[Card]:
    """What waits in NCIC, for who is certified, and of calls."""
    cards = []
    if user.has_role(*ncic.WORKERS) and user.standing.ncic_certified:
        entries, today = reverse("ncic:list"), portal_day(at)
        cards += [
            Card(
                "Hit confirmations",
                HitConfirmation.objects.visible_to(user).due_first().count(),
                reverse("ncic:hits"),
                "requests that run",
            ),
            Card(
                "NCIC records to check",
                entry_rows("check", user, today=today).count(),
                f"{entries}?show=check",
                "prepared by others",
            ),
            Card(
                "NCIC records to validate",
                entry_rows("validate", user, today=today).count(),
                f"{entries}?show=validate",
                "their window is open",
            ),
        ]
    if user.has_role(Role.CALL_TAKER):
        cards.append(
            Card(
                "Callers to call back",
                call_rows("unverified", user).count(),
                f"{reverse('calls:list')}?show=unverified",
                "nothing is said before",
            )
        )
    cards += _cards_of_tips(user)
    if user.has_role(*calls.TAKERS) and (mine := call_rows("tasks", user).count()):
        cards.append(
            Card("Calls with my tasks", mine, f"{reverse('calls:list')}?show=tasks", "not done yet")
        )
    return cards


def _cards_of_detainers(user: User, *, at: datetime) -> list[Card]:
    """What waits of detainers; whoever is held by one alone goes before all."""
    if not user.has_role(*detainers.WORKERS):
        return []
    room = reverse("detainers:list")
    waiting = [
        ("running", "Detainers whose hours run", "nothing else holds these people"),
        ("send", "Detainers to send", "placements, word of a lifting, notices"),
    ]
    if user.has_role(*detainers.ISSUERS):
        waiting.append(("issue", "Detainers to issue", "prepared by others"))
    return [
        Card(label, detainer_rows(tab, user, at=at).count(), f"{room}?show={tab}", hint)
        for tab, label, hint in waiting
    ]


def _cards_of_tips(user: User) -> list[Card]:
    """What waits of tips."""
    shown = {}
    if user.has_role(*tips.TRIAGERS):
        shown["new"] = ("New tips", "wait for triage")
        shown["suspected"] = ("Perhaps no tips", "a person looks")
    if user.has_role(*tips.SECOND):
        shown["second"] = ("Tips not to be kept", "wait for a second person")
    page = reverse("tips:list")
    cards = [
        Card(label, tip_rows(tab, user).count(), f"{page}?show={tab}", hint)
        for tab, (label, hint) in shown.items()
    ]
    if user.has_role(*tips.FOLLOWERS) and (mine := tip_rows("mine", user).count()):
        cards.append(Card("My tips", mine, f"{page}?show=mine", "not closed yet"))
    # Only new ones are told also where there are none.
    return [card for card in cards if card.count or card.label == "New tips"]


def _cards_of_people(user: User, *, at: datetime) -> list[Card]:
    """What waits about other people's accounts, roles and training."""
    cards = []
    if user.has_role(Role.ADMINISTRATOR):
        cards += [
            Card(
                "Role requests",
                waiting_requests().count(),
                reverse("people:requests"),
                "of supervisors, to be decided",
            ),
            Card(
                "Locked accounts",
                locked_accounts().count(),
                reverse("accounts:locked"),
                "after failures to sign in",
            ),
            Card(
                "Training lapsed",
                people_by_training("lapsed", at=at).count(),
                f"{reverse('people:accounts')}?show=lapsed",
                "accounts that open nothing",
            ),
        ]
    campaign = open_review() if may_open(user, "people:review") else None
    if campaign is not None and (waiting := waiting_for(user, campaign).count()):
        cards.append(
            Card("Roles to review", waiting, reverse("people:review"), "in this year's review")
        )
    return cards
