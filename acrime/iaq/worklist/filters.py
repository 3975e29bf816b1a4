"""Narrowing the worklist. Every list that a person sees starts from what they may see."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q

from accounts.models import Office, User
from accounts.standing.querysets import holding
from acrime.common.rendering import UswdsForm
from acrime.iaq.choices import PROGRAMS
from acrime.iaq.clocks.policy import LEFT_AT_WARNING
from acrime.iaq.querysets import QueryQuerySet
from acrime.iaq.working import WORKERS
from acrime.iaq.worklist import levels
from acrime.iaq.worklist.choices import Custody, Due, LevelShown
from acrime.iaq.worklist.tabs import TABS

NOBODY, ME = "nobody", "me"
# What stands for these two in an address; no user name has a colon.
_TAKEN = {":nobody": NOBODY, ":me": ME}
HOUR = timedelta(hours=1)

_RANKS: Mapping[str, int] = {
    LevelShown.ONE: levels.RANKS[1],
    LevelShown.TWO: levels.RANKS[2],
    LevelShown.THREE: levels.RANKS[3],
    LevelShown.TO_PLACE: levels.RANK_TO_PLACE,
    LevelShown.NONE: levels.RANK_NONE,
}
_HELD: Mapping[str, bool | None] = {Custody.YES: True, Custody.NO: False, Custody.UNKNOWN: None}


def workers(at: datetime) -> list[User]:
    """Who works queries at *at*, by name."""
    found = User.objects.filter(role_grants__role__in=sorted(WORKERS), is_active=True).distinct()
    return holding(found.order_by("full_name", "pk"), *WORKERS, at=at)


class FilterForm(UswdsForm, forms.Form):
    """What of the worklist is shown. An unknown choice narrows nothing and is told."""

    program = forms.ChoiceField(label="Program", required=False)
    level = forms.ChoiceField(label="Level", required=False)
    custody = forms.ChoiceField(label="Custody", required=False)
    due = forms.ChoiceField(label="Due", required=False)
    worker = forms.ChoiceField(label="Worked by", required=False)
    office = forms.ChoiceField(label="Office", required=False)

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("program", list(PROGRAMS))
        self._offer("level", LevelShown.choices)
        self._offer("custody", Custody.choices)
        self._offer("due", Due.choices)
        if user.has_role(*WORKERS):
            people = workers(at)
            self._offer(
                "worker",
                [
                    (":nobody", "Nobody yet"),
                    (":me", "Me"),
                    *((person.username, person.full_name) for person in people),
                ],
            )
            codes = {person.office_id for person in people if person.office_id}
            offices = Office.objects.filter(pk__in=codes).order_by("code")
            self._offer("office", [(office.code, office.name) for office in offices])
        else:
            del self.fields["worker"], self.fields["office"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Any"), *choices]

    def chosen(self) -> dict[str, str]:
        """What was chosen, without what was left open."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def told(self) -> dict[str, str]:
        """What was chosen, in words, for the ledger and for the heading."""
        return {
            str(self.fields[name].label): str(
                dict(self.fields[name].choices)[value]  # type: ignore[attr-defined]
            )
            for name, value in self.chosen().items()
        }


Narrow = Callable[[QueryQuerySet, str, User, datetime], QueryQuerySet]


def due_soon(rows: QueryQuerySet) -> QueryQuerySet:
    """*rows* with ``warned_at``, the moment at which a quarter of the time is left."""
    quarter = ExpressionWrapper(
        (F("due_at") - F("received_at")) / LEFT_AT_WARNING, output_field=DurationField()
    )
    return rows.annotate(
        warned_at=ExpressionWrapper(F("due_at") - quarter, output_field=DateTimeField())
    )


def _by_due(rows: QueryQuerySet, value: str, user: User, at: datetime) -> QueryQuerySet:
    tests = {
        Due.LATE: Q(due_at__lt=at),
        Due.WARNED: Q(due_at__gte=at, warned_at__lte=at),
        Due.HOUR: Q(due_at__gte=at, due_at__lte=at + HOUR),
        Due.LATER: Q(due_at__gt=at + HOUR),
    }
    return due_soon(rows).filter(tests[Due(value)])


def _by_worker(rows: QueryQuerySet, value: str, user: User, at: datetime) -> QueryQuerySet:
    taken = _TAKEN.get(value)
    if taken == NOBODY:
        return rows.filter(claimed_by__isnull=True)
    if taken == ME:
        return rows.filter(claimed_by=user)
    return rows.filter(claimed_by__username=value)


def _by_level(rows: QueryQuerySet, value: str, user: User, at: datetime) -> QueryQuerySet:
    first, last = levels.urgencies(_RANKS[value])
    return rows.filter(urgency__gte=first, urgency__lte=last)


_NARROWED: Mapping[str, Narrow] = {
    "program": lambda rows, value, user, at: rows.filter(program=value),
    "level": _by_level,
    "custody": lambda rows, value, user, at: rows.filter(in_custody=_HELD[value]),
    "due": _by_due,
    "worker": _by_worker,
    "office": lambda rows, value, user, at: rows.filter(claimed_by__office__code=value),
}


def narrowed(
    rows: QueryQuerySet, chosen: Mapping[str, str], *, user: User, at: datetime
) -> QueryQuerySet:
    """*rows* of a tab, narrowed to what was *chosen*."""
    for name, value in chosen.items():
        rows = _NARROWED[name](rows, value, user, at)
    return rows


def tab_of(asked: str) -> str:
    """The tab that an address asks for; nonsense means the first."""
    return asked if asked in TABS else "open"
