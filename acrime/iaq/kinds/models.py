"""Versions of the kinds of conclusions, and the proposals to put them in force."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from acrime.iaq.conclusions import ResponseKind


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "OPEN", "Waits for a second person"
    IN_FORCE = "IN_FORCE", "Put in force"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class ConclusionVersion(models.Model):
    """One version of a kind of conclusion.

    A trigger refuses any change of what it says. It is in force from ``in_force_from`` until
    ``superseded_at``; both are blank for what was proposed and never put in force. Version 1
    of each kind comes with the portal.
    """

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    headline = models.CharField(max_length=72)
    lead = models.CharField(max_length=300)
    required_fields = ArrayField(models.CharField(max_length=30))
    optional_fields = ArrayField(models.CharField(max_length=30))
    closing = ArrayField(models.CharField(max_length=600))
    needs_person = models.BooleanField()
    supervisor_reviews = models.BooleanField()
    in_force_from = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_conclusion"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="conclusion_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(in_force_from__isnull=False, superseded_at__isnull=True),
                name="conclusion_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gt=F("in_force_from")),
                name="conclusion_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def kind(self) -> ResponseKind:
        """What it says, as plain data."""
        return ResponseKind(
            code=self.code,
            version=self.version,
            label=self.label,
            headline=self.headline,
            lead=self.lead,
            required_fields=tuple(self.required_fields),
            optional_fields=tuple(self.optional_fields),
            closing=tuple(self.closing),
            needs_person=self.needs_person,
            supervisor_reviews=self.supervisor_reviews,
        )


class ConclusionProposal(models.Model):
    """A proposal to put a version in force; another privacy officer decides."""

    version = models.OneToOneField(
        ConclusionVersion, on_delete=models.PROTECT, related_name="proposal"
    )
    replaces = models.ForeignKey(
        ConclusionVersion, null=True, on_delete=models.PROTECT, related_name="replacements"
    )
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_conclusion_proposal"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.WITHDRAWN) | ~Q(decided_by=F("proposed_by")),
                name="conclusion_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_by__isnull=True)
                | (
                    ~Q(state=ProposalState.OPEN)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="conclusion_decided_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="conclusion_known_state"
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"
