"""Seals over the ledger of events, and what its month partitions need.

The tables of seals are append-only like the ledger. Making and dropping months changes
tables, which the role that the portal runs under may not: two functions do it with the
owner's right, in a fixed search path, and check for themselves what they may do.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = """
-- In the order of transactions: what a seal covers is a stretch of this index. Transactions
-- below the oldest one still open are finished for good; ids are not, they commit out of order.
ALTER TABLE audit_event
    ADD COLUMN request_id varchar(36) NOT NULL DEFAULT '',
    ADD COLUMN salt uuid NOT NULL DEFAULT gen_random_uuid();
CREATE INDEX audit_event_order ON audit_event (xid, id);
"""

NO_COLUMNS = """
DROP INDEX audit_event_order;
ALTER TABLE audit_event DROP COLUMN salt, DROP COLUMN request_id;
"""

SEALS = """
CREATE TABLE audit_seal (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    kind varchar(10) NOT NULL CHECK (kind IN ('segment', 'retirement')),
    month date NOT NULL,
    sealed_at timestamptz NOT NULL,
    header text NOT NULL,
    -- No two links follow the same one.
    previous bytea NOT NULL UNIQUE,
    head bytea NOT NULL,
    signature bytea NOT NULL
);
CREATE INDEX audit_seal_month ON audit_seal (month, sequence);
CREATE TABLE audit_seal_entries (
    sequence bigint NOT NULL REFERENCES audit_seal DEFERRABLE INITIALLY DEFERRED,
    month date NOT NULL,
    entries bytea NOT NULL,
    PRIMARY KEY (sequence, month)
) PARTITION BY RANGE (month);
-- Hashes do not get smaller.
ALTER TABLE audit_seal_entries ALTER COLUMN entries SET STORAGE EXTERNAL;
CREATE TABLE audit_seal_entries_default PARTITION OF audit_seal_entries DEFAULT;
CREATE TRIGGER audit_seal_append_only
    BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER audit_seal_no_truncate
    BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER audit_seal_entries_append_only
    BEFORE UPDATE OR DELETE ON audit_seal_entries
    FOR EACH ROW EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER audit_seal_entries_no_truncate
    BEFORE TRUNCATE ON audit_seal_entries
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
CREATE TRIGGER audit_seal_entries_default_no_truncate
    BEFORE TRUNCATE ON audit_seal_entries_default
    FOR EACH STATEMENT EXECUTE FUNCTION acrime_append_only();
"""

NO_SEALS = """
DROP TABLE audit_seal_entries;
DROP TABLE audit_seal;
"""

FUNCTIONS = """
CREATE FUNCTION acrime_prepare_month(month date) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    following date := month + interval '1 month';
    parent text;
    child text;
    here boolean;
BEGIN
    IF month <> date_trunc('month', month)::date OR extract(year FROM month) NOT BETWEEN 1900 AND 9998 THEN
        RAISE EXCEPTION '% is not the first day of a month', month USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOREACH parent IN ARRAY ARRAY['audit_event', 'audit_seal_entries'] LOOP
        child := parent || to_char(month, '_YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
        -- A month that has rows in the default partition already stays there.
        IF parent = 'audit_event' THEN
            SELECT EXISTS (
                SELECT FROM public.audit_event_default
                WHERE occurred_at >= month::timestamp AT TIME ZONE 'UTC'
                  AND occurred_at < following::timestamp AT TIME ZONE 'UTC'
            ) INTO here;
        ELSE
            SELECT EXISTS (
                SELECT FROM public.audit_seal_entries_default entries
                WHERE entries.month = acrime_prepare_month.month
            ) INTO here;
        END IF;
        CONTINUE WHEN here;
        IF parent = 'audit_event' THEN
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF public.audit_event FOR VALUES FROM (%L) TO (%L)',
                child, month || ' 00:00:00+00', following || ' 00:00:00+00'
            );
        ELSE
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF public.audit_seal_entries FOR VALUES FROM (%L) TO (%L)',
                child, month, following
            );
        END IF;
        -- Unlike row triggers, TRUNCATE triggers are not inherited.
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON public.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION public.acrime_append_only()',
            child || '_no_truncate', child
        );
        RETURN NEXT child;
    END LOOP;
END
$$;

CREATE FUNCTION acrime_retire_month(month date, years integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Seven years (CJIS AU-11 asks for one, the system's own assessment for seven) can be
    -- lengthened by whoever calls, never shortened.
    kept interval := make_interval(years => greatest(years, 7));
    events text := 'audit_event' || to_char(month, '_YYYY_MM');
    entries text := 'audit_seal_entries' || to_char(month, '_YYYY_MM');
    present bigint;
    sealed bigint;
BEGIN
    IF month <> date_trunc('month', month)::date THEN
        RAISE EXCEPTION '% is not the first day of a month', month USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF (month + interval '1 month' + kept) AT TIME ZONE 'UTC' > clock_timestamp() THEN
        RAISE EXCEPTION 'the events of % must be kept for % years', month, greatest(years, 7)
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_inherits
        WHERE inhparent = 'public.audit_event'::regclass AND inhrelid = to_regclass('public.' || events)
    ) THEN
        RAISE EXCEPTION 'the ledger has no partition of %', month USING ERRCODE = 'undefined_table';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.audit_seal seal WHERE seal.kind = 'retirement' AND seal.month = acrime_retire_month.month
    ) THEN
        RAISE EXCEPTION 'no link of the chain says that % is retired', month USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', events);
    EXECUTE format('SELECT count(*) FROM public.%I', events) INTO present;
    SELECT coalesce(sum((seal.header::jsonb ->> 'count')::bigint), 0) INTO sealed
        FROM public.audit_seal seal
        WHERE seal.kind = 'segment' AND seal.month = acrime_retire_month.month;
    IF present <> sealed THEN
        RAISE EXCEPTION '% has % events, and % of them are sealed', month, present, sealed
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE public.%I', events);
    EXECUTE format('DROP TABLE IF EXISTS public.%I', entries);
    RETURN present;
END
$$;

REVOKE ALL ON FUNCTION acrime_prepare_month(date), acrime_retire_month(date, integer) FROM PUBLIC;
"""

NO_FUNCTIONS = """
DROP FUNCTION acrime_retire_month(date, integer);
DROP FUNCTION acrime_prepare_month(date);
"""


class Migration(migrations.Migration):
    dependencies = [('acrime', '0005_allow_list_of_offices')]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField('AuditEvent', 'request_id', models.CharField(blank=True, max_length=36)),
                migrations.CreateModel(
                    name='Seal',
                    fields=[
                        ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('kind', models.CharField(max_length=10)),
                        ('month', models.DateField()),
                        ('sealed_at', models.DateTimeField()),
                        ('header', models.TextField()),
                        ('previous', models.BinaryField(unique=True)),
                        ('head', models.BinaryField()),
                        ('signature', models.BinaryField()),
                    ],
                    options={
                        'db_table': 'audit_seal',
                        'indexes': [models.Index(fields=['month', 'sequence'], name='audit_seal_month')],
                    },
                ),
                migrations.CreateModel(
                    name='SealEntries',
                    fields=[
                        ('seal', models.OneToOneField(db_column='sequence', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='entries', serialize=False, to='acrime.seal')),
                        ('month', models.DateField()),
                        ('entries', models.BinaryField()),
                    ],
                    options={'db_table': 'audit_seal_entries'},
                ),
            ],
            database_operations=[
                migrations.RunSQL(COLUMNS, NO_COLUMNS),
                migrations.RunSQL(SEALS, NO_SEALS),
                migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
            ],
        ),
    ]
