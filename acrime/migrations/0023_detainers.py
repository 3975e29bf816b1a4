"""Detainers, and what is told of them."""

import acrime.common.sealed
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('acrime', '0022_tips'),
        ('routine_uses', '0009_mail_delivery'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Detainer',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='detainer', serialize=False, to='acrime.record')),
                ('state', models.CharField(choices=[('DRAFT', 'Being prepared'), ('TO_ISSUE', 'Waits for the issuing officer'), ('ISSUED', 'Issued, not placed'), ('PLACED', 'Placed'), ('ACTED_ON', 'Acted on'), ('LIFTED', 'Lifted'), ('WITHDRAWN', 'Given up before it was issued')], default='DRAFT', max_length=10)),
                ('edition', models.CharField(choices=[('I-247A', 'I-247A (since April 2, 2017)'), ('I-247D', 'I-247D (before April 2, 2017)'), ('I-247N', 'I-247N (before April 2, 2017)'), ('I-247X', 'I-247X (before April 2, 2017)'), ('I-247', 'I-247 (earlier)')], max_length=6)),
                ('rule', models.CharField(blank=True, choices=[('PLAIN', '48 hours, weekends and holidays included'), ('WORKING', '48 hours without Saturdays, Sundays and federal holidays'), ('NO_HOLD', 'It asks for notice of the release and not to hold')], max_length=7)),
                ('box', models.CharField(choices=[('1', 'Box 1: probable cause that the person is removable'), ('2', 'Box 2: DHS transferred the person for a proceeding or investigation')], max_length=1)),
                ('bases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('FINAL_ORDER', 'A final order of removal'), ('PENDING', 'Removal proceedings that are pending'), ('BIOMETRIC', 'A biometric match, with a check of federal databases'), ('EVIDENCE', 'Statements to an officer, or other reliable evidence')], max_length=11), blank=True, default=list, size=None)),
                ('grounds', acrime.common.sealed.SealedTextField(null=True)),
                ('warrant', models.CharField(blank=True, choices=[('I-200', 'I-200, warrant for arrest'), ('I-205', 'I-205, warrant of removal')], max_length=5)),
                ('warrant_signed_on', models.DateField(null=True)),
                ('place', acrime.common.sealed.SealedTextField(null=True)),
                ('zone', models.CharField(choices=[('America/New_York', 'Eastern'), ('America/Chicago', 'Central'), ('America/Denver', 'Mountain'), ('America/Phoenix', 'Mountain, Arizona (clocks never change)'), ('America/Los_Angeles', 'Pacific'), ('America/Anchorage', 'Alaska'), ('Pacific/Honolulu', 'Hawaii'), ('America/Puerto_Rico', 'Puerto Rico and Virgin Islands'), ('Pacific/Guam', 'Guam and Northern Mariana Islands'), ('Pacific/Pago_Pago', 'American Samoa')], max_length=20)),
                ('citizenship', acrime.common.sealed.SealedTextField(null=True)),
                ('subject_id', acrime.common.sealed.SealedTextField(null=True)),
                ('event_number', acrime.common.sealed.SealedTextField(null=True)),
                ('agency_number', acrime.common.sealed.SealedTextField(null=True)),
                ('return_reason', acrime.common.sealed.SealedTextField(null=True)),
                ('prepared_at', models.DateTimeField(null=True)),
                ('issued_at', models.DateTimeField(null=True)),
                ('issued_on', models.DateField(null=True)),
                ('officer_title', models.CharField(blank=True, choices=[('DEPORTATION', 'Deportation officer'), ('SPECIAL_AGENT', 'Special agent'), ('BORDER_PATROL', 'Border Patrol agent'), ('ENFORCEMENT', 'Immigration enforcement agent'), ('INSPECTOR', 'Immigration inspector'), ('ADJUDICATIONS', 'Adjudications officer'), ('SUPERVISING', 'Supervisor or manager of these officers'), ('DESIGNATED', 'Immigration officer designated to issue detainers')], max_length=13)),
                ('officer_name', acrime.common.sealed.SealedTextField(null=True)),
                ('served_at', models.DateTimeField(null=True)),
                ('served_how', models.CharField(blank=True, choices=[('IN_PERSON', 'In person'), ('MAIL', "By the facility's mail for inmates"), ('OTHER', 'In another way')], max_length=9)),
                ('served_by', acrime.common.sealed.SealedTextField(null=True)),
                ('release_at', models.DateTimeField(null=True)),
                ('release_kind', models.CharField(blank=True, choices=[('EXPECTED', 'Expected: the agency says when it will be'), ('ACTUAL', 'Actual: from then on only the detainer holds the person')], max_length=8)),
                ('release_told_by', acrime.common.sealed.SealedTextField(null=True)),
                ('end_at', models.DateTimeField(null=True)),
                ('end_told_at', models.DateTimeField(null=True)),
                ('custody_taken_at', models.DateTimeField(null=True)),
                ('lift_reason', models.CharField(blank=True, choices=[('NOT_REMOVABLE', 'There is no probable cause any more'), ('CITIZEN', 'The person is, or may be, a citizen of the United States'), ('NO_CUSTODY', 'DHS will not take custody'), ('HOURS_ENDED', 'The 48 hours ended, and DHS did not take custody'), ('TRANSFERRED', 'The person went to another agency'), ('REPLACED', 'Another detainer takes its place'), ('COURT', 'A court ordered it'), ('ERROR', 'It was issued by mistake'), ('OTHER', 'Another reason, in the note')], max_length=13)),
                ('lift_note', acrime.common.sealed.SealedTextField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'detainer',
            },
        ),
        migrations.CreateModel(
            name='DetainerNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('PLACEMENT', 'Placement with the agency that has custody'), ('LIFTING', 'Word to that agency that it is lifted'), ('STATUS', 'Notice to the justice system')], max_length=9)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('text', acrime.common.sealed.SealedTextField(null=True)),
                ('prepared_at', models.DateTimeField()),
                ('dropped_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sent_to', acrime.common.sealed.SealedTextField(null=True)),
                ('method', models.CharField(blank=True, choices=[('ELECTRONIC', 'Electronic message'), ('PAPER', 'Paper'), ('FAX', 'Fax'), ('ORAL', 'By word of mouth'), ('DISPLAY', 'Shown on a screen')], max_length=12)),
                ('disclosure_number', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'db_table': 'detainer_notice',
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
            field=models.CharField(choices=[('IAQ', 'Status query'), ('IAR', 'Status response'), ('IND', 'Individual'), ('NCIC', 'NCIC record'), ('HIT', 'Hit confirmation'), ('CAL', 'Call'), ('DET', 'Detainer'), ('TIP', 'Tip'), ('TPS', 'Source of a tip')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['IAQ', 'IAR', 'IND', 'NCIC', 'HIT', 'CAL', 'DET', 'TIP', 'TPS'])), name='record_known_kind'),
        ),
        migrations.AddField(
            model_name='detainer',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='detainer',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='detainer',
            name='issued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='detainer',
            name='prepared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='detainer',
            name='query',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='detainers', to='acrime.statusquery'),
        ),
        migrations.AddField(
            model_name='detainernotice',
            name='detainer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='acrime.detainer'),
        ),
        migrations.AddField(
            model_name='detainernotice',
            name='prepared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='detainernotice',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='detainernotice',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='detainer',
            index=models.Index(fields=['state'], name='detainer_state'),
        ),
        migrations.AddIndex(
            model_name='detainer',
            index=models.Index(condition=models.Q(('state__in', ['ISSUED', 'PLACED'])), fields=['end_at'], name='detainer_end'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'TO_ISSUE', 'ISSUED', 'PLACED', 'ACTED_ON', 'LIFTED', 'WITHDRAWN']), ('edition__in', ['I-247A', 'I-247D', 'I-247N', 'I-247X', 'I-247']), ('zone__in', ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Phoenix', 'America/Los_Angeles', 'America/Anchorage', 'Pacific/Honolulu', 'America/Puerto_Rico', 'Pacific/Guam', 'Pacific/Pago_Pago'])), name='detainer_known_values'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bases__contained_by', ['FINAL_ORDER', 'PENDING', 'BIOMETRIC', 'EVIDENCE']), ('bases__len__gt', 0), ('box', '1')), models.Q(('bases__len', 0), ('box', '2')), _connector='OR'), name='detainer_one_box_with_its_basis'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition__in', ['I-247A', 'I-247N']), ('rule', '')), models.Q(models.Q(('edition__in', ['I-247A', 'I-247N']), _negated=True), ('rule__in', ['PLAIN', 'WORKING', 'NO_HOLD'])), _connector='OR'), name='detainer_rule_of_its_edition'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(('issued_by', models.F('prepared_by')), _negated=True), name='detainer_issued_by_another'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ISSUED', 'PLACED', 'ACTED_ON', 'LIFTED']), _negated=True), models.Q(('issued_at__isnull', False), ('issued_by__isnull', False), ('issued_on__isnull', False), ('prepared_by__isnull', False), models.Q(('officer_title', ''), _negated=True)), _connector='OR'), name='detainer_issued_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition', 'I-247A'), models.Q(('issued_on__isnull', True), ('issued_on__gte', '2017-04-02'), _connector='OR')), models.Q(models.Q(('edition', 'I-247A'), _negated=True), ('issued_on__lt', '2017-04-02')), _connector='OR'), name='detainer_edition_of_its_day'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition', 'I-247A'), ('state__in', ['ISSUED', 'PLACED', 'ACTED_ON', 'LIFTED']), _negated=True), models.Q(models.Q(('warrant', ''), _negated=True), ('warrant_signed_on__isnull', False)), _connector='OR'), name='detainer_issued_with_a_warrant'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('served_at__isnull', True), ('served_how', '')), models.Q(('served_at__isnull', False), models.Q(('served_how', ''), _negated=True)), _connector='OR'), name='detainer_served_when_and_how'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_at__isnull', True), ('release_at__isnull', True), ('release_kind', '')), models.Q(('release_at__isnull', False), models.Q(('release_kind', ''), _negated=True)), _connector='OR'), name='detainer_no_end_without_a_release'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ACTED_ON'), ('custody_taken_at__isnull', False)), models.Q(models.Q(('state', 'ACTED_ON'), _negated=True), ('custody_taken_at__isnull', True)), _connector='OR'), name='detainer_custody_when'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'LIFTED'), models.Q(('lift_reason', ''), _negated=True)), models.Q(models.Q(('state', 'LIFTED'), _negated=True), ('lift_reason', '')), _connector='OR'), name='detainer_lifted_why'),
        ),
        migrations.AddConstraint(
            model_name='detainer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['LIFTED', 'ACTED_ON']), ('ended_at__isnull', False), ('ended_by__isnull', False)), models.Q(models.Q(('state__in', ['LIFTED', 'ACTED_ON']), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='detainer_ended_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='detainernotice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['PLACEMENT', 'LIFTING', 'STATUS']), ('fields__len__gt', 0)), name='detainernotice_says_something'),
        ),
        migrations.AddConstraint(
            model_name='detainernotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disclosure_number', ''), ('sent_at__isnull', True), ('sent_by__isnull', True)), models.Q(('dropped_at__isnull', True), ('sent_at__isnull', False), ('sent_by__isnull', False), models.Q(('disclosure_number', ''), _negated=True), models.Q(('method', ''), _negated=True)), _connector='OR'), name='detainernotice_accounted_iff_sent'),
        ),
        migrations.AddConstraint(
            model_name='detainernotice',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'PLACEMENT'), ('fields__contained_by', ['DETAINER_EXISTENCE', 'REMOVAL_STATUS', 'CUSTODY_STATUS', 'CUSTODY_LOCATION', 'A_NUMBER', 'COUNTRY_OF_BIRTH']), _connector='OR'), name='detainernotice_closed_list'),
        ),
        migrations.AddConstraint(
            model_name='detainernotice',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'PLACEMENT')), fields=('detainer',), name='detainernotice_placed_once'),
        ),
    ]
