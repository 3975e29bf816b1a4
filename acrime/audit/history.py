"""Which models keep a readable change history (django-auditlog), and which do not.

Personal values are masked by a constant. A model without a history says why.
"""

from collections.abc import Mapping

from auditlog.registry import auditlog
from django.apps import apps

# Model label → fields whose values the history masks.
KEPT: Mapping[str, tuple[str, ...]] = {
    "accounts.Office": (),
    "accounts.User": (
        "full_name",
        "phone",
        "email",
        "disabled_because",
        "single_sign_on_subject",
        "certificate_sha256",
        "certificate_name",
    ),
    "accounts.RoleGrant": ("end_reason",),
    "acrime.Record": (),
    "acrime.RecordSubject": ("reason",),
    "acrime.Individual": ("sex",),
    "acrime.IndividualName": (
        "last",
        "first",
        "middle",
        "suffix",
        "normal_last",
        "normal_first",
    ),
    "acrime.BirthDate": ("year", "month", "day"),
    "acrime.BirthPlace": ("value",),
    "acrime.Address": ("street", "city", "region", "postal_code", "country"),
    "acrime.Telephone": ("number", "digits"),
    "acrime.StatusQuery": (
        "attention",
        "phone",
        "last",
        "first",
        "middle",
        "birth_date",
        "sex",
        "birth_place",
        "in_custody",
        "offense",
        "transaction_number",
        "notes",
    ),
    "acrime.Determination": (),
    "acrime.StatusResponse": (),
    "acrime.Delivery": (),
    "acrime.InboundReply": (),
    "acrime.Amendment": (),
    "acrime.ConclusionVersion": (),
    "acrime.ConclusionProposal": (),
    "routine_uses.Recipient": ("name", "address_lines", "phone"),
    "routine_uses.Agreement": (),
    "routine_uses.NoticeProposal": (),
    "routine_uses.DisclosureSeries": (),
}

# Sealed columns never enter the history, masked or not; and looking for the other end of a
# one-to-one relation, which the history would do for every new row, finds nothing new.
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "acrime.Record": ("query", "response", "individual"),
    "accounts.User": (
        "alert_mail",
        "password",
        "last_login",
        "last_used_at",
        "last_signed_in_at",
        "last_signed_in_from",
        "last_failed_at",
        "last_failed_from",
    ),
    "acrime.IndividualName": ("found_by",),
    # The database makes it of the other three.
    "acrime.BirthDate": ("value",),
    "acrime.StatusQuery": (
        # Of the research until it is confirmed; each change is an event.
        "charge_level",
        "conviction_level",
        "citizenship_claimed",
        "urgency",
        "fields",
        "fbi_number",
        "a_number",
        "ssn",
        "license_number",
        "state_ids",
        "remarks",
    ),
    "acrime.Determination": (
        "response",
        "values",
        "basis",
        "return_reason",
        "open_because",
        # Whether it was drawn is nobody's to know before its first review.
        "further",
    ),
    "acrime.StatusResponse": ("text", "amended_by"),
    "acrime.Delivery": ("closed_reason",),
    "acrime.InboundReply": ("original", "digest", "differences", "settled_note"),
    "acrime.Amendment": ("reason",),
    "acrime.ConclusionVersion": ("proposal",),
}

