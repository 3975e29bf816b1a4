"""The group of each office, for allow-lists."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('accounts', '0004_standing')]
    operations = []
