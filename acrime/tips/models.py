"""Tips, who is in them, who reported them, and what becomes of them.

Whatever somebody wrote lies sealed. Who reported a tip is a record of its own, limited for good:
nothing in the tip's own rows says whether there is one.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.tips import choices
from acrime.tips.policy import MOST_PERSONS
from acrime.tips.querysets import TipQuerySet, TipSourceQuerySet

_USER = settings.AUTH_USER_MODEL


def _by(*, null: bool = True) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(_USER, null=null, on_delete=models.PROTECT, related_name="+")


class Tip(models.Model):
    """A tip: what it says, where it stands, and what came of it.

    ``received_on`` is the date of the tip, from which its period runs. Of the receipt's number a
    keyed hash is kept and nothing else, so that no page can show it. ``text`` is empty once a
    tip is not kept, and so is everything else that somebody wrote.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="tip"
    )
    came_by = models.CharField(max_length=6, choices=choices.CameBy.choices)
    state = models.CharField(max_length=9, choices=choices.TipState.choices)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    matter = models.CharField(max_length=11, choices=choices.Matter.choices, blank=True)
    text = SealedTextField(null=True)
    happened = SealedTextField(null=True)
    place = SealedTextField(null=True)
    signs = ArrayField(models.CharField(max_length=8, choices=choices.Sign.choices), default=list)
    receipt_digest = models.BinaryField(unique=True)
    submission_digest = models.BinaryField(unique=True)
    text_digest = models.BinaryField(null=True)
    sketch = ArrayField(models.BigIntegerField(), default=list)
    handler = models.ForeignKey(
        _USER, null=True, on_delete=models.PROTECT, related_name="tips_handled"
    )
    speech = models.CharField(max_length=10, choices=choices.Speech.choices, blank=True)
    speech_ground = SealedTextField(null=True)
    answered_by = _by()
    answered_at = models.DateTimeField(null=True)
    decided_by = _by()
    decided_at = models.DateTimeField(null=True)
    decision_reason = SealedTextField(null=True)
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")
    office = models.ForeignKey("accounts.Office", null=True, on_delete=models.PROTECT)
    result = models.CharField(max_length=10, choices=choices.Result.choices, blank=True)
    result_note = SealedTextField(null=True)
    closed_by = _by()
    closed_at = models.DateTimeField(null=True)

    objects = TipQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "tip"
        indexes = [
            models.Index(fields=["-received_at"], name="tip_newest"),
            models.Index(fields=["state", "-received_at"], name="tip_state"),
            models.Index(fields=["text_digest"], name="tip_text"),
            GinIndex(fields=["sketch"], name="tip_sketch"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=choices.TipState.values)
                & Q(came_by__in=choices.CameBy.values),
                name="tip_known_codes",
            ),
            models.CheckConstraint(
                condition=Q(speech="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(speech="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="tip_answered_by_whom_and_when",
            ),
            # Nothing is followed up, or linked to a person, before the question is answered.
            models.CheckConstraint(
                condition=~Q(state="OPEN") | (~Q(speech="") & ~Q(speech="NOT_KEPT")),
                name="tip_followed_up_after_the_question",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["REVIEW", "NOT_KEPT"]) | Q(speech="NOT_KEPT"),
                name="tip_reviewed_where_not_kept",
            ),
            models.CheckConstraint(
                condition=~Q(state="NOT_KEPT")
                | Q(
                    text__isnull=True,
                    happened__isnull=True,
                    place__isnull=True,
                    text_digest__isnull=True,
                    sketch__len=0,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="tip_not_kept_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("answered_by")),
                name="tip_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="CLOSED", closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(result="")
                | ~Q(state="CLOSED") & Q(closed_at__isnull=True, closed_by__isnull=True),
                name="tip_closed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(same_as=models.F("pk")),
                name="tip_repeats_another",
            ),
        ]

    def __str__(self) -> str:
        return f"tip {self.pk}"


class TipPerson(models.Model):
    """Somebody whom a tip is about, in the words of whoever reported it."""

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="persons")
    position = models.PositiveSmallIntegerField()
    name = SealedTextField(null=True)
    description = SealedTextField(null=True)
    place = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "tip_person"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tip", "position"], name="tipperson_once"),
            models.CheckConstraint(
                condition=Q(position__range=(1, MOST_PERSONS)), name="tipperson_position"
            ),
        ]

    def __str__(self) -> str:
        return f"person of tip {self.pk}"


class TipFile(models.Model):
    """A file that came with a tip, made anew: nothing that hid in it is kept.

    ``sha256`` is that of what is kept.
    """

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="files")
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedBytesField()

    class Meta:
        app_label = "acrime"
        db_table = "tip_file"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["tip", "sha256"], name="tipfile_once"),
            models.CheckConstraint(condition=Q(size__gte=1), name="tipfile_size"),
        ]

    def __str__(self) -> str:
        return f"file of tip {self.pk}"


