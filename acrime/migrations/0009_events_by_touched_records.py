"""Events found by any record that they touched, and a change history that only grows.

The change history is another package's table. It gets the transaction and the database's
own time of each entry, which tie what changed to the act that changed it, and refuses
UPDATE, DELETE and TRUNCATE: also when a content type is removed, which would take the
history of its model along.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.expressions
from django.db import migrations, models

# Entries from before keep no transaction.
FORWARD = """
ALTER TABLE auditlog_logentry ADD COLUMN xid xid8, ADD COLUMN written_at timestamptz;
ALTER TABLE auditlog_logentry
    ALTER COLUMN xid SET DEFAULT pg_current_xact_id(),
    ALTER COLUMN written_at SET DEFAULT clock_timestamp();
CREATE TRIGGER auditlog_logentry_append_only
    BEFORE UPDATE OR DELETE ON auditlog_logentry
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER auditlog_logentry_no_truncate
    BEFORE TRUNCATE ON auditlog_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
"""

REVERSE = """
DROP TRIGGER auditlog_logentry_no_truncate ON auditlog_logentry;
DROP TRIGGER auditlog_logentry_append_only ON auditlog_logentry;
ALTER TABLE auditlog_logentry DROP COLUMN written_at, DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0008_access_events"),
        ("auditlog", "0017_add_actor_email"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["-occurred_at", "-id"], name="audit_event_newest"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("outcome", "DONE"), _negated=True),
                fields=["-occurred_at", "-id"],
                name="audit_event_not_done",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("session_tag", ""), _negated=True),
                fields=["session_tag", "-occurred_at"],
                name="audit_event_session",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.HashIndex(
                condition=models.Q(("request_id", ""), _negated=True),
                fields=["request_id"],
                name="audit_event_request",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.GinIndex(
                django.db.models.expressions.CombinedExpression(
                    models.F("displayed_ids"),
                    "||",
                    models.F("matched_ids"),
                    output_field=django.contrib.postgres.fields.ArrayField(
                        models.BigIntegerField()
                    ),
                ),
                fastupdate=True,
                gin_pending_list_limit=256,
                name="audit_event_touched",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
