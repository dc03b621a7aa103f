--: tool Tableau
--: source what the PostgreSQL connector sends through its drivers (pgjdbc, psqlodbc: see their own files), settings as in risingwavelabs/risingwave issue 10459, catalog functions as in GigaSpaces' OdbcMetadataQueryTest.java; queries in the manner of its worksheets, written by us
--: statement
SET extra_float_digits = 3
--: statement
SET application_name = 'Tableau Desktop'
--: statement
SET client_min_messages = warning
--: statement
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
--: statement
select 1
--: statement
SELECT current_database() AS a, current_schema() AS b
--: statement
SELECT nspname AS TABLE_SCHEM, NULL AS TABLE_CATALOG FROM pg_catalog.pg_namespace WHERE nspname <> 'pg_toast' AND (nspname !~ '^pg_temp_' OR nspname = (pg_catalog.current_schemas(true))[1]) AND (nspname !~ '^pg_toast_temp_' OR nspname = replace((pg_catalog.current_schemas(true))[1], 'pg_temp_', 'pg_toast_temp_')) ORDER BY TABLE_SCHEM
--: statement
select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pg_temp_1') and n.oid = relnamespace order by nspname, relname
--: statement
select ta.attname, ia.attnum, ic.relname, n.nspname, tc.relname from pg_catalog.pg_attribute ta, pg_catalog.pg_attribute ia, pg_catalog.pg_class tc, pg_catalog.pg_index i, pg_catalog.pg_namespace n, pg_catalog.pg_class ic where tc.relname = 'orders' AND n.nspname = 'public' AND tc.oid = i.indrelid AND n.oid = tc.relnamespace AND i.indisprimary = 't' AND ia.attrelid = i.indexrelid AND ta.attrelid = i.indrelid AND ta.attnum = i.indkey[ia.attnum-1] AND (NOT ta.attisdropped) AND (NOT ia.attisdropped) AND ic.oid = i.indexrelid order by ia.attnum
--: statement
SELECT typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid FROM pg_catalog.pg_type LEFT JOIN (select ns.oid as nspoid, ns.nspname, r.r from pg_namespace as ns join (select s.r, (current_schemas(false))[s.r] as nspname from generate_series(1, array_upper(current_schemas(false), 1)) as s(r)) as r using (nspname)) as sp ON sp.nspoid = typnamespace WHERE pg_type.oid = 1043 ORDER BY sp.r, pg_type.oid DESC
--: statement
SELECT "orders"."status" AS "status", SUM("orders"."total") AS "sum:total:ok", COUNT(DISTINCT "orders"."customer_id") AS "ctd:customer_id:ok" FROM "public"."orders" "orders" GROUP BY 1 ORDER BY 1
--: statement
SELECT CAST("orders"."status" AS TEXT) AS "status", CAST(TRUNC(EXTRACT(YEAR FROM "orders"."placed")) AS INTEGER) AS "yr:placed:ok", SUM(CAST("orders"."total" AS DOUBLE PRECISION)) AS "sum" FROM "public"."orders" "orders" INNER JOIN "public"."customers" "customers" ON ("orders"."customer_id" = "customers"."id") WHERE (("orders"."placed" >= (TIMESTAMP '2024-01-01 00:00:00.000')) AND ("customers"."city" IN ('Berlin', 'Lyon'))) GROUP BY 1, 2 ORDER BY 1, 2
--: statement
SELECT DATE_TRUNC( 'QUARTER', CAST("orders"."placed" AS TIMESTAMP) ) AS "tqr:placed:ok", (CASE WHEN 0 = 0 THEN NULL ELSE 1 END) AS x FROM "public"."orders" "orders" GROUP BY 1 ORDER BY 1
--: statement
SELECT "t0"."__measure__0" AS "m", COUNT(1) FROM "public"."orders" "o" INNER JOIN (SELECT "customer_id", COUNT(1) AS "__measure__0" FROM "public"."orders" GROUP BY 1) "t0" ON (("o"."customer_id" = "t0"."customer_id") OR (("o"."customer_id" IS NULL) AND ("t0"."customer_id" IS NULL))) GROUP BY 1 ORDER BY 1
--: statement
SELECT SUM(1) AS "COL" FROM "public"."orders" "orders" HAVING COUNT(1) > 0
--: statement
SELECT * FROM (SELECT * FROM "public"."orders") "Custom SQL Query" LIMIT 0
