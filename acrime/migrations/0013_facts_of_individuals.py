"""Telephones, status, criminal history, photographs and dated facts of individuals."""

import acrime.common.sealed
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What began is ended by a later fact, and both stay. A fact may only come to belong to another
# record of the same person, when two records become one.
FORWARD = """
CREATE FUNCTION individual_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'individual_id' = to_jsonb(OLD) - 'individual_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER individual_fact_append_only BEFORE UPDATE OR DELETE ON individual_fact
    FOR EACH ROW EXECUTE FUNCTION individual_fact_stays();
CREATE TRIGGER individual_fact_no_truncate BEFORE TRUNCATE ON individual_fact
    FOR EACH STATEMENT EXECUTE FUNCTION individual_fact_stays();
"""

REVERSE = """
DROP TRIGGER individual_fact_no_truncate ON individual_fact;
DROP TRIGGER individual_fact_append_only ON individual_fact;
DROP FUNCTION individual_fact_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0012_finding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("source_on", models.DateField()),
                ("entered_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ARREST", "Arrest"),
                            ("CHARGE", "Current charge"),
                            ("CONVICTION", "Conviction"),
                            ("CUSTODY", "Custodial status"),
                            ("REGISTRATION", "Registration as a sexual offender"),
                            ("OTHER", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("happened_on", models.DateField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history_entries",
                        to="acrime.individual",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="acrime.historyentry",
                    ),
                ),
            ],
            options={
                "db_table": "individual_history_entry",
                "ordering": [
                    models.OrderBy(models.F("happened_on"), descending=True, nulls_last=True),
                    "-pk",
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "ARREST",
                                    "CHARGE",
                                    "CONVICTION",
                                    "CUSTODY",
                                    "REGISTRATION",
                                    "OTHER",
                                ],
                            ),
                            models.Q(("what", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="historyentry_known_kind_and_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndividualFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("PROTECTION", "Special protection"),
                            ("STANDING", "Privacy Act standing"),
                            ("CATEGORY", "Category of individual"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(max_length=10)),
                ("begins", models.BooleanField()),
                ("since", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("policy", models.CharField(blank=True, max_length=200)),
                ("entered_at", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="acrime.individual",
                    ),
                ),
            ],
            options={
                "db_table": "individual_fact",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["individual", "about", "code", "-id"], name="individual_fact_latest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("about", "PROTECTION"),
                                    (
                                        "code__in",
                                        ["8USC1367", "ASYLUM", "INA222F", "SEALED", "JUVENILE"],
                                    ),
                                ),
                                models.Q(
                                    ("about", "STANDING"),
                                    ("begins", True),
                                    (
                                        "code__in",
                                        ["USC", "LPR", "JRA", "POLICY", "OTHER", "UNKNOWN"],
                                    ),
                                ),
                                models.Q(
                                    ("about", "CATEGORY"),
                                    ("code__in", ["1A", "1B", "1C", "1D", "2", "3R", "3S", "4"]),
                                ),
                                _connector="OR",
                            ),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="individualfact_known_code_and_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", "STANDING"), _negated=True),
                            ("code__in", ["USC", "LPR", "UNKNOWN"]),
                            models.Q(("policy", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="individualfact_standing_names_its_policy",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Photograph",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", acrime.common.sealed.SealedBytesField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("alt", models.CharField(max_length=200)),
                ("taken_on", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photographs",
                        to="acrime.individual",
                    ),
                ),
            ],
            options={
                "db_table": "individual_photograph",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("individual", "sha256"), name="photograph_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("size__gte", 1),
                            ("size__lte", 2097152),
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                            models.Q(("alt", ""), _negated=True),
                        ),
                        name="photograph_size_and_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("source_on", models.DateField()),
                ("entered_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("CITIZEN", "U.S. citizen"),
                            ("RESIDENT", "Lawful permanent resident"),
                            ("CONDITIONAL", "Conditional permanent resident"),
                            ("REFUGEE", "Refugee"),
                            ("ASYLEE", "Granted asylum"),
                            ("NONIMMIGRANT", "Admitted as a nonimmigrant"),
                            ("PAROLEE", "Paroled"),
                            ("TEMPORARY", "Temporary protected status"),
                            ("APPLICANT", "Application pending"),
                            ("PROCEEDINGS", "In removal proceedings"),
                            ("ORDERED", "Ordered removed"),
                            ("REMOVED", "Removed"),
                            ("NONE", "Present without lawful status"),
                            ("UNKNOWN", "Not known to the source"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("held_since", models.DateField(null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_entries",
                        to="acrime.individual",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="acrime.statusentry",
                    ),
                ),
            ],
            options={
                "db_table": "individual_status_entry",
                "ordering": ["-source_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "CITIZEN",
                                    "RESIDENT",
                                    "CONDITIONAL",
                                    "REFUGEE",
                                    "ASYLEE",
                                    "NONIMMIGRANT",
                                    "PAROLEE",
                                    "TEMPORARY",
                                    "APPLICANT",
                                    "PROCEEDINGS",
                                    "ORDERED",
                                    "REMOVED",
                                    "NONE",
                                    "UNKNOWN",
                                ],
                            ),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="statusentry_known_status_and_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Telephone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MOBILE", "Mobile"),
                            ("HOME", "Home"),
                            ("WORK", "Work"),
                            ("OTHER", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("digits", models.CharField(max_length=20)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="telephones",
                        to="acrime.individual",
                    ),
                ),
            ],
            options={
                "db_table": "individual_telephone",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["digits"], name="individual_telephone_digits")],
                "constraints": [
                    models.UniqueConstraint(fields=("individual", "digits"), name="telephone_once"),
                    models.CheckConstraint(
                        condition=models.Q(("digits__regex", "^[0-9]{3,20}$")),
                        name="telephone_has_digits",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
