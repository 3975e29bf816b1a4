"""Retention items say what they cover, when they are cut off and what is done; the portal has its own."""
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routine_uses', '0002_append_only'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='retentionitem',
            name='retentionitem_known_status',
        ),
        migrations.RemoveConstraint(
            model_name='retentionitem',
            name='retentionitem_years_or_parent',
        ),
        migrations.RemoveConstraint(
            model_name='retentionitem',
            name='retentionitem_known_trigger',
        ),
        migrations.AddField(
            model_name='retentionitem',
            name='action',
            field=models.CharField(choices=[('DESTROY', 'Destroy'), ('TRANSFER', 'Transfer to the National Archives'), ('PERMANENT', 'Keep for good'), ('REVIEW', 'Review')], db_default='DESTROY', default='DESTROY', max_length=9),
        ),
        migrations.AddField(
            model_name='retentionitem',
            name='cutoff_rule',
            field=models.CharField(choices=[('NONE', 'With the event itself'), ('FISCAL_YEAR', 'End of the federal fiscal year (September 30)'), ('CALENDAR_YEAR', 'End of the calendar year')], db_default='NONE', default='NONE', max_length=13),
        ),
        migrations.AddField(
            model_name='retentionitem',
            name='doubt',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='retentionitem',
            name='edition',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='retentionitem',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None),
        ),
        migrations.AlterField(
            model_name='retentionitem',
            name='authority_status',
            field=models.CharField(choices=[('PROPOSED', 'Proposed'), ('APPROVED', 'Approved'), ('WITHDRAWN', 'Withdrawn'), ('SUPERSEDED', 'Superseded')], default='PROPOSED', max_length=12),
        ),
        migrations.AlterField(
            model_name='retentionitem',
            name='trigger',
            field=models.CharField(choices=[('UNSTATED', 'The notice names no start'), ('ANSWERED', 'Determination made and response returned'), ('REMOVED_FROM_NCIC', 'Record removed from NCIC'), ('TIP_RECEIVED', 'Date of the tip'), ('CREATED', 'Date on which the record was created'), ('CLOSED', 'Work on the record or the case ended'), ('DISCLOSED', 'Date of the disclosure'), ('LOGGED', 'Date of the event'), ('AS_PARENT', 'As the query that it follows up')], max_length=20),
        ),
        migrations.AlterField(
            model_name='retentionitem',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='retention_items', to='routine_uses.noticeversion'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.UniqueConstraint(condition=models.Q(('version__isnull', True)), fields=('edition', 'code'), name='retentionitem_own_code_once'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition', ''), ('version__isnull', False)), models.Q(('version__isnull', True), models.Q(('edition', ''), _negated=True)), _connector='OR'), name='retentionitem_of_a_notice_or_own'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.CheckConstraint(condition=models.Q(('trigger__in', ['UNSTATED', 'ANSWERED', 'REMOVED_FROM_NCIC', 'TIP_RECEIVED', 'CREATED', 'CLOSED', 'DISCLOSED', 'LOGGED', 'AS_PARENT'])), name='retentionitem_known_trigger'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.CheckConstraint(condition=models.Q(('cutoff_rule__in', ['NONE', 'FISCAL_YEAR', 'CALENDAR_YEAR']), ('action__in', ['DESTROY', 'TRANSFER', 'PERMANENT', 'REVIEW'])), name='retentionitem_known_cutoff_and_action'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.CheckConstraint(condition=models.Q(('authority_status__in', ['PROPOSED', 'APPROVED', 'WITHDRAWN', 'SUPERSEDED'])), name='retentionitem_known_status'),
        ),
        migrations.AddConstraint(
            model_name='retentionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('trigger', 'AS_PARENT'), ('years__isnull', True)), models.Q(('trigger', 'UNSTATED'), ('version__isnull', True), ('years__isnull', True)), models.Q(('action', 'PERMANENT'), ('years__isnull', True)), models.Q(models.Q(('trigger', 'AS_PARENT'), _negated=True), ('years__gte', 1)), _connector='OR'), name='retentionitem_years_or_parent'),
        ),
    ]
