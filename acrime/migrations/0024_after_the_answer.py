"""What the support center sees of its own day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0023_detainers")]

    operations = []
