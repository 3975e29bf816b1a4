"""Messages taken from a folder."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0024_after_the_answer")]

    operations = []
