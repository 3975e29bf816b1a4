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
            name="CorrectionCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CORRECTION", "Correction"),
                            ("DISPUTE", "Statement of disagreement"),
                        ],
                        max_length=10,
                    ),
                ),
                ("record_id", models.BigIntegerField()),
                ("record_number", models.CharField(max_length=24)),
                (
                    "scope",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("NAME", "Name"),
                                ("ALIASES", "Other names"),
                                ("DATE_OF_BIRTH", "Date of birth"),
                                ("PLACE_OF_BIRTH", "Place of birth"),
                                ("COUNTRY_OF_BIRTH", "Country of birth"),
                                ("SEX", "Sex"),
                                ("PARENTS_NAMES", "Names of the parents"),
                                ("ADDRESS", "Address"),
                                ("TELEPHONE", "Telephone number"),
                                ("A_NUMBER", "A-Number"),
                                ("FBI_NUMBER", "FBI number"),
                                ("STATE_ID", "State identification number"),
                                ("FINGERPRINT_ID", "Fingerprint identification number"),
                                ("SSN", "Social Security number"),
                                ("PASSPORT_NUMBER", "Passport number"),
                                ("DRIVER_LICENSE", "Driver's license number"),
                                ("PHOTOGRAPH", "Photograph"),
                                ("FINGERPRINTS", "Fingerprints"),
                                ("CITIZENSHIP", "Citizenship"),
                                ("IMMIGRATION_STATUS", "Immigration status"),
                                ("ENTRY_HISTORY", "Entries, visas and travel"),
                                ("BENEFIT_APPLICATIONS", "Applications for benefits"),
                                ("REMOVAL_STATUS", "Status in removal proceedings"),
                                ("REMOVAL_HISTORY", "Earlier removals"),
                                ("DETAINER_EXISTENCE", "Existence of an immigration detainer"),
                                ("CUSTODY_STATUS", "Custodial status"),
                                ("CUSTODY_LOCATION", "Place of custody"),
                                ("CHARGES", "Charges"),
                                ("CRIMINAL_HISTORY", "Criminal history"),
                                ("WARRANT", "Warrant or lookout and its basis"),
                                ("NCIC_STATUS", "Confirmation of an NCIC record"),
                                (
                                    "RESPONSIBLE_OFFICE",
                                    "Responsible field office and file location",
                                ),
                                ("QUERY_ECHO", "The query as received"),
                                ("QUERY_REFERENCE", "Query reference"),
                                ("REMARKS", "Remarks of the response"),
                                ("RESEARCH", "Research notes"),
                                ("TIP", "Content of a tip"),
                                ("TIP_SOURCE", "Identity of a person who gave a tip"),
                                ("OFFICER_IDENTITY", "Identity of an officer who contacted ICE"),
                                ("AGGREGATE", "Figures that identify nobody"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                    ),
                ),
                ("earlier_value", acrime.common.sealed.SealedTextField(null=True)),
                ("corrected_value", acrime.common.sealed.SealedTextField(null=True)),
                ("statement", acrime.common.sealed.SealedTextField(null=True)),
                ("agency_reasons", acrime.common.sealed.SealedTextField(null=True)),
                ("reference", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=300)),
                ("noted_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ["-noted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CorrectionLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True)),
                ("recipient_name", models.CharField(max_length=200)),
                ("recipient_address", models.TextField()),
                (
                    "disclosures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), size=None
                    ),
                ),
                ("document", acrime.common.sealed.SealedBytesField()),
                ("document_sha256", models.CharField(max_length=64)),
                ("drafted_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFTED", "Drafted"),
                            ("SENT", "Sent"),
                            ("RETURNED", "Returned"),
                            ("EXEMPT", "Not sent: exemption claimed"),
                        ],
                        default="DRAFTED",
                        max_length=8,
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "sent_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MAIL", "Mail"),
                            ("ELECTRONIC", "Electronic message"),
                            ("FAX", "Fax"),
                            ("BY_HAND", "By hand"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("sent_reference", models.CharField(blank=True, default="", max_length=80)),
                ("returned_at", models.DateTimeField(null=True)),
                (
                    "returned_as",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ACKNOWLEDGED", "The recipient acknowledged it"),
                            ("UNDELIVERABLE", "It could not be delivered"),
                        ],
                        default="",
                        max_length=13,
                    ),
                ),
                ("exempt_under", models.CharField(blank=True, default="", max_length=10)),
                ("exempt_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ["due_on", "pk"],
            },
        ),
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
        migrations.AddField(
            model_name="disclosure",
            name="terms",
            field=models.JSONField(default=list),
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
            model_name="correctioncase",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correctioncase",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correctionletter",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="routine_uses.correctioncase",
            ),
        ),
        migrations.AddField(
            model_name="correctionletter",
            name="exempt_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correctionletter",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routine_uses.recipient",
            ),
        ),
        migrations.AddField(
            model_name="correctionletter",
            name="returned_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correctionletter",
            name="sent_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
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
            model_name="correctioncase",
            index=models.Index(fields=["record_id"], name="correctioncase_record"),
        ),
        migrations.AddConstraint(
            model_name="correctioncase",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["CORRECTION", "DISPUTE"])),
                name="correctioncase_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctioncase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fields__len__gte", 1),
                    (
                        "fields__contained_by",
                        [
                            "NAME",
                            "ALIASES",
                            "DATE_OF_BIRTH",
                            "PLACE_OF_BIRTH",
                            "COUNTRY_OF_BIRTH",
                            "SEX",
                            "PARENTS_NAMES",
                            "ADDRESS",
                            "TELEPHONE",
                            "A_NUMBER",
                            "FBI_NUMBER",
                            "STATE_ID",
                            "FINGERPRINT_ID",
                            "SSN",
                            "PASSPORT_NUMBER",
                            "DRIVER_LICENSE",
                            "PHOTOGRAPH",
                            "FINGERPRINTS",
                            "CITIZENSHIP",
                            "IMMIGRATION_STATUS",
                            "ENTRY_HISTORY",
                            "BENEFIT_APPLICATIONS",
                            "REMOVAL_STATUS",
                            "REMOVAL_HISTORY",
                            "DETAINER_EXISTENCE",
                            "CUSTODY_STATUS",
                            "CUSTODY_LOCATION",
                            "CHARGES",
                            "CRIMINAL_HISTORY",
                            "WARRANT",
                            "NCIC_STATUS",
                            "RESPONSIBLE_OFFICE",
                            "QUERY_ECHO",
                            "QUERY_REFERENCE",
                            "REMARKS",
                            "RESEARCH",
                            "TIP",
                            "TIP_SOURCE",
                            "OFFICER_IDENTITY",
                            "AGGREGATE",
                        ],
                    ),
                ),
                name="correctioncase_known_fields",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctioncase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrected_value__isnull", False),
                        ("earlier_value__isnull", False),
                        ("kind", "CORRECTION"),
                        ("settled_at__isnull", True),
                        ("statement__isnull", True),
                    ),
                    models.Q(
                        ("corrected_value__isnull", True),
                        ("kind", "DISPUTE"),
                        ("statement__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="correctioncase_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctioncase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("reference", ""), _negated=True),
                ),
                name="correctioncase_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctioncase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at__isnull", True),
                        ("settled_by__isnull", True),
                        ("settled_reason", ""),
                    ),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("settled_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="correctioncase_settled_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionletter",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["DRAFTED", "SENT", "RETURNED", "EXEMPT"])),
                name="correctionletter_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionletter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned_as", "UNDELIVERABLE"), _negated=True),
                fields=("case", "recipient"),
                name="correctionletter_one_to_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("sent_at__isnull", True),
                        ("sent_by__isnull", True),
                        ("sent_how", ""),
                        ("state__in", ["DRAFTED", "EXEMPT"]),
                    ),
                    models.Q(
                        ("sent_at__isnull", False),
                        ("sent_by__isnull", False),
                        ("state__in", ["SENT", "RETURNED"]),
                        models.Q(("sent_how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="correctionletter_sent_by_whom_when_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("returned_as__in", ["ACKNOWLEDGED", "UNDELIVERABLE"]),
                        ("returned_at__isnull", False),
                        ("returned_by__isnull", False),
                        ("state", "RETURNED"),
                    ),
                    models.Q(
                        models.Q(("state", "RETURNED"), _negated=True),
                        ("returned_as", ""),
                        ("returned_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="correctionletter_returned_when_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionletter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("exempt_by__isnull", False),
                        ("exempt_under", "(j)(2)"),
                        ("state", "EXEMPT"),
                        models.Q(("exempt_reason", ""), _negated=True),
                    ),
                    models.Q(models.Q(("state", "EXEMPT"), _negated=True), ("exempt_under", "")),
                    _connector="OR",
                ),
                name="correctionletter_exempt_under_j2_alone",
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
