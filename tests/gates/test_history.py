"""Every table has a change history or a stated reason for none, and the history tells nothing."""

from collections.abc import Mapping

import pytest
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.db.models import ForeignKey, Model

from acrime.audit.history import EXEMPT, KEPT, LEFT_OUT
from acrime.audit.masking import constant
from acrime.common.sealed import SealedBytesField, SealedTextField
from acrime.iaq.models import StatusQuery
from acrime.individuals.models import Individual
from tests.factories import PERSONAL_VALUES
from tests.support.source import PACKAGES

MODELS: Mapping[str, type[Model]] = {
    model._meta.label: model for app in PACKAGES for model in apps.get_app_config(app).get_models()
}
FOLLOWED = sorted(KEPT)

# Fields that a person read and found to hold no value of a person's: codes, states, times,
# numbers of ours, names of offices and agencies. A new field is none of them until it is added.
NOT_PERSONAL: Mapping[str, set[str]] = {
    "accounts.Office": {"code", "name", "kind", "states"},
    "accounts.User": {"username", "title", "is_active", "is_staff", "is_superuser", "joined_at"}
    | {"disabled_at", "enabled_at"}
    | {"is_demo", "must_change_password", "factors_version", "locked_at"},
    "accounts.RoleGrant": {"role", "granted_at", "expires_at", "ended_at"},
    "acrime.Record": {
        "number",
        "kind",
        "created_at",
        "approval",
        "approved_at",
        "limited",
        "disputed",
        "cutoff_date",
        "disposition_date",
    },
    "acrime.RecordSubject": {"role", "linked_at"},
    "acrime.Individual": set(),
    "acrime.IndividualName": {"kind"},
    "acrime.BirthDate": set(),
    "acrime.BirthPlace": {"system"},
    "acrime.Address": {"added_at"},
    "acrime.Telephone": {"kind", "added_at"},
    "acrime.Tip": {
        "came_by",
        "state",
        "received_at",
        "received_on",
        "matter",
        "speech",
        "answered_at",
        "decided_at",
        "result",
        "closed_at",
    },
    "acrime.NcicEntry": {
        "file",
        "category",
        "state",
        "offense",
        "extradition",
        "ori",
        "prepared_at",
        "checked_at",
        "nic",
        "entered_on",
        "validate_from",
        "validate_by",
        "removed_on",
        "removal_reason",
    },
    "acrime.HitConfirmation": {
        "nic",
        "priority",
        "number",
        "came_by",
        "ori",
        "to_control_terminal",
        "to_fbi",
        "received_at",
        "due_at",
        "state",
        "claimed_at",
        "escalated_at",
        "promised_for",
        "first_answer_at",
        "answer",
        "answered_at",
        "told_by_method",
        "disclosure_number",
    },
    "acrime.Call": {
        "kind",
        "state",
        "received_at",
        "ori",
        "verification",
        "verified_at",
        "closed_at",
    },
    "acrime.Detainer": {
        "state",
        "edition",
        "rule",
        "box",
        "bases",
        "warrant",
        "warrant_signed_on",
        "zone",
        "prepared_at",
        "issued_at",
        "issued_on",
        "officer_title",
        "served_at",
        "served_how",
        "release_at",
        "release_kind",
        "end_at",
        "end_told_at",
        "custody_taken_at",
        "lift_reason",
        "ended_at",
    },
    "acrime.CallTask": {"due_at", "added_at", "done_at"},
    "acrime.StatusQuery": {
        "program",
        "fingerprint_based",
        "state",
        "received_at",
        "due_at",
        "claimed_at",
        "ori",
        "arresting_ori",
        "purpose",
        "no_match",
        "program_basis",
        "program_rules",
        "answered_at",
    },
    "acrime.Determination": {
        "version",
        "kind",
        "state",
        "submitted_at",
        "reviewed_at",
        "first_reviewed_at",
        "open_steps",
    },
    "acrime.StatusResponse": {"text_sha256", "inside_only", "disclosure_number", "released_at"}
    | {"amend_reason"},
    "acrime.Amendment": {"code", "state", "opened_at", "closed_at"},
    "acrime.InboundReply": {
        "number",
        "original_sha256",
        "size",
        "channel",
        "received_at",
        "times_received",
        "sort",
        "state",
        "reference",
        "problem",
        "same",
        "settled_at",
    },
    "acrime.ConclusionVersion": {
        "code",
        "version",
        "label",
        "headline",
        "lead",
        "required_fields",
        "optional_fields",
        "closing",
        "needs_person",
        "supervisor_reviews",
        "in_force_from",
        "superseded_at",
    },
    "acrime.ConclusionProposal": {"state", "reason", "proposed_at", "decided_at", "comment"},
    "acrime.Delivery": {
        "destination",
        "addressee",
        "channel",
        "target",
        "key",
        "state",
        "attempts",
        "last_error",
        "sent_at",
        "delivered_at",
        "failed_at",
        "closed_at",
    },
    "routine_uses.Recipient": {
        "type",
        "agency_tag",
        "ori",
        "jurisdiction",
        "is_bail_bond",
        "inside_dhs",
        "delivery_channel",
        "delivery_target",
        "is_active",
        "added_at",
    },
    "routine_uses.Agreement": {
        "kind",
        "reference",
        "scope",
        "letters",
        "starts_on",
        "ends_on",
        "added_at",
        "ended_at",
        "ended_reason",
    },
    "routine_uses.DisclosureSeries": {
        "number",
        "paragraph",
        "letter",
        "purpose_code",
        "fields",
        "method",
        "nature",
        "record_category",
        "interval",
        "interval_statement",
        "starts_on",
        "ends_on",
        "justification",
        "proposed_at",
        "state",
        "decided_at",
        "decision_reason",
        "ended_at",
        "ended_reason",
    },
    "routine_uses.NoticeProposal": {
        "proposed_at",
        "reason",
        "outcome",
        "decided_at",
        "comment",
    },
}


