"""Training, requests for roles, and the yearly review of who holds them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.choices import Role
from accounts.standing.choices import Audience, RequestKind, RequestState, ReviewDecision


class Course(models.Model):
    """Something that must be passed again and again. ``valid_days`` counts from the passing."""

    SYSTEM = "SYSTEM"
    NCIC = "NCIC"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    valid_days = models.PositiveSmallIntegerField(default=365)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_days__gte=1), name="course_lasts_a_day"),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingRecord(models.Model):
    """One passing. Append-only; a wrong one is struck out by a ``StruckTraining``.

    ``valid_until`` is the last day that counts, in the portal's time zone. ``recorded_by``
    is None for what was recorded by command. Kept longer than the three years that CJIS
    Security Policy AT-4 asks for.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="passings")
    passed_on = models.DateField()
    valid_until = models.DateField()
    evidence = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "course", "-valid_until"], name="training_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("passed_on")), name="training_ends_after_passing"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("recorded_by")), name="training_not_by_oneself"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="training_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"training {self.pk}"


class StruckTraining(models.Model):
    """Says that a passing was recorded wrongly. Append-only."""

    record = models.OneToOneField(TrainingRecord, on_delete=models.PROTECT, related_name="struck")
    reason = models.CharField(max_length=300)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    struck_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"struck training {self.pk}"


class RoleRequest(models.Model):
    """A wish that somebody be given a role, or lose one. Three different people at least.

    ``until`` is the last day of the role, in the portal's time zone.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_requests"
    )
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    role = models.CharField(max_length=20, choices=Role.choices)
    reason = models.CharField(max_length=500)
    until = models.DateField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=RequestState.choices, default=RequestState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "kind"],
                condition=Q(state=RequestState.WAITING),
                name="rolerequest_one_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("requested_by")), name="rolerequest_not_for_oneself"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("decided_by")), name="rolerequest_not_decided_by_person"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.WITHDRAWN) | ~Q(requested_by=F("decided_by")),
                name="rolerequest_not_decided_by_requester",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.WAITING, decided_by=None, decided_at=None)
                | (
                    ~Q(state=RequestState.WAITING)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="rolerequest_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"role request {self.pk}"


class ReviewCampaign(models.Model):
    """The yearly review of every role in force (CJIS Security Policy AC-2). One at a time."""

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["closed_at"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="reviewcampaign_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewItem(models.Model):
    """One grant under review. Who reviews it follows from who supervises the person now."""

    campaign = models.ForeignKey(ReviewCampaign, on_delete=models.PROTECT, related_name="items")
    grant = models.ForeignKey(
        "accounts.RoleGrant", on_delete=models.PROTECT, related_name="review_items"
    )
    decision = models.CharField(
        max_length=15, choices=ReviewDecision.choices, default=ReviewDecision.WAITING
    )
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "grant"], name="reviewitem_once"),
            models.CheckConstraint(
                condition=~Q(decision__in=[ReviewDecision.KEEP, ReviewDecision.REMOVE])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="reviewitem_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"review item {self.pk}"
