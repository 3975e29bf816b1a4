"""Parts of dates of birth, places of birth and addresses of their own, suffixes and issuers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("A_NUMBER", "A-Number"),
    ("FBI", "FBI number (UCN)"),
    ("SID", "State identification number"),
    ("SSN", "Social Security number"),
    ("FIN", "Fingerprint identification number"),
    ("PASSPORT", "Passport"),
    ("LICENSE", "Driver's license"),
    ("BOOKING", "Booking number"),
]
SYSTEMS = [("NCIC", "NCIC"), ("IDENT", "IDENT"), ("DHS", "DHS five-letter")]

PARTS = """
    UPDATE individual_birth_date SET year = extract(year FROM value),
        month = extract(month FROM value), day = extract(day FROM value)
"""
PLACES = """
    INSERT INTO individual_birth_place (individual_id, value, system)
    SELECT record_id, birth_place, birth_place_system FROM individual WHERE birth_place <> ''
"""


def _key() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _individual(name: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to="acrime.individual"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0010_parts_in_an_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "individualname", "suffix", models.CharField(blank=True, max_length=10, default=""), preserve_default=False
        ),
        migrations.AddField(
            "identifier", "issuer", models.CharField(blank=True, max_length=40, default=""), preserve_default=False
        ),
        migrations.AlterField(
            "identifier", "kind", models.CharField(choices=KINDS, max_length=10)
        ),
        migrations.CreateModel(
            name="BirthPlace",
            fields=[
                ("id", _key()),
                ("value", models.CharField(max_length=60)),
                ("system", models.CharField(choices=SYSTEMS, default="NCIC", max_length=6)),
                ("individual", _individual("birth_places")),
            ],
            options={
                "db_table": "individual_birth_place",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("individual", "system", "value"), name="birthplace_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.RemoveField("individual", "birth_place"),
        migrations.RemoveField("individual", "birth_place_system"),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", _key()),
                ("street", models.CharField(blank=True, max_length=120)),
                ("city", models.CharField(blank=True, max_length=60)),
                ("region", models.CharField(blank=True, max_length=40)),
                ("postal_code", models.CharField(blank=True, max_length=12)),
                ("country", models.CharField(blank=True, max_length=40)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("individual", _individual("addresses")),
            ],
            options={
                "db_table": "individual_address",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(
                            street="", city="", region="", postal_code="", country=""
                        ),
                        name="address_says_something",
                    )
                ],
            },
        ),
        migrations.AddField("birthdate", "year", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("birthdate", "month", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("birthdate", "day", models.PositiveSmallIntegerField(null=True)),
        migrations.RunSQL(PARTS, migrations.RunSQL.noop),
        migrations.AlterField("birthdate", "year", models.PositiveSmallIntegerField()),
        migrations.RemoveConstraint("birthdate", "birthdate_once"),
        migrations.RemoveIndex("birthdate", "individual_birth_date_value"),
        migrations.RemoveField("birthdate", "value"),
        migrations.AddField(
            "birthdate",
            "value",
            models.GeneratedField(
                expression=models.Func("year", "month", "day", function="make_date"),
                output_field=models.DateField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "birthdate", models.Index(fields=["value"], name="individual_birth_date_value")
        ),
        migrations.AddConstraint(
            "birthdate",
            models.UniqueConstraint(
                fields=("individual", "year", "month", "day"),
                name="birthdate_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "birthdate",
            models.CheckConstraint(
                condition=models.Q(month__isnull=True, day__isnull=True)
                | models.Q(month__range=(1, 12), day__isnull=True)
                | models.Q(month__range=(1, 12), day__range=(1, 31)),
                name="birthdate_known_from_the_year_down",
            ),
        ),
    ]
