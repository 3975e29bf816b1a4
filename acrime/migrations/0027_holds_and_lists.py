"""What keeps records from being destroyed, and how they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0026_retention")]
    operations = []
