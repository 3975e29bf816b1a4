"""Pages of standing: training, people, requests for roles, and their review."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Role
from accounts.guards import signed_in
from accounts.models import (
    ReviewCampaign,
    ReviewItem,
    RoleRequest,
    User,
)
from accounts.standing import actions, forms
from accounts.standing.choices import RequestKind, ReviewDecision
from accounts.standing.pages import (
    REQUEST_TONES,
    courses_of,
    form_page,
    page_with_tabs,
    passings_of,
    row_of,
)
from accounts.standing.policy import may_ask
from accounts.standing.querysets import (
    administrators,
    asker_of,
    in_force,
    items_for,
    open_review,
    people_of,
    people_of_oversight,
    person_named,
    progress_of,
    with_standing,
)
from accounts.standing.reviewing import actions as reviewing
from acrime.audit.actions import request_facts
from acrime.common import clock
from acrime.common.eastern import portal_day
from acrime.common.errors import NotThere
from acrime.common.pages import attempt, page_of, tried

ADMINISTRATORS_NAMED = 3
REVIEW_TONES = {
    ReviewDecision.WAITING: "warning",
    ReviewDecision.KEEP: "success",
    ReviewDecision.REMOVE: "danger",
    ReviewDecision.NOT_REVIEWED: "danger",
    ReviewDecision.ENDED_BEFORE: "neutral",
}


@require_GET
def ended(request: HttpRequest) -> HttpResponse:
    """What somebody sees whose training lapsed, whatever page was asked for."""
    user = signed_in(request)
    if user.standing.enters:
        return redirect("home")
    context = {
        "reason": user.standing.reasons[0],
        "ended_on": user.standing.training_ends,
        "supervisor": user.supervisor,
        "administrators": administrators(clock.now())[:ADMINISTRATORS_NAMED],
    }
    return render(request, "standing/ended.html", context, status=403)


# region: one's own training, one's own people
@require_GET
def my_training(request: HttpRequest) -> HttpResponse:
    """What is current, until when, and what was before."""
    user, at = signed_in(request), clock.now()
    return page_with_tabs(
        request,
        "standing/training.html",
        "people:training",
        {
            "courses": courses_of(user),
            "passings": passings_of(user),
            "grants": user.role_grants.filter(in_force(at)).order_by("pk"),
            "today": portal_day(at),
        },
    )


@require_GET
def my_people(request: HttpRequest) -> HttpResponse:
    """The chain below and the office one heads, with roles, training and last use."""
    user, at = signed_in(request), clock.now()
    leads = user.has_role(Role.OPR_LEAD)
    wanted = request.GET.get("find", "").strip()
    if leads and wanted:
        try:
            return redirect("people:ask", username=person_named(wanted).username)
        except NotThere:
            messages.error(request, "There is no account with that user name.")
    people = people_of(user)
    if leads:
        people = people | people_of_oversight(at).exclude(pk=user.pk)
    page = page_of(
        people.select_related("office", "supervisor").order_by("full_name", "pk").distinct(),
        request,
    )
    return page_with_tabs(
        request,
        "standing/people.html",
        "people:mine",
        {
            "page": page,
            "rows": [row_of(person, leads=leads) for person in with_standing(page.rows, at=at)],
            "requests": RoleRequest.objects.filter(requested_by=user)
            .select_related("person", "decided_by")
            .order_by("-pk")[:25],
            "tones": REQUEST_TONES,
            "leads": leads,
            "today": portal_day(at),
        },
    )


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, username: str) -> HttpResponse:
    """Ask that somebody be given a role."""
    user, at = signed_in(request), clock.now()
    person = _person_to_ask_for(user, username)
    asker = asker_of(user, person)
    roles = [role for role in Role if may_ask(role, granting=True, asker=asker)]
    form = forms.AskForm(request.POST or None, roles=roles)
    if form.is_valid() and tried(
        form,
        lambda: actions.request_role(
            person=person,
            role=Role(form.cleaned_data["role"]),
            kind=RequestKind.GRANT,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            actor=user,
            at=at,
            facts=request_facts(request),
        ),
        request=request,
        place={"past-day": "until", "already-held": "role", "incompatible-roles": "role"},
    ):
        messages.success(request, "The request waits for an administrator.")
        return redirect("people:mine")
    return form_page(
        request,
        form,
        heading=f"Ask for a role for {person.full_name}",
        save="Send the request",
        back="people:mine",
    )


@require_http_methods(["GET", "POST"])
def ask_removal(request: HttpRequest, username: str) -> HttpResponse:
    """Ask that somebody lose a role."""
    user, at = signed_in(request), clock.now()
    person = _person_to_ask_for(user, username)
    asker = asker_of(user, person)
    roles = [
        role for role in Role if role in person.roles and may_ask(role, granting=False, asker=asker)
    ]
    form = forms.AskRemovalForm(request.POST or None, roles=roles)
    if form.is_valid() and tried(
        form,
        lambda: actions.request_role(
            person=person,
            role=Role(form.cleaned_data["role"]),
            kind=RequestKind.REMOVE,
            reason=form.cleaned_data["reason"],
            actor=user,
            at=at,
            facts=request_facts(request),
        ),
        request=request,
        place={"not-held": "role"},
    ):
        messages.success(request, "The request waits for an administrator.")
        return redirect("people:mine")
    return form_page(
        request,
        form,
        heading=f"Ask to remove a role of {person.full_name}",
        save="Send the request",
        back="people:mine",
    )


@require_POST
def withdraw(request: HttpRequest, wish: int) -> HttpResponse:
    """Take one's own request back."""
    found = RoleRequest.objects.filter(pk=wish, requested_by=signed_in(request)).first()
    if found is None:
        raise NotThere
    attempt(
        request,
        lambda: actions.withdraw_request(
            request=found,
            actor=signed_in(request),
            at=clock.now(),
            facts=request_facts(request),
        ),
        done="The request is withdrawn.",
    )
    return redirect("people:mine")


