"""Alerts, questions and reports as lists. Each begins with whom it is for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.choices import OVERSIGHT, Role
from accounts.models import RoleGrant, SupervisionLink, User
from acrime.audit.models import AuditEvent
from acrime.common.numbers import is_number
from acrime.records.models import Record
from acrime.records.querysets import visibility

if TYPE_CHECKING:
    from acrime.alerts.models import (
        Alert,
        AlertQuestion,
        AlertRecord,
        Referral,  # noqa: F401  # names the base
    )

# How many numbers a list names for each alert; the alert's own page has all of them.
NAMED = 3
RECENT = timedelta(days=30)


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts. Whatever reaches a person starts from ``told_to``."""

    def told_to(self, user: User) -> Self:
        """The alerts of *user* about records that *user* still sees; nobody else's, ever."""
        return self.filter(Exists(_records_seen_by(user)), owner=user)

    def unread(self) -> Self:
        """Those that wait to be read."""
        return self.filter(read_at__isnull=True)

    def not_shown(self, user: User) -> Self:
        """Those with a record that *user* sees and the viewer was never shown."""
        return self.filter(Exists(_records_seen_by(user).filter(times_shown=0)))

    def about(self, user: User, number: str) -> Self:
        """Those about the record with *number*, if *user* sees it."""
        return self.filter(Exists(_records_seen_by(user).filter(record__number=number)))

    def recent(self, at: datetime) -> Self:
        """Those with a look in the thirty days before *at*."""
        return self.filter(last_at__gte=at - RECENT)

    def latest_first(self) -> Self:
        """For a list, with whom and what a line names."""
        return self.select_related("viewer", "viewer_office", "question").order_by(
            "-last_at", "-pk"
        )


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Reports of misuse. Whatever reaches OPR starts from ``worked_by``."""

    def worked_by(self, user: User) -> Self:
        """The reports that *user* may see and work, by ``policy.may_handle``."""
        if not user.has_role(*OVERSIGHT):
            return self.none()
        rows = self.exclude(reporter=user).exclude(about=user)
        if not user.has_role(Role.OPR_LEAD):
            of_oversight = RoleGrant.objects.filter(role__in=sorted(OVERSIGHT)).values("user")
            rows = rows.exclude(about__in=of_oversight)
        return rows


def alerts_of(user: User) -> AlertQuerySet:
    """The alerts of *user* about records that *user* still sees, latest first."""
    from acrime.alerts.models import Alert

    return Alert.objects.told_to(user).latest_first()


def unread_count(user: User) -> int:
    """How many alerts about records that *user* still sees wait to be read."""
    from acrime.alerts.models import Alert

    return Alert.objects.told_to(user).unread().count()


@dataclass(frozen=True)
class Waiting:
    """What the header counts: alerts to read, and questions to answer."""

    alerts: int
    questions: int


# Every page asks this. Most people have nothing unread, and then no alert need be looked at.
_MAY_WAIT = """
SELECT EXISTS (SELECT FROM alert WHERE owner_id = %(user)s AND read_at IS NULL),
       (SELECT count(*) FROM alert_question
        WHERE asked_id = %(user)s AND answered_at IS NULL AND withdrawn_at IS NULL)
"""


def what_waits_for(user: User) -> Waiting:
    """What waits for *user*."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_WAIT, {"user": user.pk})
        unread, questions = cursor.fetchone()
    return Waiting(unread_count(user) if unread else 0, questions)


def viewers_told_to(user: User) -> QuerySet[User]:
    """The people whose looks *user* was told of, for the filter of the list."""
    return User.objects.filter(pk__in=alerts_of(user).order_by().values("viewer")).order_by(
        "full_name", "pk"
    )


def records_of(alert: "Alert", user: User) -> "QuerySet[AlertRecord]":
    """The records of *alert* that *user* sees, by number."""
    return _alert_records(user).filter(alert=alert).order_by("record__number")


