"""What the accounting, approvals and repeating disclosures refuse in the database itself.

The accounting may be added to and read, and nothing else (5 U.S.C. 552a(c)(2)).
"""

from django.db import migrations

ACCOUNTING = """
CREATE FUNCTION routine_uses_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosure_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_disclosure
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_append_only();
CREATE TRIGGER disclosedrecordlink_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_disclosedrecordlink
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_append_only();
"""

NO_ACCOUNTING = """
DROP TRIGGER disclosedrecordlink_append_only ON routine_uses_disclosedrecordlink;
DROP TRIGGER disclosure_append_only ON routine_uses_disclosure;
DROP FUNCTION routine_uses_append_only();
"""

# What was asked stands from the start. A decision freezes the rest; only a grant that was
# not used may still be withdrawn. Papers come while the task waits, and are never changed.
# A use must be covered exactly: by the same records, recipient, fields, ground and purpose,
# and by somebody else than the discloser.
APPROVALS = """
CREATE FUNCTION routine_uses_approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision constant text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_reason',
        'findings', 'expires_at', 'withdrawn_by_id', 'withdrawn_at', 'withdrawn_reason'];
    withdrawal constant text[] := ARRAY['state', 'withdrawn_by_id', 'withdrawn_at',
        'withdrawn_reason'];
BEGIN
    IF to_jsonb(OLD) - decision <> to_jsonb(NEW) - decision THEN
        RAISE EXCEPTION 'an approval is frozen: what was asked is never changed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'WAITING' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'GRANTED' AND NEW.state = 'WITHDRAWN'
        AND to_jsonb(OLD) - withdrawal = to_jsonb(NEW) - withdrawal
        AND NOT EXISTS (
            SELECT 1 FROM routine_uses_approvaluse WHERE approval_id = OLD.id
        ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approval is frozen once it is decided'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER approval_frozen BEFORE UPDATE ON routine_uses_approval
    FOR EACH ROW EXECUTE FUNCTION routine_uses_approval_frozen();
CREATE FUNCTION routine_uses_approval_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER approval_kept BEFORE DELETE OR TRUNCATE ON routine_uses_approval
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvedrecord_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvedrecord
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvaldocument_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvaldocument
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvaluse_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvaluse
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();

CREATE FUNCTION routine_uses_paper_while_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM routine_uses_approval WHERE id = NEW.approval_id) <> 'WAITING' THEN
        RAISE EXCEPTION 'an approval is frozen once it is decided: no paper is added'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approvaldocument_while_waiting BEFORE INSERT ON routine_uses_approvaldocument
    FOR EACH ROW EXECUTE FUNCTION routine_uses_paper_while_waiting();

CREATE FUNCTION routine_uses_approval_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1
        FROM routine_uses_approval a JOIN routine_uses_disclosure d ON d.id = NEW.disclosure_id
        WHERE a.id = NEW.approval_id
          AND a.state = 'GRANTED'
          AND a.expires_at > d.disclosed_at
          AND a.decided_by_id <> d.discloser_id
          AND a.recipient_id = d.recipient_id
          AND a.paragraph = d.paragraph
          AND a.letter = d.letter
          AND a.purpose_code = d.purpose_code
          AND a.fields @> d.fields AND a.fields <@ d.fields
          AND a.record_ids <@ d.record_ids
          AND NOT EXISTS (
              SELECT 1 FROM routine_uses_disclosedrecordlink l
              WHERE l.disclosure_id = d.id AND NOT l.made_by_it
                AND l.record_id <> ALL (a.record_ids)
          )
    ) THEN
        RAISE EXCEPTION 'the approval does not cover this disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approvaluse_covered BEFORE INSERT ON routine_uses_approvaluse
    FOR EACH ROW EXECUTE FUNCTION routine_uses_approval_covers();
"""

NO_APPROVALS = """
DROP TRIGGER approvaluse_covered ON routine_uses_approvaluse;
DROP FUNCTION routine_uses_approval_covers();
DROP TRIGGER approvaldocument_while_waiting ON routine_uses_approvaldocument;
DROP FUNCTION routine_uses_paper_while_waiting();
DROP TRIGGER approvaluse_append_only ON routine_uses_approvaluse;
DROP TRIGGER approvaldocument_append_only ON routine_uses_approvaldocument;
DROP TRIGGER approvedrecord_append_only ON routine_uses_approvedrecord;
DROP TRIGGER approval_kept ON routine_uses_approval;
DROP TRIGGER approval_frozen ON routine_uses_approval;
DROP FUNCTION routine_uses_approval_kept();
DROP FUNCTION routine_uses_approval_frozen();
"""

