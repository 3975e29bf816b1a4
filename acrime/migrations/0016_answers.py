"""What is answered, how it is taken there, and what follows it."""

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import acrime.common.sealed
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIRST = Path(__file__).parents[1] / "iaq" / "kinds" / "first.toml"
# The file is part of this migration: what it brought does not change with it.
FIRST_SHA256 = "e919e7e4fd11a2c3a7e47d910011f0eb7f60cfbac41963e72abd1e8383d8d7b0"
IN_FORCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def bring_first_kinds(apps: Any, _: Any) -> None:
    """Version 1 of each kind, from the reviewed file."""
    data = FIRST.read_bytes()
    if hashlib.sha256(data).hexdigest() != FIRST_SHA256:
        raise RuntimeError("first.toml is not the file that was reviewed for this migration.")
    versions = apps.get_model("acrime", "ConclusionVersion")
    for code, kind in tomllib.loads(data.decode("utf-8")).items():
        versions.objects.create(
            code=code,
            version=1,
            label=kind["label"],
            headline=kind["headline"],
            lead=kind["lead"],
            required_fields=kind["required"],
            optional_fields=kind["optional"],
            closing=kind["closing"],
            needs_person=kind.get("needs_person", True),
            supervisor_reviews=kind.get("supervisor_reviews", False),
            in_force_from=IN_FORCE_FROM,
        )


def take_them_away(apps: Any, schema_editor: Any) -> None:
    """What was determined under them loses its column with the next step back."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    apps.get_model("acrime", "Determination").objects.update(conclusion=None)
    apps.get_model("acrime", "ConclusionVersion").objects.all().delete()


# What was determined and answered before stands under version 1. The checks of foreign keys come
# at once, for no table with checks that wait can be altered in the same transaction.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE iaq_determination SET conclusion_id = iaq_conclusion.id FROM iaq_conclusion
 WHERE iaq_conclusion.code = iaq_determination.kind AND iaq_conclusion.version = 1;
UPDATE iaq_query SET answered_at = iar_response.released_at FROM iar_response
 WHERE iar_response.query_id = iaq_query.record_id;
"""

GUARDS = """
CREATE FUNCTION acrime_conclusion_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a version of a conclusion says is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_conclusion_frozen BEFORE UPDATE OF code, version, label, headline, lead,
    required_fields, optional_fields, closing, needs_person, supervisor_reviews
    ON iaq_conclusion FOR EACH ROW EXECUTE FUNCTION acrime_conclusion_frozen();

CREATE FUNCTION acrime_determination_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a determination states is frozen'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_determination_frozen BEFORE UPDATE OF query_id, version, kind, conclusion_id,
    values, basis, author_id, submitted_at
    ON iaq_determination FOR EACH ROW EXECUTE FUNCTION acrime_determination_frozen();

CREATE FUNCTION acrime_answer_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_delivery_proof_appended BEFORE UPDATE OR DELETE ON iar_delivery_proof
    FOR EACH ROW EXECUTE FUNCTION acrime_answer_appended();
CREATE TRIGGER iar_follow_up_appended BEFORE UPDATE OR DELETE ON iar_follow_up
    FOR EACH ROW EXECUTE FUNCTION acrime_answer_appended();

CREATE FUNCTION acrime_reply_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The original of a reply is never changed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_reply_kept BEFORE UPDATE OF original, original_sha256, digest, size
    ON iar_reply FOR EACH ROW EXECUTE FUNCTION acrime_reply_kept();

CREATE FUNCTION acrime_amends_same_query() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amends_id IS NOT NULL AND NEW.query_id IS DISTINCT FROM
       (SELECT query_id FROM iar_response WHERE record_id = NEW.amends_id) THEN
        RAISE EXCEPTION 'A response amends one to the same query, and is frozen to it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER iar_response_amends BEFORE INSERT ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_amends_same_query();
"""

