"""Accounting of a person, superseding entries, corrections, redisclosure terms."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import acrime.common.sealed

FORWARD = """
CREATE FUNCTION routine_uses_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosedsubject_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_disclosedsubject
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_only_added();
CREATE TRIGGER subjectcopy_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON routine_uses_subjectcopy
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_only_added();
"""

REVERSE = """
DROP TRIGGER subjectcopy_append_only ON routine_uses_subjectcopy;
DROP TRIGGER disclosedsubject_append_only ON routine_uses_disclosedsubject;
DROP FUNCTION routine_uses_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0004_approvals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisclosedSubject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("individual_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SubjectCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True)),
                ("individual_id", models.BigIntegerField()),
                ("individual_number", models.CharField(max_length=24)),
                ("request_reference", models.CharField(max_length=80)),
                (
                    "given",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("withheld", models.JSONField(default=list)),
                ("document", acrime.common.sealed.SealedBytesField()),
                ("document_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Supersession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changes", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("is_legal", models.BooleanField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("OPEN", "Waits for a second person"),
                            ("MADE", "Entry superseded"),
                            ("REFUSED", "Refused"),
                        ],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("comment", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "ordering": ["-proposed_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="disclosure",
            name="supersedes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="routine_uses.disclosure",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="superseding_reason",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("supersedes__isnull", True), ("superseding_reason", "")),
                    models.Q(
                        ("supersedes__isnull", False),
                        models.Q(("superseding_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="disclosure_supersedes_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("supersedes", models.F("id")), _negated=True),
                name="disclosure_supersedes_another",
            ),
        ),
        migrations.AddField(
            model_name="disclosedsubject",
            name="disclosure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subjects",
                to="routine_uses.disclosure",
            ),
        ),
        migrations.AddField(
            model_name="subjectcopy",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="subjectcopy",
            name="notice_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routine_uses.noticeversion",
            ),
        ),
        migrations.AddField(
            model_name="supersession",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supersession",
            name="disclosure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="routine_uses.disclosure",
            ),
        ),
        migrations.AddField(
            model_name="supersession",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supersession",
            name="successor",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made_by",
                to="routine_uses.disclosure",
            ),
        ),
        migrations.AddIndex(
            model_name="disclosedsubject",
            index=models.Index(fields=["individual_id"], name="disclosedsubject_individual"),
        ),
        migrations.AddConstraint(
            model_name="disclosedsubject",
            constraint=models.UniqueConstraint(
                fields=("disclosure", "individual_id"), name="disclosedsubject_once"
            ),
        ),
        migrations.AddIndex(
            model_name="subjectcopy",
            index=models.Index(fields=["individual_id", "-made_at"], name="subjectcopy_person"),
        ),
        migrations.AddConstraint(
            model_name="subjectcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("request_reference", ""), _negated=True),
                name="subjectcopy_names_the_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("document_sha256__regex", "^[0-9a-f]{64}$")),
                name="subjectcopy_sha256",
            ),
        ),
        migrations.AddConstraint(
            model_name="supersession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "OPEN")),
                fields=("disclosure",),
                name="supersession_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="supersession",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["OPEN", "MADE", "REFUSED"])),
                name="supersession_known_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="supersession",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="supersession_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="supersession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "MADE"), ("successor__isnull", False)),
                    models.Q(
                        models.Q(("outcome", "MADE"), _negated=True), ("successor__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="supersession_made_by_a_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="supersession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by__isnull", True), ("outcome", "OPEN")),
                    models.Q(("is_legal", False), ("outcome", "MADE")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="supersession_second_person",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
