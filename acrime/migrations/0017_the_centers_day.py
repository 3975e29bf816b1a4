"""Priority, clocks, research and review."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0016_answers")]

    operations = []
