"""Records entered into NCIC, hit confirmations and calls."""

import acrime.common.sealed
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was compared and done is only added to. Notes are sealed anew when the key changes, so
# they are left out. The period of the notice runs from the removal from NCIC: no record of an
# entry has the beginning of its period on any other day, and none before it was removed.
FORWARD = """
CREATE TRIGGER ncic_document_check_append_only BEFORE UPDATE OR DELETE ON ncic_document_check
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_document_check_no_truncate BEFORE TRUNCATE ON ncic_document_check
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_transaction_append_only
    BEFORE UPDATE OF id, entry_id, kind, done_by_id, done_at, ori, nic, code OR DELETE
    ON ncic_transaction FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER ncic_transaction_no_truncate BEFORE TRUNCATE ON ncic_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();

CREATE FUNCTION acrime_period_from_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ncic_entry WHERE record_id = NEW.id AND removed_on = NEW.cutoff_date
        AND state = 'REMOVED'
    ) THEN
        RAISE EXCEPTION 'The period runs from the removal from NCIC and from no other day'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER record_period_from_removal BEFORE INSERT OR UPDATE OF cutoff_date ON record
    FOR EACH ROW WHEN (NEW.kind = 'NCIC' AND NEW.cutoff_date IS NOT NULL)
    EXECUTE FUNCTION acrime_period_from_removal();
"""

