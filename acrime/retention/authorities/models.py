"""Authorities of the Archivist: what was approved, by whom, on which evidence."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from acrime.common.sealed import SealedBytesField
from acrime.retention.choices import AuthorityState
from routine_uses.choices import CutoffRule, Disposal, Trigger

MOST_BYTES = 10 * 1024 * 1024
_SHA256 = r"^[0-9a-f]{64}$"


class ScheduleAuthority(models.Model):
    """One approved schedule item, as it is read from its document.

    It speaks of the items of one ``code``, in whichever version of the notice. What it says is
    never changed: a trigger refuses it. It is approved or refused once, by another person than
    the one who proposed it, and it ends once, by an ``AuthorityEnding``. ``preview`` is what the
    second person was shown.
    """

    number = models.CharField(max_length=24, unique=True)
    item = models.ForeignKey(
        "routine_uses.RetentionItem", on_delete=models.PROTECT, related_name="authorities"
    )
    code = models.CharField(max_length=24)
    authority_number = models.CharField(max_length=40)
    citation = models.CharField(max_length=120)
    effective_on = models.DateField()
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    years = models.PositiveSmallIntegerField(null=True)
    cutoff_rule = models.CharField(max_length=13, choices=CutoffRule.choices)
    action = models.CharField(max_length=9, choices=Disposal.choices)
    reason = models.CharField(max_length=500)
    state = models.CharField(
        max_length=10, choices=AuthorityState.choices, default=AuthorityState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    preview = models.JSONField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "retention_authority"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state=AuthorityState.APPROVED),
                name="scheduleauthority_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state=AuthorityState.PROPOSED),
                name="scheduleauthority_one_proposed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AuthorityState.values)
                & Q(trigger__in=Trigger.values)
                & Q(cutoff_rule__in=CutoffRule.values)
                & Q(action__in=Disposal.values),
                name="scheduleauthority_known_codes",
            ),
            models.CheckConstraint(
                condition=~Q(authority_number="") & ~Q(citation="") & ~Q(reason=""),
                name="scheduleauthority_told",
            ),
            # It must say from when and how long, or that they are kept for good.
            models.CheckConstraint(
                condition=Q(action=Disposal.PERMANENT, years__isnull=True)
                | Q(trigger=Trigger.AS_PARENT, years__isnull=True)
                | (
                    ~Q(trigger__in=[Trigger.UNSTATED, Trigger.AS_PARENT])
                    & ~Q(action=Disposal.PERMANENT)
                    & Q(years__gte=1)
                ),
                name="scheduleauthority_says_from_when",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=AuthorityState.PROPOSED, decided_by__isnull=True, decided_at__isnull=True
                )
                | (
                    ~Q(state=AuthorityState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="scheduleauthority_decided_by_whom_and_when",
            ),
            # Refusing what one proposed oneself is taking it back; approving it never is.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(state=AuthorityState.REFUSED)
                | ~Q(decided_by=models.F("proposed_by")),
                name="scheduleauthority_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AuthorityDocument(models.Model):
    """The document that an authority rests on, sealed. Written once, with its proposal."""

    authority = models.OneToOneField(
        ScheduleAuthority, primary_key=True, on_delete=models.PROTECT, related_name="document"
    )
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()

    class Meta:
        app_label = "acrime"
        db_table = "retention_authority_document"
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(size__lte=MOST_BYTES) & Q(sha256__regex=_SHA256),
                name="authoritydocument_size_and_sha256",
            )
        ]

    def __str__(self) -> str:
        return f"document of authority {self.pk}"


class AuthorityEnding(models.Model):
    """That an authority ended: withdrawn by somebody, or superseded by another. Append-only."""

    authority = models.OneToOneField(
        ScheduleAuthority, primary_key=True, on_delete=models.PROTECT, related_name="ending"
    )
    kind = models.CharField(
        max_length=10,
        choices=[
            (AuthorityState.WITHDRAWN.value, AuthorityState.WITHDRAWN.label),
            (AuthorityState.SUPERSEDED.value, AuthorityState.SUPERSEDED.label),
        ],
    )
    successor = models.ForeignKey(
        ScheduleAuthority, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "retention_authority_ending"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind=AuthorityState.WITHDRAWN, successor__isnull=True)
                    | Q(kind=AuthorityState.SUPERSEDED, successor__isnull=False)
                )
                & ~Q(reason=""),
                name="authorityending_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"ending of authority {self.pk}"
