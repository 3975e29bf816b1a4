"""Categories of repeating disclosures, and what the accounting keeps of them."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# What was proposed never changes. Who decided, when and why is written once; what waits or is
# approved may be ended, once.
# An entry of the accounting goes under a category that is approved and in its days, and says
# nothing that the category does not. One that supersedes another tells of a day in the past,
# when the category may not have been ended yet.
FORWARD = """
CREATE FUNCTION routine_uses_series_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision constant text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_reason'];
    ending constant text[] := ARRAY['state', 'ended_by_id', 'ended_at', 'ended_reason'];
BEGIN
    IF OLD.state = 'PROPOSED' AND NEW.state IN ('APPROVED', 'REFUSED')
        AND to_jsonb(OLD) - decision = to_jsonb(NEW) - decision THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('PROPOSED', 'APPROVED') AND NEW.state = 'ENDED'
        AND to_jsonb(OLD) - ending = to_jsonb(NEW) - ending THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a category of repeating disclosures is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosureseries_frozen BEFORE UPDATE ON routine_uses_disclosureseries
    FOR EACH ROW EXECUTE FUNCTION routine_uses_series_frozen();
CREATE FUNCTION routine_uses_series_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER disclosureseries_kept BEFORE DELETE OR TRUNCATE ON routine_uses_disclosureseries
    FOR EACH STATEMENT EXECUTE FUNCTION routine_uses_series_kept();

CREATE FUNCTION routine_uses_series_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM routine_uses_disclosureseries s
        WHERE s.id = NEW.series_id
          AND s.number = NEW.series_number
          AND s.decided_at IS NOT NULL
          AND (s.state = 'APPROVED' OR (s.state = 'ENDED' AND NEW.supersedes_id IS NOT NULL))
          AND (NEW.disclosed_at AT TIME ZONE 'America/New_York')::date
              BETWEEN s.starts_on AND s.ends_on
          AND s.recipient_id = NEW.recipient_id
          AND s.paragraph = NEW.paragraph
          AND s.letter = NEW.letter
          AND s.purpose_code = NEW.purpose_code
          AND s.method = NEW.method
          AND s.fields @> NEW.fields
          AND s.record_category = NEW.series_category
          AND s.interval_statement = NEW.series_statement
    ) THEN
        RAISE EXCEPTION 'the category does not cover this disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER disclosure_series_covered BEFORE INSERT ON routine_uses_disclosure
    FOR EACH ROW WHEN (NEW.series_id IS NOT NULL)
    EXECUTE FUNCTION routine_uses_series_covers();
