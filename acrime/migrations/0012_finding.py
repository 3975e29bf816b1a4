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

# Bodies are parsed now, so that they mean the same whatever schema a session looks in first.
FUNCTIONS = r"""
-- The sounds of each word, two where it can be read in two ways.
CREATE FUNCTION individual_sounds(tokens text[])
    RETURNS TABLE (place bigint, word text, sound text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT t.place, t.word, s.sound
    FROM unnest(tokens) WITH ORDINALITY AS t (word, place),
         LATERAL (VALUES (dmetaphone(t.word)), (dmetaphone_alt(t.word))) AS s (sound)
    WHERE s.sound <> '';
END;

-- What a name is found under. born: 19790415, 00 for parts not known.
--   D  a whole date             M  sound, year, month      Y  sound, year, day
--   A  sound, month, day        P  sound and year, where no more is known
--   N  two sounds               U  two sounds, where no date is known
--   F  a sound and the first three letters of another word
CREATE FUNCTION individual_search_keys(tokens text[], born integer[])
    RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH s AS MATERIALIZED (SELECT * FROM individual_sounds(tokens)),
    dates AS (
        SELECT b, b / 10000 AS y, b / 100 % 100 AS m, b % 100 AS d FROM unnest(born) AS b
    ),
    pairs AS (
        SELECT least(one.sound, two.sound) || '-' || greatest(one.sound, two.sound) AS pair
        FROM s AS one JOIN s AS two ON one.place < two.place
    ),
    texts AS (
        SELECT 'D' || b AS key FROM dates WHERE d > 0
        UNION SELECT 'M' || sound || (b / 100) FROM s, dates WHERE m > 0
        UNION SELECT 'Y' || sound || y || '-' || d FROM s, dates WHERE d > 0
        UNION SELECT 'A' || sound || m || '-' || d FROM s, dates WHERE d > 0
        UNION SELECT 'P' || sound || y FROM s, dates WHERE m = 0
        UNION SELECT 'N' || pair FROM pairs
        UNION SELECT 'U' || pair FROM pairs WHERE born = '{}'
        UNION SELECT 'F' || s.sound || '-' || left(t.word, 3)
              FROM s, unnest(tokens) WITH ORDINALITY AS t (word, place)
              WHERE s.place <> t.place AND length(t.word) >= 3 AND s.sound = dmetaphone(s.word)
    )
    SELECT coalesce(array_agg(hashtextextended(key, 0)), '{}') FROM texts;
END;

-- What candidates for a search are found under. born: 0 where no date is asked. A day that can
-- be a month is also asked as one. together: also by two sounds alone, beside a date.
CREATE FUNCTION individual_wanted_keys(tokens text[], born integer, together boolean)
    RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH s AS MATERIALIZED (SELECT * FROM individual_sounds(tokens)),
    asked AS (
        SELECT born AS b, born / 10000 AS y, born / 100 % 100 AS m, born % 100 AS d
        WHERE born > 0
    ),
    months AS (
        SELECT y * 100 + month AS ym FROM asked, generate_series(1, 12) AS month
        WHERE m IN (0, month)
    ),
    pairs AS (
        SELECT least(one.sound, two.sound) || '-' || greatest(one.sound, two.sound) AS pair
        FROM s AS one JOIN s AS two ON one.place < two.place
    ),
    texts AS (
        SELECT 'D' || b AS key FROM asked WHERE d > 0
        UNION SELECT 'D' || (y * 10000 + d * 100 + m) FROM asked WHERE d BETWEEN 1 AND 12
        UNION SELECT 'M' || sound || ym FROM s, months
        UNION SELECT 'Y' || sound || y || '-' || d FROM s, asked WHERE d > 0
        UNION SELECT 'A' || sound || m || '-' || d FROM s, asked WHERE d > 0
        UNION SELECT 'P' || sound || y FROM s, asked
        UNION SELECT 'U' || pair FROM pairs WHERE born > 0
        UNION SELECT 'N' || pair FROM pairs WHERE together OR born = 0
        UNION SELECT 'F' || s.sound || '-' || left(t.word, 3)
              FROM s, unnest(tokens) WITH ORDINALITY AS t (word, place)
              WHERE (together OR born = 0) AND s.place <> t.place AND length(t.word) >= 3
                AND s.sound = dmetaphone(s.word)
    )
    SELECT coalesce(array_agg(hashtextextended(key, 0)), '{}') FROM texts;
END;

-- How well dates of birth fit the one asked, from 0 to 1; a half where none is known.
CREATE FUNCTION individual_birth_fit(born integer[], asked integer)
    RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(max(CASE
        WHEN b = asked THEN 1.0
        WHEN b / 10000 = asked / 10000 AND b % 100 > 0 AND asked % 100 > 0
             AND b / 100 % 100 = asked % 100 AND b % 100 = asked / 100 % 100 THEN 0.9
        WHEN b / 100 = asked / 100 AND (b % 100 = 0 OR asked % 100 = 0) THEN 0.85
        WHEN b / 10000 = asked / 10000 AND (b % 10000 = 0 OR asked % 10000 = 0) THEN 0.75
        WHEN b % 100 > 0 AND asked % 100 > 0 AND (
            (b / 10000 = asked / 10000)::int + (b / 100 % 100 = asked / 100 % 100)::int
            + (b % 100 = asked % 100)::int = 2) THEN 0.7
        WHEN b / 10000 = asked / 10000 THEN 0.25
        ELSE 0.0 END), 0.5)
    FROM unnest(born) AS b;
END;

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
DROP FUNCTION individual_sounds(text[]);
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
