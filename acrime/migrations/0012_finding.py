"""The index in which people are found."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import acrime.common.sealed

# Both are trusted: the owner of the database may create them.
EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
"""

# They mean the same whatever schema a session looks in first.
FUNCTIONS = r"""
-- What a name is found under. born: 19790415, 00 for parts not known.
--   D  a whole date             M  sound, year, month      Y  sound, year, day
--   A  sound, month, day        P  sound and year, where no more is known
--   N  two sounds               U  two sounds, where no date is known
--   F  a sound and the first three letters of another word
-- In PL/pgSQL, which is many times faster here than one statement: each statement costs its start.
CREATE FUNCTION individual_search_keys(tokens text[], born integer[])
    RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
DECLARE
    sounds text[] := '{}';
    places integer[] := '{}';
    openings boolean[] := '{}';
    texts text[] := '{}';
    sound text;
    other text;
    b integer;
    y integer;
    m integer;
    d integer;
BEGIN
    FOR place IN 1 .. cardinality(tokens) LOOP
        sound := dmetaphone(tokens[place]);
        other := dmetaphone_alt(tokens[place]);
        IF sound <> '' THEN
            sounds := sounds || sound;
            places := places || place;
            openings := openings || true;
        END IF;
        IF other <> '' AND other <> sound THEN
            sounds := sounds || other;
            places := places || place;
            openings := openings || false;
        END IF;
    END LOOP;
    FOREACH b IN ARRAY born LOOP
        y := b / 10000;
        m := b / 100 % 100;
        d := b % 100;
        IF d > 0 THEN
            texts := texts || ('D' || b);
        END IF;
        FOREACH sound IN ARRAY sounds LOOP
            IF m > 0 THEN
                texts := texts || ('M' || sound || (b / 100));
            ELSE
                texts := texts || ('P' || sound || y);
            END IF;
            IF d > 0 THEN
                texts := texts || ('Y' || sound || y || '-' || d)
                               || ('A' || sound || m || '-' || d);
            END IF;
        END LOOP;
    END LOOP;
    FOR one IN 1 .. cardinality(sounds) LOOP
        FOR two IN one + 1 .. cardinality(sounds) LOOP
            IF places[one] < places[two] THEN
                other := least(sounds[one], sounds[two]) || '-'
                         || greatest(sounds[one], sounds[two]);
                texts := texts || ('N' || other);
                IF born = '{}' THEN
                    texts := texts || ('U' || other);
                END IF;
            END IF;
        END LOOP;
        IF openings[one] THEN
            FOR place IN 1 .. cardinality(tokens) LOOP
                IF place <> places[one] AND length(tokens[place]) >= 3 THEN
                    texts := texts || ('F' || sounds[one] || '-' || left(tokens[place], 3));
                END IF;
            END LOOP;
        END IF;
    END LOOP;
    RETURN coalesce(
        (SELECT array_agg(DISTINCT hashtextextended(each, 0)) FROM unnest(texts) AS each), '{}'
    );
END;
$$;

-- What candidates for a search are found under. born: 0 where no date is asked. A day that can
-- be a month is also asked as one. together: also by two sounds alone, beside a date.
CREATE FUNCTION individual_wanted_keys(tokens text[], born integer, together boolean)
    RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
DECLARE
    sounds text[] := '{}';
    places integer[] := '{}';
    openings boolean[] := '{}';
    texts text[] := '{}';
    sound text;
    other text;
    y integer := born / 10000;
    m integer := born / 100 % 100;
    d integer := born % 100;
BEGIN
    FOR place IN 1 .. cardinality(tokens) LOOP
        sound := dmetaphone(tokens[place]);
        other := dmetaphone_alt(tokens[place]);
        IF sound <> '' THEN
            sounds := sounds || sound;
            places := places || place;
            openings := openings || true;
        END IF;
        IF other <> '' AND other <> sound THEN
            sounds := sounds || other;
            places := places || place;
            openings := openings || false;
        END IF;
    END LOOP;
    IF d > 0 THEN
        texts := texts || ('D' || born);
        IF d <= 12 THEN
            texts := texts || ('D' || (y * 10000 + d * 100 + m));
        END IF;
    END IF;
    IF born > 0 THEN
        FOREACH sound IN ARRAY sounds LOOP
            texts := texts || ('P' || sound || y);
            IF m > 0 THEN
                texts := texts || ('M' || sound || (born / 100));
            ELSE
                FOR month IN 1 .. 12 LOOP
                    texts := texts || ('M' || sound || (y * 100 + month));
                END LOOP;
            END IF;
            IF d > 0 THEN
                texts := texts || ('Y' || sound || y || '-' || d)
                               || ('A' || sound || m || '-' || d);
            END IF;
        END LOOP;
    END IF;
    FOR one IN 1 .. cardinality(sounds) LOOP
        FOR two IN one + 1 .. cardinality(sounds) LOOP
            IF places[one] < places[two] THEN
                other := least(sounds[one], sounds[two]) || '-'
                         || greatest(sounds[one], sounds[two]);
                IF born > 0 THEN
                    texts := texts || ('U' || other);
                END IF;
                IF together OR born = 0 THEN
                    texts := texts || ('N' || other);
                END IF;
            END IF;
        END LOOP;
        IF openings[one] AND (together OR born = 0) THEN
            FOR place IN 1 .. cardinality(tokens) LOOP
                IF place <> places[one] AND length(tokens[place]) >= 3 THEN
                    texts := texts || ('F' || sounds[one] || '-' || left(tokens[place], 3));
                END IF;
            END LOOP;
        END IF;
    END LOOP;
    RETURN coalesce(
        (SELECT array_agg(DISTINCT hashtextextended(each, 0)) FROM unnest(texts) AS each), '{}'
    );
END;
$$;

-- How well dates of birth fit the one asked, from 0 to 1; a half where none is known.
CREATE FUNCTION individual_birth_fit(born integer[], asked integer)
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

-- A word, and the word with each of its letters left out, as hashes.
CREATE FUNCTION individual_word_variants(word text)
    RETURNS SETOF bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT hashtextextended(overlay(word PLACING '' FROM place FOR 1), 0)
    FROM generate_series(1, length(word)) AS place
    UNION SELECT hashtextextended(word, 0);
END;
"""

