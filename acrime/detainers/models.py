"""Detainers, and what was told of them to whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from acrime.common.sealed import SealedTextField
from acrime.detainers import choices
from acrime.detainers.policy import rule_of
from acrime.detainers.querysets import DetainerQuerySet
from routine_uses.choices import Method

_USER = settings.AUTH_USER_MODEL
_ISSUED = ["ISSUED", "PLACED", "ACTED_ON", "LIFTED"]


def _by() -> "models.ForeignKey[object, object]":
    return models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")


class Detainer(models.Model):
    """The facts of an immigration detainer. Whom it is about is linked to the envelope.

    ``end_at`` is the end of the 48 hours that the form gives, from the time of release; without
    such a time there is none. ``rule`` is what the paper of an earlier form says of the hours.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="detainer"
    )
    query = models.ForeignKey(
        "acrime.StatusQuery", null=True, on_delete=models.PROTECT, related_name="detainers"
    )
    state = models.CharField(
        max_length=10,
        choices=choices.DetainerState.choices,
        default=choices.DetainerState.DRAFT,
    )
    edition = models.CharField(max_length=6, choices=choices.Edition.choices)
    rule = models.CharField(max_length=7, choices=choices.Rule.choices, blank=True)
    box = models.CharField(max_length=1, choices=choices.Box.choices)
    bases = ArrayField(
        models.CharField(max_length=11, choices=choices.Basis.choices), default=list, blank=True
    )
    # What the finding rests on, or for which proceeding the person was transferred.
    grounds = SealedTextField(null=True)
    warrant = models.CharField(max_length=5, choices=choices.WarrantForm.choices, blank=True)
    warrant_signed_on = models.DateField(null=True)
    agency = models.ForeignKey("routine_uses.Recipient", on_delete=models.PROTECT, related_name="+")
    place = SealedTextField(null=True)
    zone = models.CharField(max_length=20, choices=choices.Zone.choices)
    citizenship = SealedTextField(null=True)
    subject_id = SealedTextField(null=True)
    event_number = SealedTextField(null=True)
    agency_number = SealedTextField(null=True)
    return_reason = SealedTextField(null=True)
    prepared_by = _by()
    prepared_at = models.DateTimeField(null=True)
    issued_by = _by()
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    officer_title = models.CharField(
        max_length=13, choices=choices.OfficerTitle.choices, blank=True
    )
    officer_name = SealedTextField(null=True)
    served_at = models.DateTimeField(null=True)
    served_how = models.CharField(max_length=9, choices=choices.Service.choices, blank=True)
    served_by = SealedTextField(null=True)
    release_at = models.DateTimeField(null=True)
    release_kind = models.CharField(max_length=8, choices=choices.ReleaseKind.choices, blank=True)
    release_told_by = SealedTextField(null=True)
    end_at = models.DateTimeField(null=True)
    end_told_at = models.DateTimeField(null=True)
    custody_taken_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=13, choices=choices.LiftReason.choices, blank=True)
    lift_note = SealedTextField(null=True)
    ended_by = _by()
    ended_at = models.DateTimeField(null=True)

    objects = DetainerQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "detainer"
        indexes = [
            models.Index(fields=["state"], name="detainer_state"),
            models.Index(
                fields=["end_at"], condition=Q(state__in=["ISSUED", "PLACED"]), name="detainer_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=choices.DetainerState.values)
                & Q(edition__in=choices.Edition.values)
                & Q(zone__in=choices.Zone.values),
                name="detainer_known_values",
            ),
            # One box, never both; and the first one never without its cause.
            models.CheckConstraint(
                condition=Q(box="1", bases__len__gt=0, bases__contained_by=choices.Basis.values)
                | Q(box="2", bases__len=0),
                name="detainer_one_box_with_its_basis",
            ),
            # What an earlier form says of the hours is read off its paper, or known of it.
            models.CheckConstraint(
                condition=Q(edition__in=["I-247A", "I-247N"], rule="")
                | (~Q(edition__in=["I-247A", "I-247N"]) & Q(rule__in=choices.Rule.values)),
                name="detainer_rule_of_its_edition",
            ),
            models.CheckConstraint(
                condition=~Q(issued_by=F("prepared_by")), name="detainer_issued_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_ISSUED)
                | (
                    Q(issued_by__isnull=False, issued_at__isnull=False)
                    & Q(issued_on__isnull=False, prepared_by__isnull=False)
                    & ~Q(officer_title="")
                ),
                name="detainer_issued_by_whom_and_when",
            ),
            # Since then only one form is issued.
            models.CheckConstraint(
                condition=Q(edition="I-247A")
                & (Q(issued_on__isnull=True) | Q(issued_on__gte="2017-04-02"))
                | ~Q(edition="I-247A") & Q(issued_on__lt="2017-04-02"),
                name="detainer_edition_of_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_ISSUED, edition="I-247A")
                | (~Q(warrant="") & Q(warrant_signed_on__isnull=False)),
                name="detainer_issued_with_a_warrant",
            ),
            models.CheckConstraint(
                condition=Q(served_at__isnull=True, served_how="")
                | (Q(served_at__isnull=False) & ~Q(served_how="")),
                name="detainer_served_when_and_how",
            ),
            # An end without a time of release cannot be computed, and is not made up.
            models.CheckConstraint(
                condition=Q(release_at__isnull=True, end_at__isnull=True, release_kind="")
                | (Q(release_at__isnull=False) & ~Q(release_kind="")),
                name="detainer_no_end_without_a_release",
            ),
            models.CheckConstraint(
                condition=(Q(state="ACTED_ON") & Q(custody_taken_at__isnull=False))
                | (~Q(state="ACTED_ON") & Q(custody_taken_at__isnull=True)),
                name="detainer_custody_when",
            ),
            models.CheckConstraint(
                condition=(Q(state="LIFTED") & ~Q(lift_reason=""))
                | (~Q(state="LIFTED") & Q(lift_reason="")),
                name="detainer_lifted_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["LIFTED", "ACTED_ON"])
                & Q(ended_by__isnull=False, ended_at__isnull=False)
                | ~Q(state__in=["LIFTED", "ACTED_ON"]) & Q(ended_at__isnull=True),
                name="detainer_ended_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"detainer {self.pk}"

    @property
    def shown_name(self) -> str:
        """Whom it is about, as lists show it; the links must be there."""
        links = sorted(self.record.subjects.all(), key=lambda each: each.pk)
        return links[0].individual.shown_name if links else "Nobody named yet"

    @property
    def says(self) -> choices.Rule:
        """What it says of the 48 hours."""
        return rule_of(self.edition, self.rule)

    @property
    def bases_shown(self) -> str:
        """What probable cause rests on, in words."""
        return "; ".join(choices.Basis(each).label for each in self.bases)

    @property
    def takes_effect(self) -> bool:
        """Whether it stands, was placed, and a copy was served on the person."""
        return self.state == choices.DetainerState.PLACED and self.served_at is not None


class DetainerNotice(models.Model):
    """What is told of a detainer to somebody: prepared, and sent with its accounting alone."""

    detainer = models.ForeignKey(Detainer, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=9, choices=choices.NoticeKind.choices)
    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    fields = ArrayField(models.CharField(max_length=24))
    text = SealedTextField(null=True)
    prepared_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    sent_by = _by()
    sent_at = models.DateTimeField(null=True)
    sent_to = SealedTextField(null=True)
    method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    disclosure_number = models.CharField(max_length=24, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "detainer_notice"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=choices.NoticeKind.values) & Q(fields__len__gt=0),
                name="detainernotice_says_something",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, disclosure_number="")
                | (
                    Q(sent_at__isnull=False, sent_by__isnull=False, dropped_at__isnull=True)
                    & ~Q(disclosure_number="")
                    & ~Q(method="")
                ),
                name="detainernotice_accounted_iff_sent",
            ),
            # The closed list of routine use EE.
            models.CheckConstraint(
                condition=Q(kind="PLACEMENT")
                | Q(
                    fields__contained_by=[
                        "DETAINER_EXISTENCE",
                        "REMOVAL_STATUS",
                        "CUSTODY_STATUS",
                        "CUSTODY_LOCATION",
                        "A_NUMBER",
                        "COUNTRY_OF_BIRTH",
                    ]
                ),
                name="detainernotice_closed_list",
            ),
            models.UniqueConstraint(
                fields=["detainer"],
                condition=Q(kind="PLACEMENT"),
                name="detainernotice_placed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"detainer notice {self.pk}"
