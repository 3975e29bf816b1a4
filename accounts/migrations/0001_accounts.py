"""Accounts, offices, roles and training: the tables."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

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
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_days__gte', 1)), name='course_lasts_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Office',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('SUPPORT_CENTER', 'Law enforcement support center'), ('FIELD_OFFICE', 'Field office'), ('HEADQUARTERS', 'Headquarters')], max_length=20)),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='office', to='auth.group')),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(max_length=150, unique=True)),
                ('full_name', models.CharField(max_length=150)),
                ('title', models.CharField(blank=True, max_length=100)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('office', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='accounts.office')),
                ('supervisor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to=settings.AUTH_USER_MODEL)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('is_demo', models.BooleanField(default=False)),
                ('must_change_password', models.BooleanField(default=False)),
                ('factors_version', models.PositiveIntegerField(default=0)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('last_signed_in_at', models.DateTimeField(blank=True, null=True)),
                ('last_signed_in_from', models.GenericIPAddressField(blank=True, null=True)),
                ('last_failed_at', models.DateTimeField(blank=True, null=True)),
                ('last_failed_from', models.GenericIPAddressField(blank=True, null=True)),
                ('locked_at', models.DateTimeField(blank=True, null=True)),
                ('single_sign_on_subject', models.CharField(blank=True, max_length=255, null=True, unique=True)),
                ('certificate_sha256', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('certificate_name', models.CharField(blank=True, max_length=255, null=True, unique=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_because', models.CharField(blank=True, max_length=300)),
                ('enabled_at', models.DateTimeField(blank=True, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='user_username_any_case'), models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='user_nobody_is_superuser'), models.CheckConstraint(condition=models.Q(('supervisor', models.F('id')), _negated=True), name='user_supervises_another')],
            },
        ),
        migrations.CreateModel(
            name='TrainingRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passings', to='accounts.course')),
                ('passed_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('evidence', models.CharField(max_length=120)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'course', '-valid_until'], name='training_of_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('passed_on'))), name='training_ends_after_passing'), models.CheckConstraint(condition=models.Q(('user', models.F('recorded_by')), _negated=True), name='training_not_by_oneself'), models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='training_has_evidence')],
            },
        ),
        migrations.CreateModel(
            name='RoleRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_requests', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('GRANT', 'Grant'), ('REMOVE', 'Remove')], max_length=10)),
                ('role', models.CharField(choices=[('ANALYST', 'Analyst'), ('SUPERVISOR', 'Supervisor'), ('FIELD_OFFICER', 'Field officer'), ('PRIVACY_OFFICER', 'Privacy officer'), ('RECORDS_OFFICER', 'Records officer'), ('FOIA_OFFICER', 'FOIA officer'), ('OPR', 'OPR (internal affairs)'), ('OPR_LEAD', 'OPR lead'), ('ATTORNEY', 'Attorney (OPLA)'), ('ADMINISTRATOR', 'Administrator'), ('NCIC_SPECIALIST', 'NCIC specialist'), ('CALL_TAKER', 'Call taker'), ('INTERFACE', 'Connected system')], max_length=20)),
                ('reason', models.CharField(max_length=500)),
                ('until', models.DateField(blank=True, null=True)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('WAITING', 'Waiting'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='WAITING', max_length=10)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('person', 'role', 'kind'), name='rolerequest_one_waiting'), models.CheckConstraint(condition=models.Q(('person', models.F('requested_by')), _negated=True), name='rolerequest_not_for_oneself'), models.CheckConstraint(condition=models.Q(('person', models.F('decided_by')), _negated=True), name='rolerequest_not_decided_by_person'), models.CheckConstraint(condition=models.Q(('state', 'WITHDRAWN'), models.Q(('requested_by', models.F('decided_by')), _negated=True), _connector='OR'), name='rolerequest_not_decided_by_requester'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'WAITING')), models.Q(models.Q(('state', 'WAITING'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='rolerequest_decided_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ReviewCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('due_on', models.DateField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('closed_at',), name='reviewcampaign_one_open', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('ANALYST', 'Analyst'), ('SUPERVISOR', 'Supervisor'), ('FIELD_OFFICER', 'Field officer'), ('PRIVACY_OFFICER', 'Privacy officer'), ('RECORDS_OFFICER', 'Records officer'), ('FOIA_OFFICER', 'FOIA officer'), ('OPR', 'OPR (internal affairs)'), ('OPR_LEAD', 'OPR lead'), ('ATTORNEY', 'Attorney (OPLA)'), ('ADMINISTRATOR', 'Administrator'), ('NCIC_SPECIALIST', 'NCIC specialist'), ('CALL_TAKER', 'Call taker'), ('INTERFACE', 'Connected system')], max_length=20)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants_made', to=settings.AUTH_USER_MODEL)),
                ('granted_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants_ended', to=settings.AUTH_USER_MODEL)),
                ('end_reason', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'role'), name='rolegrant_once_in_force'), models.CheckConstraint(condition=models.Q(('user', models.F('ended_by')), _negated=True), name='rolegrant_not_ended_by_holder'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='rolegrant_ended_for_a_reason'), models.CheckConstraint(condition=models.Q(('user', models.F('granted_by')), _negated=True), name='rolegrant_not_to_oneself'), models.CheckConstraint(condition=models.Q(('role__in', ['ANALYST', 'SUPERVISOR', 'FIELD_OFFICER', 'PRIVACY_OFFICER', 'RECORDS_OFFICER', 'FOIA_OFFICER', 'OPR', 'OPR_LEAD', 'ATTORNEY', 'ADMINISTRATOR', 'NCIC_SPECIALIST', 'CALL_TAKER', 'INTERFACE'])), name='rolegrant_known_role')],
            },
        ),
        migrations.CreateModel(
            name='SupervisionLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supervisor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chain_below', to=settings.AUTH_USER_MODEL)),
                ('subordinate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chain_above', to=settings.AUTH_USER_MODEL)),
                ('depth', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('supervisor', 'subordinate'), name='supervisionlink_once'), models.CheckConstraint(condition=models.Q(('supervisor', models.F('subordinate')), _negated=True), name='supervisionlink_no_circle')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StruckTraining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='struck', to='accounts.trainingrecord')),
                ('reason', models.CharField(max_length=300)),
                ('struck_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('struck_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ReviewItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='accounts.reviewcampaign')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_items', to='accounts.rolegrant')),
                ('decision', models.CharField(choices=[('WAITING', 'Not yet reviewed'), ('KEEP', 'Keep'), ('REMOVE', 'Remove'), ('NOT_REVIEWED', 'Ended: nobody reviewed it'), ('ENDED_BEFORE', 'Ended before it was reviewed')], default='WAITING', max_length=15)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'grant'), name='reviewitem_once'), models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['KEEP', 'REMOVE']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='reviewitem_decided_by_somebody')],
            },
        ),
        migrations.AddField(
            model_name='Office',
            name='head',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='heads', to=settings.AUTH_USER_MODEL),
        ),
    ]
