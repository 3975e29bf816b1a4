"""The envelope: one table for everything the Privacy Act cares about."""

from django.conf import settings
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from acrime.records.choices import Approval, RecordKind, SubjectRole
from acrime.records.querysets import RecordQuerySet


class Record(models.Model):
    """What every record wears, whatever it holds.

    The contents are tables with ``record`` as their primary key. ``limited`` records
    are seen by their owner, their creator, the chains above both, and the allow-list.
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owned_records"
    )
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="created_records"
    )
    office = models.ForeignKey("accounts.Office", null=True, on_delete=models.PROTECT)
    notice_version = models.ForeignKey("routine_uses.NoticeVersion", on_delete=models.PROTECT)
    category = models.ForeignKey("routine_uses.RecordCategory", on_delete=models.PROTECT)
    schedule_item = models.ForeignKey("routine_uses.RetentionItem", on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    approval = models.CharField(max_length=10, choices=Approval.choices, default=Approval.PENDING)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    limited = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)
    cutoff_date = models.DateField(null=True)
    disposition_date = models.DateField(null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "record"
        indexes = [
            models.Index(fields=["kind", "-created_at", "-id"], name="record_newest"),
            models.Index(fields=["-created_at", "-id"], name="record_newest_of_any_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RecordKind.values), name="record_known_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RecordKind.TIP_SOURCE) | models.Q(limited=True),
                name="record_source_of_a_tip_is_limited",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    approval=Approval.PENDING, approved_by__isnull=True, approved_at__isnull=True
                )
                | models.Q(
                    approval=Approval.APPROVED,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                name="record_approved_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("creator")),
                name="record_approver_is_not_creator",
            ),
        ]
        permissions = [("see_limited_record", "May see this limited record")]
        default_permissions = ()

    def __str__(self) -> str:
        return self.number


class RecordAllowedUser(UserObjectPermissionBase):
    """The allow-list of limited records: guardian's direct foreign-key rows."""

    content_object = models.ForeignKey(Record, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        app_label = "acrime"
        db_table = "record_allowed_user"

    def __str__(self) -> str:
        return f"allowance {self.pk}"


class RecordAllowedOffice(GroupObjectPermissionBase):
    """Offices on the allow-list, by the group of each; whoever works there now is meant."""

    content_object = models.ForeignKey(Record, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        app_label = "acrime"
        db_table = "record_allowed_office"

    def __str__(self) -> str:
        return f"office allowance {self.pk}"


class RecordSubject(models.Model):
    """An individual whom a record is about."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="subjects")
    individual = models.ForeignKey(
        "acrime.Individual", on_delete=models.PROTECT, related_name="record_links"
    )
    role = models.CharField(max_length=10, choices=SubjectRole.choices)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    linked_at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    class Meta:
        app_label = "acrime"
        db_table = "record_subject"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "individual", "role"], name="recordsubject_once"
            )
        ]

    def __str__(self) -> str:
        return f"subject {self.pk}"
