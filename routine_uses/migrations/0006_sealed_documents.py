from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0005_accounts_and_corrections"),
    ]

    operations = []
