--: tool Grafana
--: source grafana/grafana public/app/plugins/datasource/grafana-postgresql-datasource/postgresMetaQuery.ts, written down after it
--: statement
SELECT 1
--: statement
SELECT current_setting('server_version_num')::int / 100 AS version
--: statement
SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'
--: statement
SELECT schema_name AS "name" FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'pg_catalog', 'pg_toast', '_timescaledb_cache') ORDER BY schema_name
--: statement
SELECT quote_ident(table_name) AS "table" FROM information_schema.tables WHERE quote_ident(table_schema) = 'public' ORDER BY 1
--: statement
SELECT CASE WHEN quote_ident(table_schema) IN (SELECT CASE WHEN trim(p[n]) = '"$user"' THEN user ELSE trim(p[n]) END FROM generate_series(array_lower(string_to_array(current_setting('search_path'), ','), 1), array_upper(string_to_array(current_setting('search_path'), ','), 1)) AS n, string_to_array(current_setting('search_path'), ',') p) THEN quote_ident(table_name) ELSE quote_ident(table_schema) || '.' || quote_ident(table_name) END AS "table" FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog') ORDER BY 1
--: statement
SELECT quote_ident(column_name) AS "column", data_type AS "type" FROM information_schema.columns WHERE CASE WHEN array_length(parse_ident('orders'), 1) = 2 THEN quote_ident(table_schema) = (parse_ident('orders'))[1] AND quote_ident(table_name) = (parse_ident('orders'))[2] ELSE quote_ident(table_name) = 'orders' END ORDER BY 1
--: source grafana/grafana pkg/tsdb/grafana-postgresql-datasource/macros.go: what $__timeGroup, $__timeFilter, $__unixEpochGroup and their like become
--: statement
SELECT floor(extract(epoch from placed)/300)*300 AS "time", avg(total) AS value FROM orders WHERE placed BETWEEN '2024-01-05T00:00:00Z' AND '2024-01-08T00:00:00Z' GROUP BY 1 ORDER BY 1
--: statement
SELECT extract(epoch from at) AS "time", sensor AS metric, value FROM readings WHERE at >= '2023-11-02T00:00:00Z' AND at <= '2023-11-03T00:00:00Z' ORDER BY 1, 2
--: statement
SELECT date_trunc('hour', placed) AS time, status AS metric, count(*)::float8 FROM orders GROUP BY 1, 2 ORDER BY 1, 2
--: statement
SELECT DISTINCT status AS __text, status AS __value FROM orders ORDER BY 1
--: statement
SELECT placed AS time, note AS text, status AS tags FROM orders WHERE note IS NOT NULL ORDER BY placed LIMIT 20
