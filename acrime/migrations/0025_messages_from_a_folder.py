"""Messages taken from a folder, and dates of birth weighed without a loop."""

from django.db import migrations, models

ONE_DATE = """
-- How well one date of birth fits the one asked, from 0 to 1. Without a loop, so that it is worked
-- out within the statement that asks.
CREATE FUNCTION individual_date_fit(b integer, asked integer)
    RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN b = asked THEN 1.0
    WHEN b / 10000 = asked / 10000 THEN CASE
        WHEN b % 100 > 0 AND asked % 100 > 0
            AND b / 100 % 100 = asked % 100 AND b % 100 = asked / 100 % 100 THEN 0.9
        WHEN b / 100 = asked / 100 AND (b % 100 = 0 OR asked % 100 = 0) THEN 0.85
        WHEN b % 10000 = 0 OR asked % 10000 = 0 THEN 0.75
        WHEN b % 100 > 0 AND asked % 100 > 0
            AND (b / 100 = asked / 100 OR b % 100 = asked % 100) THEN 0.7
        ELSE 0.25 END
    WHEN b % 10000 = asked % 10000 AND b % 100 > 0 THEN 0.7
    ELSE 0.0 END::double precision;

-- How well dates of birth fit the one asked; a half where none is known.
CREATE OR REPLACE FUNCTION individual_birth_fit(born integer[], asked integer)
    RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN born = '{}' THEN 0.5
    ELSE (SELECT max(individual_date_fit(b, asked)) FROM unnest(born) AS b) END;
"""

LOOPED = """
CREATE OR REPLACE FUNCTION individual_birth_fit(born integer[], asked integer)
    RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    b integer;
    fit double precision := 0;
BEGIN
    IF born = '{}' THEN
        RETURN 0.5;
    END IF;
    IF asked = ANY (born) THEN
        RETURN 1;
    END IF;
    FOREACH b IN ARRAY born LOOP
        fit := greatest(fit, CASE
            WHEN b / 10000 = asked / 10000 AND b % 100 > 0 AND asked % 100 > 0
                 AND b / 100 % 100 = asked % 100 AND b % 100 = asked / 100 % 100 THEN 0.9
            WHEN b / 100 = asked / 100 AND (b % 100 = 0 OR asked % 100 = 0) THEN 0.85
            WHEN b / 10000 = asked / 10000 AND (b % 10000 = 0 OR asked % 10000 = 0) THEN 0.75
            WHEN b % 100 > 0 AND asked % 100 > 0 AND (
                (b / 10000 = asked / 10000)::int + (b / 100 % 100 = asked / 100 % 100)::int
                + (b % 100 = asked % 100)::int = 2) THEN 0.7
            WHEN b / 10000 = asked / 10000 THEN 0.25
            ELSE 0.0 END);
    END LOOP;
    RETURN fit;
END;
$$;
DROP FUNCTION individual_date_fit(integer, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("acrime", "0023_detainers")]

    operations = [
        migrations.RunSQL(ONE_DATE, LOOPED),
        migrations.CreateModel(
            name="IntakeFolder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, unique=True)),
                ("looked_at", models.DateTimeField()),
                ("waiting", models.PositiveIntegerField(default=0)),
                ("oldest_at", models.DateTimeField(null=True)),
                ("taken", models.PositiveBigIntegerField(default=0)),
                ("too_large", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "iaq_intake_folder",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waiting", 0), ("oldest_at__isnull", False), _connector="OR"
                        ),
                        name="iaq_intake_folder_waits_since",
                    )
                ],
            },
        ),
    ]
