"""What came back, kept whole."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from acrime.audit.choices import Channel
from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.iar.choices import ReplySort, ReplyState
from acrime.iar.models import Delivery, StatusResponse


class InboundReply(models.Model):
    """Something that came back exactly as it came, and what it was matched with.

    ``digest`` is the keyed hash of its bytes, by which a repeat is recognised. ``reference`` is
    the number that it names, as far as that has the form of one of ours. ``same`` tells of an
    echo whether it says what was sent; ``differences`` are its lines and fields that do not.
    A trigger refuses any change of the original.
    """

    number = models.CharField(max_length=24, unique=True)
    original = SealedBytesField()
    original_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    digest = models.BinaryField(unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    times_received = models.PositiveIntegerField(default=1)
    sort = models.CharField(max_length=16, choices=ReplySort.choices)
    state = models.CharField(max_length=10, choices=ReplyState.choices)
    reference = models.CharField(max_length=60, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    response = models.ForeignKey(
        StatusResponse, null=True, on_delete=models.PROTECT, related_name="replies"
    )
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.PROTECT, related_name="replies"
    )
    same = models.BooleanField(null=True)
    differences = SealedTextField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_note = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iar_reply"
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(state="WAITING"), name="iar_reply_desk"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sort__in=ReplySort.values, state__in=ReplyState.values),
                name="reply_known_codes",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.MATCHED) | Q(response__isnull=False),
                name="reply_matched_with_what",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplyState.SETTLED)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="reply_settled_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.number
