"""How names, dates of birth and words are compared when people are looked for."""

from django.db import migrations

# All are trusted: the owner of the database may create them.
EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS intarray;
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

-- How well one date of birth fits the one asked, from 0 to 1. Without a loop, so that it is worked
-- out within the statement that asks.
CREATE FUNCTION individual_date_fit(b integer, asked integer)
    RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN b = asked THEN 1.0
    WHEN b / 10000 = asked / 10000 THEN CASE
        WHEN b % 100 > 0 AND asked % 100 > 0
            AND b / 100 % 100 = asked % 100 AND b % 100 = asked / 100 % 100 THEN 0.9
        WHEN b / 100 = asked / 100 AND (b % 100 = 0 OR asked % 100 = 0) THEN 0.85
        WHEN b % 10000 = 0 OR asked % 10000 = 0 THEN 0.75
        WHEN b % 100 > 0 AND asked % 100 > 0
            AND (b / 100 = asked / 100 OR b % 100 = asked % 100) THEN 0.7
        ELSE 0.25 END
    WHEN b % 10000 = asked % 10000 AND b % 100 > 0 THEN 0.7
    ELSE 0.0 END::double precision;

-- How well dates of birth fit the one asked; a half where none is known.
CREATE FUNCTION individual_birth_fit(born integer[], asked integer)
    RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN born = '{}' THEN 0.5
    ELSE (SELECT max(individual_date_fit(b, asked)) FROM unnest(born) AS b) END;

-- A word, and the word with each of its letters left out, as hashes.
CREATE FUNCTION individual_word_variants(word text)
    RETURNS SETOF bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT hashtextextended(overlay(word PLACING '' FROM place FOR 1), 0)
    FROM generate_series(1, length(word)) AS place
    UNION SELECT hashtextextended(word, 0);
END;

-- The trigrams of a name as hashes, in order and each once. What two names share of them, of all
-- that they have, is what pg_trgm calls their similarity; it takes both apart each time.
CREATE FUNCTION individual_trigrams(written text)
    RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN uniq(sort_asc((
        SELECT coalesce(array_agg(hashtext(each)), '{}') FROM unnest(show_trgm(written)) AS each
    )));
END;
$$;
"""

NO_FUNCTIONS = """
DROP FUNCTION individual_trigrams(text);
DROP FUNCTION individual_word_variants(text);
DROP FUNCTION individual_birth_fit(integer[], integer);
DROP FUNCTION individual_date_fit(integer, integer);
DROP FUNCTION individual_wanted_keys(text[], integer, boolean);
DROP FUNCTION individual_search_keys(text[], integer[]);
"""


class Migration(migrations.Migration):
    # Names under which a database may know what is here now.
    replaces = [("acrime", name) for name in ("0012_finding", "0021_names_as_trigrams")]
    dependencies = [("acrime", "0001_ledger")]

    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
