"""The courses that the portal itself asks for; what training was recorded is only added to."""

from django.db import migrations

# One passing lasts a year, counted in days. How long an NCIC certification lasts is set by the
# state's control agency; two years is usual and was not verified against a text.
COURSES = (
    ("SYSTEM", "System training with privacy", "EVERYONE", 365),
    ("NCIC", "NCIC certification", "NCIC", 730),
)

APPEND_ONLY = """
CREATE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER training_append_only
    BEFORE UPDATE OR DELETE ON accounts_trainingrecord
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER training_no_truncate
    BEFORE TRUNCATE ON accounts_trainingrecord
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER struck_training_append_only
    BEFORE UPDATE OR DELETE ON accounts_strucktraining
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER struck_training_no_truncate
    BEFORE TRUNCATE ON accounts_strucktraining
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_append_only();
"""

NOT_APPEND_ONLY = """
DROP TRIGGER struck_training_no_truncate ON accounts_strucktraining;
DROP TRIGGER struck_training_append_only ON accounts_strucktraining;
DROP TRIGGER training_no_truncate ON accounts_trainingrecord;
DROP TRIGGER training_append_only ON accounts_trainingrecord;
DROP FUNCTION accounts_append_only();
"""


def add_courses(apps, schema_editor):
    """The two courses that the portal itself asks for."""
    Course = apps.get_model("accounts", "Course")
    for code, name, audience, days in COURSES:
        Course.objects.get_or_create(
            code=code, defaults={"name": name, "audience": audience, "valid_days": days}
        )


class Migration(migrations.Migration):
    # Names under which a database may know what is here now.
    replaces = [
        ("accounts", name)
        for name in ("0002_opr_lead", "0003_sign_in", "0004_standing", "0005_office_groups")
    ]
    dependencies = [("accounts", "0001_accounts")]

    operations = [
        migrations.RunPython(add_courses, migrations.RunPython.noop),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
    ]
