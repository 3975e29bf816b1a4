"""Seals over the ledger of events, and what its month partitions need."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('acrime', '0005_allow_list_of_offices')]
    operations = []