@dataclass
class Told:
    """What a line says of one alert beyond its own row.

    Attributes:
        matched: how many of the reader's records it is about.
        shown: how many of them were shown to the viewer at least once.
        named: the first few of them.
        criteria: what was searched for, as labels and values.
    """

    matched: int = 0
    shown: int = 0
    named: "list[AlertRecord]" = field(default_factory=list)
    criteria: list[tuple[str, str]] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many records are not named."""
        return self.matched - len(self.named)


def told_of(alerts: "Sequence[Alert]", user: User) -> Mapping[int, Told]:
    """For each of *alerts*, by key of the row, what *user* is told: a fixed number of queries."""
    told = {alert.pk: Told() for alert in alerts}
    rows = _alert_records(user).filter(alert__in=list(told))
    counted = (
        rows.order_by()
        .values("alert")
        .annotate(matched=Count("pk"), shown=Count("pk", filter=Q(times_shown__gt=0)))
    )
    for line in counted:
        told[line["alert"]].matched = line["matched"]
        told[line["alert"]].shown = line["shown"]
    place = Window(RowNumber(), partition_by="alert", order_by="record__number")
    for row in rows.annotate(place=place).filter(place__lte=NAMED).order_by("place"):
        told[row.alert_id].named.append(row)
    for pk, criteria in criteria_of(alerts, user).items():
        told[pk].criteria = criteria
    return told


def criteria_of(alerts: "Iterable[Alert]", user: User) -> Mapping[int, list[tuple[str, str]]]:
    """What each of *alerts* searched for, read from its event.

    A criterion may be the number of the record for whose sake the search was made; it is
    left out where *user* may not see that record.
    """
    wanted = {alert.event_id: alert for alert in alerts if alert.event_id is not None}
    events = AuditEvent.objects.filter(
        pk__in=list(wanted), occurred_at__in=[alert.event_at for alert in wanted.values()]
    ).only("pk", "criteria")
    found = {
        wanted[event.pk].pk: [(str(key), _words(value)) for key, value in event.criteria.items()]
        for event in events
    }
    numbers = {value for pairs in found.values() for _, value in pairs if is_number(value)}
    seen: set[str] = set()
    if numbers:
        seen = set(
            Record.objects.visible_to(user)
            .filter(number__in=numbers)
            .values_list("number", flat=True)
        )
    return {
        pk: [(key, value) for key, value in pairs if value not in numbers - seen]
        for pk, pairs in found.items()
    }


def questions_to(user: User) -> "QuerySet[AlertQuestion]":
    """What *user* was asked and is still to answer or has answered, waiting ones first."""
    from acrime.alerts.models import AlertQuestion

    return (
        AlertQuestion.objects.filter(asked=user, withdrawn_at__isnull=True)
        .select_related("alert__owner")
        .order_by(models.F("answered_at").desc(nulls_first=True), "due_at", "pk")
    )


def numbers_asked_about(question: "AlertQuestion", user: User) -> list[str]:
    """The numbers of the records that *user*, who is asked, was shown and still sees.

    What was met and not shown is not among them: it stays hidden from who is asked.
    """
    return list(
        _alert_records(user)
        .filter(alert=question.alert_id, times_shown__gt=0)
        .order_by("record__number")
        .values_list("record__number", flat=True)[:25]
    )


def late_below(user: User, at: datetime) -> "QuerySet[AlertQuestion]":
    """Questions that people below *user* should have answered before *at*, oldest first."""
    from acrime.alerts.models import AlertQuestion

    below = SupervisionLink.objects.filter(supervisor=user).values("subordinate")
    return (
        AlertQuestion.objects.filter(
            asked__in=below,
            asked__is_active=True,
            answered_at__isnull=True,
            withdrawn_at__isnull=True,
            due_at__lt=at,
        )
        .select_related("asked")
        .order_by("due_at", "pk")
    )


def _alert_records(user: User) -> "QuerySet[AlertRecord]":
    from acrime.alerts.models import AlertRecord

    return AlertRecord.objects.filter(visibility(user, prefix="record__")).select_related("record")


def _records_seen_by(user: User) -> "QuerySet[AlertRecord]":
    return _alert_records(user).select_related(None).filter(alert=OuterRef("pk"))


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_words(each) for each in value)
    return "" if value is None else str(value)
