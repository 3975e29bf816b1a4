"""Offices on the allow-list of limited records."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('acrime', '0004_open_queries_index'), ('accounts', '0005_office_groups')]
    operations = []
