"""The accounting may be added to and read, and nothing else (5 U.S.C. 552a(c)(2))."""

from django.db import migrations

FORWARD = """
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

REVERSE = """
DROP TRIGGER disclosedrecordlink_append_only ON routine_uses_disclosedrecordlink;
DROP TRIGGER disclosure_append_only ON routine_uses_disclosure;
DROP FUNCTION routine_uses_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("routine_uses", "0001_notice_recipients_and_accounting")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
