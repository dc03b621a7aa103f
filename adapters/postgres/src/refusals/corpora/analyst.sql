--: tool an analyst
--: source our own, over the clean columns of estate.sql
--: statement
select * from orders order by id limit 5
--: statement
select id, total, status from orders where status = 'paid' order by total desc limit 10
--: statement
select count(*) from orders
--: statement
select count(*), sum(total), avg(total), min(total), max(total) from orders
--: statement
select status, count(*) from orders group by status order by status
--: statement
select status, count(*) as n from orders group by 1 having count(*) > 10 order by n desc, 1
--: statement
select distinct status from orders order by 1
--: statement
select distinct on (customer_id) customer_id, id, placed from orders order by customer_id, placed desc
--: statement
select o.id, c.name, c.city from orders o join customers c on c.id = o.customer_id order by o.id limit 10
--: statement
select c.city, sum(o.total) from customers c left join orders o on o.customer_id = c.id group by c.city order by 2 desc nulls last
--: statement
select c.id, c.name from customers c where not exists (select from orders o where o.customer_id = c.id and o.status = 'returned') order by 1
--: statement
select id from customers where id in (select customer_id from orders where total > 300) order by 1
--: statement
select o.id, l.line, p.title from orders o join order_lines l on l.order_id = o.id join products p using (sku) where o.id < 5 order by 1, 2
--: statement
select a.id, b.id from orders a join orders b on a.customer_id = b.customer_id and a.id < b.id order by 1, 2 limit 5
--: statement
select * from orders natural join (select 7::bigint as id) x
--: statement
select o.id, x.n from orders o cross join lateral (select count(*) as n from order_lines l where l.order_id = o.id) x order by 1 limit 4
--: statement
select c.name, last.placed from customers c left join lateral (select placed from orders o where o.customer_id = c.id order by placed desc limit 1) last on true order by c.id limit 5
--: statement
select coalesce(s.title, 'none') as role, b.title as boss from staff s full join staff b on b.id = s.boss order by 1, 2
--: statement
select id, total, rank() over (order by total desc) from orders order by id limit 5
--: statement
select id, row_number() over (partition by customer_id order by placed) as n from orders order by id limit 8
--: statement
select id, lag(total) over w, lead(total, 2, 0) over w from orders window w as (order by id) order by id limit 5
--: statement
select id, sum(total) over (order by id rows between 2 preceding and current row) from orders order by id limit 6
--: statement
select id, avg(total) over (partition by status order by placed range between interval '1 day' preceding and current row) from orders order by id limit 6
--: statement
select ntile(4) over (order by total), id from orders order by id limit 5
--: statement
select id, first_value(id) over (partition by status order by total), nth_value(id, 2) over (partition by status order by total) from orders order by id limit 5
--: statement
select percent_rank() over (order by total), cume_dist() over (order by total), dense_rank() over (order by status) from orders order by id limit 5
--: statement
select count(*) filter (where status = 'paid') as paid, count(*) filter (where shipped is null) as open from orders
--: statement
select percentile_cont(0.5) within group (order by total::float8), percentile_disc(0.9) within group (order by total) from orders
--: statement
select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by total::float8) from orders
--: statement
select mode() within group (order by status) from orders
--: statement
select rank(100) within group (order by total) from orders
--: statement
select stddev(total), variance(total), stddev_pop(total), var_samp(total) from orders
--: statement
select corr(total::float8, id::float8), regr_slope(total::float8, id::float8), covar_pop(total::float8, id::float8) from orders
--: statement
select status, grouping(status), customer_id % 3, sum(total) from orders group by grouping sets ((status), (customer_id % 3), ()) order by 1, 2, 3
--: statement
select status, customer_id % 2, count(*) from orders group by rollup (status, customer_id % 2) order by 1, 2, 3
--: statement
select status, customer_id % 2, count(*) from orders group by cube (1, 2) order by 1, 2, 3
--: statement
with paid as (select * from orders where status = 'paid') select count(*), max(placed) from paid
--: statement
with recursive n(i) as (values (1) union all select i + 1 from n where i < 10) select sum(i) from n
--: statement
with recursive up as (select id, boss, title, 0 as depth from staff where id = 15 union all select s.id, s.boss, s.title, depth + 1 from staff s join up on up.boss = s.id) select * from up
--: statement
with recursive tree as (select id, boss from staff where boss is null union all select s.id, s.boss from staff s join tree on s.boss = tree.id) search depth first by id set path cycle id set looped using trail select id, looped from tree order by path
--: statement
with a as materialized (select id, total from orders), b as not materialized (select id from a where total > 500) select * from b order by 1
--: statement
with monthly as (select date_trunc('month', placed) as m, sum(total) as s from orders group by 1) select m, s, s - lag(s) over (order by m) as change from monthly order by m
--: statement
select date_trunc('day', placed) as d, count(*) from orders group by 1 order by 1 limit 10
--: statement
select extract(year from placed), extract(month from placed), count(*) from orders group by 1, 2 order by 1, 2
--: statement
select date_part('dow', placed), to_char(placed, 'Dy'), count(*) from orders group by 1, 2 order by 1
--: statement
select to_char(placed at time zone 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') from orders order by id limit 3
--: statement
select placed::date, placed::time, age(placed, timestamptz '2023-12-01+00') from orders order by id limit 3
--: statement
select placed + interval '1 day 2 hours', placed - interval '3 weeks' from orders order by id limit 3
--: statement
select shipped - placed::date as days from orders where shipped is not null order by id limit 5
--: statement
select date_bin('6 hours', placed, timestamptz '2024-01-01+00'), count(*) from orders group by 1 order by 1 limit 5
--: statement
select generate_series(date '2024-01-01', date '2024-01-10', interval '3 days')::date
--: statement
select d::date, count(o.id) from generate_series(timestamptz '2024-01-01+00', timestamptz '2024-01-08+00', interval '1 day') d left join orders o on o.placed >= d and o.placed < d + interval '1 day' group by 1 order by 1
--: statement
select make_date(2024, 2, 29), make_interval(days => 3), make_timestamp(2024, 1, 2, 3, 4, 5), make_timestamptz(2024, 1, 2, 3, 4, 5, 'UTC')
--: statement
select justify_interval(interval '40 days 30 hours'), justify_days(interval '65 days'), extract(epoch from interval '1 hour')
--: statement
select to_date('2024-03-05', 'YYYY-MM-DD'), to_timestamp('05 Mar 2024', 'DD Mon YYYY'), to_timestamp(1700000000)
--: statement
select date '2024-01-31' + 1, date '2024-03-01' - date '2024-02-01', isfinite(date 'infinity')
--: statement
select timestamp '2024-01-01 12:00' at time zone 'UTC', timezone('UTC', timestamptz '2024-01-01 12:00+02')
--: statement
select (date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', date '2024-03-01')
--: statement
select upper(name), lower(city), initcap(lower(city)), length(name) from customers order by id limit 3
--: statement
select substring(name from 1 for 4), substring(name, 3), left(name, 3), right(name, 2) from customers order by id limit 3
--: statement
select name || ' of ' || city, concat(name, '/', city), concat_ws('-', name, city, null) from customers order by id limit 3
--: statement
select replace(city, 'e', '3'), translate(city, 'eo', '30'), reverse(city), repeat('x', 3), lpad(id::text, 5, '0'), rpad(city, 8, '.') from customers order by id limit 3
--: statement
select trim(both 'x' from 'xxaxx'), ltrim('  a'), rtrim('a  '), btrim('..a..', '.')
--: statement
select position('e' in city), strpos(city, 'r'), split_part(name, ' ', 2), string_to_array(name, ' ') from customers order by id limit 3
--: statement
select city ~ '^B', city !~ 'x', city ~* 'LEEDS', city like 'L%', city ilike 'l%', city not like '%o', city similar to '(B|L)%' from customers order by id limit 4
--: statement
select regexp_replace(name, '\d+', '#'), (regexp_match(name, '(\d+)'))[1] from customers order by id limit 3
--: statement
select regexp_split_to_array('a,b;c', '[,;]'), regexp_split_to_table('x y z', ' ')
--: statement
select m[1] from customers c, regexp_matches(c.name, '([A-Z])', 'g') m order by c.id limit 3
--: statement
select regexp_count(name, 'e'), regexp_instr(name, 'e'), regexp_like(name, '9$'), regexp_substr(name, '\d+') from customers order by id limit 3
--: statement
select format('%s: %I %L', name, city, city) from customers order by id limit 2
--: statement
select md5(city), sha256(city::bytea), encode(city::bytea, 'base64'), encode(sha256('a'), 'hex') from customers order by id limit 2
--: statement
select ascii(city), chr(65), to_hex(255), quote_literal(city), quote_ident('A b'), starts_with(city, 'B') from customers order by id limit 2
--: statement
select string_agg(city, ', ' order by city) from (select distinct city from customers) x
--: statement
select array_agg(id order by id) from customers where id < 6
--: statement
select city, array_agg(distinct level order by level) from customers group by city order by city
--: statement
select array_length(tags, 1), cardinality(tags), tags[1], tags[1:1], array_to_string(tags, '|') from customers order by id limit 3
--: statement
select id from customers where 't1' = any (tags) order by id limit 5
--: statement
select id from customers where tags @> array['t0'] and not tags && array['t4'] order by id limit 5
--: statement
select unnest(tags), count(*) from customers group by 1 order by 1
--: statement
select t, n from customers, unnest(tags) with ordinality as u(t, n) where id = 3
--: statement
select array_append(tags, 'z'), array_prepend('a', tags), array_cat(tags, tags), array_remove(tags, 't1'), array_position(tags, 't1'), array_replace(tags, 't0', 'q') from customers order by id limit 2
--: statement
select array(select id from orders order by id limit 3), array[1, 2] || 3, array[[1, 2], [3, 4]], array_ndims(array[[1]]), array_fill(0, array[2])
--: statement
select x from unnest(array[3, 1, 2]) x order by x
--: statement
select a, b from unnest(array[1, 2], array['x', 'y']) as u(a, b)
--: statement
select i, sqrt(i), power(i, 2), ln(i), exp(1), round(i / 3.0, 2), trunc(i / 3.0), ceil(i / 2.0), floor(i / 2.0), mod(i, 3), abs(-i), sign(-i) from generate_series(1, 4) i
--: statement
select greatest(1, 2, 3), least(3, 2), nullif(1, 1), coalesce(null, 2), width_bucket(5.3, 0, 10, 5), div(7, 2), gcd(12, 18), lcm(4, 6), factorial(5), scale(1.230), trim_scale(1.230)
--: statement
select sin(1), cos(1), tan(1), atan2(1, 2), degrees(pi()), radians(180), cbrt(27), log(100), log(2, 8)
--: statement
select 7 / 2, 7 % 2, 2 ^ 3, |/ 16, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 3, 1.5::int, '12'::int + 1 from (values (1)) v(x) where x = 1
--: statement
select 1::bigint, 1.5::numeric(4, 1), '1'::float8, 'true'::bool, cast('2024-01-01' as date), '{1,2}'::int[], 'a'::char(3), 3::text, 1::bit(3), 'x'::varchar(2)
--: statement
select attributes->'colour', attributes->>'size', attributes#>'{parts,0}', attributes#>>'{parts,1}' from products order by sku limit 3
--: statement
select sku from products where attributes @> '{"colour": "red"}' order by sku limit 3
--: statement
select sku from products where attributes ? 'size' and attributes ?& array['colour', 'parts'] and attributes ?| array['x', 'colour'] order by sku limit 3
--: statement
select attributes->>'colour' as colour, avg((attributes->>'size')::int) from products group by 1 order by 1
--: statement
select jsonb_build_object('id', id, 'total', total), json_build_array(id, status), to_jsonb(status), row_to_json(x) from (select id, total, status from orders order by id limit 2) x
--: statement
select json_agg(x) from (select id, total from orders order by id limit 3) x
--: statement
select jsonb_object_agg(sku, price) from (select sku, price from products order by sku limit 3) x
--: statement
select k, v from products, jsonb_each(attributes) as e(k, v) where sku = 'SKU-0001' order by k
--: statement
select k from products, jsonb_object_keys(attributes) k where sku = 'SKU-0002' order by k
--: statement
select e from products, jsonb_array_elements(attributes->'parts') e where sku = 'SKU-0003'
--: statement
select e::int + 1 from products, jsonb_array_elements_text(attributes->'parts') e where sku = 'SKU-0003'
--: statement
select jsonb_path_query(attributes, '$.parts[*]'), jsonb_path_exists(attributes, '$.size ? (@ > 2)') from products order by sku limit 4
--: statement
select jsonb_set(attributes, '{size}', '9'), attributes - 'parts', attributes || '{"a": 1}', jsonb_insert(attributes, '{parts,0}', '0'), jsonb_strip_nulls(attributes) from products order by sku limit 1
--: statement
select jsonb_typeof(attributes), jsonb_array_length(attributes->'parts'), jsonb_pretty(attributes) from products order by sku limit 1
--: statement
select * from json_to_recordset('[{"a":1,"b":"x"},{"a":2}]') as x(a int, b text)
--: statement
select * from jsonb_to_record('{"a":1,"b":[1,2]}') as x(a int, b int[])
--: statement
select (jsonb_populate_record(null::address, '{"street":"s","town":"t"}')).town
--: statement
select * from jsonb_populate_record(null::address, '{"street":"s","town":"t"}')
--: statement
select attributes['colour'], attributes['parts'][0] from products order by sku limit 2
--: statement
select case when total > 500 then 'big' when total > 100 then 'mid' else 'small' end as size, count(*) from orders group by 1 order by 1
--: statement
select case status when 'paid' then 1 else 0 end from orders order by id limit 4
--: statement
select sum(case when status = 'returned' then total else 0 end) / nullif(sum(total), 0) from orders
--: statement
select id from orders where total between 10 and 20 order by id
--: statement
select id from orders where status in ('new', 'paid') and note is not null order by id limit 5
--: statement
select id from orders where (status, customer_id) = ('paid', 5) order by id
--: statement
select id from orders where row(status, id) < row('new', 20) order by id limit 3
--: statement
select id from orders where total > all (select total from orders where id < 10) order by id limit 3
--: statement
select id from orders where total = any (array[3.75, 7.5]) order by id
--: statement
select id, total is distinct from 7.5, note is null, (total > 5) is true, (note = 'x') is unknown from orders order by id limit 3
--: statement
select id from orders union select id from customers order by 1 limit 5
--: statement
select status from orders union all select level::text from customers order by 1 limit 5
--: statement
select id from customers intersect select customer_id from orders order by 1 limit 5
--: statement
select id from customers except select customer_id from orders where id < 30 order by 1 limit 5
--: statement
values (1, 'a'), (2, 'b')
--: statement
table city_totals
--: statement
select * from city_totals order by city
--: statement
select * from recent_orders order by id limit 3
--: statement
select id, city from contacts order by id limit 3
--: statement
select o.* from orders o where o.id = 3
--: statement
select (o).total from (select o from orders o where id = 3) x(o)
--: statement
select o from (select id, total from orders order by id limit 2) o
--: statement
select row(id, status), (id, total) from orders order by id limit 2
--: statement
select (home).town, count(*) from staff group by 1 order by 1
--: statement
select (home).* from staff order by id limit 2
--: statement
select home, home = row('street 1', 'town 1')::address from staff order by id limit 2
--: statement
select level, count(*) from customers group by level order by level desc
--: statement
select level > 'sad', enum_range(null::mood), enum_first(level) from customers order by id limit 2
--: statement
select price, price * 2, round(price, 1), price::text from products order by sku limit 2
--: statement
select weight, weight::numeric, made, code, code::text from products order by sku limit 3
--: statement
select search @@ to_tsquery('english', 'chair & red'), ts_rank(search, to_tsquery('chair')) from products order by sku limit 3
--: statement
select sku from products where search @@ plainto_tsquery('english', 'blue lamp') order by sku limit 3
--: statement
select ts_headline('english', title, to_tsquery('chair')) from products where search @@ to_tsquery('chair') order by sku limit 2
--: statement
select to_tsvector('english', 'the quick foxes'), websearch_to_tsquery('quick -fox'), phraseto_tsquery('quick fox'), numnode('a & b'::tsquery), strip(to_tsvector('a b'))
--: statement
select sensor, avg(value), count(*) from readings group by sensor order by sensor
--: statement
select date_trunc('month', at), sensor, round(avg(value)::numeric, 3) from readings group by 1, 2 order by 1, 2
--: statement
select at, value, avg(value) over (partition by sensor order by at rows between 3 preceding and 3 following) from readings order by at limit 5
--: statement
select count(*) from readings where at >= '2024-01-01'
--: statement
select count(*) from readings_2023
--: statement
select tableoid::regclass, count(*) from readings group by 1 order by 1
--: statement
select place, place[0], place <-> point(0, 0), span, lower(span), upper(span), isempty(span), span @> timestamptz '2023-11-01 00:30+00' from readings order by at limit 3
--: statement
select source, host(source), masklen(source), source << inet '10.0.0.0/8', network(source), family(source) from readings order by at limit 2
--: statement
select raw, length(raw), encode(raw, 'hex'), get_byte(raw, 0), octet_length(raw), substring(raw from 1 for 1) from readings order by at limit 2
--: statement
select int4range(1, 5) * int4range(3, 9), numrange(1, 2) && numrange(2, 3), range_merge(int4range(1, 2), int4range(5, 6)), int4multirange(int4range(1, 3)), range_agg(int4range(x, x + 2)) from generate_series(1, 3) x
--: statement
select multirange(int4range(1, 3)), unnest(int4multirange(int4range(1, 2), int4range(5, 6)))
--: statement
select ctid is not null, xmin is not null, id from orders order by id limit 1
--: statement
select exists (select 1 from orders where total > 700), (select max(id) from orders)
--: statement
select id from orders order by total desc, id fetch first 3 rows only
--: statement
select id from orders order by total desc fetch first 3 rows with ties
--: statement
select id from orders order by id offset 10 rows fetch next 2 rows only
--: statement
select id from orders order by note nulls first, id limit 3
--: statement
select id from orders order by status collate "C", id limit 3
--: statement
select name collate "C" < 'D' from customers order by id limit 2
--: statement
select count(distinct customer_id), count(distinct (customer_id, status)) from orders
--: statement
select bool_and(total > 0), bool_or(total > 700), every(id > 0), bit_or(id::int), bit_and(id::int), any_value(1) from orders
--: statement
select array_agg(x order by x desc), json_object_agg(x, x * 2), max(x) filter (where x < 3) from generate_series(1, 4) x
--: statement
select city, count(*) * 100.0 / sum(count(*)) over () as share from customers group by city order by city
--: statement
select customer_id, sum(total), rank() over (order by sum(total) desc) from orders group by customer_id order by 3, 1 limit 5
--: statement
select * from (select customer_id, total, row_number() over (partition by customer_id order by total desc, id) n from orders) x where n = 1 order by 1 limit 5
--: statement
select q.status, q.n, q.n::float / t.n from (select status, count(*) n from orders group by 1) q, (select count(*) n from orders) t order by 1
--: statement
select o.status, p.attributes->>'colour', sum(l.quantity * p.price * (1 - coalesce(l.discount, 0))) from orders o join order_lines l on l.order_id = o.id join products p using (sku) group by 1, 2 order by 1, 2
--: statement
select a.title, count(distinct o.customer_id) from products a join order_lines l using (sku) join orders o on o.id = l.order_id group by a.title order by 2 desc, 1 limit 5
--: statement
select sku, title from products p where price > (select avg(price) from products q where q.attributes->>'colour' = p.attributes->>'colour') order by sku limit 4
--: statement
select joined, count(*) over (order by joined) from customers order by joined limit 4
--: statement
select extract(isoyear from joined), extract(week from joined), extract(quarter from joined), extract(doy from joined) from customers order by id limit 3
--: statement
select name, city, level from customers tablesample system (100) order by id limit 3
--: statement
select name from customers tablesample bernoulli (100) repeatable (1) order by id limit 3
--: statement
explain (costs off) select * from orders where id = 3
--: statement
explain (analyze, costs off, timing off, summary off, buffers off) select count(*) from products
--: statement
explain (format json, costs off) select city, count(*) from customers group by city
--: statement
show server_version
--: statement
show timezone
--: statement
select current_date is not null, current_user, session_user, current_schema, current_database(), version() like 'PostgreSQL%', pg_typeof(1)
--: statement
select pg_size_pretty(pg_total_relation_size('orders')) is not null, pg_column_size(1), pg_relation_size('orders') > 0
--: statement
select to_regclass('orders'), 'orders'::regclass, 'int4'::regtype, to_regtype('text')
--: statement
select obj_description('customers'::regclass), col_description('customers'::regclass, 8)
--: statement
select set_config('timezone', 'UTC', false)
--: statement
set timezone = 'UTC'
--: statement
set datestyle to iso, dmy
--: statement
reset datestyle
--: statement
set statement_timeout = '30s'
--: statement
begin
--: statement
set transaction isolation level repeatable read read only
--: statement
declare c cursor for select id, total from orders order by id
--: statement
fetch 3 from c
--: statement
fetch forward 2 in c
--: statement
move 5 in c
--: statement
fetch next c
--: statement
close c
--: statement
savepoint a
--: statement
select count(*) from orders
--: statement
rollback to a
--: statement
release a
--: statement
commit
--: statement
prepare q (int) as select id, status from orders where id = $1
--: statement
execute q (4)
--: statement
execute q (9)
--: statement
deallocate q
--: statement
select xmlelement(name a, 'b'), xmlforest(id, status) from orders order by id limit 1
--: statement
select xpath('/a/b/text()', '<a><b>1</b></a>'), xml_is_well_formed('<a/>')
--: statement
select * from xmltable('/r/x' passing '<r><x n="1"/><x n="2"/></r>' columns n int path '@n')
--: statement
select t.* from (values (1, 2), (3, 4)) as t(a, b) where a > 1
--: statement
select * from rows from (generate_series(1, 2), generate_series(5, 7)) as t(a, b)
--: statement
select generate_subscripts(array[4, 5, 6], 1), (array['a', 'b', 'c'])[2]
--: statement
select id, case when exists (select from order_lines l where l.order_id = o.id and discount > 0) then 'd' end from orders o order by id limit 2
--: statement
select date_trunc('month', joined)::date as cohort, count(*) as n, count(o.id) as orders from customers c left join orders o on o.customer_id = c.id and o.placed < c.joined + interval '2 years' group by 1 order by 1 limit 4
--: statement
select hashtext('a'), num_nulls(1, null), num_nonnulls(1, null), gen_random_uuid() is not null, random() < 1, bit_length('a'), char_length('abc')
--: statement
select normalize('a'), 'a' is normalized, unistr('\0041'), to_char(1234.5, '9G999D99'), to_char(12, 'RN'), to_number('1,234', '9,999'), to_char(interval '90 minutes', 'HH24:MI')
--: statement
select money '1.50' + money '2', cash_words('1'::money), '192.168.0.1'::inet + 1, '08:00:2b:01:02:03'::macaddr, bit '101' & bit '110', point '(1,2)' <-> point '(4,6)', box '((0,0),(1,1))' @> point '(0.5,0.5)', circle '((0,0),1)'
--: statement
select lower(name) from customers where active and lower(name) like 'customer 1%' order by id
--: statement
select count(*) from pg_catalog.pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
--: statement
select table_name from information_schema.tables where table_schema = 'public' order by 1
--: statement
select array_agg(attname order by attnum) from pg_attribute where attrelid = 'orders'::regclass and attnum > 0
