"""Approvals with their papers and their one use, and drafts of disclosures."""

import acrime.common.sealed
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import Apps

# What was asked stands from the start. A decision freezes the rest; only a grant that was
# not used may still be withdrawn. Papers come while the task waits, and are never changed.
# A use must be covered exactly: by the same records, recipient, fields, ground and purpose,
# and by somebody else than the discloser.
FORWARD = """
CREATE FUNCTION routine_uses_approval_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision constant text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_reason',
        'findings', 'expires_at', 'withdrawn_by_id', 'withdrawn_at', 'withdrawn_reason'];
    withdrawal constant text[] := ARRAY['state', 'withdrawn_by_id', 'withdrawn_at',
        'withdrawn_reason'];
BEGIN
    IF to_jsonb(OLD) - decision <> to_jsonb(NEW) - decision THEN
        RAISE EXCEPTION 'an approval is frozen: what was asked is never changed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'WAITING' THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'GRANTED' AND NEW.state = 'WITHDRAWN'
        AND to_jsonb(OLD) - withdrawal = to_jsonb(NEW) - withdrawal
        AND NOT EXISTS (
            SELECT 1 FROM routine_uses_approvaluse WHERE approval_id = OLD.id
        ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approval is frozen once it is decided'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER approval_frozen BEFORE UPDATE ON routine_uses_approval
    FOR EACH ROW EXECUTE FUNCTION routine_uses_approval_frozen();
CREATE FUNCTION routine_uses_approval_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER approval_kept BEFORE DELETE OR TRUNCATE ON routine_uses_approval
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvedrecord_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvedrecord
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvaldocument_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvaldocument
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();
CREATE TRIGGER approvaluse_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_approvaluse
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_approval_kept();

CREATE FUNCTION routine_uses_paper_while_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM routine_uses_approval WHERE id = NEW.approval_id) <> 'WAITING' THEN
        RAISE EXCEPTION 'an approval is frozen once it is decided: no paper is added'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approvaldocument_while_waiting BEFORE INSERT ON routine_uses_approvaldocument
    FOR EACH ROW EXECUTE FUNCTION routine_uses_paper_while_waiting();

CREATE FUNCTION routine_uses_approval_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1
        FROM routine_uses_approval a JOIN routine_uses_disclosure d ON d.id = NEW.disclosure_id
        WHERE a.id = NEW.approval_id
          AND a.state = 'GRANTED'
          AND a.expires_at > d.disclosed_at
          AND a.decided_by_id <> d.discloser_id
          AND a.recipient_id = d.recipient_id
          AND a.paragraph = d.paragraph
          AND a.letter = d.letter
          AND a.purpose_code = d.purpose_code
          AND a.fields @> d.fields AND a.fields <@ d.fields
          AND a.record_ids <@ d.record_ids
          AND NOT EXISTS (
              SELECT 1 FROM routine_uses_disclosedrecordlink l
              WHERE l.disclosure_id = d.id AND NOT l.made_by_it
                AND l.record_id <> ALL (a.record_ids)
          )
    ) THEN
        RAISE EXCEPTION 'the approval does not cover this disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approvaluse_covered BEFORE INSERT ON routine_uses_approvaluse
    FOR EACH ROW EXECUTE FUNCTION routine_uses_approval_covers();
"""

REVERSE = """
DROP TRIGGER approvaluse_covered ON routine_uses_approvaluse;
DROP FUNCTION routine_uses_approval_covers();
DROP TRIGGER approvaldocument_while_waiting ON routine_uses_approvaldocument;
DROP FUNCTION routine_uses_paper_while_waiting();
DROP TRIGGER approvaluse_append_only ON routine_uses_approvaluse;
DROP TRIGGER approvaldocument_append_only ON routine_uses_approvaldocument;
DROP TRIGGER approvedrecord_append_only ON routine_uses_approvedrecord;
DROP TRIGGER approval_kept ON routine_uses_approval;
DROP TRIGGER approval_frozen ON routine_uses_approval;
DROP FUNCTION routine_uses_approval_kept();
DROP FUNCTION routine_uses_approval_frozen();
"""

