"""Telephones, status, criminal history, photographs and dated facts of individuals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acrime", "0012_finding")]

    operations: list[object] = []
