"""How queries come in and which program each belongs to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The program of an answered query stands, and once its determination is approved nothing opens a
# query that is shut in. An answer about a registered sex offender, or about a query that nobody has
# decided yet, is never one that leaves.
GUARDS = """
CREATE FUNCTION acrime_program_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.program <> NEW.program AND (
        OLD.state = 'RELEASED'
        OR (OLD.state = 'APPROVED' AND OLD.program IN ('SEX_OFFENDER', 'UNDECIDED'))
    ) THEN
        RAISE EXCEPTION 'the program of this query stands'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iaq_query_program_stands BEFORE UPDATE OF program ON iaq_query
    FOR EACH ROW EXECUTE FUNCTION acrime_program_stands();

CREATE FUNCTION acrime_response_stays_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.inside_only AND (
        SELECT program FROM iaq_query WHERE record_id = NEW.query_id
    ) IN ('SEX_OFFENDER', 'UNDECIDED') THEN
        RAISE EXCEPTION 'the answer to this query stays inside'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iar_response_stays_inside BEFORE INSERT OR UPDATE ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_response_stays_inside();

CREATE FUNCTION acrime_program_table_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (
        OLD.state <> 'DRAFT'
        AND (OLD.content, OLD.digest, OLD.number) IS DISTINCT FROM
            (NEW.content, NEW.digest, NEW.number)
    ) THEN
        RAISE EXCEPTION 'a program table that was proposed is kept as it is'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER iaq_program_table_frozen BEFORE UPDATE OR DELETE ON iaq_program_table
    FOR EACH ROW EXECUTE FUNCTION acrime_program_table_frozen();
"""

NO_GUARDS = """
DROP TRIGGER iaq_program_table_frozen ON iaq_program_table;
DROP FUNCTION acrime_program_table_frozen();
DROP TRIGGER iar_response_stays_inside ON iar_response;
DROP FUNCTION acrime_response_stays_inside();
DROP TRIGGER iaq_query_program_stands ON iaq_query;
DROP FUNCTION acrime_program_stands();
"""

PROGRAMS = [
    ("CRIMINAL", "Criminal justice check"),
    ("SEX_OFFENDER", "Sex offender registrant"),
    ("NONCRIMINAL", "Non-criminal check"),
    ("BRADY", "Firearm purchase check"),
    ("SPECIAL_EVENT", "Special security event"),
    ("OPM", "OPM background check"),
    ("UNDECIDED", "Program not decided"),
]
BASES = [
    ("RULE", "Decided by the rules"),
    ("NO_RULE", "No rule fits"),
    ("DISAGREE", "Rules disagree"),
    ("PERSON", "Decided by a person"),
]
STATES = [
    ("DRAFT", "Being written"),
    ("PROPOSED", "Waits for a second person"),
    ("IN_FORCE", "In force"),
    ("ENDED", "Was in force"),
    ("REFUSED", "Refused"),
    ("WITHDRAWN", "Withdrawn"),
]


def somebody():
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0014_merging"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgramTable",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("number", models.PositiveIntegerField(unique=True)),
                ("state", models.CharField(choices=STATES, max_length=10)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("in_force_from", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("author", somebody()),
                ("based_on", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="acrime.programtable",
                )),
                ("decided_by", somebody()),
            ],
            options={
                "db_table": "iaq_program_table",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state__in=[code for code, _ in STATES]),
                        name="programtable_known_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(state="IN_FORCE"),
                        fields=("state",),
                        name="programtable_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(decided_by=models.F("author")),
                        name="programtable_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="IN_FORCE")
                        | models.Q(in_force_from__isnull=False, ended_at__isnull=True),
                        name="programtable_in_force_since",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="statusquery", name="iaq_query_known_program"),
        migrations.AddField(
            model_name="statusquery",
            name="program_basis",
            field=models.CharField(
                blank=True, choices=BASES, db_default="", default="", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="program_rules",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="statusquery",
            name="program",
            field=models.CharField(choices=PROGRAMS, max_length=20),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="program_table",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="acrime.programtable",
            ),
        ),
        migrations.AddIndex(
            model_name="statusquery",
            index=models.Index(
                condition=models.Q(program="UNDECIDED"),
                fields=["due_at", "record"],
                name="iaq_query_undecided",
            ),
        ),
        migrations.AddIndex(
            model_name="statusquery",
            index=models.Index(
                condition=~models.Q(transaction_number=""),
                fields=["transaction_number"],
                name="iaq_query_by_transaction",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusquery",
            constraint=models.CheckConstraint(
                condition=models.Q(program__in=[code for code, _ in PROGRAMS]),
                name="iaq_query_known_program",
            ),
        ),
        migrations.AddConstraint(
            model_name="statusquery",
            constraint=models.CheckConstraint(
                condition=~models.Q(program="UNDECIDED")
                | models.Q(state__in=("RECEIVED", "CLAIMED", "IN_REVIEW")),
                name="iaq_query_answered_as_what",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
