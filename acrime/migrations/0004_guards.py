"""What the tables refuse by themselves: what left stays as it left, what was said stands."""

from django.db import migrations

RESPONSES = """
CREATE FUNCTION acrime_response_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A released response is frozen: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_response_frozen BEFORE UPDATE ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_response_frozen();

CREATE FUNCTION acrime_inside_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.destination <> 'FIELD_OFFICE'
       AND (SELECT inside_only FROM iar_response WHERE record_id = NEW.response_id) THEN
        RAISE EXCEPTION 'This response stays inside the agency'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER iar_delivery_inside_only BEFORE INSERT OR UPDATE ON iar_delivery
    FOR EACH ROW EXECUTE FUNCTION acrime_inside_only();

-- A message is kept exactly as it came.
CREATE FUNCTION acrime_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The original of a message is never changed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_message_kept BEFORE UPDATE OF original, original_sha256, digest, size
    ON iaq_message FOR EACH ROW EXECUTE FUNCTION acrime_message_kept();
"""

NO_RESPONSES = """
DROP TRIGGER iaq_message_kept ON iaq_message;
DROP FUNCTION acrime_message_kept();
DROP TRIGGER iar_delivery_inside_only ON iar_delivery;
DROP FUNCTION acrime_inside_only();
DROP TRIGGER iar_response_frozen ON iar_response;
DROP FUNCTION acrime_response_frozen();
"""

# What began is ended by a later fact, and both stay. A fact may only come to belong to another
# record of the same person, when two records become one.
FACTS = """
CREATE FUNCTION individual_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'individual_id' = to_jsonb(OLD) - 'individual_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER individual_fact_append_only BEFORE UPDATE OR DELETE ON individual_fact
    FOR EACH ROW EXECUTE FUNCTION individual_fact_stays();
CREATE TRIGGER individual_fact_no_truncate BEFORE TRUNCATE ON individual_fact
    FOR EACH STATEMENT EXECUTE FUNCTION individual_fact_stays();
"""

NO_FACTS = """
DROP TRIGGER individual_fact_no_truncate ON individual_fact;
DROP TRIGGER individual_fact_append_only ON individual_fact;
DROP FUNCTION individual_fact_stays();
"""

# The program of an answered query stands, and once its determination is approved nothing opens a
# query that is shut in. An answer about a registered sex offender, or about a query that nobody has
# decided yet, is never one that leaves.
PROGRAMS = """
CREATE FUNCTION acrime_program_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.program <> NEW.program AND (
        OLD.state = 'RELEASED'
        OR (OLD.state = 'APPROVED' AND OLD.program IN ('SEX_OFFENDER', 'UNDECIDED'))
    ) THEN
        RAISE EXCEPTION 'the program of this query stands'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iaq_query_program_stands BEFORE UPDATE OF program ON iaq_query
    FOR EACH ROW EXECUTE FUNCTION acrime_program_stands();

CREATE FUNCTION acrime_response_stays_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.inside_only AND (
        SELECT program FROM iaq_query WHERE record_id = NEW.query_id
    ) IN ('SEX_OFFENDER', 'UNDECIDED') THEN
        RAISE EXCEPTION 'the answer to this query stays inside'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iar_response_stays_inside BEFORE INSERT OR UPDATE ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_response_stays_inside();

CREATE FUNCTION acrime_program_table_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (
        OLD.state <> 'DRAFT'
        AND (OLD.content, OLD.digest, OLD.number) IS DISTINCT FROM
            (NEW.content, NEW.digest, NEW.number)
    ) THEN
        RAISE EXCEPTION 'a program table that was proposed is kept as it is'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iaq_program_table_frozen BEFORE UPDATE OR DELETE ON iaq_program_table
    FOR EACH ROW EXECUTE FUNCTION acrime_program_table_frozen();
"""

NO_PROGRAMS = """
DROP TRIGGER iaq_program_table_frozen ON iaq_program_table;
DROP FUNCTION acrime_program_table_frozen();
DROP TRIGGER iar_response_stays_inside ON iar_response;
DROP FUNCTION acrime_response_stays_inside();
DROP TRIGGER iaq_query_program_stands ON iaq_query;
DROP FUNCTION acrime_program_stands();
"""

