"""What the rooms need to write every kind of access down."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('acrime', '0007_grouped_alerts')]
    operations = []
