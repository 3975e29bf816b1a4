"""Tips, who reported them, and the tip line."""

import acrime.common.sealed
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was done with a tip is only added to; texts are sealed anew when the key changes, so they
# are left out. The period of the notice runs from the date of the tip and from no other day, for
# the tip and for who reported it.
FORWARD = """
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

REVERSE = """
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
    dependencies = [
        ("accounts", "0005_office_groups"),
        ("acrime", "0021_names_as_trigrams"),
        ("routine_uses", "0009_mail_delivery"),
    ]

    operations = [
        migrations.CreateModel(
            name='LineChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('OPEN', 'Open for intake'), ('CLOSE', 'Close for intake')], max_length=5)),
                ('reason', models.CharField(max_length=300)),
                ('instead', models.CharField(blank=True, max_length=500)),
                ('proposed_at', models.DateTimeField()),
                ('decision', models.CharField(choices=[('WAITS', 'Waits for a second person'), ('GRANTED', 'Approved'), ('REFUSED', 'Refused')], default='WAITS', max_length=7)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'tip_line_change',
            },
        ),
        migrations.CreateModel(
            name='SourceWindow',
            fields=[
                ('digest', models.BinaryField(primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField(db_index=True)),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'db_table': 'tip_source_window',
            },
        ),
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='tip', serialize=False, to='acrime.record')),
                ('came_by', models.CharField(choices=[('WEB', 'Public form'), ('PHONE', 'Telephone'), ('MAIL', 'Mail'), ('SYSTEM', 'Another system')], max_length=6)),
                ('state', models.CharField(choices=[('SUSPECTED', 'Perhaps no tip'), ('NEW', 'Waits for triage'), ('TRIAGE', 'In triage'), ('REVIEW', 'Waits for a second person'), ('OPEN', 'Followed up'), ('CLOSED', 'Closed'), ('NOT_KEPT', 'Not kept')], max_length=9)),
                ('received_at', models.DateTimeField()),
                ('received_on', models.DateField()),
                ('matter', models.CharField(blank=True, choices=[('IMMIGRATION', 'Immigration'), ('CUSTOMS', 'Customs, smuggling or trade'), ('TRAFFICKING', 'Trafficking or exploitation of people'), ('DOCUMENTS', 'False documents or identity'), ('EMPLOYMENT', 'Unlawful employment'), ('SECURITY', 'Threat to security'), ('OTHER', 'Something else')], max_length=11)),
                ('text', acrime.common.sealed.SealedTextField(null=True)),
                ('happened', acrime.common.sealed.SealedTextField(null=True)),
                ('place', acrime.common.sealed.SealedTextField(null=True)),
                ('signs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('TRAP', 'A field was filled in that nobody sees'), ('HURRIED', 'The form came back faster than anybody writes'), ('NO_MARK', 'It did not come from a form of ours'), ('LINKS', 'It holds many addresses of other sites')], max_length=8), default=list, size=None)),
                ('receipt_digest', models.BinaryField(unique=True)),
                ('submission_digest', models.BinaryField(unique=True)),
                ('text_digest', models.BinaryField(null=True)),
                ('sketch', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('speech', models.CharField(blank=True, choices=[('NONE', 'No: it describes nothing of the kind'), ('STATUTE', 'Yes, and a statute expressly authorizes keeping it'), ('INDIVIDUAL', 'Yes, and the person themselves authorized it'), ('PERTINENT', 'Yes, and it is pertinent to and within the scope of an authorized law enforcement activity'), ('NOT_KEPT', 'Yes, and none of these holds: it must not be kept')], max_length=10)),
                ('speech_ground', acrime.common.sealed.SealedTextField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', acrime.common.sealed.SealedTextField(null=True)),
                ('result', models.CharField(blank=True, choices=[('ACTED', 'Led to an investigation or another measure'), ('REFERRED', 'Referred to another agency'), ('NOTHING', 'Looked into, nothing found'), ('TOO_LITTLE', 'Says too little to act on'), ('NOT_OURS', 'Nothing that ICE or DHS enforces'), ('DUPLICATE', 'The same as another tip'), ('NO_TIP', 'No tip: advertising or nonsense')], max_length=10)),
                ('result_note', acrime.common.sealed.SealedTextField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'tip',
            },
        ),
        migrations.CreateModel(
            name='TipExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('decision', models.CharField(choices=[('WAITS', 'Waits for a second person'), ('GRANTED', 'Approved'), ('REFUSED', 'Refused')], default='WAITS', max_length=7)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'tip_export',
            },
        ),
        migrations.CreateModel(
            name='TipExportItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'tip_export_item',
            },
        ),
        migrations.CreateModel(
            name='TipExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('TIPS', 'Tips'), ('SOURCES', 'Who reported them')], max_length=7)),
                ('content', acrime.common.sealed.SealedBytesField()),
                ('sha256', models.CharField(max_length=64)),
                ('records', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
                ('inside', models.BooleanField()),
                ('disclosure_number', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'db_table': 'tip_export_part',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TipFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('media_type', models.CharField(max_length=20)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', acrime.common.sealed.SealedBytesField()),
            ],
            options={
                'db_table': 'tip_file',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TipPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', acrime.common.sealed.SealedTextField(null=True)),
                ('description', acrime.common.sealed.SealedTextField(null=True)),
                ('place', acrime.common.sealed.SealedTextField(null=True)),
            ],
            options={
                'db_table': 'tip_person',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='TipReferral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', acrime.common.sealed.SealedTextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('prepared_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('disclosure_number', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'db_table': 'tip_referral',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TipSource',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='tip_source', serialize=False, to='acrime.record')),
                ('name', acrime.common.sealed.SealedTextField(null=True)),
                ('telephone', acrime.common.sealed.SealedTextField(null=True)),
                ('email', acrime.common.sealed.SealedTextField(null=True)),
                ('other', acrime.common.sealed.SealedTextField(null=True)),
                ('whole_text', acrime.common.sealed.SealedTextField(null=True)),
                ('may_contact', models.BooleanField()),
            ],
            options={
                'db_table': 'tip_source',
            },
        ),
        migrations.CreateModel(
            name='TipStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('LEAD', 'Lead for an investigation'), ('CONTACT', 'Talked with somebody'), ('RESEARCH', 'Looked something up'), ('NOTE', 'Note')], max_length=8)),
                ('text', acrime.common.sealed.SealedTextField()),
                ('done_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'tip_step',
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='record',
            name='record_known_kind',
        ),
        migrations.AlterField(
            model_name='record',
            name='kind',
            field=models.CharField(choices=[('IAQ', 'Status query'), ('IAR', 'Status response'), ('IND', 'Individual'), ('NCIC', 'NCIC record'), ('HIT', 'Hit confirmation'), ('CAL', 'Call'), ('TIP', 'Tip'), ('TPS', 'Source of a tip')], max_length=10),
        ),
        migrations.AlterField(
            model_name='recordsubject',
            name='role',
            field=models.CharField(choices=[('SUBJECT', 'Subject of the record'), ('CALLER', 'Caller'), ('REPORTER', 'Reported the tip')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['IAQ', 'IAR', 'IND', 'NCIC', 'HIT', 'CAL', 'TIP', 'TPS'])), name='record_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'TPS'), _negated=True), ('limited', True), _connector='OR'), name='record_source_of_a_tip_is_limited'),
        ),
        migrations.AddField(
            model_name='linechange',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linechange',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linechange',
            name='keeper',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linechange',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='TipStrike',
            fields=[
                ('tip', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='strike', serialize=False, to='acrime.tip')),
                ('contents', acrime.common.sealed.SealedBytesField()),
                ('struck_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'tip_strike',
            },
        ),
        migrations.AddField(
            model_name='tip',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tip',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tip',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tip',
            name='handler',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tips_handled', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tip',
            name='office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.office'),
        ),
        migrations.AddField(
            model_name='tip',
            name='same_as',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='acrime.tip'),
        ),
        migrations.AddField(
            model_name='tipexport',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipexport',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipexport',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='tipexportitem',
            name='export',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='acrime.tipexport'),
        ),
        migrations.AddField(
            model_name='tipexportitem',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='acrime.record'),
        ),
        migrations.AddField(
            model_name='tipexportpart',
            name='export',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='acrime.tipexport'),
        ),
        migrations.AddField(
            model_name='tipexportpart',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipexportitem',
            name='part',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='acrime.tipexportpart'),
        ),
        migrations.AddField(
            model_name='tipfile',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='acrime.tip'),
        ),
        migrations.AddField(
            model_name='tipperson',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='acrime.tip'),
        ),
        migrations.AddField(
            model_name='tipreferral',
            name='prepared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipreferral',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='tipreferral',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipreferral',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='acrime.tip'),
        ),
        migrations.AddField(
            model_name='tipsource',
            name='tip',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='source', to='acrime.tip'),
        ),
        migrations.AddField(
            model_name='tipstep',
            name='done_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tipstep',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='acrime.tip'),
        ),
        migrations.AddConstraint(
            model_name='linechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('act', 'OPEN'), ('keeper__isnull', False)), models.Q(('account__isnull', True), ('act', 'CLOSE'), ('keeper__isnull', True), models.Q(('instead', ''), _negated=True)), _connector='OR'), name='linechange_says_what_it_needs'),
        ),
        migrations.AddConstraint(
            model_name='linechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', 'WAITS')), models.Q(('decision__in', ['GRANTED', 'REFUSED']), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='linechange_decided_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='linechange',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'WAITS')), fields=('decision',), name='linechange_one_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['-received_at'], name='tip_newest'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['state', '-received_at'], name='tip_state'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['text_digest'], name='tip_text'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=django.contrib.postgres.indexes.GinIndex(fields=['sketch'], name='tip_sketch'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['SUSPECTED', 'NEW', 'TRIAGE', 'REVIEW', 'OPEN', 'CLOSED', 'NOT_KEPT']), ('came_by__in', ['WEB', 'PHONE', 'MAIL', 'SYSTEM'])), name='tip_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('speech', '')), models.Q(models.Q(('speech', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='tip_answered_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'OPEN'), _negated=True), models.Q(models.Q(('speech', ''), _negated=True), models.Q(('speech', 'NOT_KEPT'), _negated=True)), _connector='OR'), name='tip_followed_up_after_the_question'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['REVIEW', 'NOT_KEPT']), _negated=True), ('speech', 'NOT_KEPT'), _connector='OR'), name='tip_reviewed_where_not_kept'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'NOT_KEPT'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('happened__isnull', True), ('place__isnull', True), ('sketch__len', 0), ('text__isnull', True), ('text_digest__isnull', True)), _connector='OR'), name='tip_not_kept_holds_nothing'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('answered_by')), _negated=True), _connector='OR'), name='tip_decided_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('state', 'CLOSED'), models.Q(('result', ''), _negated=True)), models.Q(models.Q(('state', 'CLOSED'), _negated=True), ('closed_at__isnull', True), ('closed_by__isnull', True)), _connector='OR'), name='tip_closed_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('same_as__isnull', True), models.Q(('same_as', models.F('pk')), _negated=True), _connector='OR'), name='tip_repeats_another'),
        ),
        migrations.AddConstraint(
            model_name='tipexport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', 'WAITS')), models.Q(('decision__in', ['GRANTED', 'REFUSED']), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='tipexport_decided_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='tipexportpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disclosure_number', ''), ('inside', True)), models.Q(('inside', False), models.Q(('disclosure_number', ''), _negated=True)), _connector='OR'), name='tipexportpart_accounted_iff_it_leaves'),
        ),
        migrations.AddConstraint(
            model_name='tipexportitem',
            constraint=models.UniqueConstraint(fields=('export', 'record'), name='tipexportitem_once'),
        ),
        migrations.AddConstraint(
            model_name='tipfile',
            constraint=models.UniqueConstraint(fields=('tip', 'sha256'), name='tipfile_once'),
        ),
        migrations.AddConstraint(
            model_name='tipfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='tipfile_size'),
        ),
        migrations.AddConstraint(
            model_name='tipperson',
            constraint=models.UniqueConstraint(fields=('tip', 'position'), name='tipperson_once'),
        ),
        migrations.AddConstraint(
            model_name='tipperson',
            constraint=models.CheckConstraint(condition=models.Q(('position__range', (1, 3))), name='tipperson_position'),
        ),
        migrations.AddConstraint(
            model_name='tipreferral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disclosure_number', ''), ('sent_at__isnull', True), ('sent_by__isnull', True)), models.Q(('sent_at__isnull', False), ('sent_by__isnull', False), models.Q(('disclosure_number', ''), _negated=True)), _connector='OR'), name='tipreferral_sent_iff_accounted'),
        ),
        migrations.AddConstraint(
            model_name='tipreferral',
            constraint=models.CheckConstraint(condition=models.Q(('fields__len__gt', 0)), name='tipreferral_says_something'),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
