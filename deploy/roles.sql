-- Once, by the database's administrator:
--   psql -v owner_password="'…'" -v app_password="'…'" -f deploy/roles.sql
\set ON_ERROR_STOP on

CREATE ROLE taizhang LOGIN PASSWORD :owner_password;
CREATE ROLE taizhang_app LOGIN PASSWORD :app_password;
GRANT taizhang_app TO taizhang;

SELECT current_setting('server_version_num')::int >= 170000 AS has_builtin_locale \gset
\if :has_builtin_locale
CREATE DATABASE taizhang OWNER taizhang TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
\else
CREATE DATABASE taizhang OWNER taizhang TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
\endif
