from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0003_versions_recipients_and_agreements"),
    ]

    operations = []