SUBJECTS = """
CREATE FUNCTION routine_uses_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosedsubject_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_disclosedsubject
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_only_added();
CREATE TRIGGER subjectcopy_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_subjectcopy
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_only_added();
"""

NO_SUBJECTS = """
DROP TRIGGER subjectcopy_append_only ON routine_uses_subjectcopy;
DROP TRIGGER disclosedsubject_append_only ON routine_uses_disclosedsubject;
DROP FUNCTION routine_uses_only_added();
"""

# What was proposed never changes. Who decided, when and why is written once; what waits or is
# approved may be ended, once.
# An entry of the accounting goes under a category that is approved and in its days, and says
# nothing that the category does not. One that supersedes another tells of a day in the past,
# when the category may not have been ended yet.
SERIES = """
CREATE FUNCTION routine_uses_series_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision constant text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_reason'];
    ending constant text[] := ARRAY['state', 'ended_by_id', 'ended_at', 'ended_reason'];
BEGIN
    IF OLD.state = 'PROPOSED' AND NEW.state IN ('APPROVED', 'REFUSED')
        AND to_jsonb(OLD) - decision = to_jsonb(NEW) - decision THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('PROPOSED', 'APPROVED') AND NEW.state = 'ENDED'
        AND to_jsonb(OLD) - ending = to_jsonb(NEW) - ending THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a category of repeating disclosures is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosureseries_frozen BEFORE UPDATE ON routine_uses_disclosureseries
    FOR EACH ROW EXECUTE FUNCTION routine_uses_series_frozen();
CREATE FUNCTION routine_uses_series_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosureseries_kept BEFORE DELETE OR TRUNCATE ON routine_uses_disclosureseries
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_series_kept();

CREATE FUNCTION routine_uses_series_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM routine_uses_disclosureseries s
        WHERE s.id = NEW.series_id
          AND s.number = NEW.series_number
          AND s.decided_at IS NOT NULL
          AND (s.state = 'APPROVED' OR (s.state = 'ENDED' AND NEW.supersedes_id IS NOT NULL))
          AND (NEW.disclosed_at AT TIME ZONE 'America/New_York')::date
              BETWEEN s.starts_on AND s.ends_on
          AND s.recipient_id = NEW.recipient_id
          AND s.paragraph = NEW.paragraph
          AND s.letter = NEW.letter
          AND s.purpose_code = NEW.purpose_code
          AND s.method = NEW.method
          AND s.fields @> NEW.fields
          AND s.record_category = NEW.series_category
          AND s.interval_statement = NEW.series_statement
    ) THEN
        RAISE EXCEPTION 'the category does not cover this disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER disclosure_series_covered BEFORE INSERT ON routine_uses_disclosure
    FOR EACH ROW WHEN (NEW.series_id IS NOT NULL)
    EXECUTE FUNCTION routine_uses_series_covers();
"""

NO_SERIES = """
DROP TRIGGER disclosure_series_covered ON routine_uses_disclosure;
DROP FUNCTION routine_uses_series_covers();
DROP TRIGGER disclosureseries_kept ON routine_uses_disclosureseries;
DROP FUNCTION routine_uses_series_kept();
DROP TRIGGER disclosureseries_frozen ON routine_uses_disclosureseries;
DROP FUNCTION routine_uses_series_frozen();
"""


class Migration(migrations.Migration):
    # Names under which a database may know what is here now.
    replaces = [
        ("routine_uses", name)
        for name in (
            "0002_accounting_is_append_only",
            "0003_versions_recipients_and_agreements",
            "0004_approvals",
            "0005_accounts_and_corrections",
            "0006_sealed_documents",
            "0007_repeating_disclosures",
            "0008_wider_approvals",
            "0009_mail_delivery",
        )
    ]
    dependencies = [("routine_uses", "0001_notice_recipients_and_accounting")]

    operations = [
        migrations.RunSQL(ACCOUNTING, NO_ACCOUNTING),
        migrations.RunSQL(APPROVALS, NO_APPROVALS),
        migrations.RunSQL(SUBJECTS, NO_SUBJECTS),
        migrations.RunSQL(SERIES, NO_SERIES),
    ]