EXEMPT: Mapping[str, str] = {
    "acrime.DeliveryProof": "Append-only.",
    "acrime.FollowUp": "Append-only; a later one counts.",
    "accounts.SupervisionLink": "Derived from User.supervisor, whose changes are kept.",
    "accounts.ApiToken": "Issued and revoked by actions that write events.",
    "accounts.Course": "Comes with the product.",
    "accounts.TrainingRecord": "Append-only; struck out by entries of its own.",
    "accounts.StruckTraining": "Append-only.",
    "accounts.RoleRequest": "Made and decided by actions that write events.",
    "accounts.ReviewCampaign": "Opened and closed by actions that write events.",
    "accounts.ReviewItem": "Decided by actions that write events.",
    "acrime.AuditEvent": "The ledger itself, append-only.",
    "acrime.Seal": "Vouches for the ledger, append-only.",
    "acrime.SealEntries": "Vouches for the ledger, append-only.",
    "acrime.OutboxMessage": "Work in progress; its effects are kept.",
    "acrime.Alert": "Derived from events; replies are written as events.",
    "acrime.AlertDigest": "Derived from alerts; sending it is an event.",
    "acrime.AlertMail": "Chosen by an action that writes an event.",
    "acrime.AlertQuestion": "Asked, answered and withdrawn by actions that write events.",
    "acrime.AlertRecord": "Derived from events.",
    "acrime.Referral": "Moved by actions that write events, which oversight alone reads.",
    "acrime.ReferralNote": "Added by actions that write events, which oversight alone reads.",
    "acrime.InboundMessage": "Kept as it came; what becomes of it is an event.",
    "acrime.Encounter": "Written once with its query.",
    "acrime.PersonSearch": "A search is an event, and so is linking whom it chose.",
    "acrime.ResearchStep": "Written once.",
    "acrime.ResearchAttachment": "Written once.",
    "acrime.SystemQuestion": "Asked, answered and settled by actions that write events.",
    "acrime.SystemHealth": "How a connected system fares; it tells of no record.",
    "acrime.SamplingRate": "Written once, by an action that writes an event.",
    "acrime.OffensePlacement": "Placed and struck out by actions that write events.",
    "acrime.SavedView": "One person's choice of filters; it tells of no record.",
    "acrime.WorkItem": "Made and settled by actions that write events.",
    "acrime.IndividualMerge": "Proposed and decided by actions that write events.",
    "acrime.MergedRow": "Written once; says itself what was before.",
    "acrime.SearchName": "Derived from names and dates of birth, whose changes are kept.",
    "acrime.SearchWord": "Derived from names.",
    "acrime.SearchWordVariant": "Derived from names.",
    "acrime.StatusEntry": "Written once; entering it is an event.",
    "acrime.HistoryEntry": "Written once; entering it is an event.",
    "acrime.Photograph": "Sealed and written once; adding it is an event.",
    "acrime.IndividualFact": "Append-only; noting it is an event.",
    "acrime.Identifier": "Sealed; added by actions that write events.",
    "acrime.RecordAllowedOffice": "Granted by actions that write events.",
    "acrime.RecordAllowedUser": "Granted by actions that write events.",
    "routine_uses.Notice": "Loaded from a reviewed file.",
    "routine_uses.NoticeVersion": "Loaded from a reviewed file.",
    "routine_uses.OfficialText": "Attached from a file, once.",
    "routine_uses.OfficialClause": "Attached from a file, once.",
    "routine_uses.ContactVerification": "Written once.",
    "routine_uses.RecordCategory": "Loaded from a reviewed file.",
    "routine_uses.RoutineUse": "Loaded from a reviewed file.",
    "routine_uses.RetentionItem": "Loaded from a reviewed file.",
    "routine_uses.Approval": "Asked, decided and withdrawn by actions that write events.",
    "routine_uses.ApprovalDocument": "Sealed and append-only; adding it is an event.",
    "routine_uses.ApprovalUse": "Append-only; part of the accounting.",
    "routine_uses.ApprovedRecord": "Append-only; part of its approval.",
    "routine_uses.ChiefDesignation": "Designating is an event.",
    "routine_uses.RefusalReview": "Written once; reviewing is an event.",
    "routine_uses.DisclosureDraft": "Work in progress; what it leads to is accounted.",
    "routine_uses.Disclosure": "The accounting itself, append-only.",
    "routine_uses.DisclosedRecordLink": "The accounting itself, append-only.",
    "routine_uses.DisclosedSubject": "The accounting itself, append-only.",
    "routine_uses.CorrectionCase": "Sealed; noted and settled by actions that write events.",
    "routine_uses.CorrectionLetter": "Moved by actions that write events.",
    "routine_uses.SubjectCopy": "What a subject was given, append-only.",
    "routine_uses.Supersession": "Proposed and decided by actions that write events.",
}


def register() -> None:
    """Tell auditlog which models to follow."""
    for label, masked in KEPT.items():
        auditlog.register(
            apps.get_model(label),
            mask_fields=list(masked),
            mask_callable="acrime.audit.masking.constant",
            exclude_fields=list(LEFT_OUT.get(label, ())),
        )


register()
