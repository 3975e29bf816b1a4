"""Priority, clocks, research and review."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import acrime.common.sealed

# The table of the packet as it stood when this was written, for queries that are there already.
LEVELS = {
    1: (
        "0101-0199 1602 5204-5299 0901-0999 1001-1099 1101-1199 1201-1299 1301-1399 1601 "
        "2101 3601-3699 3802 3803 4801 5201-5203 5401 2904-2906"
    ),
    2: (
        "2001-2099 2201-2299 2301-2399 2401-2411 2499 2501-2599 2601-2699 2701-2799 "
        "2801-2899 2102-2199 2901-2903 4802-4899 5101-5199 5801-5899 6300 7199"
    ),
    3: (
        "0201 0299 0301-0399 3801 3804-3899 3901-3999 4001-4099 4101-4199 5402-5499 "
        "5501-5599 5699 5701-5799 5999 6201-6299 7399"
    ),
}
NO_OFFENSE = ("", "0399")


def _within(ranges):
    tests = []
    for each in ranges.split():
        first, _, last = each.partition("-")
        tests.append(f"offense BETWEEN '{first}' AND '{last or first}'")
    return " OR ".join(tests)


# Urgency is three times the rank, and then who is held: rank 1 is level 1, 2 waits for a person,
# 3 and 4 are levels 2 and 3, 5 has no offense.
# A row that is changed twice has its foreign keys checked at the end, and until then no index can
# be made: they are checked at once.
PLACE_WHAT_IS_THERE = f"""
    SET CONSTRAINTS ALL IMMEDIATE;
    UPDATE iaq_query SET charge_level = CASE
        WHEN offense IN {NO_OFFENSE} THEN NULL
        WHEN {_within(LEVELS[1])} THEN 1
        WHEN {_within(LEVELS[2])} THEN 2
        WHEN {_within(LEVELS[3])} THEN 3
    END;
    UPDATE iaq_query SET urgency = 3 * CASE
        WHEN offense IN {NO_OFFENSE} THEN 5
        WHEN charge_level = 1 THEN 1
        WHEN charge_level = 2 THEN 3
        WHEN charge_level = 3 THEN 4
        ELSE 2
    END + CASE WHEN in_custody THEN 0 WHEN in_custody IS NULL THEN 1 ELSE 2 END;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0016_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OffensePlacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("CHARGE", "Charge"), ("CONVICTION", "Conviction")], max_length=10
                    ),
                ),
                ("code", models.CharField(max_length=4)),
                (
                    "sentence",
                    models.CharField(
                        choices=[
                            ("UNKNOWN", "Not known, or none yet"),
                            ("UNDER", "Less than one year"),
                            ("EXACTLY", "Exactly one year"),
                            ("OVER", "More than one year"),
                        ],
                        max_length=10,
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("by_table", models.BooleanField()),
                ("reason", acrime.common.sealed.SealedTextField()),
                ("written_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "iaq_offense_placement",
            },
        ),
        migrations.CreateModel(
            name="ResearchAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", acrime.common.sealed.SealedTextField()),
                ("media_type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", acrime.common.sealed.SealedBytesField()),
                ("uploaded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "iaq_research_attachment",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SamplingRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("program", models.CharField(max_length=20)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("reason", acrime.common.sealed.SealedTextField()),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "db_table": "iaq_sampling_rate",
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("filters", models.JSONField()),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "iaq_saved_view",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SystemHealth",
            fields=[
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("CIS", "Central Index System"),
                            ("EARM", "Enforcement case system"),
                            ("EID", "Enforcement integrated database"),
                            ("CLAIMS", "Benefit application system"),
                            ("IDENT", "Biometric identification system"),
                            ("ADIS", "Arrival and departure records"),
                            ("SEVIS", "Student and exchange visitor records"),
                            ("TECS", "Border inspections and lookouts"),
                            ("NCIC", "NCIC and criminal history"),
                            ("A_FILE", "Paper A-file"),
                            ("PORTAL", "Records in this portal"),
                            ("OTHER", "Other (name it in the finding)"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("rests_until", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "iaq_system_health",
            },
        ),
        migrations.CreateModel(
            name="SystemQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("CIS", "Central Index System"),
                            ("EARM", "Enforcement case system"),
                            ("EID", "Enforcement integrated database"),
                            ("CLAIMS", "Benefit application system"),
                            ("IDENT", "Biometric identification system"),
                            ("ADIS", "Arrival and departure records"),
                            ("SEVIS", "Student and exchange visitor records"),
                            ("TECS", "Border inspections and lookouts"),
                            ("NCIC", "NCIC and criminal history"),
                            ("A_FILE", "Paper A-file"),
                            ("PORTAL", "Records in this portal"),
                            ("OTHER", "Other (name it in the finding)"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Asked"),
                            ("ANSWERED", "Answered, waits for a person"),
                            ("UNAVAILABLE", "Not available: look by hand"),
                            ("CONFIRMED", "Confirmed"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="WAITING",
                        max_length=12,
                    ),
                ),
                ("keys", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FOUND", "Found"),
                            ("NOT_FOUND", "Not found"),
                            ("NOT_AVAILABLE", "Source not available"),
                            ("NOT_NEEDED", "Not needed"),
                            ("UNSTATED", "Written before results were asked for"),
                        ],
                        max_length=14,
                    ),
                ),
                ("source_number", acrime.common.sealed.SealedTextField(null=True)),
                ("finding", acrime.common.sealed.SealedTextField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=60)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "iaq_system_question",
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
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
                            ("ASSIGNED", "Given to you"),
                            ("DUE_SOON", "A quarter of the time is left"),
                            ("LATE", "The answer is late"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("note", acrime.common.sealed.SealedTextField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settlement", acrime.common.sealed.SealedTextField(null=True)),
            ],
            options={
                "db_table": "iaq_work_item",
            },
        ),
        migrations.AddField(
            model_name="determination",
            name="first_reviewed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="determination",
            name="first_reviewer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="determination",
            name="further",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "No further review"),
                    ("CITIZEN", "A claim or conclusion of U.S. citizenship"),
                    ("SAMPLE", "Drawn by the sampling rate of its program"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="determination",
            name="open_because",
            field=acrime.common.sealed.SealedTextField(null=True),
        ),
        migrations.AddField(
            model_name="determination",
            name="open_steps",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="researchstep",
            name="result",
            field=models.CharField(
                choices=[
                    ("FOUND", "Found"),
                    ("NOT_FOUND", "Not found"),
                    ("NOT_AVAILABLE", "Source not available"),
                    ("NOT_NEEDED", "Not needed"),
                    ("UNSTATED", "Written before results were asked for"),
                ],
                default="UNSTATED",
                max_length=14,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="researchstep",
            name="source_number",
            field=acrime.common.sealed.SealedTextField(null=True),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="charge_level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="citizenship_claimed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="conviction_level",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="no_match",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="statusquery",
            name="urgency",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="researchstep",
            name="source",
            field=models.CharField(
                choices=[
                    ("CIS", "Central Index System"),
                    ("EARM", "Enforcement case system"),
                    ("EID", "Enforcement integrated database"),
                    ("CLAIMS", "Benefit application system"),
                    ("IDENT", "Biometric identification system"),
                    ("ADIS", "Arrival and departure records"),
                    ("SEVIS", "Student and exchange visitor records"),
                    ("TECS", "Border inspections and lookouts"),
                    ("NCIC", "NCIC and criminal history"),
                    ("A_FILE", "Paper A-file"),
                    ("PORTAL", "Records in this portal"),
                    ("OTHER", "Other (name it in the finding)"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(PLACE_WHAT_IS_THERE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="statusquery",
            index=models.Index(
                condition=models.Q(("state", "RELEASED"), _negated=True),
                fields=["urgency", "due_at", "record"],
                name="iaq_query_by_urgency",
            ),
        ),
        migrations.AddConstraint(
            model_name="determination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_reviewer", models.F("author")), _negated=True),
                    models.Q(("first_reviewer", models.F("reviewer")), _negated=True),
                ),
                name="determination_first_reviewer_is_a_third",
            ),
        ),
        migrations.AddConstraint(
            model_name="determination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "APPROVED"), _negated=True),
                    ("further", ""),
                    ("first_reviewer__isnull", False),
                    _connector="OR",
                ),
                name="determination_looked_at_once_more",
            ),
        ),
        migrations.AddField(
            model_name="offenseplacement",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="offenseplacement",
            name="query",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="acrime.statusquery",
            ),
        ),
        migrations.AddField(
            model_name="offenseplacement",
            name="struck_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="researchattachment",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="acrime.researchstep",
            ),
        ),
        migrations.AddField(
            model_name="researchattachment",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="samplingrate",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="systemquestion",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="systemquestion",
            name="query",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="system_questions",
                to="acrime.statusquery",
            ),
        ),
        migrations.AddField(
            model_name="systemquestion",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="systemquestion",
            name="step",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="question",
                to="acrime.researchstep",
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="query",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="work_items",
                to="acrime.statusquery",
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="work_items",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="offenseplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", [1, 2, 3])), name="placement_known_level"
            ),
        ),
        migrations.AddConstraint(
            model_name="offenseplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("basis__in", ["CHARGE", "CONVICTION"]),
                    ("sentence__in", ["UNKNOWN", "UNDER", "EXACTLY", "OVER"]),
                ),
                name="placement_known_codes",
            ),
        ),
        migrations.AddConstraint(
            model_name="offenseplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_at__isnull", True), ("struck_by__isnull", True)),
                    models.Q(("struck_at__isnull", False), ("struck_by__isnull", False)),
                    _connector="OR",
                ),
                name="placement_struck_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="offenseplacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("basis", "CHARGE"), ("struck_at__isnull", True)),
                fields=("query",),
                name="placement_one_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="researchattachment",
            constraint=models.UniqueConstraint(fields=("step", "sha256"), name="attachment_once"),
        ),
        migrations.AddConstraint(
            model_name="researchattachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1), ("size__lte", 10485760)),
                name="attachment_known_size",
            ),
        ),
        migrations.AddIndex(
            model_name="samplingrate",
            index=models.Index(fields=["program", "-set_at"], name="samplingrate_latest"),
        ),
        migrations.AddConstraint(
            model_name="samplingrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                name="samplingrate_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("owner", "name"), name="savedview_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="systemquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["WAITING", "ANSWERED"])),
                fields=("query", "source"),
                name="question_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="systemquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["WAITING", "ANSWERED", "UNAVAILABLE", "CONFIRMED", "DISCARDED"])
                ),
                name="question_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="systemquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "CONFIRMED"), _negated=True),
                    ("step__isnull", False),
                    _connector="OR",
                ),
                name="question_confirmed_as_a_step",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["recipient"],
                name="workitem_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["ASSIGNED", "DUE_SOON", "LATE"])),
                name="workitem_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", True), ("kind", "ASSIGNED")),
                    models.Q(
                        models.Q(("kind", "ASSIGNED"), _negated=True), ("due_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="workitem_due_of_the_clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["DUE_SOON", "LATE"])),
                fields=("query", "kind", "due_at"),
                name="workitem_once_for_a_due_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                    models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                    _connector="OR",
                ),
                name="workitem_settled_by_whom",
            ),
        ),
    ]
