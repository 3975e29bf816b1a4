from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0004_approvals"),
    ]

    operations = []
