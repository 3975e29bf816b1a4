"""What the pages about people share."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.choices import OVERSIGHT, Role
from accounts.guards import signed_in
from accounts.models import Course, TrainingRecord, User
from accounts.standing.choices import RequestState
from accounts.standing.policy import is_machine
from accounts.standing.querysets import items_for, open_review, people_of, waiting_requests
from acrime.common.eastern import portal_day

REQUEST_TONES = {
    RequestState.WAITING: "warning",
    RequestState.APPROVED: "success",
    RequestState.REFUSED: "danger",
    RequestState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True)
class Tab:
    """One of the pages about people."""

    label: str
    url: str
    current: bool


def page_with_tabs(
    request: HttpRequest,
    template: str,
    here: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page with the tabs of the pages about people; *here* is the tab it belongs to."""
    tabs = _tabs(signed_in(request), here)
    return render(request, template, {"tabs": tabs, **context}, status=status)


def _tabs(user: User, here: str) -> list[Tab]:
    names = [("people:training", "My training")]
    if user.has_role(Role.OPR_LEAD) or people_of(user).exists():
        names.append(("people:mine", "My people"))
    if user.has_role(Role.ADMINISTRATOR):
        waiting = waiting_requests().count()
        names += [
            ("people:accounts", "Accounts"),
            ("people:upload", "Record training"),
            ("people:requests", f"Requests ({waiting})"),
        ]
    campaign = open_review()
    if user.has_role(Role.ADMINISTRATOR) or (campaign and items_for(user, campaign).exists()):
        names.append(("people:review", "Yearly review"))
    return [Tab(label, reverse(name), name == here) for name, label in names]


def form_page(
    request: HttpRequest, form: Any, *, heading: str, save: str, back: str, **names: str
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "save": save,
        "back": reverse(back, kwargs=names or None),
    }
    status = 422 if form.is_bound else 200
    return page_with_tabs(request, "standing/form_page.html", back, context, status=status)


@dataclass(frozen=True)
class Row:
    """One person of a list.

    Attributes:
        last_used: the day of last use; None where it was never used or is not told.
        last_used_told: whether it is told: when OPR was here is known to its leads alone.
    """

    person: User
    roles: list[str]
    ends: date | None
    last_used: date | None
    last_used_told: bool

    @property
    def machine(self) -> bool:
        """Whether this is a connected system, which needs no training."""
        return is_machine(self.person.roles)


def row_of(person: User, *, leads: bool = False) -> Row:
    told = leads or OVERSIGHT.isdisjoint(person.roles)
    used = portal_day(person.last_used_at) if person.last_used_at and told else None
    return Row(person, person.role_labels(), person.standing.training_ends, used, told)


@dataclass(frozen=True)
class CourseRow:
    """A course, and until when somebody holds it."""

    course: Course
    ends: date | None


def courses_of(user: User) -> list[CourseRow]:
    last: dict[int, date] = {}
    for record in TrainingRecord.objects.filter(user=user, struck=None):
        last[record.course_id] = max(
            record.valid_until, last.get(record.course_id, record.valid_until)
        )
    return [CourseRow(course, last.get(course.pk)) for course in Course.objects.order_by("pk")]


def passings_of(user: User) -> Any:
    return (
        TrainingRecord.objects.filter(user=user)
        .select_related("course", "recorded_by", "struck__struck_by")
        .order_by("-passed_on", "-pk")
    )