REVERSE = """
DROP TRIGGER record_period_from_removal ON record;
DROP FUNCTION acrime_period_from_removal();
DROP TRIGGER ncic_transaction_no_truncate ON ncic_transaction;
DROP TRIGGER ncic_transaction_append_only ON ncic_transaction;
DROP TRIGGER ncic_document_check_no_truncate ON ncic_document_check;
DROP TRIGGER ncic_document_check_append_only ON ncic_document_check;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_office_groups'),
        ('acrime', '0017_the_centers_day'),
        ('routine_uses', '0008_wider_approvals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BasisDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('WARRANT', 'Criminal arrest warrant'), ('ORDER', 'Administrative order or warrant'), ('FINGERPRINTS', 'Fingerprints'), ('PHOTOGRAPH', 'Photograph'), ('OTHER', 'Other supporting paper')], max_length=12)),
                ('reference', models.CharField(max_length=80)),
                ('issued_by', models.CharField(blank=True, max_length=120)),
                ('issued_on', models.DateField(null=True)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', acrime.common.sealed.SealedBytesField()),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ncic_basis_document',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='call', serialize=False, to='acrime.record')),
                ('kind', models.CharField(choices=[('HIT', 'Hit confirmation'), ('FOLLOW_UP', 'Follow-up of a response (IAR)'), ('ASSISTANCE', 'Assistance')], max_length=10)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('CLOSED', 'Closed')], default='OPEN', max_length=6)),
                ('received_at', models.DateTimeField()),
                ('ori', models.CharField(max_length=9)),
                ('caller_name', acrime.common.sealed.SealedTextField()),
                ('callback_given', acrime.common.sealed.SealedTextField(null=True)),
                ('purpose', acrime.common.sealed.SealedTextField()),
                ('person_asked', acrime.common.sealed.SealedTextField(null=True)),
                ('verification', models.CharField(choices=[('UNVERIFIED', 'Not verified'), ('VERIFIED', 'Called back and verified'), ('FAILED', 'Called back: not they')], default='UNVERIFIED', max_length=10)),
                ('called_number', models.CharField(blank=True, max_length=40)),
                ('verified_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'call',
            },
        ),
        migrations.CreateModel(
            name='CallStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', acrime.common.sealed.SealedTextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('purpose_code', models.CharField(blank=True, choices=[('FINGERPRINT_QUERY', 'Answer to a fingerprint-based immigration query'), ('STATUS_VERIFICATION', 'Verification of immigration status'), ('FIREARM_CHECK', 'Immigration check for a firearm purchase'), ('EVENT_SCREENING', 'Screening for a special security event'), ('SUITABILITY', 'Decision on employment, clearance, license or benefit'), ('LAW_ENFORCEMENT', 'Investigation, prosecution or enforcement of law'), ('LOOKOUT_INQUIRY', 'Inquiry about a want, warrant or lookout'), ('NCIC_INQUIRY', 'Inquiry about an ICE record in NCIC'), ('DECONFLICTION', 'Coordination of law enforcement work'), ('LAW_INTELLIGENCE', 'Law enforcement intelligence'), ('COUNTERTERRORISM', 'Security threat or counterterrorism'), ('REFERRAL', 'Referral of a tip or violation'), ('DETAINER', 'Detainer or transfer of custody'), ('JUSTICE_INTEGRITY', 'Detainer, removal or custody status for justice'), ('LITIGATION', 'Litigation or proceedings'), ('SETTLEMENT', 'Settlement of a claim before litigation'), ('ELICITATION', 'Obtaining information for a DHS matter'), ('FORMER_EMPLOYEE', 'Matter concerning a former employee'), ('CONGRESSIONAL_INQUIRY', 'Inquiry of a congressional office'), ('PRIVATE_RELIEF', 'Private relief legislation'), ('OVERSIGHT', 'Audit or oversight'), ('RECORDS_INSPECTION', 'Records management inspection'), ('BREACH_RESPONSE', 'Response to a compromise of information'), ('CONTRACT_WORK', 'Work for DHS under contract or agreement'), ('TECHNOLOGY', 'Development or testing of technology'), ('INTERNATIONAL_ARRANGEMENT', 'International arrangement'), ('DIPLOMATIC_RESPONSE', 'Response to a foreign request through State'), ('CONSULAR_NOTICE', 'Notice of an incapacitated, minor or deceased alien'), ('REDRESS', 'Redress'), ('PUBLIC_INTEREST', 'Legitimate public interest'), ('INTERNAL_NEED', 'Duties inside the agency'), ('FOIA', 'Freedom of Information Act request'), ('CENSUS', 'Census or survey'), ('STATISTICS', 'Statistical research or reporting'), ('ARCHIVES', 'Historical value'), ('HEALTH_SAFETY', 'Health or safety of an individual'), ('COURT_ORDER', 'Compliance with a court order'), ('INDIVIDUALS_REQUEST', 'Request or consent of the individual')], max_length=30)),
                ('prepared_at', models.DateTimeField()),
                ('said_at', models.DateTimeField(null=True)),
                ('disclosure_number', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'db_table': 'call_statement',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='DocumentCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('ENTRY', 'Second check before entry'), ('VALIDATION', 'Validation'), ('HIT', 'Confirmation of a hit')], max_length=10)),
                ('checked_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ncic_document_check',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CallTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', acrime.common.sealed.SealedTextField()),
                ('due_at', models.DateTimeField()),
                ('added_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('outcome', acrime.common.sealed.SealedTextField(null=True)),
            ],
            options={
                'db_table': 'call_follow_up',
                'ordering': ['due_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HitConfirmation',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='hit', serialize=False, to='acrime.record')),
                ('nic', models.CharField(max_length=10)),
                ('priority', models.CharField(choices=[('U', 'Urgent (10 minutes)'), ('R', 'Routine (1 hour)')], max_length=1)),
                ('number', models.PositiveSmallIntegerField()),
                ('came_by', models.CharField(choices=[('NLETS', 'Message (Nlets)'), ('PHONE', 'Telephone')], max_length=5)),
                ('ori', models.CharField(max_length=9)),
                ('attention', acrime.common.sealed.SealedTextField(null=True)),
                ('person_name', acrime.common.sealed.SealedTextField(null=True)),
                ('person_born', acrime.common.sealed.SealedTextField(null=True)),
                ('to_control_terminal', models.BooleanField(null=True)),
                ('to_fbi', models.BooleanField(null=True)),
                ('received_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('WAITING', 'Waits for an answer'), ('PROMISED', 'Answer promised'), ('ANSWERED', 'Answered'), ('FOLLOWED', 'Asked again')], default='WAITING', max_length=10)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('promised_for', models.DateTimeField(null=True)),
                ('first_answer_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('CONFIRMED', 'Confirmed'), ('NOT_CONFIRMED', 'Not confirmed'), ('NOT_ICE', "No entry of ICE's has this number")], max_length=15)),
                ('answered_at', models.DateTimeField(null=True)),
                ('told', acrime.common.sealed.SealedTextField(null=True)),
                ('told_to', acrime.common.sealed.SealedTextField(null=True)),
                ('told_by_method', models.CharField(blank=True, choices=[('ELECTRONIC', 'Electronic message'), ('PAPER', 'Paper'), ('FAX', 'Fax'), ('ORAL', 'By word of mouth'), ('DISPLAY', 'Shown on a screen')], max_length=12)),
                ('disclosure_number', models.CharField(blank=True, max_length=24)),
            ],
            options={
                'db_table': 'hit_confirmation',
            },
        ),
        migrations.CreateModel(
            name='NcicEntry',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ncic_entry', serialize=False, to='acrime.record')),
                ('file', models.CharField(choices=[('W', 'Wanted Person File'), ('N', 'Immigration Violator File')], max_length=1)),
                ('category', models.CharField(blank=True, choices=[('DEPORTED_FELON', 'Deported felon'), ('ABSCONDER', 'Absconder'), ('NSEERS', 'NSEERS violator (history)')], max_length=15)),
                ('state', models.CharField(choices=[('DRAFT', 'Being prepared'), ('TO_CHECK', 'Waits for the second check'), ('CHECKED', 'Checked, to be entered'), ('ENTERED', 'In NCIC'), ('LOCATED', 'In NCIC, located'), ('CLEARED', 'Cleared, to be removed'), ('REMOVED', 'Removed from NCIC'), ('WITHDRAWN', 'Given up before entry')], default='DRAFT', max_length=10)),
                ('offense', models.CharField(max_length=4)),
                ('extradition', models.CharField(blank=True, choices=[('01', '01 – Felony: full extradition'), ('02', '02 – Felony: limited'), ('03', '03 – Felony: surrounding states only'), ('04', '04 – Felony: in-state pick-up only'), ('05', '05 – Felony: arrangements pending'), ('06', '06 – Felony: determination pending'), ('A', 'A – Misdemeanor: full extradition'), ('B', 'B – Misdemeanor: limited'), ('C', 'C – Misdemeanor: surrounding states only'), ('D', 'D – Misdemeanor: in-state pick-up only'), ('E', 'E – Misdemeanor: arrangements pending'), ('F', 'F – Misdemeanor: determination pending')], max_length=2)),
                ('ori', models.CharField(max_length=9)),
                ('case_number', acrime.common.sealed.SealedTextField(null=True)),
                ('remarks', acrime.common.sealed.SealedTextField(null=True)),
                ('return_reason', acrime.common.sealed.SealedTextField(null=True)),
                ('prepared_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('nic', models.CharField(blank=True, max_length=10)),
                ('entered_on', models.DateField(null=True)),
                ('validate_from', models.DateField(null=True)),
                ('validate_by', models.DateField(null=True)),
                ('removed_on', models.DateField(null=True)),
                ('removal_reason', models.CharField(blank=True, choices=[('ADMIN CLOSING', 'The case was closed administratively'), ('CASE DROPPED', 'The case was dropped'), ('HIT NCIC', 'Located by a hit in NCIC'), ('LOCATED', 'Located by a hit in another system'), ('NOT WANTED', 'No valid warrant had been issued'), ('OTHER MEANS', 'Found by other means than a hit'), ('WARRANT DISMISSED', 'The warrant or order was dismissed'), ('PURGED', 'Purged by NCIC because it was not validated in time')], max_length=20)),
            ],
            options={
                'db_table': 'ncic_entry',
            },
        ),
        migrations.CreateModel(
            name='NcicTransaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ENTER', 'Entered'), ('VALIDATE', 'Validated'), ('LOCATE', 'Located'), ('CLEAR', 'Cleared'), ('REMOVE', 'Removed')], max_length=10)),
                ('done_at', models.DateTimeField()),
                ('ori', models.CharField(max_length=9)),
                ('nic', models.CharField(max_length=10)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('note', acrime.common.sealed.SealedTextField(null=True)),
            ],
            options={
                'db_table': 'ncic_transaction',
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
            field=models.CharField(choices=[('IAQ', 'Status query'), ('IAR', 'Status response'), ('IND', 'Individual'), ('NCIC', 'NCIC record'), ('HIT', 'Hit confirmation'), ('CAL', 'Call')], max_length=10),
        ),
        migrations.AlterField(
            model_name='recordsubject',
            name='role',
            field=models.CharField(choices=[('SUBJECT', 'Subject of the record'), ('CALLER', 'Caller')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['IAQ', 'IAR', 'IND', 'NCIC', 'HIT', 'CAL'])), name='record_known_kind'),
        ),
        migrations.AddField(
            model_name='basisdocument',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='call',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='call',
            name='query',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='acrime.statusquery'),
        ),
        migrations.AddField(
            model_name='call',
            name='recipient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='call',
            name='verified_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='callstatement',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='acrime.call'),
        ),
        migrations.AddField(
            model_name='callstatement',
            name='prepared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='callstatement',
            name='said_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='documentcheck',
            name='checked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='documentcheck',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='acrime.basisdocument'),
        ),
        migrations.AddField(
            model_name='calltask',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calltask',
            name='assigned_to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_tasks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calltask',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='acrime.call'),
        ),
        migrations.AddField(
            model_name='calltask',
            name='done_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hitconfirmation',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hitconfirmation',
            name='claimed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claimed_hits', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hitconfirmation',
            name='previous',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next_request', to='acrime.hitconfirmation'),
        ),
        migrations.AddField(
            model_name='hitconfirmation',
            name='recipient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient'),
        ),
        migrations.AddField(
            model_name='documentcheck',
            name='hit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='document_checks', to='acrime.hitconfirmation'),
        ),
        migrations.AddField(
            model_name='call',
            name='hit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='acrime.hitconfirmation'),
        ),
        migrations.AddField(
            model_name='ncicentry',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ncicentry',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ncicentry',
            name='prepared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ncicentry',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hitconfirmation',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hits', to='acrime.ncicentry'),
        ),
        migrations.AddField(
            model_name='basisdocument',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='acrime.ncicentry'),
        ),
        migrations.AddField(
            model_name='ncictransaction',
            name='done_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ncictransaction',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='acrime.ncicentry'),
        ),
        migrations.AddConstraint(
            model_name='callstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disclosure_number', ''), ('fields__len', 0), ('said_at__isnull', False)), models.Q(('fields__len__gt', 0), models.Q(('purpose_code', ''), _negated=True), models.Q(models.Q(('disclosure_number', ''), ('said_at__isnull', True)), models.Q(('said_at__isnull', False), models.Q(('disclosure_number', ''), _negated=True)), _connector='OR')), _connector='OR'), name='callstatement_accounted_iff_it_says_something'),
        ),
        migrations.AddConstraint(
            model_name='callstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('said_at__isnull', True), ('said_by__isnull', True)), models.Q(('said_at__isnull', False), ('said_by__isnull', False)), _connector='OR'), name='callstatement_said_by_whom_and_when'),
        ),
        migrations.AddIndex(
            model_name='calltask',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['assigned_to', 'due_at'], name='call_follow_up_open'),
        ),
        migrations.AddConstraint(
            model_name='calltask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='calltask_done_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='documentcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hit__isnull', False), ('purpose', 'HIT')), models.Q(('hit__isnull', True), ('purpose__in', ['ENTRY', 'VALIDATION'])), _connector='OR'), name='documentcheck_hit_iff_for_one'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['-received_at'], name='call_newest'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['state'], name='call_state'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hit__isnull', False), ('kind', 'HIT'), ('query__isnull', True)), models.Q(('hit__isnull', True), ('kind', 'FOLLOW_UP'), ('query__isnull', False)), models.Q(('hit__isnull', True), ('kind', 'ASSISTANCE'), ('query__isnull', True)), _connector='OR'), name='call_about_what_its_kind_says'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('ori__regex', '^[A-Z0-9]{9}$')), name='call_ori'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verification', 'UNVERIFIED'), ('verified_by__isnull', True)), models.Q(('verification__in', ['VERIFIED', 'FAILED']), ('verified_at__isnull', False), ('verified_by__isnull', False), ('recipient__isnull', False), models.Q(('called_number', ''), _negated=True)), _connector='OR'), name='call_verified_by_a_call_back'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'OPEN')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('state', 'CLOSED')), _connector='OR'), name='call_closed_by_whom_and_when'),
        ),
        migrations.AddIndex(
            model_name='ncicentry',
            index=models.Index(fields=['state'], name='ncic_entry_state'),
        ),
        migrations.AddIndex(
            model_name='ncicentry',
            index=models.Index(fields=['validate_by'], name='ncic_entry_validate_by'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(('file__in', ['W', 'N']), ('state__in', ['DRAFT', 'TO_CHECK', 'CHECKED', 'ENTERED', 'LOCATED', 'CLEARED', 'REMOVED', 'WITHDRAWN'])), name='ncicentry_known_file_and_state'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', ''), ('file', 'W')), models.Q(('category__in', ['DEPORTED_FELON', 'ABSCONDER', 'NSEERS']), ('file', 'N')), _connector='OR'), name='ncicentry_category_of_its_file'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('prepared_by')), _negated=True), name='ncicentry_checked_by_another'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by__isnull', True)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), ('prepared_by__isnull', False)), _connector='OR'), name='ncicentry_checked_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'TO_CHECK', 'WITHDRAWN']), ('checked_by__isnull', False), _connector='OR'), name='ncicentry_checked_before_entry'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entered_on__isnull', False), ('nic__regex', '^[A-Z][0-9]{9}$'), ('state__in', ['ENTERED', 'LOCATED', 'CLEARED', 'REMOVED'])), models.Q(('category', 'NSEERS'), ('state__in', ['TO_CHECK', 'DRAFT'])), models.Q(('entered_on__isnull', True), ('nic', ''), ('state__in', ['DRAFT', 'TO_CHECK', 'CHECKED', 'WITHDRAWN'])), _connector='OR'), name='ncicentry_nic_iff_entered'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_on__isnull', False), ('state', 'REMOVED')), models.Q(('category', 'NSEERS'), ('state__in', ['TO_CHECK', 'DRAFT'])), models.Q(models.Q(('state', 'REMOVED'), _negated=True), ('removed_on__isnull', True)), _connector='OR'), name='ncicentry_removed_when'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', 'NSEERS'), _negated=True), ('state__in', ['DRAFT', 'TO_CHECK', 'REMOVED', 'WITHDRAWN']), _connector='OR'), name='ncicentry_nseers_is_history'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.CheckConstraint(condition=models.Q(('ori__regex', '^[A-Z0-9]{9}$')), name='ncicentry_ori'),
        ),
        migrations.AddConstraint(
            model_name='ncicentry',
            constraint=models.UniqueConstraint(condition=models.Q(('nic', ''), _negated=True), fields=('nic',), name='ncicentry_nic_once'),
        ),
        migrations.AddIndex(
            model_name='hitconfirmation',
            index=models.Index(fields=['state', 'due_at'], name='hit_confirmation_due'),
        ),
        migrations.AddIndex(
            model_name='hitconfirmation',
            index=models.Index(fields=['nic', 'ori'], name='hit_confirmation_asked'),
        ),
        migrations.AddIndex(
            model_name='hitconfirmation',
            index=models.Index(fields=['-received_at'], name='hit_confirmation_newest'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('nic__regex', '^[A-Z][0-9]{9}$'), ('ori__regex', '^[A-Z0-9]{9}$'), ('priority__in', ['U', 'R']), ('state__in', ['WAITING', 'PROMISED', 'ANSWERED', 'FOLLOWED'])), name='hit_known_values'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('previous__isnull', True)), models.Q(('number__in', [2, 3]), ('previous__isnull', False)), _connector='OR'), name='hit_numbers_one_to_three_in_order'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('number__lt', 3), models.Q(('to_control_terminal__isnull', False), ('to_fbi__isnull', False)), _connector='OR'), name='hit_third_says_where_it_went'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'PROMISED'), _negated=True), ('promised_for__isnull', False), _connector='OR'), name='hit_promised_for_when'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer__in', ['CONFIRMED', 'NOT_CONFIRMED', 'NOT_ICE']), ('state', 'ANSWERED'), ('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(models.Q(('state', 'ANSWERED'), _negated=True), ('answer', ''), ('answered_at__isnull', True)), _connector='OR'), name='hit_answered_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer__in', ['CONFIRMED', 'NOT_CONFIRMED']), ('recipient__isnull', False), ('entry__isnull', False), models.Q(('disclosure_number', ''), _negated=True)), models.Q(('answer__in', ['', 'NOT_ICE']), ('disclosure_number', '')), _connector='OR'), name='hit_accounted_iff_it_says_something'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('received_at'))), name='hit_due_after_it_came'),
        ),
        migrations.AddConstraint(
            model_name='hitconfirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['WAITING', 'PROMISED'])), fields=('nic', 'ori'), name='hit_one_open_for_each_inquiry'),
        ),
        migrations.AddConstraint(
            model_name='basisdocument',
            constraint=models.UniqueConstraint(fields=('entry', 'sha256'), name='basisdocument_once'),
        ),
        migrations.AddConstraint(
            model_name='basisdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['WARRANT', 'ORDER', 'FINGERPRINTS', 'PHOTOGRAPH', 'OTHER']), models.Q(('reference', ''), _negated=True)), name='basisdocument_known_kind_and_reference'),
        ),
        migrations.AddConstraint(
            model_name='ncictransaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ENTER', 'VALIDATE', 'LOCATE', 'CLEAR', 'REMOVE']), ('ori__regex', '^[A-Z0-9]{9}$'), ('nic__regex', '^[A-Z][0-9]{9}$')), name='ncictransaction_known_kind'),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
