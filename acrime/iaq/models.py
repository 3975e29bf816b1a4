"""Messages as they came, queries, research and determinations."""

from django.conf import settings
from django.db import models

from acrime.audit.choices import Channel
from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.iaq.choices import (
    PROGRAM_OPEN,
    PROGRAMS,
    UNDECIDED,
    DeterminationState,
    MessageState,
    ProgramBasis,
    QueryState,
    ResearchSource,
)
from acrime.iaq.querysets import DeterminationQuerySet, QueryQuerySet, ResearchQuerySet
from acrime.iaq.research.choices import StepResult
from acrime.iaq.reviewing.choices import Further


class InboundMessage(models.Model):
    """A message exactly as it came, kept whole whatever becomes of it.

    ``digest`` is the keyed hash of the normal form, by which a repeat is recognised;
    ``original_sha256`` is the plain hash of the bytes as they came.
    """

    number = models.CharField(max_length=24, unique=True)
    original = SealedBytesField()
    original_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    digest = models.BinaryField(unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    times_received = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.KEPT)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_field = models.CharField(max_length=40, blank=True)
    refusal_text = models.CharField(max_length=200, blank=True)
    acknowledgement = models.TextField(blank=True)
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_note = SealedTextField(null=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_message"
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(state__in=["KEPT", "REFUSED"]),
                name="iaq_message_desk",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values), name="iaq_message_known_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.REFUSED) | ~models.Q(refusal_code=""),
                name="iaq_message_refused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StatusQuery(models.Model):
    """An immigration status query (IAQ): what another agency asked, and where it stands.

    Values that could not be used are blank here; ``fields`` holds each as received and
    ``notes`` says why it was set aside. ``program_basis`` and ``program_rules`` say how it came
    by its program; blank where it is older than the rules.
    """

    record = models.OneToOneField(
        "acrime.Record", primary_key=True, on_delete=models.PROTECT, related_name="query"
    )
    message = models.OneToOneField(InboundMessage, on_delete=models.PROTECT, related_name="query")
    program = models.CharField(max_length=20, choices=PROGRAMS)
    program_basis = models.CharField(
        max_length=10, choices=ProgramBasis.choices, blank=True, default="", db_default=""
    )
    program_rules = models.CharField(max_length=500, blank=True, default="", db_default="")
    program_table = models.ForeignKey(
        "acrime.ProgramTable", null=True, on_delete=models.PROTECT, related_name="+"
    )
    fingerprint_based = models.BooleanField()
    state = models.CharField(max_length=10, choices=QueryState.choices, default=QueryState.RECEIVED)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    # When the first answer left; it stays while the answer is amended.
    answered_at = models.DateTimeField(null=True)
    # The levels are those of the packet's table; the urgency is what the worklist goes by.
    charge_level = models.PositiveSmallIntegerField(null=True)
    conviction_level = models.PositiveSmallIntegerField(null=True)
    urgency = models.PositiveSmallIntegerField()
    no_match = models.BooleanField(default=False)
    citizenship_claimed = models.BooleanField(default=False)

    fields = SealedTextField()
    notes = models.JSONField(default=list)
    ori = models.CharField(max_length=9)
    attention = models.CharField(max_length=30)
    arresting_ori = models.CharField(max_length=9, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    last = models.CharField(max_length=60, blank=True)
    first = models.CharField(max_length=60, blank=True)
    middle = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    birth_place = models.CharField(max_length=2, blank=True)
    in_custody = models.BooleanField(null=True)
    offense = models.CharField(max_length=4, blank=True)
    purpose = models.CharField(max_length=1)
    fbi_number = SealedTextField(null=True)
    a_number = SealedTextField(null=True)
    ssn = SealedTextField(null=True)
    license_number = SealedTextField(null=True)
    state_ids = SealedTextField(null=True)
    remarks = SealedTextField(null=True)
    transaction_number = models.CharField(max_length=40, blank=True)

    objects = QueryQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_query"
        indexes = [
            models.Index(fields=["state", "due_at"], name="iaq_query_worklist"),
            models.Index(
                fields=["due_at", "record"],
                condition=~models.Q(state=QueryState.RELEASED),
                name="iaq_query_open",
            ),
            models.Index(
                fields=["urgency", "due_at", "record"],
                condition=~models.Q(state=QueryState.RELEASED),
                name="iaq_query_by_urgency",
            ),
            models.Index(
                fields=["due_at", "record"],
                condition=models.Q(program=UNDECIDED),
                name="iaq_query_undecided",
            ),
            models.Index(
                fields=["transaction_number"],
                condition=~models.Q(transaction_number=""),
                name="iaq_query_by_transaction",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=QueryState.values), name="iaq_query_known_state"
            ),
            models.CheckConstraint(
                condition=models.Q(program__in=[code for code, _ in PROGRAMS]),
                name="iaq_query_known_program",
            ),
            models.CheckConstraint(
                condition=~models.Q(program=UNDECIDED) | models.Q(state__in=PROGRAM_OPEN),
                name="iaq_query_answered_as_what",
            ),
            models.CheckConstraint(
                condition=models.Q(state=QueryState.RECEIVED, claimed_by__isnull=True)
                | (~models.Q(state=QueryState.RECEIVED) & models.Q(claimed_by__isnull=False)),
                name="iaq_query_claimed_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(last="CPI", first="CPI"), name="iaq_query_no_placeholder_name"
            ),
        ]

    def __str__(self) -> str:
        return f"query {self.pk}"

    @property
    def name_shown(self) -> str:
        """``LAST, FIRST MIDDLE``, or that no name was provided."""
        if not self.last:
            return "Name not provided"
        given = " ".join(part for part in (self.first, self.middle) if part)
        return f"{self.last}, {given}" if given else self.last

    @property
    def state_id_list(self) -> list[str]:
        """The state identification numbers, one by one."""
        return str(self.state_ids or "").split()


