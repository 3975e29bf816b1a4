"""Alerts in groups, answers to them, reports to OPR."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('acrime', '0006_sealed_ledger')]
    operations = []
