--: tool Knex 3.3.0
--: source captured from the tool with log_statement = all (server 18.4): schema inspection and queries
--: statement
select version();
--: statement
--: values ["customers"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--: statement
--: values ["customers","id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--: statement
--: values ["customers"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--: statement
--: values ["orders"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--: statement
--: values ["orders","id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--: statement
--: values ["orders"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--: statement
--: values ["order_lines"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--: statement
--: values ["order_lines","id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--: statement
--: values ["order_lines"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--: statement
--: values ["products"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--: statement
--: values ["products","id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--: statement
--: values ["products"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--: statement
--: values ["staff"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema()
--: statement
--: values ["staff","id"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema()
--: statement
--: values ["staff"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema()
--: statement
select "status", sum("total") as "s" from "orders" group by "status" order by "status" asc
--: statement
--: values ["Lyon","10","300","4"]
select "o"."id", "c"."name" from "orders" as "o" inner join "customers" as "c" on "c"."id" = "o"."customer_id" where "c"."city" = $1 and "o"."total" between $2 and $3 limit $4
--: statement
--: values ["paid","1"]
with "x" as (select * from "orders" where "status" = $1) select * from "x" limit $2
--: statement
BEGIN TRANSACTION ISOLATION LEVEL repeatable read READ ONLY;
--: statement
select count(*) from "orders"
--: statement
COMMIT;
--: statement
--: values ["3"]
select "id", row_number() over (partition by "customer_id" order by "placed") as "rn" from "orders" limit $1
--: statement
--: values ["$.\"colour\"","$.\"size\"","2"]
select jsonb_path_query("attributes", $1) as "c", "sku" from "products" where jsonb_path_query_first("attributes", $2)::int > $3
