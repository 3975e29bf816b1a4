"""The clock of every record and the authorities that run it out."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0025_messages_from_a_folder")]
    operations = []