ANSWERS = """
CREATE FUNCTION acrime_conclusion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a version of a conclusion says is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_conclusion_frozen BEFORE UPDATE OF code, version, label, headline, lead,
    required_fields, optional_fields, closing, needs_person, supervisor_reviews
    ON iaq_conclusion FOR EACH ROW EXECUTE FUNCTION acrime_conclusion_frozen();

CREATE FUNCTION acrime_determination_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a determination states is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_determination_frozen BEFORE UPDATE OF query_id, version, kind, conclusion_id,
    values, basis, author_id, submitted_at
    ON iaq_determination FOR EACH ROW EXECUTE FUNCTION acrime_determination_frozen();

CREATE FUNCTION acrime_answer_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_delivery_proof_appended BEFORE UPDATE OR DELETE ON iar_delivery_proof
    FOR EACH ROW EXECUTE FUNCTION acrime_answer_appended();
CREATE TRIGGER iar_follow_up_appended BEFORE UPDATE OR DELETE ON iar_follow_up
    FOR EACH ROW EXECUTE FUNCTION acrime_answer_appended();

CREATE FUNCTION acrime_reply_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The original of a reply is never changed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_reply_kept BEFORE UPDATE OF original, original_sha256, digest, size
    ON iar_reply FOR EACH ROW EXECUTE FUNCTION acrime_reply_kept();

CREATE FUNCTION acrime_amends_same_query() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amends_id IS NOT NULL AND NEW.query_id IS DISTINCT FROM
       (SELECT query_id FROM iar_response WHERE record_id = NEW.amends_id) THEN
        RAISE EXCEPTION 'A response amends one to the same query, and is frozen to it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER iar_response_amends BEFORE INSERT ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_amends_same_query();
"""

NO_ANSWERS = """
DROP TRIGGER iar_response_amends ON iar_response;
DROP FUNCTION acrime_amends_same_query();
DROP TRIGGER iar_reply_kept ON iar_reply;
DROP FUNCTION acrime_reply_kept();
DROP TRIGGER iar_follow_up_appended ON iar_follow_up;
DROP TRIGGER iar_delivery_proof_appended ON iar_delivery_proof;
DROP FUNCTION acrime_answer_appended();
DROP TRIGGER iaq_determination_frozen ON iaq_determination;
DROP FUNCTION acrime_determination_frozen();
DROP TRIGGER iaq_conclusion_frozen ON iaq_conclusion;
DROP FUNCTION acrime_conclusion_frozen();
"""

# What was compared and done is only added to. Notes are sealed anew when the key changes, so
# they are left out. The period of the notice runs from the removal from NCIC: no record of an
# entry has the beginning of its period on any other day, and none before it was removed.
NCIC = """
CREATE TRIGGER ncic_document_check_append_only BEFORE UPDATE OR DELETE ON ncic_document_check
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_document_check_no_truncate BEFORE TRUNCATE ON ncic_document_check
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_transaction_append_only
    BEFORE UPDATE OF id, entry_id, kind, done_by_id, done_at, ori, nic, code OR DELETE
    ON ncic_transaction FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_transaction_no_truncate BEFORE TRUNCATE ON ncic_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();

CREATE FUNCTION acrime_period_from_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ncic_entry WHERE record_id = NEW.id AND removed_on = NEW.cutoff_date
        AND state = 'REMOVED'
    ) THEN
        RAISE EXCEPTION 'The period runs from the removal from NCIC and from no other day'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER record_period_from_removal BEFORE INSERT OR UPDATE OF cutoff_date ON record
    FOR EACH ROW WHEN (NEW.kind = 'NCIC' AND NEW.cutoff_date IS NOT NULL)
    EXECUTE FUNCTION acrime_period_from_removal();
"""

