"""A copy may go by e-mail."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('routine_uses', '0008_wider_approvals'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='recipient',
            name='recipient_delivery_target',
        ),
        migrations.AlterField(
            model_name='recipient',
            name='delivery_channel',
            field=models.CharField(choices=[('SPOOL', 'Spool folder'), ('HTTP', 'HTTPS'), ('MAIL', 'E-mail'), ('NONE', 'Not delivered by the portal')], default='NONE', max_length=5),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivery_channel', 'NONE'), ('delivery_target', '')), models.Q(('delivery_channel', 'SPOOL'), ('delivery_target__regex', '^[a-z0-9][a-z0-9-]*$')), models.Q(('delivery_channel', 'HTTP'), ('delivery_target__regex', '^(https://|http://(127\\.0\\.0\\.1|localhost)(:\\d+)?/)')), models.Q(('delivery_channel', 'MAIL'), ('delivery_target__regex', '^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$')), _connector='OR'), name='recipient_delivery_target'),
        ),
    ]
