"""Many messages at once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0018_ncic_and_calls")]

    operations = []