def test_every_table_is_followed_or_says_why_not() -> None:
    assert KEPT.keys() | EXEMPT.keys() == MODELS.keys()
    assert not KEPT.keys() & EXEMPT.keys()
    assert all(reason.endswith(".") for reason in EXEMPT.values())


@pytest.mark.parametrize("label", sorted(MODELS))
def test_the_history_follows_what_it_says_it_follows(label: str) -> None:
    assert auditlog.contains(MODELS[label]) == (label in KEPT)


@pytest.mark.parametrize("label", FOLLOWED)
def test_personal_values_are_masked_by_a_constant(label: str) -> None:
    options = auditlog.get_model_fields(MODELS[label])
    assert set(options["mask_fields"]) == set(KEPT[label])
    assert options["mask_callable"] == "acrime.audit.masking.constant"
    assert set(LEFT_OUT.get(label, ())) <= set(options["exclude_fields"])


def test_the_mask_keeps_nothing_of_the_value() -> None:
    assert len({constant(value) for value in ("", "A", *PERSONAL_VALUES)}) == 1


@pytest.mark.parametrize("label", FOLLOWED)
def test_each_field_of_a_followed_table_was_looked_at(label: str) -> None:
    """A field is masked, left out, a reference to another row, or was found not personal."""
    dealt_with = {*KEPT[label], *LEFT_OUT.get(label, ()), *NOT_PERSONAL[label]}
    fields = {
        field.name
        for field in MODELS[label]._meta.concrete_fields
        if not field.primary_key and not isinstance(field, ForeignKey)
    }
    other_ends = {
        relation.get_accessor_name()
        for relation in MODELS[label]._meta.related_objects
        if relation.one_to_one
    }
    assert fields - dealt_with == set()
    assert dealt_with - fields == other_ends


@pytest.mark.parametrize("label", FOLLOWED)
def test_sealed_columns_never_enter_the_history(label: str) -> None:
    """Not even masked: that a sealed value changed is told by an event, where it matters."""
    sealed = {
        field.name
        for field in MODELS[label]._meta.concrete_fields
        if isinstance(field, SealedTextField | SealedBytesField)
    }
    assert sealed <= set(LEFT_OUT.get(label, ()))


@pytest.mark.parametrize("label", sorted(MODELS))
def test_a_row_is_called_by_nothing_personal(label: str) -> None:
    """The history keeps ``__str__``: each table says itself what a row is called."""
    named_by = next(kind for kind in MODELS[label].__mro__ if "__str__" in vars(kind))
    assert named_by.__module__.split(".")[0] in PACKAGES


@pytest.mark.django_db
def test_the_whole_history_of_a_query_holds_no_value_of_its_person(
    submitted_query: StatusQuery,
) -> None:
    query = submitted_query
    query.first = "QUIRINIUS"
    query.save(update_fields=["first"])
    entries = LogEntry.objects.all()
    assert entries.filter(object_id=query.pk).exists()
    assert entries.filter(object_pk=str(Individual.objects.get().pk)).exists()
    told = "\n".join(f"{entry.object_repr} {entry.changes}" for entry in entries)
    assert constant("") in told
    assert [value for value in (*PERSONAL_VALUES, "QUIRINIUS") if value in told] == []
