"""The group of each office, for allow-lists."""

import django.db.models.deletion
from django.db import migrations, models


def make_groups(apps, schema_editor):
    """A group for each office that is there; one that an earlier run made is used again."""
    Group = apps.get_model("auth", "Group")
    for office in apps.get_model("accounts", "Office").objects.filter(group=None).order_by("pk"):
        office.group, _ = Group.objects.get_or_create(name=f"office {office.code}")
        office.save(update_fields=["group"])
    # References are checked now, or the column could not be changed in this transaction.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('accounts', '0004_standing'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='group',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='office', to='auth.group'),
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='office',
            name='group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='office', to='auth.group'),
        ),
    ]