class TipSource(models.Model):
    """Who reported a tip. A record of its own, seen by those who are named for it.

    ``whole_text`` is the tip as it was written, where something in it tells who wrote it; the tip
    itself has that covered up.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="tip_source"
    )
    tip = models.OneToOneField(Tip, on_delete=models.PROTECT, related_name="source")
    name = SealedTextField(null=True)
    telephone = SealedTextField(null=True)
    email = SealedTextField(null=True)
    other = SealedTextField(null=True)
    whole_text = SealedTextField(null=True)
    may_contact = models.BooleanField()

    objects = TipSourceQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "tip_source"

    def __str__(self) -> str:
        return f"source of tip {self.pk}"


class TipStep(models.Model):
    """Something that was done with a tip. Only added to."""

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=choices.StepKind.choices)
    text = SealedTextField()
    done_by = _by(null=False)
    done_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "tip_step"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"step of tip {self.pk}"


class TipReferral(models.Model):
    """A referral to another agency: prepared, and sent only with the number of its accounting."""

    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="referrals")
    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    text = SealedTextField()
    fields = ArrayField(models.CharField(max_length=24))
    prepared_by = _by(null=False)
    prepared_at = models.DateTimeField()
    sent_by = _by()
    sent_at = models.DateTimeField(null=True)
    disclosure_number = models.CharField(max_length=24, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "tip_referral"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, disclosure_number="")
                | (Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(disclosure_number="")),
                name="tipreferral_sent_iff_accounted",
            ),
            models.CheckConstraint(
                condition=Q(fields__len__gt=0), name="tipreferral_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"referral of tip {self.pk}"


class TipStrike(models.Model):
    """What a tip held that is not kept: sealed as one, read by no page, waiting for disposition.

    See decision 0023: it must not be kept as a record about anybody, and nothing may be destroyed
    before the Archivist has approved it.
    """

    tip = models.OneToOneField(
        Tip, primary_key=True, on_delete=models.PROTECT, related_name="strike"
    )
    contents = SealedBytesField()
    struck_at = models.DateTimeField()

    class Meta:
        app_label = "acrime"
        db_table = "tip_strike"

    def __str__(self) -> str:
        return f"strike of tip {self.pk}"


class SourceWindow(models.Model):
    """How many tips came lately from one address. The address is a keyed hash of one day."""

    digest = models.BinaryField(primary_key=True)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        app_label = "acrime"
        db_table = "tip_source_window"

    def __str__(self) -> str:
        return "window of an address"


class LineChange(models.Model):
    """A proposal to open or close the tip line; the latest approved one says how it stands.

    Attributes:
        instead: where people turn while it is closed.
        keeper: who answers for tips that come while it is open, and for who reported them.
        account: in whose name the public form writes.
    """

    act = models.CharField(max_length=5, choices=choices.LineAct.choices)
    reason = models.CharField(max_length=300)
    instead = models.CharField(max_length=500, blank=True)
    keeper = _by()
    account = _by()
    proposed_by = _by(null=False)
    proposed_at = models.DateTimeField()
    decision = models.CharField(
        max_length=7, choices=choices.Decision.choices, default=choices.Decision.WAITS
    )
    decided_by = _by()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "tip_line_change"
        constraints = [
            models.CheckConstraint(
                condition=Q(act="OPEN", keeper__isnull=False, account__isnull=False)
                | (Q(act="CLOSE", keeper__isnull=True, account__isnull=True) & ~Q(instead="")),
                name="linechange_says_what_it_needs",
            ),
            models.CheckConstraint(
                condition=Q(decision="WAITS", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(decision__in=["GRANTED", "REFUSED"])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=models.F("proposed_by"))
                ),
                name="linechange_decided_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(decision="WAITS"),
                name="linechange_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"change of the tip line {self.pk}"


class TipExport(models.Model):
    """Handing the records of a closed tip line over to a successor system."""

    recipient = models.ForeignKey(
        "routine_uses.Recipient", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    proposed_by = _by(null=False)
    proposed_at = models.DateTimeField()
    decision = models.CharField(
        max_length=7, choices=choices.Decision.choices, default=choices.Decision.WAITS
    )
    decided_by = _by()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "tip_export"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="WAITS", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(decision__in=["GRANTED", "REFUSED"])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=models.F("proposed_by"))
                ),
                name="tipexport_decided_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"handing over {self.pk}"


class TipExportPart(models.Model):
    """A file for the successor, with its accounting. It is there with it or not at all."""

    export = models.ForeignKey(TipExport, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=7, choices=choices.PartKind.choices)
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    made_by = _by(null=False)
    made_at = models.DateTimeField()
    # A copy inside the agency needs no accounting (552a(c)(1)); its event has the hash.
    inside = models.BooleanField()
    disclosure_number = models.CharField(max_length=24, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "tip_export_part"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inside=True, disclosure_number="")
                | (Q(inside=False) & ~Q(disclosure_number="")),
                name="tipexportpart_accounted_iff_it_leaves",
            )
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of a handing over"


class TipExportItem(models.Model):
    """That a record is in one of the files, and in no other."""

    export = models.ForeignKey(TipExport, on_delete=models.PROTECT, related_name="items")
    part = models.ForeignKey(TipExportPart, on_delete=models.PROTECT, related_name="items")
    record = models.ForeignKey("acrime.Record", on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "acrime"
        db_table = "tip_export_item"
        constraints = [
            models.UniqueConstraint(fields=["export", "record"], name="tipexportitem_once")
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of a handing over"