# endregion


def _person_to_ask_for(user: User, username: str) -> User:
    """The person, if roles may be asked for theirs; an OPR lead may ask for anybody's."""
    if user.has_role(Role.OPR_LEAD):
        return person_named(username, User.objects.exclude(pk=user.pk))
    return person_named(username, people_of(user))


# region: the yearly review
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """The roles that one reviews, on one page. What is left open waits."""
    user = signed_in(request)
    campaign = open_review()
    items = list(items_for(user, campaign)) if campaign else []
    waiting = [
        (item, forms.ReviewForm(request.POST or None, prefix=f"item{item.pk}"))
        for item in items
        if item.decision == ReviewDecision.WAITING
    ]
    if request.method == "POST":
        # Every form says what is wrong with it, not the first one alone.
        right = not [form for _, form in waiting if not form.is_valid()]
        decided = [(item, form) for item, form in waiting if form.cleaned_data.get("decision")]
        if right and _reviewed(request, decided, user):
            messages.success(request, _counted(len(decided)))
            return redirect("people:review")
    return page_with_tabs(
        request,
        "standing/review.html",
        "people:review",
        {
            "campaign": campaign,
            "waiting": waiting,
            "decided": [item for item in items if item.decision != ReviewDecision.WAITING],
            "done": len(items) - len(waiting),
            "total": len(items),
            "tones": REVIEW_TONES,
            "progress": progress_of(campaign)
            if campaign and user.has_role(Role.ADMINISTRATOR)
            else [],
            "may_open": campaign is None and user.has_role(Role.ADMINISTRATOR),
            "last": ReviewCampaign.objects.exclude(closed_at=None).order_by("-pk").first(),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_POST
def review_open(request: HttpRequest) -> HttpResponse:
    """Open a review of every role in force."""
    attempt(
        request,
        lambda: reviewing.open_review(
            actor=signed_in(request), at=clock.now(), facts=request_facts(request)
        ),
        done="The review is open. Every reviewer finds their page here.",
    )
    return redirect("people:review")


def _reviewed(
    request: HttpRequest, decided: list[tuple[ReviewItem, forms.ReviewForm]], user: User
) -> bool:
    """Write all decisions down, or none where one of them is refused."""
    at, facts = clock.now(), request_facts(request)

    def write(item: ReviewItem, form: forms.ReviewForm) -> bool:
        return tried(
            form,
            lambda: reviewing.review_grant(
                item=item,
                keep=form.cleaned_data["decision"] == "keep",
                reason=form.cleaned_data["reason"],
                actor=user,
                at=at,
                facts=facts,
            ),
            request=request,
        )

    with transaction.atomic():
        right = not [item for item, form in decided if not write(item, form)]
        if not right:
            transaction.set_rollback(True)
    return right


def _counted(count: int) -> str:
    return "1 role is reviewed." if count == 1 else f"{count} roles are reviewed."


# endregion
