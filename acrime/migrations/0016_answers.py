"""What is answered, how it is taken there, and what follows it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0015_programs_and_layouts")]

    operations = []
