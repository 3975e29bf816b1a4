"""Names are compared by the trigrams that they were taken apart into once, when they came in."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Trusted: the owner of the database may create it.
EXTENSION = "CREATE EXTENSION IF NOT EXISTS intarray;"

FUNCTION = """
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


class Migration(migrations.Migration):
    dependencies = [("acrime", "0020_entering_people")]

    operations = [
        # Other users of the database may need the extension by the time this is taken back.
        migrations.RunSQL(EXTENSION, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION individual_trigrams(text);"),
        migrations.AddField(
            model_name="searchname",
            name="trigrams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("full_norm", function="individual_trigrams"),
                output_field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.IntegerField(), size=None
                ),
            ),
        ),
    ]