"""

REVERSE = """
DROP TRIGGER disclosure_series_covered ON routine_uses_disclosure;
DROP FUNCTION routine_uses_series_covers();
DROP TRIGGER disclosureseries_kept ON routine_uses_disclosureseries;
DROP FUNCTION routine_uses_series_kept();
DROP TRIGGER disclosureseries_frozen ON routine_uses_disclosureseries;
DROP FUNCTION routine_uses_series_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("routine_uses", "0006_sealed_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="series_category",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="series_interval",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="series_number",
            field=models.CharField(blank=True, default="", max_length=24),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="series_statement",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.CreateModel(
            name="DisclosureSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "paragraph",
                    models.CharField(
                        choices=[
                            ("b1", "Need inside the agency"),
                            ("b2", "Required by the Freedom of Information Act"),
                            ("b3", "Routine use"),
                            ("b4", "Bureau of the Census"),
                            ("b5", "Statistical research"),
                            ("b6", "National Archives"),
                            ("b7", "Law enforcement request of an agency head"),
                            ("b8", "Health or safety of an individual"),
                            ("b9", "Congress"),
                            ("b10", "Comptroller General"),
                            ("b11", "Order of a court"),
                            ("b12", "Consumer reporting agency"),
                            ("consent", "Consent or request of the individual"),
                        ],
                        max_length=8,
                    ),
                ),
                ("letter", models.CharField(blank=True, max_length=2)),
                (
                    "purpose_code",
                    models.CharField(
                        choices=[
                            (
                                "FINGERPRINT_QUERY",
                                "Answer to a fingerprint-based immigration query",
                            ),
                            ("STATUS_VERIFICATION", "Verification of immigration status"),
                            ("FIREARM_CHECK", "Immigration check for a firearm purchase"),
                            ("EVENT_SCREENING", "Screening for a special security event"),
                            (
                                "SUITABILITY",
                                "Decision on employment, clearance, license or benefit",
                            ),
                            ("LAW_ENFORCEMENT", "Investigation, prosecution or enforcement of law"),
                            ("LOOKOUT_INQUIRY", "Inquiry about a want, warrant or lookout"),
                            ("NCIC_INQUIRY", "Inquiry about an ICE record in NCIC"),
                            ("DECONFLICTION", "Coordination of law enforcement work"),
                            ("LAW_INTELLIGENCE", "Law enforcement intelligence"),
                            ("COUNTERTERRORISM", "Security threat or counterterrorism"),
                            ("REFERRAL", "Referral of a tip or violation"),
                            ("DETAINER", "Detainer or transfer of custody"),
                            (
                                "JUSTICE_INTEGRITY",
                                "Detainer, removal or custody status for justice",
                            ),
                            ("LITIGATION", "Litigation or proceedings"),
                            ("SETTLEMENT", "Settlement of a claim before litigation"),
                            ("ELICITATION", "Obtaining information for a DHS matter"),
                            ("FORMER_EMPLOYEE", "Matter concerning a former employee"),
                            ("CONGRESSIONAL_INQUIRY", "Inquiry of a congressional office"),
                            ("PRIVATE_RELIEF", "Private relief legislation"),
                            ("OVERSIGHT", "Audit or oversight"),
                            ("RECORDS_INSPECTION", "Records management inspection"),
                            ("BREACH_RESPONSE", "Response to a compromise of information"),
                            ("CONTRACT_WORK", "Work for DHS under contract or agreement"),
                            ("TECHNOLOGY", "Development or testing of technology"),
                            ("INTERNATIONAL_ARRANGEMENT", "International arrangement"),
                            ("DIPLOMATIC_RESPONSE", "Response to a foreign request through State"),
                            (
                                "CONSULAR_NOTICE",
                                "Notice of an incapacitated, minor or deceased alien",
                            ),
                            ("REDRESS", "Redress"),
                            ("PUBLIC_INTEREST", "Legitimate public interest"),
                            ("INTERNAL_NEED", "Duties inside the agency"),
                            ("FOIA", "Freedom of Information Act request"),
                            ("CENSUS", "Census or survey"),
                            ("STATISTICS", "Statistical research or reporting"),
                            ("ARCHIVES", "Historical value"),
                            ("HEALTH_SAFETY", "Health or safety of an individual"),
                            ("COURT_ORDER", "Compliance with a court order"),
                            ("INDIVIDUALS_REQUEST", "Request or consent of the individual"),
                        ],
                        max_length=30,
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
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("ELECTRONIC", "Electronic message"),
                            ("PAPER", "Paper"),
                            ("FAX", "Fax"),
                            ("ORAL", "By word of mouth"),
                            ("DISPLAY", "Shown on a screen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("nature", models.CharField(max_length=300)),
                ("record_category", models.CharField(max_length=300)),
                (
                    "interval",
                    models.CharField(
                        choices=[
                            ("DAILY", "Daily"),
                            ("WEEKLY", "Weekly"),
                            ("MONTHLY", "Monthly"),
                            ("QUARTERLY", "Quarterly"),
                            ("YEARLY", "Yearly"),
                            ("ON_EVENT", "On each event"),
                        ],
                        max_length=10,
                    ),
                ),
                ("interval_statement", models.CharField(max_length=300)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("justification", models.CharField(max_length=500)),
                ("proposed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Waits for a privacy officer"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                            ("ENDED", "Ended"),
                        ],
                        default="PROPOSED",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.CharField(blank=True, default="", max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routine_uses.recipient",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="disclosure",
            name="series",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routine_uses.disclosureseries",
            ),
        ),
        migrations.AddField(
            model_name="disclosuredraft",
            name="series",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routine_uses.disclosureseries",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("series", None),
                        ("series_category", ""),
                        ("series_interval", ""),
                        ("series_number", ""),
                        ("series_statement", ""),
                    ),
                    models.Q(
                        ("series__isnull", False),
                        models.Q(("series_number", ""), _negated=True),
                        models.Q(("series_category", ""), _negated=True),
                        models.Q(("series_interval", ""), _negated=True),
                        models.Q(("series_statement", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="disclosure_names_its_series_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="disclosureseries",
            index=models.Index(fields=["state", "-proposed_at"], name="disclosureseries_list"),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose_code__in",
                        [
                            "FINGERPRINT_QUERY",
                            "STATUS_VERIFICATION",
                            "FIREARM_CHECK",
                            "EVENT_SCREENING",
                            "SUITABILITY",
                            "LAW_ENFORCEMENT",
                            "LOOKOUT_INQUIRY",
                            "NCIC_INQUIRY",
                            "DECONFLICTION",
                            "LAW_INTELLIGENCE",
                            "COUNTERTERRORISM",
                            "REFERRAL",
                            "DETAINER",
                            "JUSTICE_INTEGRITY",
                            "LITIGATION",
                            "SETTLEMENT",
                            "ELICITATION",
                            "FORMER_EMPLOYEE",
                            "CONGRESSIONAL_INQUIRY",
                            "PRIVATE_RELIEF",
                            "OVERSIGHT",
                            "RECORDS_INSPECTION",
                            "BREACH_RESPONSE",
                            "CONTRACT_WORK",
                            "TECHNOLOGY",
                            "INTERNATIONAL_ARRANGEMENT",
                            "DIPLOMATIC_RESPONSE",
                            "CONSULAR_NOTICE",
                            "REDRESS",
                            "PUBLIC_INTEREST",
                            "INTERNAL_NEED",
                            "FOIA",
                            "CENSUS",
                            "STATISTICS",
                            "ARCHIVES",
                            "HEALTH_SAFETY",
                            "COURT_ORDER",
                            "INDIVIDUALS_REQUEST",
                        ],
                    ),
                    ("method__in", ["ELECTRONIC", "PAPER", "FAX", "ORAL", "DISPLAY"]),
                    (
                        "interval__in",
                        ["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY", "ON_EVENT"],
                    ),
                    (
                        "paragraph__in",
                        ("b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10", "b11", "consent"),
                    ),
                ),
                name="disclosureseries_known_codes",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("letter__regex", "^([A-Z]|[A-Z]{2})$"), ("paragraph", "b3")),
                    models.Q(models.Q(("paragraph", "b3"), _negated=True), ("letter", "")),
                    _connector="OR",
                ),
                name="disclosureseries_letter_iff_routine_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
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
                name="disclosureseries_known_fields",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("nature", ""), _negated=True),
                    models.Q(("record_category", ""), _negated=True),
                    models.Q(("interval_statement", ""), _negated=True),
                    models.Q(("justification", ""), _negated=True),
                ),
                name="disclosureseries_says_what_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__gte", models.F("starts_on")),
                    (
                        "ends_on__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "+", models.Value(datetime.timedelta(days=365))
                        ),
                    ),
                ),
                name="disclosureseries_at_most_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                name="disclosureseries_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosureseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("ended_at", None),
                        ("ended_by", None),
                        ("state", "PROPOSED"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("ended_at", None),
                        ("ended_by", None),
                        ("state__in", ["APPROVED", "REFUSED"]),
                        models.Q(("decision_reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("state", "ENDED"),
                        models.Q(("ended_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="disclosureseries_decided_by_whom_when_and_why",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
