"""Seals over the ledger of events, and what its month partitions need."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('acrime', '0005_allow_list_of_offices')]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField('AuditEvent', 'request_id', models.CharField(blank=True, max_length=36)),
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE audit_event ADD COLUMN request_id varchar(36) NOT NULL DEFAULT ''",
                    "ALTER TABLE audit_event DROP COLUMN request_id",
                ),
            ],
        ),
    ]
