"""Alerts in groups, answers to them, reports to OPR.

Alerts that are there already become groups of one record. What their looks searched for
is not known any more, and further looks are counted into new alerts.
"""

import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import acrime.common.sealed

INTO_GROUPS = """
UPDATE alert SET open = FALSE, day = (last_at AT TIME ZONE 'America/New_York')::date;
INSERT INTO alert_record (alert_id, record_id, times, times_shown, first_at, last_at)
SELECT id, record_id, times, CASE WHEN displayed THEN times ELSE 0 END, first_at, last_at
FROM alert;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# A group becomes alerts of its records again; the first keeps the group's row. What was
# read stays read, and of several unread ones about one record the latest stays unread.
INTO_SINGLES = """
UPDATE alert SET record_id = first.record_id, displayed = first.times_shown > 0,
    times = first.times
FROM (
    SELECT DISTINCT ON (alert_id) alert_id, record_id, times, times_shown
    FROM alert_record ORDER BY alert_id, record_id
) AS first WHERE first.alert_id = alert.id;
INSERT INTO alert (
    owner_id, viewer_id, record_id, event_kind, displayed, times, first_at, last_at, read_at,
    viewer_roles, criteria_digest, day, open
)
SELECT alert.owner_id, alert.viewer_id, one.record_id, alert.event_kind, one.times_shown > 0,
    one.times, one.first_at, one.last_at, alert.read_at, '{}', '', alert.day, FALSE
