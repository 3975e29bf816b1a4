"""Training, role requests, their reviews, and how an account is disabled and enabled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

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
    dependencies = [('accounts', '0003_sign_in')]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('audience', models.CharField(choices=[('EVERYONE', 'Every person'), ('NCIC', 'People who use NCIC')], max_length=10)),
                ('valid_days', models.PositiveSmallIntegerField(default=365)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(choices=[('WAITING', 'Not yet reviewed'), ('KEEP', 'Keep'), ('REMOVE', 'Remove'), ('NOT_REVIEWED', 'Ended: nobody reviewed it'), ('ENDED_BEFORE', 'Ended before it was reviewed')], default='WAITING', max_length=15)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RoleRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('GRANT', 'Grant'), ('REMOVE', 'Remove')], max_length=10)),
                ('role', models.CharField(choices=[('ANALYST', 'Analyst'), ('SUPERVISOR', 'Supervisor'), ('FIELD_OFFICER', 'Field officer'), ('PRIVACY_OFFICER', 'Privacy officer'), ('RECORDS_OFFICER', 'Records officer'), ('FOIA_OFFICER', 'FOIA officer'), ('OPR', 'OPR (internal affairs)'), ('OPR_LEAD', 'OPR lead'), ('ATTORNEY', 'Attorney (OPLA)'), ('ADMINISTRATOR', 'Administrator'), ('NCIC_SPECIALIST', 'NCIC specialist'), ('CALL_TAKER', 'Call taker'), ('INTERFACE', 'Connected system')], max_length=20)),
                ('reason', models.CharField(max_length=500)),
                ('until', models.DateField(blank=True, null=True)),
                ('requested_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('WAITING', 'Waiting'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='WAITING', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='StruckTraining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('struck_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TrainingRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('passed_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('evidence', models.CharField(max_length=120)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='rolegrant',
            name='rolegrant_once',
        ),
        migrations.AddField(
            model_name='apitoken',
            name='last_used_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='office',
            name='head',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='heads', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='end_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants_ended', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='disabled_because',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='user',
            name='enabled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role'), name='rolegrant_once_in_force'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('user', models.F('ended_by')), _negated=True), name='rolegrant_not_ended_by_holder'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='rolegrant_ended_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('valid_days__gte', 1)), name='course_lasts_a_day'),
        ),
        migrations.AddField(
            model_name='reviewcampaign',
            name='opened_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewitem',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='accounts.reviewcampaign'),
        ),
        migrations.AddField(
            model_name='reviewitem',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewitem',
            name='grant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_items', to='accounts.rolegrant'),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_requests', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rolerequest',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='strucktraining',
            name='struck_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trainingrecord',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passings', to='accounts.course'),
        ),
        migrations.AddField(
            model_name='trainingrecord',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='trainingrecord',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='strucktraining',
            name='record',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='struck', to='accounts.trainingrecord'),
        ),
        migrations.AddConstraint(
            model_name='reviewcampaign',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('closed_at',), name='reviewcampaign_one_open', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='reviewitem',
            constraint=models.UniqueConstraint(fields=('campaign', 'grant'), name='reviewitem_once'),
        ),
        migrations.AddConstraint(
            model_name='reviewitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['KEEP', 'REMOVE']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='reviewitem_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('person', 'role', 'kind'), name='rolerequest_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('requested_by')), _negated=True), name='rolerequest_not_for_oneself'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('decided_by')), _negated=True), name='rolerequest_not_decided_by_person'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'WITHDRAWN'), models.Q(('requested_by', models.F('decided_by')), _negated=True), _connector='OR'), name='rolerequest_not_decided_by_requester'),
        ),
        migrations.AddConstraint(
            model_name='rolerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'WAITING')), models.Q(models.Q(('state', 'WAITING'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='rolerequest_decided_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='trainingrecord',
            index=models.Index(fields=['user', 'course', '-valid_until'], name='training_of_user'),
        ),
        migrations.AddConstraint(
            model_name='trainingrecord',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('passed_on'))), name='training_ends_after_passing'),
        ),
        migrations.AddConstraint(
            model_name='trainingrecord',
            constraint=models.CheckConstraint(condition=models.Q(('user', models.F('recorded_by')), _negated=True), name='training_not_by_oneself'),
        ),
        migrations.AddConstraint(
            model_name='trainingrecord',
            constraint=models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='training_has_evidence'),
        ),
        migrations.RunPython(add_courses, migrations.RunPython.noop),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
    ]
