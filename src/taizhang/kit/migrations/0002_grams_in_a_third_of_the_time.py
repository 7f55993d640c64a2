from django.db import migrations

# The same characters and pairs, neither sorted nor made distinct: GIN does both itself.
GRAMS = r"""
CREATE OR REPLACE FUNCTION kit_grams(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog
AS $$
DECLARE
    characters text[] := string_to_array(
        regexp_replace(lower(normalize(words, NFKC)), '[^[:alnum:]]', '', 'g'), NULL);
    grams text[] := characters;
    before text;
    each text;
BEGIN
    FOREACH each IN ARRAY characters LOOP
        IF before IS NOT NULL THEN
            grams := grams || (before || each);
        END IF;
        before := each;
    END LOOP;
    RETURN grams;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_house")]
    operations = [migrations.RunSQL(GRAMS, migrations.RunSQL.noop)]