NO_FUNCTIONS = """
DROP FUNCTION individual_word_variants(text);
DROP FUNCTION individual_birth_fit(integer[], integer);
DROP FUNCTION individual_wanted_keys(text[], integer, boolean);
DROP FUNCTION individual_search_keys(text[], integer[]);
"""

# Addresses are found by their words.
ADDRESS_WORDS = """
CREATE INDEX individual_address_words ON individual_address USING gin (to_tsvector('simple',
    street || ' ' || city || ' ' || region || ' ' || postal_code || ' ' || country));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("acrime", "0011_more_of_individuals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Other users of the database may need the extensions by the time this is taken back.
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(ADDRESS_WORDS, "DROP INDEX individual_address_words;"),
        migrations.CreateModel(
            name="SearchWord",
            fields=[("word", models.TextField(primary_key=True, serialize=False))],
            options={"db_table": "individual_word"},
        ),
        migrations.CreateModel(
            name="SearchWordVariant",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "variant",
                        "word",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("variant", models.BigIntegerField()),
                ("word", models.TextField()),
            ],
            options={"db_table": "individual_word_variant"},
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                (
                    "name",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="found_by",
                        serialize=False,
                        to="acrime.individualname",
                    ),
                ),
                (
                    "individual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="found_by",
                        to="acrime.individual",
                    ),
                ),
                ("full_norm", models.TextField()),
                (
                    "tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "born",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
                (
                    "keys",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func("tokens", "born", function="individual_search_keys"),
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), size=None
                        ),
                    ),
                ),
            ],
            options={
                "db_table": "individual_search",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["keys"], name="individual_search_keys"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["tokens"], name="individual_search_tokens"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("searched_at", models.DateTimeField()),
                ("shown", acrime.common.sealed.SealedTextField()),
                ("strongest", models.FloatField()),
                ("chosen_at", models.DateTimeField(null=True)),
                ("despite", acrime.common.sealed.SealedTextField(null=True)),
                (
                    "chosen",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="acrime.individual",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="person_searches",
                        to="acrime.record",
                    ),
                ),
                (
                    "searched_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "individual_person_search",
                "indexes": [
                    models.Index(fields=["record", "-searched_at"], name="person_search_latest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(chosen__isnull=True, chosen_at__isnull=True)
                        | models.Q(chosen__isnull=False, chosen_at__isnull=False),
                        name="personsearch_chosen_when",
                    )
                ],
            },
        ),
    ]
