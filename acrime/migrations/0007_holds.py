"""What keeps records from being destroyed, and how they are."""

import acrime.common.sealed
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A hold says for good what it reaches, and once released it is over. What it names, or its matter
# does, is only added to while it stands. Texts are sealed anew when the key changes, so they are
# left out.
FORWARD = """
CREATE FUNCTION acrime_hold_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A hold stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'The hold is released' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.number, OLD.kind, OLD.scope, OLD.kinds, OLD.program, OLD.matter_id, OLD.opened_from,
        OLD.opened_to, OLD.placed_by_id, OLD.placed_at)
    IS DISTINCT FROM
       (NEW.number, NEW.kind, NEW.scope, NEW.kinds, NEW.program, NEW.matter_id, NEW.opened_from,
        NEW.opened_to, NEW.placed_by_id, NEW.placed_at) THEN
        RAISE EXCEPTION 'What a hold reaches is not changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER retention_hold_stands
    BEFORE UPDATE OF number, kind, scope, kinds, program, matter_id, opened_from, opened_to,
        placed_by_id, placed_at, authority_id, custodian_id, review_on, asked_by_id, asked_at,
        released_by_id, released_at OR DELETE
    ON retention_hold FOR EACH ROW EXECUTE FUNCTION acrime_hold_stands();

CREATE FUNCTION acrime_hold_item_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM retention_hold hold
        WHERE hold.released_at IS NULL
        AND (hold.id = OLD.hold_id OR hold.matter_id = OLD.matter_id)
    ) THEN
        RAISE EXCEPTION 'What a hold names is only added to while it stands'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER retention_hold_item_stands BEFORE UPDATE OR DELETE
    ON retention_hold_item FOR EACH ROW EXECUTE FUNCTION acrime_hold_item_stands();
"""

REVERSE = """
DROP TRIGGER retention_hold_item_stands ON retention_hold_item;
DROP FUNCTION acrime_hold_item_stands();
DROP TRIGGER retention_hold_stands ON retention_hold;
DROP FUNCTION acrime_hold_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0006_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('name', acrime.common.sealed.SealedTextField()),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'retention_matter',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('LITIGATION', 'Litigation'), ('FOIA', 'FOIA or Privacy Act request'), ('INVESTIGATION', 'Investigation'), ('CONGRESSIONAL', 'Congressional inquiry'), ('GAO', 'Government Accountability Office'), ('OTHER', 'Other')], max_length=15)),
                ('name', acrime.common.sealed.SealedTextField()),
                ('ground', acrime.common.sealed.SealedTextField()),
                ('reason', acrime.common.sealed.SealedTextField()),
                ('review_on', models.DateField()),
                ('scope', models.CharField(choices=[('RECORDS', 'Records named by number'), ('PERSON', 'All records about a person'), ('KINDS', 'All records of some kinds'), ('PROGRAM', 'All records of a program'), ('DATES', 'All records opened on some days'), ('MATTER', 'All records and people of a matter')], max_length=10)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('IAQ', 'Status query'), ('IAR', 'Status response'), ('IND', 'Individual'), ('NCIC', 'NCIC record'), ('HIT', 'Hit confirmation'), ('CAL', 'Call'), ('DET', 'Detainer'), ('TIP', 'Tip'), ('TPS', 'Source of a tip')], max_length=10), blank=True, default=list, size=None)),
                ('program', models.CharField(blank=True, choices=[('CRIMINAL', 'Criminal justice check'), ('SEX_OFFENDER', 'Sex offender registrant'), ('NONCRIMINAL', 'Non-criminal check'), ('BRADY', 'Firearm purchase check'), ('SPECIAL_EVENT', 'Special security event'), ('OPM', 'OPM background check'), ('UNDECIDED', 'Not decided yet')], max_length=20)),
                ('opened_from', models.DateField(null=True)),
                ('opened_to', models.DateField(null=True)),
                ('placed_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('asked_because', acrime.common.sealed.SealedTextField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('release_ground', acrime.common.sealed.SealedTextField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('custodian', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='acrime.matter')),
            ],
            options={
                'db_table': 'retention_hold',
            },
        ),
        migrations.CreateModel(
            name='HoldLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('PRESERVE', 'Keep these records'), ('RELEASE', 'The hold is released')], max_length=10)),
                ('document', acrime.common.sealed.SealedBytesField()),
                ('sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('custodian', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='acrime.hold')),
            ],
            options={
                'db_table': 'retention_hold_letter',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['PRESERVE', 'RELEASE'])), name='retention_hold_letter_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='HoldItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hold', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='acrime.hold')),
                ('individual', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='acrime.individual')),
                ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='acrime.record')),
                ('matter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='acrime.matter')),
            ],
            options={
                'db_table': 'retention_hold_item',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('hold__isnull', False), ('matter__isnull', True)), models.Q(('hold__isnull', True), ('matter__isnull', False)), _connector='OR'), name='retention_hold_item_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('individual__isnull', True), ('record__isnull', False)), models.Q(('individual__isnull', False), ('record__isnull', True)), _connector='OR'), name='retention_hold_item_names_one'), models.UniqueConstraint(fields=('hold', 'matter', 'record', 'individual'), name='retention_hold_item_once', nulls_distinct=False)],
            },
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('released_at__isnull', True)), fields=['review_on'], name='retention_hold_in_force'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['LITIGATION', 'FOIA', 'INVESTIGATION', 'CONGRESSIONAL', 'GAO', 'OTHER']), ('kinds__contained_by', ['IAQ', 'IAR', 'IND', 'NCIC', 'HIT', 'CAL', 'DET', 'TIP', 'TPS']), ('program__in', ['', 'CRIMINAL', 'SEX_OFFENDER', 'NONCRIMINAL', 'BRADY', 'SPECIAL_EVENT', 'OPM', 'UNDECIDED'])), name='retention_hold_known_codes'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scope__in', ['RECORDS', 'PERSON']), ('kinds', []), ('program', ''), ('matter__isnull', True), models.Q(('scope', 'PERSON'), models.Q(('opened_from__isnull', True), ('opened_to__isnull', True)), _connector='OR')), models.Q(('kinds__len__gte', 1), ('scope', 'KINDS'), ('program', ''), ('matter__isnull', True)), models.Q(('scope', 'PROGRAM'), models.Q(('program', ''), _negated=True), ('kinds', []), ('matter__isnull', True)), models.Q(('scope', 'DATES'), models.Q(('opened_from__isnull', True), ('opened_to__isnull', True), _negated=True), ('kinds', []), ('program', ''), ('matter__isnull', True)), models.Q(('matter__isnull', False), ('scope', 'MATTER'), ('kinds', []), ('program', ''), ('opened_from__isnull', True), ('opened_to__isnull', True)), _connector='OR'), name='retention_hold_scope_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('opened_from__isnull', True), ('opened_to__isnull', True), ('opened_from__lte', models.F('opened_to')), _connector='OR'), name='retention_hold_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_at__isnull', True), ('asked_by__isnull', True)), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False)), _connector='OR'), name='retention_hold_asked_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('asked_by__isnull', False), ('released_at__isnull', False), ('released_by', models.F('authority'))), _connector='OR'), name='retention_hold_released_by_its_authority'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('released_by', models.F('asked_by')), _negated=True), name='retention_hold_release_takes_two'),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
