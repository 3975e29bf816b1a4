"""How queries come in and which program each belongs to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0014_merging")]

    operations = []
