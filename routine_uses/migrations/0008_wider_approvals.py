"""Consent, the assurance of (b)(5) and what opens protected information are approvals too."""


from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routine_uses', '0007_repeating_disclosures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='approval',
            name='approval_known_codes',
        ),
        migrations.AlterField(
            model_name='approval',
            name='kind',
            field=models.CharField(choices=[('CHIEF_PRIVACY_OFFICER', 'Approval of the Chief Privacy Officer'), ('COUNSEL', 'Consultation of counsel'), ('WAIVER', 'Written waiver of the individual'), ('HEAD_REQUEST', "Written request of the agency's head"), ('COURT_ORDER', 'Order of a court'), ('NOTICE_LETTER', "Notice to the individual's last known address"), ('CONSENT', 'Consent or request of the individual'), ('ASSURANCE', 'Written assurance of statistical use'), ('VAWA_EXCEPTION', 'Exception of 8 U.S.C. 1367(b)'), ('ASYLUM_EXCEPTION', 'Consent or exception of 8 CFR 208.6'), ('UNSEALING_ORDER', 'Order that opens a sealed record'), ('JUVENILE_EXCEPTION', 'Exception of 18 U.S.C. 5038'), ('ACCURACY', 'Check of accuracy')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CHIEF_PRIVACY_OFFICER', 'COUNSEL', 'WAIVER', 'HEAD_REQUEST', 'COURT_ORDER', 'NOTICE_LETTER', 'CONSENT', 'ASSURANCE', 'VAWA_EXCEPTION', 'ASYLUM_EXCEPTION', 'UNSEALING_ORDER', 'JUVENILE_EXCEPTION', 'ACCURACY']), ('purpose_code__in', ['FINGERPRINT_QUERY', 'STATUS_VERIFICATION', 'FIREARM_CHECK', 'EVENT_SCREENING', 'SUITABILITY', 'LAW_ENFORCEMENT', 'LOOKOUT_INQUIRY', 'NCIC_INQUIRY', 'DECONFLICTION', 'LAW_INTELLIGENCE', 'COUNTERTERRORISM', 'REFERRAL', 'DETAINER', 'JUSTICE_INTEGRITY', 'LITIGATION', 'SETTLEMENT', 'ELICITATION', 'FORMER_EMPLOYEE', 'CONGRESSIONAL_INQUIRY', 'PRIVATE_RELIEF', 'OVERSIGHT', 'RECORDS_INSPECTION', 'BREACH_RESPONSE', 'CONTRACT_WORK', 'TECHNOLOGY', 'INTERNATIONAL_ARRANGEMENT', 'DIPLOMATIC_RESPONSE', 'CONSULAR_NOTICE', 'REDRESS', 'PUBLIC_INTEREST', 'INTERNAL_NEED', 'FOIA', 'CENSUS', 'STATISTICS', 'ARCHIVES', 'HEALTH_SAFETY', 'COURT_ORDER', 'INDIVIDUALS_REQUEST']), ('paragraph__in', ('b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9', 'b10', 'b11', 'consent'))), name='approval_known_codes'),
        ),
    ]
