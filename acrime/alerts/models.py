"""What an owner is told, what the owner says to it, and what is reported to OPR.

Rows are named in addresses by random keys. What somebody searched for is read from the
event when it is shown, so that it lies in one place, and is blanked there with the record.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from acrime.alerts.choices import AlertState, Finding, MailPace, ReferralState
from acrime.alerts.policy import state_of
from acrime.alerts.querysets import AlertQuerySet, ReferralQuerySet
from acrime.audit import events
from acrime.common.sealed import SealedTextField


class Alert(models.Model):
    """Somebody looked at records of the owner's in one way, by the same criteria, on one day.

    Further looks of that day are counted into it while it is ``open``: until the owner has
    read it or has replied. ``event_id`` and ``event_at`` name the first look's event, which
    holds the criteria; ``criteria_digest`` is their keyed hash, by which looks are grouped.
    ``viewer_roles`` and ``viewer_office`` are the viewer's when the first look was told.
    """

    key = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts"
    )
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    viewer_roles = ArrayField(models.CharField(max_length=20), default=list)
    viewer_office = models.ForeignKey(
        "accounts.Office", null=True, on_delete=models.PROTECT, related_name="+"
    )
    event_kind = models.CharField(max_length=60)
    event_id = models.BigIntegerField(null=True)
    event_at = models.DateTimeField(null=True)
    criteria_digest = models.BinaryField(default=b"")
    day = models.DateField()
    open = models.BooleanField(default=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(
        "acrime.AlertDigest", null=True, on_delete=models.SET_NULL, related_name="alerts"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "alert"
        indexes = [
            models.Index(fields=["owner", "-last_at"], name="alert_newest"),
            models.Index(
                fields=["owner"],
                condition=models.Q(read_at__isnull=True),
                name="alert_unread",
            ),
            models.Index(
                fields=["owner"],
                condition=models.Q(read_at__isnull=True, digest__isnull=True),
                name="alert_not_mailed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "viewer", "event_kind", "criteria_digest", "day"],
                condition=models.Q(open=True),
                name="alert_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=models.F("viewer")), name="alert_not_of_oneself"
            ),
            models.CheckConstraint(
                condition=models.Q(open=False)
                | models.Q(
                    read_at__isnull=True, expected_at__isnull=True, reported_at__isnull=True
                ),
                name="alert_open_until_read_or_replied",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def event_wording(self) -> str:
        """What was done, in words."""
        return events.kind(self.event_kind).wording

    def state(self, at: datetime) -> AlertState:
        """What the owner has made of it, and whether an answer is late, at *at*."""
        question = getattr(self, "question", None)
        return state_of(
            expected_at=self.expected_at,
            reported_at=self.reported_at,
            due_at=question.due_at if question and not question.withdrawn_at else None,
            answered_at=question.answered_at if question else None,
            at=at,
        )


class AlertRecord(models.Model):
    """One record that an alert is about; shown to the viewer ``times_shown`` of ``times``."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="records")
    record = models.ForeignKey("acrime.Record", on_delete=models.CASCADE, related_name="+")
    times = models.PositiveIntegerField()
    times_shown = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "alert_record"
        constraints = [
            models.UniqueConstraint(fields=["alert", "record"], name="alertrecord_once"),
            models.CheckConstraint(
                condition=models.Q(times_shown__lte=models.F("times")),
                name="alertrecord_shown_at_most_each_time",
            ),
        ]

    def __str__(self) -> str:
        return f"alert record {self.pk}"


class AlertDigest(models.Model):
    """One e-mail to an owner. What it says is settled here, so that a repeat says the same."""

    key = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alert_digests"
    )
    waiting = models.PositiveIntegerField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "alert_digest"
        indexes = [models.Index(fields=["owner", "-queued_at"], name="alertdigest_latest")]

    def __str__(self) -> str:
        return f"digest {self.pk}"


class AlertMail(models.Model):
    """How often somebody wants to be written to; without a row it is hourly."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="alert_mail",
    )
    pace = models.CharField(max_length=10, choices=MailPace.choices)
    chosen_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "alert_mail"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pace__in=MailPace.values), name="alertmail_known_pace"
            )
        ]

    def __str__(self) -> str:
        return f"mail of user {self.pk}"


class AlertQuestion(models.Model):
    """An owner asks a viewer why; the viewer answers in words, once."""

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="question")
    key = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions_asked_of_me"
    )
    text = SealedTextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = SealedTextField(null=True)
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "alert_question"
        indexes = [
            models.Index(
                fields=["asked", "due_at"],
                condition=models.Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="alertquestion_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__isnull=True, answered_at__isnull=True)
                | models.Q(answer__isnull=False, answered_at__isnull=False),
                name="alertquestion_answered_with_words",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="alertquestion_answered_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    @property
    def waits(self) -> bool:
        """Whether an answer is still wanted."""
        return self.answered_at is None and self.withdrawn_at is None

    def is_late(self, at: datetime) -> bool:
        """Whether an answer is wanted and its time is over at *at*."""
        return self.waits and self.due_at < at


class Referral(models.Model):
    """A report of suspected misuse, and what OPR makes of it. OPR alone reads it.

    ``about`` is set when the reporter named an account; ``about_text`` is what was written.
    Nothing here is a foreign key to a record, so that a report outlives the record.
    """

    number = models.CharField(max_length=24, unique=True)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="misuse_reports"
    )
    reported_at = models.DateTimeField()
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="referrals")
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    about_text = SealedTextField()
    record_number = models.CharField(max_length=24, blank=True)
    text = SealedTextField()
    state = models.CharField(
        max_length=10, choices=ReferralState.choices, default=ReferralState.NEW
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=20, choices=Finding.choices, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "referral"
        indexes = [models.Index(fields=["state", "reported_at"], name="referral_queue")]
        constraints = [
            models.UniqueConstraint(fields=["alert"], name="referral_once_an_alert"),
            models.CheckConstraint(
                condition=models.Q(
                    state=ReferralState.NEW,
                    taken_by__isnull=True,
                    taken_at__isnull=True,
                    closed_by__isnull=True,
                    closed_at__isnull=True,
                    finding="",
                )
                | models.Q(
                    state=ReferralState.IN_REVIEW,
                    taken_by__isnull=False,
                    taken_at__isnull=False,
                    closed_by__isnull=True,
                    closed_at__isnull=True,
                    finding="",
                )
                | models.Q(
                    state=ReferralState.CLOSED,
                    taken_by__isnull=False,
                    taken_at__isnull=False,
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                    finding__in=Finding.values,
                ),
                name="referral_state_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(taken_by=models.F("reporter"))
                & ~models.Q(closed_by=models.F("reporter")),
                name="referral_not_handled_by_its_reporter",
            ),
            models.CheckConstraint(
                condition=~models.Q(taken_by=models.F("about"))
                & ~models.Q(closed_by=models.F("about")),
                name="referral_not_handled_by_the_reported",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReferralNote(models.Model):
    """What somebody of OPR wrote down about a report. Notes are added, never changed."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()
    written_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "referral_note"

    def __str__(self) -> str:
        return f"note {self.pk}"
