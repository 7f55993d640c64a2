from django.db import migrations

# Pairs cut out of the text twice, from its first and from its second character on: two calls instead of one a character. A
# single Latin letter or digit is no gram: a code holds nearly all of them, and they were a third of the index. What was
# stored before has more grams than are asked for, and is found as well.
GRAMS = r"""
CREATE OR REPLACE FUNCTION kit_grams(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog
AS $$
DECLARE
    plain text := regexp_replace(lower(normalize(words, NFKC)), '[^[:alnum:]]', '', 'g');
    size int := length(plain);
BEGIN
    RETURN string_to_array(translate(plain, '0123456789abcdefghijklmnopqrstuvwxyz', ''), NULL)
        || string_to_array(rtrim(
            regexp_replace(left(plain, size - size % 2), '..', '\& ', 'g')
            || regexp_replace(substr(plain, 2, greatest(size - 1 - (size - 1) % 2, 0)), '..', '\& ', 'g')), ' ');
END $$;
COMMENT ON FUNCTION kit_grams(text) IS
    'Pairs, and single characters that are no Latin letter or digit, of a text, folded: search by  grams @> kit_grams(words)  under GIN';
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_grams_in_a_third_of_the_time")]
    operations = [migrations.RunSQL(GRAMS, migrations.RunSQL.noop)]
