"""Detainers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0022_tips")]

    operations = []