class Encounter(models.Model):
    """One of up to five IDENT encounters that came with a query.

    The place of birth is an IDENT code, another code system than NCIC's.
    """

    query = models.ForeignKey(StatusQuery, on_delete=models.PROTECT, related_name="encounters")
    position = models.PositiveSmallIntegerField()
    encounter_id = models.CharField(max_length=20, blank=True)
    last = models.CharField(max_length=50, blank=True)
    first = models.CharField(max_length=50, blank=True)
    middle = models.CharField(max_length=50, blank=True)
    birth_date = models.DateField(null=True)
    birth_place = models.CharField(max_length=50, blank=True)
    sex = models.CharField(max_length=1, blank=True)

    class Meta:
        app_label = "acrime"
        db_table = "iaq_encounter"
        constraints = [
            models.UniqueConstraint(fields=["query", "position"], name="encounter_position_once"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=5), name="encounter_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"encounter {self.pk}"


class ResearchStep(models.Model):
    """One look into a source: where, when, and what was found."""

    query = models.ForeignKey(StatusQuery, on_delete=models.PROTECT, related_name="research_steps")
    source = models.CharField(max_length=10, choices=ResearchSource.choices)
    result = models.CharField(max_length=14, choices=StepResult.choices)
    looked_at = models.DateTimeField()
    finding = SealedTextField()
    source_number = SealedTextField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = ResearchQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_research_step"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(looked_at__lte=models.F("written_at")),
                name="researchstep_looked_before_written",
            )
        ]

    def __str__(self) -> str:
        return f"research step {self.pk}"


class Determination(models.Model):
    """What the research comes to, in one version. A second person reviews it.

    A trigger refuses any change of what it states.
    """

    query = models.ForeignKey(StatusQuery, on_delete=models.PROTECT, related_name="determinations")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    # The wording that it was made under: it stays, whatever is put in force later.
    conclusion = models.ForeignKey(
        "acrime.ConclusionVersion", on_delete=models.PROTECT, related_name="determinations"
    )
    values = SealedTextField()
    basis = SealedTextField()
    state = models.CharField(
        max_length=10, choices=DeterminationState.choices, default=DeterminationState.SUBMITTED
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    return_reason = SealedTextField(null=True)
    # Why it is looked at once more, who looked first, and what of the checklist was left open.
    further = models.CharField(max_length=10, choices=Further.choices, blank=True)
    first_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_reviewed_at = models.DateTimeField(null=True)
    open_steps = models.JSONField(default=list)
    open_because = SealedTextField(null=True)

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        app_label = "acrime"
        db_table = "iaq_determination"
        constraints = [
            models.UniqueConstraint(fields=["query", "version"], name="determination_version_once"),
            models.UniqueConstraint(
                fields=["query"],
                condition=models.Q(state__in=["SUBMITTED", "APPROVED"]),
                name="determination_one_current",
            ),
            models.CheckConstraint(
                condition=~models.Q(reviewer=models.F("author")),
                name="determination_reviewer_is_not_author",
            ),
            models.CheckConstraint(
                condition=~models.Q(first_reviewer=models.F("author"))
                & ~models.Q(first_reviewer=models.F("reviewer")),
                name="determination_first_reviewer_is_a_third",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DeterminationState.APPROVED)
                | models.Q(further="")
                | models.Q(first_reviewer__isnull=False),
                name="determination_looked_at_once_more",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeterminationState.SUBMITTED, reviewer__isnull=True)
                | (
                    ~models.Q(state=DeterminationState.SUBMITTED)
                    & models.Q(reviewer__isnull=False, reviewed_at__isnull=False)
                ),
                name="determination_reviewed_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"determination {self.pk}"
