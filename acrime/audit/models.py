"""The ledger of events: append-only, one row an act or a look.

The table is partitioned by month and refuses UPDATE, DELETE and TRUNCATE by trigger
(see the migration). It keeps record ids and numbers as plain values, so that it
outlives the records it speaks of.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from acrime.audit.choices import Channel, Outcome


def touched_ids() -> CombinedExpression:
    """The ids of all records that an event matched or showed, as the index has them."""
    return CombinedExpression(
        models.F("displayed_ids"),
        "||",
        models.F("matched_ids"),
        output_field=ArrayField(models.BigIntegerField()),
    )


class AuditEvent(models.Model):
    """One event: who did or saw what, when, from where, and how it ended.

    ``kind`` is a dotted name in the past tense, declared in an ``events.py``.
    ``matched_ids`` are record ids that a search met without the visibility rule,
    ``displayed_ids`` those that were shown.
    """

    kind = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    record_id = models.BigIntegerField(null=True)
    record_number = models.CharField(max_length=24, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    criteria = models.JSONField(default=dict)
    matched_ids = ArrayField(models.BigIntegerField(), default=list)
    displayed_ids = ArrayField(models.BigIntegerField(), default=list)
    details = models.JSONField(default=dict)
    source_address = models.GenericIPAddressField(null=True)
    session_tag = models.CharField(max_length=16, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["record_id", "-occurred_at"], name="audit_event_record"),
            models.Index(fields=["actor", "-occurred_at"], name="audit_event_actor"),
            models.Index(fields=["kind", "-occurred_at"], name="audit_event_kind"),
            models.Index(fields=["-occurred_at", "-id"], name="audit_event_newest"),
            models.Index(
                fields=["-occurred_at", "-id"],
                condition=~models.Q(outcome=Outcome.DONE),
                name="audit_event_not_done",
            ),
            models.Index(
                fields=["session_tag", "-occurred_at"],
                condition=~models.Q(session_tag=""),
                name="audit_event_session",
            ),
            HashIndex(
                fields=["request_id"],
                condition=~models.Q(request_id=""),
                name="audit_event_request",
            ),
            # A record's looks are also those of lists and searches that met it. A short list
            # of what is not yet sorted in keeps the cost of the event that must sort it low.
            GinIndex(
                touched_ids(),
                fastupdate=True,
                gin_pending_list_limit=256,
                name="audit_event_touched",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Seal(models.Model):
    """One link of the chain over the ledger; see ``chain``. Append-only.

    ``header`` is the exact text that ``head`` and ``signature`` vouch for; the other
    columns repeat parts of it, to find a link by.
    """

    sequence = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10)
    month = models.DateField()
    sealed_at = models.DateTimeField()
    header = models.TextField()
    previous = models.BinaryField(unique=True)
    head = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        app_label = "acrime"
        db_table = "audit_seal"
        indexes = [models.Index(fields=["month", "sequence"], name="audit_seal_month")]

    def __str__(self) -> str:
        return f"seal {self.pk}"


class SealEntries(models.Model):
    """What a seal keeps of each of its events, so that a changed one can be named.

    Append-only, partitioned by month and dropped with the month's events.
    """

    seal = models.OneToOneField(
        Seal,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="entries",
        db_column="sequence",
    )
    month = models.DateField()
    entries = models.BinaryField()

    class Meta:
        app_label = "acrime"
        db_table = "audit_seal_entries"

    def __str__(self) -> str:
        return f"entries of seal {self.pk}"
