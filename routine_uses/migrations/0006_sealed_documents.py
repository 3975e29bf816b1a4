"""Disclosure records are sealed: what they were before, and with which certificate."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0005_accounts_and_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="certificate_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="unsealed_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["document_sha256"], name="disclosure_document"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("certificate_sha256", ""), ("unsealed_sha256", "")),
                    models.Q(
                        ("certificate_sha256__regex", "^[0-9a-f]{64}$"),
                        ("unsealed_sha256__regex", "^[0-9a-f]{64}$"),
                    ),
                    _connector="OR",
                ),
                name="disclosure_sealed_whole",
            ),
        ),
    ]
