"""What becomes of disclosures, approvals and corrections when a record is destroyed."""

from acrime.common.fates import apart, destroyed, kept

_ACCOUNTING = (
    "5 U.S.C. 552a(c)(2): five years or the life of the record, whichever is longer; the "
    "accounting goes by its own clock"
)

kept(
    "routine_uses.Disclosure",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id number disclosed_at written_at series series_number series_category series_interval "
    "series_statement nature purpose_code purpose method fields recipient recipient_name "
    "recipient_address recipient_type paragraph letter computed_letter override_reason clause "
    "conditions notice_version program protections disputed statement terms discloser "
    "discloser_name discloser_title discloser_office accuracy_checked_by accuracy_checked_by_name "
    "channel record_ids record_numbers supersedes superseding_reason verification_code "
    "facts_sha256 document document_sha256 unsealed_sha256 certificate_sha256",
)
kept(
    "routine_uses.DisclosedRecordLink",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id disclosure record_id record_number made_by_it",
)
kept(
    "routine_uses.DisclosedSubject",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id disclosure individual_id",
)
kept(
    "routine_uses.SubjectCopy",
    schedule="FOIA",
    why="What a person was given of the accounting, as long as their request's file.",
    other="id number individual_id individual_number request_reference notice_version given "
    "withheld document document_sha256 made_by made_at",
)
kept(
    "routine_uses.Supersession",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id disclosure changes reason is_legal proposed_by proposed_at outcome decided_by "
    "decided_at comment successor",
)
kept(
    "routine_uses.Approval",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id number kind question clause paragraph letter purpose_code recipient fields "
    "record_ids record_numbers mark scope_sha256 reason requested_by requested_at expires_at state "
    "decided_by decided_at decision_reason findings withdrawn_by withdrawn_at withdrawn_reason",
)
kept(
    "routine_uses.ApprovalDocument",
    schedule="ACCOUNTING",
    why="A paper such as a waiver or an order, without which the disclosure would have no ground.",
    other="id approval name media_type size sha256 content uploaded_by uploaded_at",
)
kept(
    "routine_uses.ApprovalUse",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id approval disclosure",
)
kept(
    "routine_uses.ApprovedRecord",
    schedule="ACCOUNTING",
    why=_ACCOUNTING,
    other="id approval record_id record_number",
)
kept(
    "routine_uses.CorrectionCase",
    "record_id",
    schedule="AMENDMENT",
    why="Files of amendment and dispute: with the record, or four years after the close where that "
    "is later.",
    other="id number kind record_id record_number scope fields earlier_value corrected_value "
    "statement agency_reasons reference reason noted_by noted_at settled_by settled_at "
    "settled_reason",
)
kept(
    "routine_uses.CorrectionLetter",
    "case__record_id",
    schedule="AMENDMENT",
    why="As its case.",
    other="id number case recipient recipient_name recipient_address disclosures document "
    "document_sha256 drafted_at due_on state sent_by sent_at sent_how sent_reference returned_at "
    "returned_by returned_as exempt_under exempt_reason exempt_by",
)
kept(
    "routine_uses.RefusalReview",
    schedule="AUDIT",
    why="Looks into an event of the ledger, which it names by its key.",
    envelope="id event_id reviewed_by reviewed_at",
    other="note",
)
destroyed(
    "routine_uses.DisclosureDraft",
    "record_numbers",
    why="Work that led to nothing, or to an accounting that says all of it.",
    beside="disclosure",
)
apart(
    "routine_uses.ChiefDesignation",
    "routine_uses.Recipient",
    "routine_uses.Agreement",
    "routine_uses.ContactVerification",
    "routine_uses.DisclosureSeries",
    why="The directory of recipients, and who decides what goes to them.",
)
apart(
    "routine_uses.Notice",
    "routine_uses.NoticeVersion",
    "routine_uses.NoticeProposal",
    "routine_uses.OfficialClause",
    "routine_uses.OfficialText",
    "routine_uses.RecordCategory",
    "routine_uses.RetentionItem",
    "routine_uses.RoutineUse",
    why="The notice, published in the Federal Register.",
)
