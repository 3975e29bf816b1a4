"""Records entered into NCIC, hit confirmations and calls."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0017_the_centers_day")]

    operations = []