NO_NCIC = """
DROP TRIGGER record_period_from_removal ON record;
DROP FUNCTION acrime_period_from_removal();
DROP TRIGGER ncic_transaction_no_truncate ON ncic_transaction;
DROP TRIGGER ncic_transaction_append_only ON ncic_transaction;
DROP TRIGGER ncic_document_check_no_truncate ON ncic_document_check;
DROP TRIGGER ncic_document_check_append_only ON ncic_document_check;
"""

# What was done with a tip is only added to; texts are sealed anew when the key changes, so they
# are left out. The period of the notice runs from the date of the tip and from no other day, for
# the tip and for who reported it.
TIPS = """
CREATE TRIGGER tip_step_append_only
    BEFORE UPDATE OF id, tip_id, kind, done_by_id, done_at OR DELETE
    ON tip_step FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_step_no_truncate BEFORE TRUNCATE ON tip_step
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_strike_append_only
    BEFORE UPDATE OF tip_id, struck_at OR DELETE
    ON tip_strike FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_strike_no_truncate BEFORE TRUNCATE ON tip_strike
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_export_part_append_only
    BEFORE UPDATE OF id, export_id, kind, sha256, records, made_by_id, made_at, inside,
        disclosure_number OR DELETE
    ON tip_export_part FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_export_part_no_truncate BEFORE TRUNCATE ON tip_export_part
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_export_item_append_only BEFORE UPDATE OR DELETE ON tip_export_item
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER tip_export_item_no_truncate BEFORE TRUNCATE ON tip_export_item
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();

CREATE FUNCTION acrime_period_from_tip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM tip LEFT JOIN tip_source ON tip_source.tip_id = tip.record_id
        WHERE NEW.id IN (tip.record_id, tip_source.record_id)
        AND tip.received_on = NEW.cutoff_date
    ) THEN
        RAISE EXCEPTION 'The period runs from the date of the tip and from no other day'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER record_period_from_tip BEFORE UPDATE OF cutoff_date ON record
    FOR EACH ROW WHEN (NEW.kind IN ('TIP', 'TPS') AND NEW.cutoff_date IS NOT NULL)
    EXECUTE FUNCTION acrime_period_from_tip();
-- Rows that are put back bring the tip after its record: they are looked at in the end.
CREATE CONSTRAINT TRIGGER record_period_from_tip_brought AFTER INSERT ON record
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind IN ('TIP', 'TPS') AND NEW.cutoff_date IS NOT NULL)
    EXECUTE FUNCTION acrime_period_from_tip();
"""

NO_TIPS = """
DROP TRIGGER record_period_from_tip_brought ON record;
DROP TRIGGER record_period_from_tip ON record;
DROP FUNCTION acrime_period_from_tip();
DROP TRIGGER tip_export_item_no_truncate ON tip_export_item;
DROP TRIGGER tip_export_item_append_only ON tip_export_item;
DROP TRIGGER tip_export_part_no_truncate ON tip_export_part;
DROP TRIGGER tip_export_part_append_only ON tip_export_part;
DROP TRIGGER tip_strike_no_truncate ON tip_strike;
DROP TRIGGER tip_strike_append_only ON tip_strike;
DROP TRIGGER tip_step_no_truncate ON tip_step;
DROP TRIGGER tip_step_append_only ON tip_step;
"""


class Migration(migrations.Migration):
    # Names under which a database may know what is here now.
    replaces = [
        ("acrime", name)
        for name in (
            "0003_frozen_responses",
            "0004_open_queries_index",
            "0005_allow_list_of_offices",
            "0007_grouped_alerts",
            "0010_parts_in_an_order",
            "0011_more_of_individuals",
            "0013_facts_of_individuals",
            "0014_merging",
            "0015_programs_and_layouts",
        )
    ]
    dependencies = [("acrime", "0003_tables")]

    operations = [
        migrations.RunSQL(RESPONSES, NO_RESPONSES),
        migrations.RunSQL(FACTS, NO_FACTS),
        migrations.RunSQL(PROGRAMS, NO_PROGRAMS),
        migrations.RunSQL(ANSWERS, NO_ANSWERS),
        migrations.RunSQL(NCIC, NO_NCIC),
        migrations.RunSQL(TIPS, NO_TIPS),
    ]
