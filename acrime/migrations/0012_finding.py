"""The index in which people are found."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0011_more_of_individuals")]

    operations: list[object] = []