FROM alert_record AS one JOIN alert ON alert.id = one.alert_id
WHERE one.record_id <> alert.record_id;
UPDATE alert SET digest_id = NULL;
DELETE FROM referral_note;
DELETE FROM referral;
DELETE FROM alert_question;
DELETE FROM alert_record;
DELETE FROM alert WHERE record_id IS NULL;
UPDATE alert SET read_at = last_at WHERE read_at IS NULL AND id NOT IN (
    SELECT max(id) FROM alert WHERE read_at IS NULL
    GROUP BY owner_id, viewer_id, record_id, event_kind, displayed
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [('acrime', '0006_sealed_ledger')]

    operations = [
        migrations.CreateModel(
            name='AlertDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True)),
                ('waiting', models.PositiveIntegerField()),
                ('queued_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alert_digest',
            },
        ),
        migrations.CreateModel(
            name='AlertMail',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='alert_mail', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('pace', models.CharField(choices=[('HOURLY', 'Soon after, at most one an hour'), ('DAILY', 'At most one a day')], max_length=10)),
                ('chosen_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'alert_mail',
            },
        ),
        migrations.CreateModel(
            name='AlertQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True)),
                ('text', acrime.common.sealed.SealedTextField()),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('answer', acrime.common.sealed.SealedTextField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alert_question',
            },
        ),
        migrations.CreateModel(
            name='AlertRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('times', models.PositiveIntegerField()),
                ('times_shown', models.PositiveIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'alert_record',
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('reported_at', models.DateTimeField()),
                ('about_text', acrime.common.sealed.SealedTextField()),
                ('record_number', models.CharField(blank=True, max_length=24)),
                ('text', acrime.common.sealed.SealedTextField()),
                ('state', models.CharField(choices=[('NEW', 'New'), ('IN_REVIEW', 'In review'), ('CLOSED', 'Closed')], default='NEW', max_length=10)),
                ('taken_at', models.DateTimeField(null=True)),
                ('finding', models.CharField(blank=True, choices=[('NO_MISUSE', 'No misuse found'), ('MISUSE_REFERRED', 'Misuse found and referred for discipline'), ('OTHER', 'Closed for another reason')], max_length=20)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'referral',
            },
        ),
        migrations.CreateModel(
            name='ReferralNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', acrime.common.sealed.SealedTextField()),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'referral_note',
            },
        ),
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_one_unread',
        ),
        # Empty for a moment, and again on the way back.
        migrations.AlterField(
            model_name='alert',
            name='record',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='acrime.record'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='displayed',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='criteria_digest',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='alert',
            name='day',
            field=models.DateField(default=datetime.date(2026, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='alert',
            name='event_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='event_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='expected_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='key',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='open',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='reported_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='viewer_office',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.office'),
        ),
        migrations.AddField(
            model_name='alert',
            name='viewer_roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None),
        ),
        migrations.AddField(
            model_name='alertdigest',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alert_digests', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alert',
            name='digest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='acrime.alertdigest'),
        ),
        migrations.AddField(
            model_name='alertquestion',
            name='alert',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='acrime.alert'),
        ),
        migrations.AddField(
            model_name='alertquestion',
            name='asked',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions_asked_of_me', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alertrecord',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='records', to='acrime.alert'),
        ),
        migrations.AddField(
            model_name='alertrecord',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='acrime.record'),
        ),
        migrations.AddField(
            model_name='referral',
            name='about',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='alert',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='acrime.alert'),
        ),
        migrations.AddField(
            model_name='referral',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='reporter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='misuse_reports', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referral',
            name='taken_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referralnote',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='referralnote',
            name='referral',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='acrime.referral'),
        ),
        migrations.RunSQL(INTO_GROUPS, INTO_SINGLES),
        migrations.RemoveField(
            model_name='alert',
            name='displayed',
        ),
        migrations.RemoveField(
            model_name='alert',
            name='record',
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['owner'], name='alert_unread'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('digest__isnull', True), ('read_at__isnull', True)), fields=['owner'], name='alert_not_mailed'),
        ),
        migrations.AddIndex(
            model_name='alertdigest',
            index=models.Index(fields=['owner', '-queued_at'], name='alertdigest_latest'),
        ),
        migrations.AddIndex(
            model_name='alertquestion',
            index=models.Index(condition=models.Q(('answered_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['asked', 'due_at'], name='alertquestion_waiting'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(fields=['state', 'reported_at'], name='referral_queue'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('open', True)), fields=('owner', 'viewer', 'event_kind', 'criteria_digest', 'day'), name='alert_one_open'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('open', False), models.Q(('expected_at__isnull', True), ('read_at__isnull', True), ('reported_at__isnull', True)), _connector='OR'), name='alert_open_until_read_or_replied'),
        ),
        migrations.AddConstraint(
            model_name='alertmail',
            constraint=models.CheckConstraint(condition=models.Q(('pace__in', ['HOURLY', 'DAILY'])), name='alertmail_known_pace'),
        ),
        migrations.AddConstraint(
            model_name='alertquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer__isnull', True), ('answered_at__isnull', True)), models.Q(('answer__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='alertquestion_answered_with_words'),
        ),
        migrations.AddConstraint(
            model_name='alertquestion',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='alertquestion_answered_or_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='alertrecord',
            constraint=models.UniqueConstraint(fields=('alert', 'record'), name='alertrecord_once'),
        ),
        migrations.AddConstraint(
            model_name='alertrecord',
            constraint=models.CheckConstraint(condition=models.Q(('times_shown__lte', models.F('times'))), name='alertrecord_shown_at_most_each_time'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.UniqueConstraint(fields=('alert',), name='referral_once_an_alert'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('finding', ''), ('state', 'NEW'), ('taken_at__isnull', True), ('taken_by__isnull', True)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('finding', ''), ('state', 'IN_REVIEW'), ('taken_at__isnull', False), ('taken_by__isnull', False)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('finding__in', ['NO_MISUSE', 'MISUSE_REFERRED', 'OTHER']), ('state', 'CLOSED'), ('taken_at__isnull', False), ('taken_by__isnull', False)), _connector='OR'), name='referral_state_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_by', models.F('reporter')), _negated=True), models.Q(('closed_by', models.F('reporter')), _negated=True)), name='referral_not_handled_by_its_reporter'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_by', models.F('about')), _negated=True), models.Q(('closed_by', models.F('about')), _negated=True)), name='referral_not_handled_by_the_reported'),
        ),
    ]