NO_GUARDS = """
DROP TRIGGER iar_response_amends ON iar_response;
DROP FUNCTION acrime_amends_same_query();
DROP TRIGGER iar_reply_kept ON iar_reply;
DROP FUNCTION acrime_reply_kept();
DROP TRIGGER iar_follow_up_appended ON iar_follow_up;
DROP TRIGGER iar_delivery_proof_appended ON iar_delivery_proof;
DROP FUNCTION acrime_answer_appended();
DROP TRIGGER iaq_determination_frozen ON iaq_determination;
DROP FUNCTION acrime_determination_frozen();
DROP TRIGGER iaq_conclusion_frozen ON iaq_conclusion;
DROP FUNCTION acrime_conclusion_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("acrime", "0015_programs_and_layouts"),
        ("routine_uses", "0009_mail_delivery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('LATER_RECORD', 'A record was found that was not known before'), ('ANOTHER_PERSON', 'The record is about another person'), ('WRONG_VALUE', 'A value was wrong'), ('STATUS_CHANGED', 'The status has changed since'), ('CORRECTED_RECORD', 'The record was corrected under the Privacy Act')], max_length=20)),
                ('reason', acrime.common.sealed.SealedTextField()),
                ('state', models.CharField(choices=[('OPEN', 'Being worked'), ('RELEASED', 'Released'), ('DROPPED', 'Dropped')], default='OPEN', max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'iar_amendment',
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ConclusionProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('OPEN', 'Waits for a second person'), ('IN_FORCE', 'Put in force'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='OPEN', max_length=10)),
                ('reason', models.CharField(max_length=500)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('comment', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'db_table': 'iaq_conclusion_proposal',
                'ordering': ['-proposed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ConclusionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('version', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=60)),
                ('headline', models.CharField(max_length=72)),
                ('lead', models.CharField(max_length=300)),
                ('required_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('optional_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('closing', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=600), size=None)),
                ('needs_person', models.BooleanField()),
                ('supervisor_reviews', models.BooleanField()),
                ('in_force_from', models.DateTimeField(null=True)),
                ('superseded_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'iaq_conclusion',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='DeliveryProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('READ_BACK', 'Read back from the spool folder'), ('ANSWER', "The receiver's own answer"), ('ACKNOWLEDGEMENT', 'An acknowledgement that came back'), ('OTHER_MEANS', 'Delivered by other means')], max_length=16)),
                ('detail', acrime.common.sealed.SealedTextField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'iar_delivery_proof',
                'ordering': ['recorded_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('ACTION_TAKEN', 'Action taken'), ('NO_ACTION', 'No action'), ('REFERRED', 'Referred to somebody else')], max_length=14)),
                ('referred_to', models.CharField(blank=True, max_length=100)),
                ('reason', acrime.common.sealed.SealedTextField()),
                ('happened_at', models.DateTimeField()),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'iar_follow_up',
                'ordering': ['-written_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='InboundReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('original', acrime.common.sealed.SealedBytesField()),
                ('original_sha256', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
                ('digest', models.BinaryField(unique=True)),
                ('channel', models.CharField(choices=[('PAGE', 'Portal page'), ('PDF', 'Document'), ('API', 'API'), ('COMMAND', 'Command'), ('JOB', 'Background work')], max_length=10)),
                ('received_at', models.DateTimeField()),
                ('times_received', models.PositiveIntegerField(default=1)),
                ('sort', models.CharField(choices=[('ACKNOWLEDGEMENT', 'Acknowledgement'), ('ECHO', 'Response as the receiver has it'), ('UNREADABLE', 'Cannot be read')], max_length=16)),
                ('state', models.CharField(choices=[('MATCHED', 'Matched'), ('WAITING', 'Waits for a person'), ('SETTLED', 'Settled by a person')], max_length=10)),
                ('reference', models.CharField(blank=True, max_length=60)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('same', models.BooleanField(null=True)),
                ('differences', acrime.common.sealed.SealedTextField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_note', acrime.common.sealed.SealedTextField(null=True)),
            ],
            options={
                'db_table': 'iar_reply',
                'ordering': ['received_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='closed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='closed_reason',
            field=acrime.common.sealed.SealedTextField(null=True),
        ),
        migrations.AddField(
            model_name='statusquery',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='statusresponse',
            name='amend_reason',
            field=models.CharField(blank=True, choices=[('LATER_RECORD', 'A record was found that was not known before'), ('ANOTHER_PERSON', 'The record is about another person'), ('WRONG_VALUE', 'A value was wrong'), ('STATUS_CHANGED', 'The status has changed since'), ('CORRECTED_RECORD', 'The record was corrected under the Privacy Act')], max_length=20),
        ),
        migrations.AddField(
            model_name='statusresponse',
            name='amends',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amended_by', to='acrime.statusresponse'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='channel',
            field=models.CharField(choices=[('SPOOL', 'Spool folder'), ('HTTP', 'HTTPS'), ('MAIL', 'E-mail'), ('NONE', 'Not delivered by the portal')], max_length=5),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('QUEUED', 'Queued'), ('SENT', 'Sent, not confirmed'), ('DELIVERED', 'Delivered'), ('FAILED', 'Failed'), ('GIVEN_UP', 'Given up')], default='QUEUED', max_length=10),
        ),
        migrations.AlterField(
            model_name='determination',
            name='state',
            field=models.CharField(choices=[('SUBMITTED', 'Waits for review'), ('RETURNED', 'Returned'), ('APPROVED', 'Approved'), ('SUPERSEDED', 'Answered, being amended')], default='SUBMITTED', max_length=10),
        ),
        migrations.AlterField(
            model_name='statusresponse',
            name='query',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='acrime.statusquery'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['FAILED', 'SENT', 'QUEUED'])), fields=['state', 'failed_at', 'sent_at'], name='iar_delivery_desk'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['QUEUED', 'SENT', 'DELIVERED', 'FAILED', 'GIVEN_UP'])), name='delivery_known_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'GIVEN_UP'), _negated=True), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='delivery_given_up_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='statusresponse',
            constraint=models.UniqueConstraint(condition=models.Q(('amends__isnull', True)), fields=('query',), name='response_one_first'),
        ),
        migrations.AddConstraint(
            model_name='statusresponse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amend_reason', ''), ('amends__isnull', True)), models.Q(('amend_reason__in', ['LATER_RECORD', 'ANOTHER_PERSON', 'WRONG_VALUE', 'STATUS_CHANGED', 'CORRECTED_RECORD']), ('amends__isnull', False)), _connector='OR'), name='response_amends_with_reason'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendment',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendment',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='acrime.statusresponse'),
        ),
        migrations.AddField(
            model_name='conclusionproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='conclusionproposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='conclusionversion',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='conclusion_version_once'),
        ),
        migrations.AddConstraint(
            model_name='conclusionversion',
            constraint=models.UniqueConstraint(condition=models.Q(('in_force_from__isnull', False), ('superseded_at__isnull', True)), fields=('code',), name='conclusion_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='conclusionversion',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at__isnull', True), ('superseded_at__gt', models.F('in_force_from')), _connector='OR'), name='conclusion_ends_after_it_begins'),
        ),
        migrations.AddField(
            model_name='conclusionproposal',
            name='replaces',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='acrime.conclusionversion'),
        ),
        migrations.AddField(
            model_name='conclusionproposal',
            name='version',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='acrime.conclusionversion'),
        ),
        migrations.AddField(
            model_name='determination',
            name='conclusion',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='determinations', to='acrime.conclusionversion'),
        ),
        migrations.AddField(
            model_name='deliveryproof',
            name='delivery',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='acrime.delivery'),
        ),
        migrations.AddField(
            model_name='deliveryproof',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='followup',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='followup',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='acrime.statusresponse'),
        ),
        migrations.AddField(
            model_name='inboundreply',
            name='delivery',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='acrime.delivery'),
        ),
        migrations.AddField(
            model_name='inboundreply',
            name='received_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inboundreply',
            name='response',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='acrime.statusresponse'),
        ),
        migrations.AddField(
            model_name='inboundreply',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deliveryproof',
            name='reply',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='acrime.inboundreply'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'OPEN')), fields=('response',), name='amendment_one_open'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_by__isnull', True), ('state', 'OPEN')), models.Q(('state__in', ['RELEASED', 'DROPPED']), ('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='amendment_closed_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='conclusionproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'WITHDRAWN'), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='conclusion_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='conclusionproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('state', 'OPEN')), models.Q(models.Q(('state', 'OPEN'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='conclusion_decided_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='conclusionproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'IN_FORCE', 'REFUSED', 'WITHDRAWN'])), name='conclusion_known_state'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['ACTION_TAKEN', 'NO_ACTION', 'REFERRED'])), name='follow_up_known_outcome'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(('happened_at__lte', models.F('written_at'))), name='follow_up_happened_before_written'),
        ),
        migrations.AddConstraint(
            model_name='followup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'REFERRED'), models.Q(('referred_to', ''), _negated=True)), models.Q(models.Q(('outcome', 'REFERRED'), _negated=True), ('referred_to', '')), _connector='OR'), name='follow_up_referred_to_whom'),
        ),
        migrations.AddIndex(
            model_name='inboundreply',
            index=models.Index(condition=models.Q(('state', 'WAITING')), fields=['received_at'], name='iar_reply_desk'),
        ),
        migrations.AddConstraint(
            model_name='inboundreply',
            constraint=models.CheckConstraint(condition=models.Q(('sort__in', ['ACKNOWLEDGEMENT', 'ECHO', 'UNREADABLE']), ('state__in', ['MATCHED', 'WAITING', 'SETTLED'])), name='reply_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='inboundreply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'MATCHED'), _negated=True), ('response__isnull', False), _connector='OR'), name='reply_matched_with_what'),
        ),
        migrations.AddConstraint(
            model_name='inboundreply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'SETTLED'), _negated=True), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='reply_settled_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='deliveryproof',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['READ_BACK', 'ANSWER', 'ACKNOWLEDGEMENT', 'OTHER_MEANS'])), name='proof_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='deliveryproof',
            constraint=models.UniqueConstraint(condition=models.Q(('reply__isnull', False)), fields=('delivery', 'reply'), name='proof_of_a_reply_once'),
        ),
        migrations.RunPython(bring_first_kinds, take_them_away),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='determination',
            name='conclusion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='determinations', to='acrime.conclusionversion'),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
