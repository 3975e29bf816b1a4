"""Tips."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0021_names_as_trigrams")]

    operations = []