# In notices that were loaded before, what used to be answered in words is an approval now.
APPROVED = {
    "chief_privacy_officer_approval": "CHIEF_PRIVACY_OFFICER",
    "counsel_consulted": "COUNSEL",
    "written_waiver": "WAIVER",
}
FOUND = {"no_unwarranted_invasion": "CHIEF_PRIVACY_OFFICER"}


def ask_for_approvals(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for use in apps.get_model("routine_uses", "RoutineUse").objects.all():
        changed = False
        for condition in use.conditions:
            key = condition["key"]
            if key in APPROVED:
                condition |= {"kind": "approved", "answer": "approval", "approval": APPROVED[key]}
                changed = True
            elif key in FOUND:
                condition |= {"kind": "found", "approval": FOUND[key]}
                changed = True
        if changed:
            use.save(update_fields=["conditions"])


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0003_versions_recipients_and_agreements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='disclosedrecordlink',
            name='made_by_it',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('CHIEF_PRIVACY_OFFICER', 'Approval of the Chief Privacy Officer'), ('COUNSEL', 'Consultation of counsel'), ('WAIVER', 'Written waiver of the individual'), ('HEAD_REQUEST', "Written request of the agency's head"), ('COURT_ORDER', 'Order of a court'), ('NOTICE_LETTER', "Notice to the individual's last known address"), ('ACCURACY', 'Check of accuracy')], max_length=24)),
                ('question', models.CharField(max_length=300)),
                ('clause', models.CharField(max_length=200)),
                ('paragraph', models.CharField(choices=[('b1', 'Need inside the agency'), ('b2', 'Required by the Freedom of Information Act'), ('b3', 'Routine use'), ('b4', 'Bureau of the Census'), ('b5', 'Statistical research'), ('b6', 'National Archives'), ('b7', 'Law enforcement request of an agency head'), ('b8', 'Health or safety of an individual'), ('b9', 'Congress'), ('b10', 'Comptroller General'), ('b11', 'Order of a court'), ('b12', 'Consumer reporting agency'), ('consent', 'Consent or request of the individual')], max_length=8)),
                ('letter', models.CharField(blank=True, max_length=2)),
                ('purpose_code', models.CharField(choices=[('FINGERPRINT_QUERY', 'Answer to a fingerprint-based immigration query'), ('STATUS_VERIFICATION', 'Verification of immigration status'), ('FIREARM_CHECK', 'Immigration check for a firearm purchase'), ('EVENT_SCREENING', 'Screening for a special security event'), ('SUITABILITY', 'Decision on employment, clearance, license or benefit'), ('LAW_ENFORCEMENT', 'Investigation, prosecution or enforcement of law'), ('LOOKOUT_INQUIRY', 'Inquiry about a want, warrant or lookout'), ('NCIC_INQUIRY', 'Inquiry about an ICE record in NCIC'), ('DECONFLICTION', 'Coordination of law enforcement work'), ('LAW_INTELLIGENCE', 'Law enforcement intelligence'), ('COUNTERTERRORISM', 'Security threat or counterterrorism'), ('REFERRAL', 'Referral of a tip or violation'), ('DETAINER', 'Detainer or transfer of custody'), ('JUSTICE_INTEGRITY', 'Detainer, removal or custody status for justice'), ('LITIGATION', 'Litigation or proceedings'), ('SETTLEMENT', 'Settlement of a claim before litigation'), ('ELICITATION', 'Obtaining information for a DHS matter'), ('FORMER_EMPLOYEE', 'Matter concerning a former employee'), ('CONGRESSIONAL_INQUIRY', 'Inquiry of a congressional office'), ('PRIVATE_RELIEF', 'Private relief legislation'), ('OVERSIGHT', 'Audit or oversight'), ('RECORDS_INSPECTION', 'Records management inspection'), ('BREACH_RESPONSE', 'Response to a compromise of information'), ('CONTRACT_WORK', 'Work for DHS under contract or agreement'), ('TECHNOLOGY', 'Development or testing of technology'), ('INTERNATIONAL_ARRANGEMENT', 'International arrangement'), ('DIPLOMATIC_RESPONSE', 'Response to a foreign request through State'), ('CONSULAR_NOTICE', 'Notice of an incapacitated, minor or deceased alien'), ('REDRESS', 'Redress'), ('PUBLIC_INTEREST', 'Legitimate public interest'), ('INTERNAL_NEED', 'Duties inside the agency'), ('FOIA', 'Freedom of Information Act request'), ('CENSUS', 'Census or survey'), ('STATISTICS', 'Statistical research or reporting'), ('ARCHIVES', 'Historical value'), ('HEALTH_SAFETY', 'Health or safety of an individual'), ('COURT_ORDER', 'Compliance with a court order'), ('INDIVIDUALS_REQUEST', 'Request or consent of the individual')], max_length=30)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('NAME', 'Name'), ('ALIASES', 'Other names'), ('DATE_OF_BIRTH', 'Date of birth'), ('PLACE_OF_BIRTH', 'Place of birth'), ('COUNTRY_OF_BIRTH', 'Country of birth'), ('SEX', 'Sex'), ('PARENTS_NAMES', 'Names of the parents'), ('ADDRESS', 'Address'), ('TELEPHONE', 'Telephone number'), ('A_NUMBER', 'A-Number'), ('FBI_NUMBER', 'FBI number'), ('STATE_ID', 'State identification number'), ('FINGERPRINT_ID', 'Fingerprint identification number'), ('SSN', 'Social Security number'), ('PASSPORT_NUMBER', 'Passport number'), ('DRIVER_LICENSE', "Driver's license number"), ('PHOTOGRAPH', 'Photograph'), ('FINGERPRINTS', 'Fingerprints'), ('CITIZENSHIP', 'Citizenship'), ('IMMIGRATION_STATUS', 'Immigration status'), ('ENTRY_HISTORY', 'Entries, visas and travel'), ('BENEFIT_APPLICATIONS', 'Applications for benefits'), ('REMOVAL_STATUS', 'Status in removal proceedings'), ('REMOVAL_HISTORY', 'Earlier removals'), ('DETAINER_EXISTENCE', 'Existence of an immigration detainer'), ('CUSTODY_STATUS', 'Custodial status'), ('CUSTODY_LOCATION', 'Place of custody'), ('CHARGES', 'Charges'), ('CRIMINAL_HISTORY', 'Criminal history'), ('WARRANT', 'Warrant or lookout and its basis'), ('NCIC_STATUS', 'Confirmation of an NCIC record'), ('RESPONSIBLE_OFFICE', 'Responsible field office and file location'), ('QUERY_ECHO', 'The query as received'), ('QUERY_REFERENCE', 'Query reference'), ('REMARKS', 'Remarks of the response'), ('RESEARCH', 'Research notes'), ('TIP', 'Content of a tip'), ('TIP_SOURCE', 'Identity of a person who gave a tip'), ('OFFICER_IDENTITY', 'Identity of an officer who contacted ICE'), ('AGGREGATE', 'Figures that identify nobody')], max_length=30), size=None)),
                ('record_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('record_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('mark', models.CharField(blank=True, max_length=64)),
                ('scope_sha256', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=500)),
                ('requested_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('WAITING', 'Waits for a decision'), ('GRANTED', 'Granted'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='WAITING', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.CharField(blank=True, max_length=500)),
                ('findings', models.JSONField(default=dict)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=500)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=20)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content', acrime.common.sealed.SealedBytesField()),
                ('uploaded_at', models.DateTimeField()),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='routine_uses.approval')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ApprovalUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='use', to='routine_uses.approval')),
                ('disclosure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approval_uses', to='routine_uses.disclosure')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_id', models.BigIntegerField()),
                ('record_number', models.CharField(max_length=24)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='routine_uses.approval')),
            ],
        ),
        migrations.CreateModel(
            name='ChiefDesignation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('designated_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('designated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DisclosureDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('begun_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('OPEN', 'Being prepared'), ('DISCLOSED', 'Disclosed'), ('DISCARDED', 'Discarded')], default='OPEN', max_length=10)),
                ('record_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('purpose_code', models.CharField(blank=True, choices=[('FINGERPRINT_QUERY', 'Answer to a fingerprint-based immigration query'), ('STATUS_VERIFICATION', 'Verification of immigration status'), ('FIREARM_CHECK', 'Immigration check for a firearm purchase'), ('EVENT_SCREENING', 'Screening for a special security event'), ('SUITABILITY', 'Decision on employment, clearance, license or benefit'), ('LAW_ENFORCEMENT', 'Investigation, prosecution or enforcement of law'), ('LOOKOUT_INQUIRY', 'Inquiry about a want, warrant or lookout'), ('NCIC_INQUIRY', 'Inquiry about an ICE record in NCIC'), ('DECONFLICTION', 'Coordination of law enforcement work'), ('LAW_INTELLIGENCE', 'Law enforcement intelligence'), ('COUNTERTERRORISM', 'Security threat or counterterrorism'), ('REFERRAL', 'Referral of a tip or violation'), ('DETAINER', 'Detainer or transfer of custody'), ('JUSTICE_INTEGRITY', 'Detainer, removal or custody status for justice'), ('LITIGATION', 'Litigation or proceedings'), ('SETTLEMENT', 'Settlement of a claim before litigation'), ('ELICITATION', 'Obtaining information for a DHS matter'), ('FORMER_EMPLOYEE', 'Matter concerning a former employee'), ('CONGRESSIONAL_INQUIRY', 'Inquiry of a congressional office'), ('PRIVATE_RELIEF', 'Private relief legislation'), ('OVERSIGHT', 'Audit or oversight'), ('RECORDS_INSPECTION', 'Records management inspection'), ('BREACH_RESPONSE', 'Response to a compromise of information'), ('CONTRACT_WORK', 'Work for DHS under contract or agreement'), ('TECHNOLOGY', 'Development or testing of technology'), ('INTERNATIONAL_ARRANGEMENT', 'International arrangement'), ('DIPLOMATIC_RESPONSE', 'Response to a foreign request through State'), ('CONSULAR_NOTICE', 'Notice of an incapacitated, minor or deceased alien'), ('REDRESS', 'Redress'), ('PUBLIC_INTEREST', 'Legitimate public interest'), ('INTERNAL_NEED', 'Duties inside the agency'), ('FOIA', 'Freedom of Information Act request'), ('CENSUS', 'Census or survey'), ('STATISTICS', 'Statistical research or reporting'), ('ARCHIVES', 'Historical value'), ('HEALTH_SAFETY', 'Health or safety of an individual'), ('COURT_ORDER', 'Compliance with a court order'), ('INDIVIDUALS_REQUEST', 'Request or consent of the individual')], max_length=30)),
                ('method', models.CharField(blank=True, choices=[('ELECTRONIC', 'Electronic message'), ('PAPER', 'Paper'), ('FAX', 'Fax'), ('ORAL', 'By word of mouth'), ('DISPLAY', 'Shown on a screen')], max_length=12)),
                ('nature', models.CharField(blank=True, max_length=300)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('NAME', 'Name'), ('ALIASES', 'Other names'), ('DATE_OF_BIRTH', 'Date of birth'), ('PLACE_OF_BIRTH', 'Place of birth'), ('COUNTRY_OF_BIRTH', 'Country of birth'), ('SEX', 'Sex'), ('PARENTS_NAMES', 'Names of the parents'), ('ADDRESS', 'Address'), ('TELEPHONE', 'Telephone number'), ('A_NUMBER', 'A-Number'), ('FBI_NUMBER', 'FBI number'), ('STATE_ID', 'State identification number'), ('FINGERPRINT_ID', 'Fingerprint identification number'), ('SSN', 'Social Security number'), ('PASSPORT_NUMBER', 'Passport number'), ('DRIVER_LICENSE', "Driver's license number"), ('PHOTOGRAPH', 'Photograph'), ('FINGERPRINTS', 'Fingerprints'), ('CITIZENSHIP', 'Citizenship'), ('IMMIGRATION_STATUS', 'Immigration status'), ('ENTRY_HISTORY', 'Entries, visas and travel'), ('BENEFIT_APPLICATIONS', 'Applications for benefits'), ('REMOVAL_STATUS', 'Status in removal proceedings'), ('REMOVAL_HISTORY', 'Earlier removals'), ('DETAINER_EXISTENCE', 'Existence of an immigration detainer'), ('CUSTODY_STATUS', 'Custodial status'), ('CUSTODY_LOCATION', 'Place of custody'), ('CHARGES', 'Charges'), ('CRIMINAL_HISTORY', 'Criminal history'), ('WARRANT', 'Warrant or lookout and its basis'), ('NCIC_STATUS', 'Confirmation of an NCIC record'), ('RESPONSIBLE_OFFICE', 'Responsible field office and file location'), ('QUERY_ECHO', 'The query as received'), ('QUERY_REFERENCE', 'Query reference'), ('REMARKS', 'Remarks of the response'), ('RESEARCH', 'Research notes'), ('TIP', 'Content of a tip'), ('TIP_SOURCE', 'Identity of a person who gave a tip'), ('OFFICER_IDENTITY', 'Identity of an officer who contacted ICE'), ('AGGREGATE', 'Figures that identify nobody')], max_length=30), default=list, size=None)),
                ('protections', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ('paragraph', models.CharField(blank=True, choices=[('b1', 'Need inside the agency'), ('b2', 'Required by the Freedom of Information Act'), ('b3', 'Routine use'), ('b4', 'Bureau of the Census'), ('b5', 'Statistical research'), ('b6', 'National Archives'), ('b7', 'Law enforcement request of an agency head'), ('b8', 'Health or safety of an individual'), ('b9', 'Congress'), ('b10', 'Comptroller General'), ('b11', 'Order of a court'), ('b12', 'Consumer reporting agency'), ('consent', 'Consent or request of the individual')], max_length=8)),
                ('letter', models.CharField(blank=True, max_length=2)),
                ('computed_letter', models.CharField(blank=True, max_length=2)),
                ('override_reason', models.CharField(blank=True, max_length=500)),
                ('conditions', models.JSONField(default=dict)),
                ('statement', models.TextField(blank=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosure_drafts', to=settings.AUTH_USER_MODEL)),
                ('disclosure', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='routine_uses.disclosure')),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='routine_uses.recipient')),
            ],
        ),
        migrations.CreateModel(
            name='RefusalReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.BigIntegerField(unique=True)),
                ('reviewed_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['scope_sha256', 'kind'], name='approval_scope'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['state', 'kind', 'requested_at'], name='approval_worklist'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('scope_sha256', 'kind'), name='approval_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CHIEF_PRIVACY_OFFICER', 'COUNSEL', 'WAIVER', 'HEAD_REQUEST', 'COURT_ORDER', 'NOTICE_LETTER', 'ACCURACY']), ('purpose_code__in', ['FINGERPRINT_QUERY', 'STATUS_VERIFICATION', 'FIREARM_CHECK', 'EVENT_SCREENING', 'SUITABILITY', 'LAW_ENFORCEMENT', 'LOOKOUT_INQUIRY', 'NCIC_INQUIRY', 'DECONFLICTION', 'LAW_INTELLIGENCE', 'COUNTERTERRORISM', 'REFERRAL', 'DETAINER', 'JUSTICE_INTEGRITY', 'LITIGATION', 'SETTLEMENT', 'ELICITATION', 'FORMER_EMPLOYEE', 'CONGRESSIONAL_INQUIRY', 'PRIVATE_RELIEF', 'OVERSIGHT', 'RECORDS_INSPECTION', 'BREACH_RESPONSE', 'CONTRACT_WORK', 'TECHNOLOGY', 'INTERNATIONAL_ARRANGEMENT', 'DIPLOMATIC_RESPONSE', 'CONSULAR_NOTICE', 'REDRESS', 'PUBLIC_INTEREST', 'INTERNAL_NEED', 'FOIA', 'CENSUS', 'STATISTICS', 'ARCHIVES', 'HEALTH_SAFETY', 'COURT_ORDER', 'INDIVIDUALS_REQUEST']), ('paragraph__in', ('b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9', 'b10', 'b11', 'consent'))), name='approval_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('letter__regex', '^([A-Z]|[A-Z]{2})$'), ('paragraph', 'b3')), models.Q(models.Q(('paragraph', 'b3'), _negated=True), ('letter', '')), _connector='OR'), name='approval_letter_iff_routine_use'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('fields__len__gte', 1), ('fields__contained_by', ['NAME', 'ALIASES', 'DATE_OF_BIRTH', 'PLACE_OF_BIRTH', 'COUNTRY_OF_BIRTH', 'SEX', 'PARENTS_NAMES', 'ADDRESS', 'TELEPHONE', 'A_NUMBER', 'FBI_NUMBER', 'STATE_ID', 'FINGERPRINT_ID', 'SSN', 'PASSPORT_NUMBER', 'DRIVER_LICENSE', 'PHOTOGRAPH', 'FINGERPRINTS', 'CITIZENSHIP', 'IMMIGRATION_STATUS', 'ENTRY_HISTORY', 'BENEFIT_APPLICATIONS', 'REMOVAL_STATUS', 'REMOVAL_HISTORY', 'DETAINER_EXISTENCE', 'CUSTODY_STATUS', 'CUSTODY_LOCATION', 'CHARGES', 'CRIMINAL_HISTORY', 'WARRANT', 'NCIC_STATUS', 'RESPONSIBLE_OFFICE', 'QUERY_ECHO', 'QUERY_REFERENCE', 'REMARKS', 'RESEARCH', 'TIP', 'TIP_SOURCE', 'OFFICER_IDENTITY', 'AGGREGATE'])), name='approval_known_fields'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('record_ids__len__gte', 1), ('record_ids__len', models.F('record_numbers__len'))), name='approval_records_named'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('clause', ''), _negated=True), models.Q(('question', ''), _negated=True)), name='approval_says_what_for'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('requested_by')), _negated=True), name='approval_second_person'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'WAITING'), ('withdrawn_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['GRANTED', 'REFUSED']), ('withdrawn_by', None), models.Q(('decision_reason', ''), _negated=True)), models.Q(('state', 'WITHDRAWN'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='approval_decided_by_whom_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('requested_at')), ('scope_sha256__regex', '^[0-9a-f]{64}$')), name='approval_expires_later'),
        ),
        migrations.AddConstraint(
            model_name='approvaldocument',
            constraint=models.UniqueConstraint(fields=('approval', 'sha256'), name='approvaldocument_once'),
        ),
        migrations.AddConstraint(
            model_name='approvaldocument',
            constraint=models.CheckConstraint(condition=models.Q(('media_type__in', ('application/pdf', 'image/png', 'image/jpeg', 'image/tiff')), ('size__gte', 1), ('size__lte', 10485760), ('sha256__regex', '^[0-9a-f]{64}$')), name='approvaldocument_known_kind_and_size'),
        ),
        migrations.AddIndex(
            model_name='approvedrecord',
            index=models.Index(fields=['record_id'], name='approvedrecord_record'),
        ),
        migrations.AddConstraint(
            model_name='approvedrecord',
            constraint=models.UniqueConstraint(fields=('approval', 'record_id'), name='approvedrecord_once'),
        ),
        migrations.AddConstraint(
            model_name='chiefdesignation',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('ended_at',), name='chiefdesignation_one', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='chiefdesignation',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('designated_by')), _negated=True), name='chiefdesignation_not_by_oneself'),
        ),
        migrations.AddIndex(
            model_name='disclosuredraft',
            index=models.Index(fields=['author', 'state', '-changed_at'], name='disclosuredraft_of_author'),
        ),
        migrations.AddConstraint(
            model_name='disclosuredraft',
            constraint=models.CheckConstraint(condition=models.Q(('record_numbers__len__gte', 1)), name='disclosuredraft_names_records'),
        ),
        migrations.AddConstraint(
            model_name='disclosuredraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disclosure__isnull', False), ('state', 'DISCLOSED')), models.Q(('state__in', ['OPEN', 'DISCARDED']), ('disclosure__isnull', True)), _connector='OR'), name='disclosuredraft_disclosed_once'),
        ),
        migrations.RunPython(ask_for_approvals, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
