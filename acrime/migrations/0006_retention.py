"""The clock of every record, and the authorities by which periods run out."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import acrime.common.sealed

# What an authority says is never changed. It is decided once, and one that was approved ends once,
# with an ending of the same kind beside it. Its document is sealed anew when the key changes, so
# that column is left out.
FORWARD = """
CREATE FUNCTION retention_authority_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.number, OLD.item_id, OLD.code, OLD.authority_number, OLD.citation,
        OLD.effective_on, OLD.trigger, OLD.years, OLD.cutoff_rule, OLD.action, OLD.reason,
        OLD.proposed_by_id, OLD.proposed_at)
        IS DISTINCT FROM
       (NEW.id, NEW.number, NEW.item_id, NEW.code, NEW.authority_number, NEW.citation,
        NEW.effective_on, NEW.trigger, NEW.years, NEW.cutoff_rule, NEW.action, NEW.reason,
        NEW.proposed_by_id, NEW.proposed_at) THEN
        RAISE EXCEPTION 'What an authority says is never changed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'PROPOSED' AND NEW.state IN ('APPROVED', 'REFUSED') THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'APPROVED' AND NEW.state IN ('WITHDRAWN', 'SUPERSEDED')
        AND (OLD.decided_by_id, OLD.decided_at, OLD.comment, OLD.preview)
            IS NOT DISTINCT FROM
            (NEW.decided_by_id, NEW.decided_at, NEW.comment, NEW.preview)
        AND EXISTS (
            SELECT FROM retention_authority_ending
            WHERE authority_id = NEW.id AND kind = NEW.state
        ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An authority is decided once and ends once'
        USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER retention_authority_kept BEFORE UPDATE ON retention_authority
    FOR EACH ROW EXECUTE FUNCTION retention_authority_kept();

CREATE FUNCTION retention_authority_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An authority begins as a proposal' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER retention_authority_begins BEFORE INSERT ON retention_authority
    FOR EACH ROW WHEN (NEW.state <> 'PROPOSED')
    EXECUTE FUNCTION retention_authority_begins();

CREATE TRIGGER retention_authority_no_delete BEFORE DELETE ON retention_authority
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER retention_authority_no_truncate BEFORE TRUNCATE ON retention_authority
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER retention_authority_document_append_only
    BEFORE UPDATE OF authority_id, name, size, sha256 OR DELETE ON retention_authority_document
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER retention_authority_document_no_truncate
    BEFORE TRUNCATE ON retention_authority_document
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER retention_authority_ending_append_only
    BEFORE UPDATE OR DELETE ON retention_authority_ending
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER retention_authority_ending_no_truncate
    BEFORE TRUNCATE ON retention_authority_ending
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
"""

REVERSE = """
DROP TRIGGER retention_authority_ending_no_truncate ON retention_authority_ending;
DROP TRIGGER retention_authority_ending_append_only ON retention_authority_ending;
DROP TRIGGER retention_authority_document_no_truncate ON retention_authority_document;
DROP TRIGGER retention_authority_document_append_only ON retention_authority_document;
DROP TRIGGER retention_authority_no_truncate ON retention_authority;
DROP TRIGGER retention_authority_no_delete ON retention_authority;
DROP TRIGGER retention_authority_begins ON retention_authority;
DROP FUNCTION retention_authority_begins();
DROP TRIGGER retention_authority_kept ON retention_authority;
DROP FUNCTION retention_authority_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("acrime", "0005_first_kinds"),
        ("routine_uses", "0003_schedule_items"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduleAuthority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('code', models.CharField(max_length=24)),
                ('authority_number', models.CharField(max_length=40)),
                ('citation', models.CharField(max_length=120)),
                ('effective_on', models.DateField()),
                ('trigger', models.CharField(choices=[('UNSTATED', 'The notice names no start'), ('ANSWERED', 'Determination made and response returned'), ('REMOVED_FROM_NCIC', 'Record removed from NCIC'), ('TIP_RECEIVED', 'Date of the tip'), ('CREATED', 'Date on which the record was created'), ('CLOSED', 'Work on the record or the case ended'), ('DISCLOSED', 'Date of the disclosure'), ('LOGGED', 'Date of the event'), ('AS_PARENT', 'As the query that it follows up')], max_length=20)),
                ('years', models.PositiveSmallIntegerField(null=True)),
                ('cutoff_rule', models.CharField(choices=[('NONE', 'With the event itself'), ('FISCAL_YEAR', 'End of the federal fiscal year (September 30)'), ('CALENDAR_YEAR', 'End of the calendar year')], max_length=13)),
                ('action', models.CharField(choices=[('DESTROY', 'Destroy'), ('TRANSFER', 'Transfer to the National Archives'), ('PERMANENT', 'Keep for good'), ('REVIEW', 'Review')], max_length=9)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('PROPOSED', 'Waits for a second person'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn'), ('SUPERSEDED', 'Superseded')], default='PROPOSED', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('comment', models.CharField(blank=True, default='', max_length=500)),
                ('preview', models.JSONField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorities', to='routine_uses.retentionitem')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'retention_authority',
                'ordering': ['-proposed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RetentionClock',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='clock', serialize=False, to='acrime.record')),
                ('trigger', models.CharField(choices=[('UNSTATED', 'The notice names no start'), ('ANSWERED', 'Determination made and response returned'), ('REMOVED_FROM_NCIC', 'Record removed from NCIC'), ('TIP_RECEIVED', 'Date of the tip'), ('CREATED', 'Date on which the record was created'), ('CLOSED', 'Work on the record or the case ended'), ('DISCLOSED', 'Date of the disclosure'), ('LOGGED', 'Date of the event'), ('AS_PARENT', 'As the query that it follows up')], max_length=20)),
                ('action', models.CharField(choices=[('DESTROY', 'Destroy'), ('TRANSFER', 'Transfer to the National Archives'), ('PERMANENT', 'Keep for good'), ('REVIEW', 'Review')], max_length=9)),
                ('state', models.CharField(choices=[('NO_TRIGGER', 'Period has not begun'), ('RUNNING', 'Period is running'), ('ELIGIBLE', 'Period is over, may be destroyed'), ('NO_AUTHORITY', 'Period is over, no approved authority'), ('HELD', 'Period is over, on hold'), ('PERMANENT', 'Kept for good'), ('TRANSFER_DUE', 'Due for transfer to the National Archives'), ('DESTROYED', 'Destroyed')], max_length=12)),
                ('trigger_date', models.DateField(null=True)),
                ('cutoff_date', models.DateField(null=True)),
                ('eligible_on', models.DateField(null=True)),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('UNSCHEDULED', 'No schedule covers these records: they are kept until one does'), ('OTHER_KIND', 'The item does not cover records of this kind'), ('UNSTATED', 'The item names no event from which the period runs'), ('NO_PARENT', 'It follows up no record whose period it could have'), ('NOT_YET', 'The event from which the period runs has not happened yet'), ('MISSING', 'Work is over, and the day of the event is not recorded'), ('IN_FUTURE', 'The day recorded for the event is still to come'), ('MOVED_BACK', 'An earlier day was recorded since; the later one counts'), ('FOLLOWS_RECORDS', 'Kept as long as any record about the person'), ('STILL_OPEN', 'Work on the record is not over'), ('FEBRUARY_29', 'A period that begins on February 29 ends on March 1'), ('FISCAL_CUTOFF', 'Counted from the end of the federal fiscal year'), ('CALENDAR_CUTOFF', 'Counted from the end of the calendar year'), ('LONGEST', 'Of several items the one that keeps longest counts'), ('NOTICE_LONGER', 'The notice names a longer period than the authority'), ('PROPOSED', 'The period is only proposed'), ('WITHDRAWN', 'The authority was withdrawn'), ('SUPERSEDED', 'The authority was superseded'), ('NO_NUMBER', 'The authority has no number'), ('HELD', 'It is on hold'), ('REVIEW_FIRST', 'The item asks for a review before anything is done'), ('KEPT_FOR_GOOD', 'The item keeps these records for good'), ('GONE', 'It was destroyed')], max_length=16), default=list, size=None)),
                ('recomputed_at', models.DateTimeField()),
                ('authority', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='acrime.scheduleauthority')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='routine_uses.retentionitem')),
            ],
            options={
                'db_table': 'retention_clock',
            },
        ),
        migrations.CreateModel(
            name='RetentionWalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reached', models.BigIntegerField(default=0)),
                ('began_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'retention_walk',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='retentionwalk_one'), models.CheckConstraint(condition=models.Q(('reached__gte', 0)), name='retentionwalk_from_zero')],
            },
        ),
        migrations.CreateModel(
            name='AuthorityDocument',
            fields=[
                ('authority', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='document', serialize=False, to='acrime.scheduleauthority')),
                ('name', models.CharField(max_length=120)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', acrime.common.sealed.SealedBytesField()),
            ],
            options={
                'db_table': 'retention_authority_document',
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', 10485760), ('sha256__regex', '^[0-9a-f]{64}$')), name='authoritydocument_size_and_sha256')],
            },
        ),
        migrations.CreateModel(
            name='AuthorityEnding',
            fields=[
                ('authority', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ending', serialize=False, to='acrime.scheduleauthority')),
                ('kind', models.CharField(choices=[('WITHDRAWN', 'Withdrawn'), ('SUPERSEDED', 'Superseded')], max_length=10)),
                ('reason', models.CharField(max_length=500)),
                ('ended_at', models.DateTimeField()),
                ('ended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='acrime.scheduleauthority')),
            ],
            options={
                'db_table': 'retention_authority_ending',
            },
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'APPROVED')), fields=('code',), name='scheduleauthority_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('code',), name='scheduleauthority_one_proposed'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['PROPOSED', 'APPROVED', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED']), ('trigger__in', ['UNSTATED', 'ANSWERED', 'REMOVED_FROM_NCIC', 'TIP_RECEIVED', 'CREATED', 'CLOSED', 'DISCLOSED', 'LOGGED', 'AS_PARENT']), ('cutoff_rule__in', ['NONE', 'FISCAL_YEAR', 'CALENDAR_YEAR']), ('action__in', ['DESTROY', 'TRANSFER', 'PERMANENT', 'REVIEW'])), name='scheduleauthority_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('authority_number', ''), _negated=True), models.Q(('citation', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='scheduleauthority_told'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'PERMANENT'), ('years__isnull', True)), models.Q(('trigger', 'AS_PARENT'), ('years__isnull', True)), models.Q(models.Q(('trigger__in', ['UNSTATED', 'AS_PARENT']), _negated=True), models.Q(('action', 'PERMANENT'), _negated=True), ('years__gte', 1)), _connector='OR'), name='scheduleauthority_says_from_when'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'PROPOSED')), models.Q(models.Q(('state', 'PROPOSED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='scheduleauthority_decided_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='scheduleauthority',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('state', 'REFUSED'), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='scheduleauthority_second_person'),
        ),
        migrations.AddIndex(
            model_name='retentionclock',
            index=models.Index(fields=['state', 'eligible_on', 'record'], name='retention_clock_due'),
        ),
        migrations.AddIndex(
            model_name='retentionclock',
            index=models.Index(fields=['item', 'state', 'eligible_on'], name='retention_clock_item'),
        ),
        migrations.AddConstraint(
            model_name='retentionclock',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['NO_TRIGGER', 'RUNNING', 'ELIGIBLE', 'NO_AUTHORITY', 'HELD', 'PERMANENT', 'TRANSFER_DUE', 'DESTROYED']), ('trigger__in', ['UNSTATED', 'ANSWERED', 'REMOVED_FROM_NCIC', 'TIP_RECEIVED', 'CREATED', 'CLOSED', 'DISCLOSED', 'LOGGED', 'AS_PARENT']), ('action__in', ['DESTROY', 'TRANSFER', 'PERMANENT', 'REVIEW']), ('reasons__contained_by', ['UNSCHEDULED', 'OTHER_KIND', 'UNSTATED', 'NO_PARENT', 'NOT_YET', 'MISSING', 'IN_FUTURE', 'MOVED_BACK', 'FOLLOWS_RECORDS', 'STILL_OPEN', 'FEBRUARY_29', 'FISCAL_CUTOFF', 'CALENDAR_CUTOFF', 'LONGEST', 'NOTICE_LONGER', 'PROPOSED', 'WITHDRAWN', 'SUPERSEDED', 'NO_NUMBER', 'HELD', 'REVIEW_FIRST', 'KEPT_FOR_GOOD', 'GONE'])), name='retentionclock_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='retentionclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ELIGIBLE', 'HELD', 'NO_AUTHORITY', 'RUNNING', 'TRANSFER_DUE']), _negated=True), models.Q(('cutoff_date__gte', models.F('trigger_date')), ('eligible_on__gt', models.F('cutoff_date')), ('trigger_date__isnull', False)), _connector='OR'), name='retentionclock_dated'),
        ),
        migrations.AddConstraint(
            model_name='retentionclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'NO_TRIGGER'), _negated=True), ('eligible_on__isnull', True), _connector='OR'), name='retentionclock_no_trigger_no_date'),
        ),
        migrations.AddConstraint(
            model_name='retentionclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ELIGIBLE', 'TRANSFER_DUE']), _negated=True), ('authority__isnull', False), _connector='OR'), name='retentionclock_due_by_authority'),
        ),
        migrations.AddConstraint(
            model_name='authorityending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'WITHDRAWN'), ('successor__isnull', True)), models.Q(('kind', 'SUPERSEDED'), ('successor__isnull', False)), _connector='OR'), models.Q(('reason', ''), _negated=True)), name='authorityending_says_why'),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
