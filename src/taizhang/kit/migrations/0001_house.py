from django.contrib.postgres.operations import BtreeGistExtension, CreateExtension, TrigramExtension
from django.db import migrations

# Where the owner may create roles. Where not, docs/how-to/production.md says what the administrator runs.
ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taizhang_app') THEN
        CREATE ROLE taizhang_app NOLOGIN;
    END IF;
    -- Since 16 a role may be a member, even its maker, without being allowed to enter it.
    IF NOT pg_has_role('taizhang_app', CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) THEN
        EXECUTE format('GRANT taizhang_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'The role taizhang_app is missing or not granted to %: see `taizhang doctor`.', current_user;
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server migrates at the same time
END $$;
"""

# Chinese has no word borders, and trigrams miss words of two characters: an array of single characters and pairs finds every length.
GRAMS = r"""
CREATE FUNCTION kit_grams(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog
AS $$
    WITH plain AS (
        SELECT regexp_replace(lower(normalize(words, NFKC)), '[^[:alnum:]]', '', 'g') AS t
    )
    SELECT coalesce(array_agg(DISTINCT gram ORDER BY gram), '{}')
    FROM plain, generate_series(1, length(t)) AS place, LATERAL (VALUES (substr(t, place, 1)), (substr(t, place, 2))) AS g (gram)
$$;
COMMENT ON FUNCTION kit_grams(text) IS 'Single characters and pairs of a text, folded: search by  grams @> kit_grams(words)  under GIN';
"""

CACHE = """
CREATE TABLE kit_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX kit_cache_expires ON kit_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        CreateExtension("ltree"),
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(GRAMS, "DROP FUNCTION kit_grams(text)"),
        migrations.RunSQL(CACHE, "DROP TABLE kit_cache"),
    ]
