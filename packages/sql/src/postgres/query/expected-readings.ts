/** Table of statements and what they are read as, over shop-fixture.ts. */

/**
 * A statement; its actions, indented (`~` derived, `*` unfiltered); after `=` its outputs (`()` computed, `#` counted, `!`
 * unprovable), COLLECTS, L for a literal that mattered, U for names that were not found.
 */
export const EXPECTED_READINGS = `
# plain
select 1
    = ?column?=
select id from secret
    read secret id[output] *
    = id=secret.id
select pw as x from secret
    read secret pw[output] *
    = x=secret.pw
select s.pw from public.secret s
    read secret pw[output] *
    = pw=secret.pw
select shop.public.secret.pw from shop.public.secret
    read secret pw[output] *
    = pw=secret.pw
select * from only secret
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
select "pw" from "secret"
    read secret pw[output] *
    = pw=secret.pw
table secret
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
select count(*) from secret
    read secret *
    = count=
select count(pw) from secret
    read secret pw[output] *
    = count=#secret.pw
select count(pw) + 1 from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw)
select pw, pw from secret
    read secret pw[output] *
    = pw=secret.pw pw=secret.pw
select from secret
    read secret *
    = 
# functions and operators over a field
select upper(pw), lower(pw), reverse(pw), md5(pw), left(pw, 2), substr(pw, 1, 3) from secret
    read secret pw[output] *
    = upper=(secret.pw) lower=(secret.pw) reverse=(secret.pw) md5=(secret.pw) left=(secret.pw) substr=(secret.pw)
select substr('abc', 1, id) from secret
    read secret id[argument output] *
    = substr=(secret.id)
select substring(pw from 2 for 3), substring(pw from 'a.*'), substring(pw, id) from secret
    read secret pw[argument output] id[argument output] *
    = substring=(secret.pw) substring=(secret.pw) substring=(secret.pw,secret.id)
select pw || 'x', coalesce(pw, 'none'), nullif(pw, 'x'), greatest(pw, 'a') from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw) coalesce=(secret.pw) nullif=(secret.pw) greatest=(secret.pw)
select encode(pw::bytea, 'hex'), ascii(pw), repeat(pw, 3) from secret
    read secret pw[argument output] *
    = encode=(secret.pw) ascii=(secret.pw) repeat=(secret.pw)
select 1/(ascii(pw)-48) from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw)
select pw = 'x', pw like 'a%', pw is null, pw in ('a', 'b'), not (pw = 'x') from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw) ?column?=(secret.pw) ?column?=(secret.pw) ?column?=(secret.pw) ?column?=(secret.pw)
select pw::text, pw::varchar(3), pw::int, id::bigint, id::text from secret
    read secret pw[argument output] id[output] *
    = pw=secret.pw pw=(secret.pw) pw=(secret.pw) id=(secret.id) id=(secret.id)
select case when pw = 'a' then 1 else 2 end from secret
    read secret pw[filter] *
    = case=
select case id when 1 then pw else 'x' end from secret
    read secret id[filter] pw[output] *
    = case=(secret.pw)
select case id when 1 then name else email end from customers
    read customers id[filter] name[output] email[output] *
    = email=(customers.name,customers.email)
select array[pw, 'x'], (array[pw])[1], row(id, pw) from secret
    read secret pw[output] id[output] *
    = array=(secret.pw) array=(secret.pw) row=(secret.id,secret.pw)
select (array['a', 'b'])[id] from secret
    read secret id[argument output] *
    = array=(secret.id)
select max(pw), string_agg(pw, ','), array_agg(pw), sum(id) from secret
    read secret id[argument output] pw[output] *
    = max=(secret.pw) string_agg=(secret.pw) array_agg=(secret.pw) sum=(secret.id) COLLECTS
select json_agg(s) from secret s
    read secret id[output] pw[output] *
    = json_agg=(secret.id,secret.pw) COLLECTS
select xmlforest(pw), xmlelement(name a, pw) from secret
    read secret pw[argument output] *
    = xmlforest=(secret.pw) xmlelement=(secret.pw)
select format('%s', pw), concat(pw, 1), to_jsonb(pw) from secret
    read secret pw[argument output] *
    = format=(secret.pw) concat=(secret.pw) to_jsonb=(secret.pw)
select generate_series(1, id) from secret
    read secret id[argument output] *
    = generate_series=(secret.id)
select random(), now(), current_user, version(), pg_backend_pid()
    = random= now= current_user= version= pg_backend_pid=
select extract(year from birth), date_part('year', birth) from customers
    read customers birth[argument output] *
    = extract=(customers.birth) date_part=(customers.birth)
select greatest(id, 1), -id from secret
    read secret id[argument output] *
    = greatest=(secret.id) ?column?=(secret.id)
select pw collate "C" from secret
    read secret pw[output] *
    = pw=(secret.pw)
select json_build_object('a', pw), json_object('k': pw), json_array(pw), json_arrayagg(pw) from secret
    read secret pw[argument output] *
    = json_build_object=(secret.pw) json_object=(secret.pw) json_array=(secret.pw) json_arrayagg=(secret.pw) COLLECTS
select json_value(profile, '$.a'), json_exists(profile, '$.a') from customers
    read customers profile:*[argument output] *
    = json_value=(customers.profile:*) json_exists=(customers.profile:*)
select any_value(pw) from secret
    read secret pw[output] *
    = any_value=(secret.pw)
select pg_typeof(pw) from secret
    read secret pw[output] *
    = pg_typeof=(secret.pw)
# whole rows
select s from secret s
    read secret id[output] pw[output] *
    = s=(secret.id,secret.pw)
select secret from secret
    read secret id[output] pw[output] *
    = secret=(secret.id,secret.pw)
select s::text, row_to_json(s), to_jsonb(s), s is null from secret s
    read secret id[output] pw[output] *
    = s=(secret.id,secret.pw) row_to_json=(secret.id,secret.pw) to_jsonb=(secret.id,secret.pw) ?column?=(secret.id,secret.pw)
select (s).pw, (s).*, pw(s), s.pw from secret s
    read secret pw[output] id[output] *
    = pw=secret.pw id=secret.id pw=secret.pw pw=secret.pw pw=secret.pw
select s.upper from secret s
    read secret id[output] pw[output] *
    = upper=(secret.id,secret.pw)
select upper(s::text) from secret s
    read secret id[output] pw[output] *
    = upper=(secret.id,secret.pw)
select (select s).pw from secret s
    read secret id[output] pw[output] *
    = pw=secret.pw
select x.r from (select row_to_json(s) as r from secret s) x
    read secret id[output] pw[output] *
    = r=(secret.id,secret.pw)
select array_agg(s) from secret s
    read secret id[output] pw[output] *
    = array_agg=(secret.id,secret.pw) COLLECTS
select (array_agg(s))[1] from secret s
    read secret id[output] pw[output] *
    = array_agg=(secret.id,secret.pw) COLLECTS
select row(s.*), row(s) from secret s
    read secret id[output] pw[output] *
    = row=(secret.id,secret.pw) row=(secret.id,secret.pw)
select (r).pw from (select s as r from secret s) x
    read secret id[output] pw[output] *
    = pw=secret.pw
select (home).city, (home).door_code, home, (c.home).* from customers c
    read customers home:city[output] home:door_code[output] home[output] home:street[output] *
    = city=customers.home:city door_code=customers.home:door_code home=customers.home street=customers.home:street city=customers.home:city door_code=customers.home:door_code
select count(s) from secret s
    read secret id[output] pw[output] *
    = count=#secret.id,secret.pw
select s.nope from secret s
    read secret *
    opaque shop ? opaque *
    = nope=()! Us.nope
select xmlforest(s) from secret s
    read secret id[argument output] pw[argument output] *
    = xmlforest=(secret.id,secret.pw)
select concat(s.*) from secret s
    read secret id[output] pw[output] *
    = concat=(secret.id,secret.pw)
# documents
select profile->>'email', profile->'a'->>'b', profile #>> '{a,b}', profile->0, profile->>name from customers
    read customers profile:email[output] profile:a.b[output] profile:[][output] profile:*[output] name[output] *
    = ?column?=(customers.profile:email) ?column?=(customers.profile:a.b) ?column?=(customers.profile:a.b) ?column?=(customers.profile:[]) ?column?=(customers.profile:*,customers.name) L
select profile #>> array['a', 'b']::text[], profile #> '{a}'::text[], profile #>> array[name] from customers
    read customers profile:a.b[output] profile:a[output] profile:*[output] name[output] *
    = ?column?=(customers.profile:a.b) ?column?=(customers.profile:a) ?column?=(customers.profile:*,customers.name) L
select (profile ->> 'a')::text, max(profile ->> 'a'), left(profile ->> 'a', 2) from customers
    read customers profile:a[output] profile:a.*[output] *
    = text=(customers.profile:a) max=(customers.profile:a) left=(customers.profile:a.*) L
select profile ->> 'a'::text, profile -> 'a'::text -> 'b'::text, profile['a'::text], profile #>> array['a'::text], profile ->> 'ab'::varchar(1) from customers
    read customers profile:a[output] profile:a.b[output] profile:*[output] *
    = ?column?=(customers.profile:a) ?column?=(customers.profile:a.b) profile=(customers.profile:a) ?column?=(customers.profile:a) ?column?=(customers.profile:*) L
select profile['email'] from customers
    read customers profile:email[output] *
    = profile=(customers.profile:email) L
select profile->>'a.b' from customers
    read customers profile:*[output] *
    = ?column?=(customers.profile:*)
select jsonb_extract_path_text(profile, 'email') from customers
    read customers profile:*[output] *
    = jsonb_extract_path_text=(customers.profile:*)
# where, join, order, group
select id from secret where pw = 'x'
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where 'x' = pw
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where pw = $1
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where pw is null
    read secret pw[lookup] id[output] *
    = id=secret.id
select id from secret where pw is not null and id = 3
    read secret pw[lookup] id[lookup output]
    = id=secret.id
select id from secret where pw = 'x'::text
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where pw = 'x'::varchar
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw = lower('x')
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw::varchar = 'x'
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = 'x' collate "C"
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where not pw = 'x'
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = 'x' or id = 1
    read secret pw[filter] id[filter output] *
    = id=secret.id
select id from secret where pw in ('x')
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw = any(array['x'])
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw like 'x'
    read secret pw[argument filter] id[output] *
    = id=secret.id
select id from secret where pw > 'a'
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw between 'a' and 'b'
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw <> 'a'
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw operator(pg_catalog.=) 'x'
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where id = 1.5
    read secret id[filter output]
    = id=secret.id
select id from secret where (pw) = ('x')
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where (pw, id) = ('x', 1)
    read secret pw[filter] id[filter output] *
    = id=secret.id
select id from secret where pw = null
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret s where exists (select 1 from secret where pw = 'x')
    read secret id[output] pw[filter] *
    = id=secret.id
select 1 where exists (select 1 from secret where pw = 'x')
    read secret pw[filter]
    = ?column?=
select id from (select id, pw from secret) x where pw = 'x'
    read secret id[output] pw[lookup output]
    = id=secret.id
select id from (select id from secret where pw = 'x') x
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw = 'x' union all select id from secret where pw = 'y'
    read secret pw[filter] id[output]
    = id=secret.id
with c as (select * from secret) select id from c where pw = 'x'
    read secret id[output] pw[lookup output] *
    = id=secret.id
select id from secret where pw = (select name from customers limit 1)
    read secret pw[filter] id[output] *
    read customers name[filter output] *
    = id=secret.id
select id from secret where pw in (select name from customers)
    read secret pw[filter] id[output] *
    read customers name[filter output] *
    = id=secret.id
select c.id from secret s join customers c on c.name = s.pw
    read secret pw[join] *
    read customers name[join] id[output] *
    = id=customers.id
select c.id from secret s, customers c where c.name = s.pw
    read secret pw[join] *
    read customers name[join] id[output] *
    = id=customers.id
select * from secret join orders using (id)
    read secret id[join output] pw[output] *
    read orders id[join output] customer_id[output] total[output] note[output] placed[output] *
    = id=secret.id,orders.id pw=secret.pw customer_id=orders.customer_id total=orders.total note=orders.note placed=orders.placed
select j.id from secret join orders using (id) as j
    read secret id[join output] *
    read orders id[join output] *
    = id=secret.id,orders.id
select secret.id, orders.id from secret full join orders using (id)
    read secret id[join output] *
    read orders id[join output] *
    = id=secret.id id=orders.id
select x.pw from (secret s join orders o on s.id = o.id) x
    read secret id[join] pw[output] *
    read orders id[join] *
    = pw=secret.pw
select id from secret order by pw
    read secret id[output] pw[order] *
    = id=secret.id
select pw as a from secret order by a
    read secret pw[order output] *
    = a=secret.pw
select id, pw from secret order by 2
    read secret id[output] pw[order output] *
    = id=secret.id pw=secret.pw L
select lower(pw) from secret order by 1
    read secret pw[order output] *
    = lower=(secret.pw) L
select pw, count(*) from secret group by pw
    read secret pw[group output] *
    = pw=secret.pw count=
select count(*) from secret group by grouping sets ((pw), rollup (id))
    read secret pw[group] id[group] *
    = count=
select id from secret group by id having max(pw) > 'a'
    read secret id[group output] pw[filter] *
    = id=secret.id
select distinct pw from secret
    read secret pw[group output] *
    = pw=secret.pw
select distinct on (pw) id from secret
    read secret id[output] pw[group] *
    = id=secret.id
select count(distinct pw), count(*) filter (where pw = 'a') from secret
    read secret pw[filter group output] *
    = count=#secret.pw count=
select rank() over (order by pw), sum(id) over (partition by pw), lag(pw) over w from secret window w as (order by id)
    read secret pw[group order output] id[argument order output] *
    = rank= sum=(secret.id) lag=(secret.pw)
select array_agg(id order by pw) from secret
    read secret pw[order] id[output] *
    = array_agg=(secret.id) COLLECTS
select percentile_disc(0.5) within group (order by id) from secret
    read secret id[argument order output] *
    = percentile_disc=(secret.id)
select id from secret limit (select id from staff)
    read secret id[output] *
    read staff id[argument output] *
    = id=secret.id
select id from secret offset 3
    read secret id[output] *
    = id=secret.id
# sets, ctes, lateral
select pw from secret union select note from orders
    read secret pw[group output] *
    read orders note[group output] *
    = pw=secret.pw,orders.note
select pw from secret union all select note from orders
    read secret pw[output] *
    read orders note[output] *
    = pw=secret.pw,orders.note
select id from secret intersect select id from orders
    read secret id[group output] *
    read orders id[group output] *
    = id=secret.id,orders.id
select id from secret except all select id from orders
    read secret id[group output] *
    read orders id[group output] *
    = id=secret.id,orders.id
select * from (select 1 as a union all select id from secret) x
    read secret id[output] *
    = a=secret.id
values (1, 'a'), (2, (select pw from secret limit 1))
    read secret pw[output] *
    = column1= column2=secret.pw
with c as (select pw from secret) select * from c
    read secret pw[output] *
    = pw=secret.pw
with c(x) as materialized (select pw from secret) select x from c
    read secret pw[output] *
    = x=secret.pw
with secret as (select 1 as pw) select pw from secret
    = pw=
with secret as (select pw from secret) select pw from secret
    read secret pw[output] *
    = pw=secret.pw
with secret as (select 1 as pw) select pw from public.secret
    read secret pw[output] *
    = pw=secret.pw
with a as (with b as (select pw from secret) select * from b) select * from a
    read secret pw[output] *
    = pw=secret.pw
with recursive r(n, p) as (select 1, pw from secret union all select n + 1, p from r) select p from r
    read secret pw[output] *
    = p=secret.pw
with recursive r(a, b) as (select id::text, 'x' from secret union select b, pw from r, secret) select a from r
    read secret id[group output] pw[group output] *
    = a=(secret.id,secret.pw)
with recursive r as (select id, pw from secret union all select id, pw from r) cycle id set is_cycle using path select path, is_cycle from r
    read secret id[group output] pw[output] *
    = path=(secret.id) is_cycle=
with recursive b as (select * from a), a as (select pw from secret) select * from b
    read secret pw[output] *
    = pw=secret.pw
with unused as (select pw from secret) select 1
    read secret pw[output] *
    = ?column?=
select x.* from secret s, lateral (select s.pw) x
    read secret pw[output] *
    = pw=secret.pw
select (select s.pw) from secret s
    read secret pw[output] *
    = pw=secret.pw
select (select pw from secret where secret.id = o.id) from orders o
    read orders id[join] *
    read secret id[join] pw[output] *
    = pw=secret.pw
select array(select pw from secret)
    read secret pw[output] *
    = array=(secret.pw) COLLECTS
select exists (select pw from secret)
    read secret pw[output] *
    = exists=
select * from (values (1, 2)) v(a, b)
    = a= b=
select x.b from (select id as a, pw as b from secret) x
    read secret id[output] pw[output] *
    = b=secret.pw
select c.x from (select pw from secret) c(x)
    read secret pw[output] *
    = x=secret.pw
# functions in from
select * from generate_series(1, 3)
    = generate_series=
select g from generate_series(1, (select max(id) from secret)) g
    read secret id[argument output] *
    = g=(secret.id)
select * from unnest(array[1, 2]) with ordinality
    = unnest= ordinality=
select u.a, u.b from unnest(array[1], array['x']) u(a, b)
    = a= b=
select e from secret, regexp_split_to_table(pw, '') e
    read secret pw[argument output] *
    = e=(secret.pw)
select key, value from customers, jsonb_each(profile)
    read customers profile:*[argument output] *
    = key=(customers.profile:*) value=(customers.profile:*)
select * from rows from (generate_series(1, 2), json_each('{}'))
    = generate_series= key= value=
select * from leak()
    call leak ? opaque *
    = leak=()!
select x from rows_of() as (x text)
    call rows_of ? opaque *
    = x=()!
select * from json_to_recordset('[]') as t(a int, b text)
    = a= b=
select * from xmltable('/a' passing (select pw::xml from secret) columns x text path 'b')
    read secret pw[argument output] *
    = x=(secret.pw)
select * from json_table((select profile from customers limit 1), '$[*]' columns (x text path '$.a'))
    read customers profile[output] profile:*[argument output] *
    = x=(customers.profile:*)
select * from secret tablesample system (10)
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
# views, partitions, generated columns
select * from vsecret
    read vsecret id[output] pw[output] *
    ~read secret id[output] pw[output] *
    = id=vsecret.id,secret.id pw=vsecret.pw,secret.pw
select id from vsecret where pw = 'x'
    read vsecret pw[lookup] id[output]
    ~read secret pw[lookup] id[output]
    = id=vsecret.id,secret.id
select u from vupper
    read vupper u[output] *
    ~read secret pw[definition output] *
    = u=(vupper.u,secret.pw)
select id from vupper where u = 'X'
    read vupper u[lookup] id[output]
    ~read secret pw[definition filter] id[output] *
    = id=vupper.id,secret.id
select word from vnested
    read vnested word[output] *
    ~read vupper u[output] *
    ~read secret pw[definition output] *
    = word=(vnested.word,vupper.u,secret.pw)
select id from vcast
    read vcast id[output] *
    ~read secret id[output] *
    = id=vcast.id,secret.id
select n from vcast
    read vcast n[output] *
    ~read secret pw[definition output] *
    = n=(vcast.n,secret.pw)
select region, n from vcount
    read vcount region[output] n[output] *
    ~read customers region[definition output] ssn[output] *
    = region=vcount.region,customers.region n=vcount.n
select count(*) from vsecret
    read vsecret *
    ~read secret *
    = count=
select * from vleak
    read vleak x[output] *
    call leak ? opaque *
    = x=(vleak.x)!
select * from vhung
    read vhung x[output] *
    opaque vhung ? opaque *
    = x=(vhung.x)!
select * from vloop
    read vloop x[output] *
    ~read vloop x[output] *
    opaque vloop ? opaque *
    = x=(vloop.x)!
select pw from mv
    read mv pw[output] *
    ~read secret pw[output] *
    = pw=mv.pw,secret.pw
select body from events
    read events body[output] *
    ~read events_1 body[output] *
    ~read events_1a body[output] *
    = body=events.body,events_1.body,events_1a.body
select body from only events
    read events body[output] *
    = body=events.body
select body from events_1a
    read events_1a body[output] *
    ~read events_1 body[output] *
    ~read events body[output] *
    = body=events_1a.body,events_1.body,events.body
select upper_name from staff
    read staff upper_name[output] *
    ~read staff first[output] *
    = upper_name=(staff.upper_name,staff.first)
select v from vsecret v
    read vsecret id[output] pw[output] *
    ~read secret id[output] pw[output] *
    = v=(vsecret.id,secret.id,vsecret.pw,secret.pw)
# functions that do things
select nextval('seq'), setval('public.seq', 3), currval('seq'::regclass)
    update seq
    read seq
    = nextval= setval= currval= L
select nextval(note) from orders
    read orders note[argument flow output] *
    opaque shop ? opaque *
    = nextval=(orders.note) L
select set_config('TimeZone', 'UTC', false)
    set timezone
    = set_config= L
select set_config(note, 'x', false) from orders
    read orders note[argument flow output] *
    opaque shop ? opaque *
    = set_config=(orders.note) L
select pg_notify('c', pw) from secret
    read secret pw[argument flow output] *
    call shop.c
    = pg_notify=(secret.pw) L
select pg_advisory_lock(7), pg_sleep(1)
    lock shop.7
    call shop.pg_catalog.pg_sleep
    = pg_advisory_lock= pg_sleep= L
select pg_terminate_backend(1), pg_reload_conf()
    admin pg_terminate_backend
    admin pg_reload_conf
    = pg_terminate_backend= pg_reload_conf=
select pg_read_file('/etc/passwd')
    export shop.pg_catalog.pg_read_file
    = pg_read_file=()!
select lo_export(1, '/tmp/x')
    export shop.pg_catalog.lo_export
    = lo_export=
select lo_get(1)
    opaque shop.pg_catalog.lo_get ? opaque *
    = lo_get=()!
select query_to_xml('select pw from secret', true, true, '')
    opaque shop.pg_catalog.query_to_xml ? opaque *
    = query_to_xml=()!
select dblink('x', 'y')
    opaque shop ? opaque *
    = dblink=()! Udblink
select nope(1)
    opaque shop ? opaque *
    = nope=()! Unope
select leak()
    call leak ? opaque *
    = leak=()!
select taxed(total) from orders
    read orders total[argument flow output] *
    call taxed ? opaque *
    = taxed=(orders.total)!
select reviewed(pw) from secret
    read secret pw[argument output] *
    call reviewed
    = reviewed=(secret.pw)
select evil.lower(pw) from secret
    read secret pw[argument flow output] *
    call shop.evil.lower ? opaque *
    = lower=(secret.pw)!
select pg_catalog.lower(pw) from secret
    read secret pw[output] *
    = lower=(secret.pw)
select pw @@@@ 'x' from secret
    read secret pw[argument output] *
    call citext_eq ? opaque *
    = ?column?=(secret.pw)!
select id from customers where handle = 'x'
    read customers handle[argument filter] id[output]
    call citext_eq ? opaque *
    = id=customers.id
select handle::text from customers
    read customers handle[output] *
    = handle=(customers.handle)
select 'x'::citext, 1::positive, 'a'::mood
    opaque citext ? opaque *
    opaque positive ? opaque *
    = citext=()! positive=()! mood=
select date_trunc('day', birth) from customers
    read customers birth[argument flow output] *
    call date_trunc ? opaque *
    = date_trunc=(customers.birth)!
select pg_stat_get_activity(1)
    opaque shop.pg_catalog.pg_stat_get_activity ? opaque *
    = pg_stat_get_activity=()!
select current_setting('x.y'), has_table_privilege('secret', 'select'), pg_get_viewdef('vsecret'::regclass)
    = current_setting= has_table_privilege= pg_get_viewdef= L
select pw::regclass from secret
    read secret pw[argument output] *
    = pw=(secret.pw)
# unknown
select * from nope
    read nope
    opaque shop.nope ? opaque *
    = unknown Unope
select nope from secret
    read secret *
    opaque shop ? opaque *
    = nope=()! Unope
select nope.pw from secret
    read secret *
    opaque shop ? opaque *
    = pw=()! Unope.pw
select * from evil.secret
    read shop.evil.secret id[output] pw[output] *
    = id=shop.evil.secret.id pw=shop.evil.secret.pw
select * from other.public.secret
    opaque secret ? opaque *
    = unknown
select * from pg_toast.pg_toast_1
    read shop.pg_toast.pg_toast_1
    opaque shop.pg_toast.pg_toast_1 ? opaque *
    = unknown Upg_toast_1
select * from address
    opaque address ? opaque *
    = unknown
select * from only_here
    read only_here
    opaque shop.only_here ? opaque *
    = unknown Uonly_here
# locks
select * from secret for update
    read secret id[output] pw[output] *
    lock secret *
    = id=secret.id pw=secret.pw
select s.id from secret s, orders o for share of o
    read secret id[output] *
    read orders *
    lock orders *
    = id=secret.id
select * from vsecret for update
    read vsecret id[output] pw[output] *
    ~read secret id[output] pw[output] *
    lock vsecret *
    ~lock secret *
    = id=vsecret.id,secret.id pw=vsecret.pw,secret.pw
select * from (select * from secret) x for no key update
    read secret id[output] pw[output] *
    lock secret *
    = id=secret.id pw=secret.pw
# writes
insert into log values (1, 'a')
    insert log id[written] line[written]
    = 
insert into log (line) values ('a') returning id, line
    read log id[output] line[output] *
    insert log line[written]
    = id=log.id line=log.line
insert into log default values
    insert log
    = 
insert into log select id, pw from secret
    read secret id[flow output] pw[flow output] *
    insert log id[written] line[written]
    = 
insert into log select * from secret
    read secret id[flow output] pw[flow output] *
    insert log id[written] line[written]
    = 
insert into log (id) values ((select id from secret where pw = 'x'))
    read secret pw[filter] id[flow output]
    insert log id[written]
    = 
insert into log values (1, 'a') on conflict (id) do nothing
    read log id[filter] *
    insert log id[written] line[written]
    = 
insert into log values (1, 'a') on conflict do nothing
    read log id[filter] line[filter] *
    insert log id[written] line[written]
    = 
insert into log values (1, 'a') on conflict (id) do update set line = excluded.line || log.line where log.id < 9
    read log id[filter] line[flow] *
    insert log id[written] line[written]
    update log line[written]
    = 
insert into log select id, pw from secret on conflict (id) do update set line = excluded.line
    read log id[filter] *
    read secret id[flow output] pw[flow output] *
    insert log id[written] line[written]
    update log line[written] *
    = 
with n as (insert into log values (1, 'a') returning *) select * from n
    read log id[output] line[output] *
    insert log id[written] line[written]
    = id=log.id line=log.line
update secret set pw = 'x'
    update secret pw[written] *
    = 
update secret set pw = 'x' where id = 1
    read secret id[lookup]
    update secret pw[written]
    = 
update secret set pw = pw || 'x' where id in (1, 2)
    read secret id[filter] pw[flow]
    update secret pw[written]
    = 
update secret s set pw = c.name from customers c where c.id = s.id
    read secret id[join] *
    read customers id[join] name[flow] *
    update secret pw[written] *
    = 
update secret set (id, pw) = (1, 'x') where id > 5
    read secret id[filter]
    update secret id[written] pw[written]
    = 
update secret set (id, pw) = (select id, name from customers limit 1) where id = 1 returning old.pw, new.pw
    read secret id[lookup] pw[output]
    read customers id[flow output] name[flow output] *
    update secret id[written] pw[written]
    = pw=secret.pw pw=secret.pw
update customers set profile['a'] = '1', home.city = 'x' where id = 1
    read customers id[lookup]
    update customers profile[written] home[written]
    = 
update only events set body = 'x' where id = 1
    read events id[lookup]
    update events body[written]
    = 
update events set body = 'x' where id = 1
    read events id[lookup]
    ~read events_1 id[lookup]
    ~read events_1a id[lookup]
    update events body[written]
    ~update events_1 body[written]
    ~update events_1a body[written]
    = 
update vsecret set pw = 'x' where id = 1
    read vsecret id[lookup]
    ~read secret id[lookup]
    update vsecret pw[written]
    ~update secret pw[written]
    = 
update audited set v = 'x' where id = 1
    read audited id[lookup]
    update audited v[written] at-most
    = 
update ruled set v = 'x' where id = 1
    read ruled id[lookup]
    update ruled v[written]
    opaque ruled ? opaque *
    = 
update secret set pw = 'x' where current of c
    update secret pw[written]
    = 
delete from secret
    delete secret *
    = 
delete from secret where id = 1 returning *
    read secret id[lookup output] pw[output]
    delete secret
    = id=secret.id pw=secret.pw
delete from secret where 1 = 1
    delete secret *
    = 
delete from secret where id = id
    read secret id[filter] *
    delete secret *
    = 
delete from secret where true or id = 1
    read secret id[filter] *
    delete secret *
    = 
delete from secret where id > 0 or 1 = 1
    read secret id[filter] *
    delete secret *
    = 
delete from secret where id = 1 and pw = 'x'
    read secret id[lookup] pw[lookup]
    delete secret
    = 
delete from secret where id = any($1)
    read secret id[filter]
    delete secret
    = 
delete from secret where id between 1 and 3
    read secret id[filter]
    delete secret
    = 
delete from secret where id >= 4
    read secret id[filter]
    delete secret
    = 
delete from secret where id is not null
    read secret id[lookup] *
    delete secret *
    = 
delete from secret where id in (select id from orders)
    read secret id[filter] *
    read orders id[filter output] *
    delete secret *
    = 
delete from secret where id::text = '1'
    read secret id[filter] *
    delete secret *
    = 
delete from secret where not (id = 1)
    read secret id[filter] *
    delete secret *
    = 
delete from secret s using orders o where s.id = o.id and o.id = 1
    read secret id[join] *
    read orders id[join lookup]
    delete secret *
    = 
delete from vsecret where id = 1
    read vsecret id[lookup]
    ~read secret id[lookup]
    delete vsecret
    ~delete secret
    = 
with d as (delete from secret where id = 1 returning pw) insert into log (line) select pw from d
    read secret id[filter] pw[flow output]
    delete secret
    insert log line[written]
    = 
merge into log l using orders o on l.id = o.id when matched and o.total > 1 then update set line = o.note when matched then delete when not matched then insert (id, line) values (o.id, o.note)
    read log id[join] *
    read orders id[flow join] total[filter] note[flow] *
    update log line[written] *
    delete log *
    insert log id[written] line[written]
    = 
merge into log l using orders o on l.id = o.id and l.id = 5 when matched then update set line = 'x' when not matched by source then delete
    read log id[join]
    read orders id[join] *
    update log line[written]
    delete log *
    = 
merge into log l using secret s on l.line = s.pw when not matched then insert values (s.id, s.pw) returning merge_action(), l.*, s.pw
    read log line[join output] id[output] *
    read secret pw[flow join output] id[flow] *
    insert log id[written] line[written]
    = merge_action= id=log.id line=log.line pw=secret.pw
select pw into kept from secret
    read secret pw[flow output] *
    = pw=secret.pw
# sizes: what can grow at will tells by failing
select pw || ' ' || id::text || 'x' from secret
    read secret pw[output] id[output] *
    = ?column?=(secret.pw,secret.id)
select pw || repeat('x', 1000000000) from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw)
select replace(pw, '4', repeat('x', 1000000000)) from secret
    read secret pw[argument output] *
    = replace=(secret.pw)
select d||d from (select c||c as d from (select b||b as c from (select a||a as b from (select pw||pw as a from secret) q) q) q) q
    read secret pw[argument output] *
    = ?column?=(secret.pw)
select to_json(to_json(to_json(to_json(to_json(pw)::text)::text)::text)::text) from secret
    read secret pw[argument output] *
    = to_json=(secret.pw)
select quote_literal(quote_literal(quote_literal(quote_literal(quote_literal(pw))))) from secret
    read secret pw[argument output] *
    = quote_literal=(secret.pw)
select row_to_json(c) from customers c
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile[output] region[output] home[output] mood[output] nick[output] handle[output] *
    = row_to_json=(customers.id,customers.name,customers.email,customers.ssn,customers.birth,customers.profile,customers.region,customers.home,customers.mood,customers.nick,customers.handle)
select to_jsonb(c)::text from customers c
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile:*[output] region[output] home[output] mood[output] nick[output] handle[output] *
    = to_jsonb=(customers.id,customers.name,customers.email,customers.ssn,customers.birth,customers.profile:*,customers.region,customers.home,customers.mood,customers.nick,customers.handle)
select string_agg(nullif(pw, 'guess'), '') from secret, generate_series(1, 100000000)
    read secret pw[argument output] *
    = string_agg=(secret.pw) COLLECTS
select string_agg(pw, ', ' order by id), json_agg(s), array_agg(id) from secret s
    read secret id[order output] pw[output] *
    = string_agg=(secret.pw) json_agg=(secret.id,secret.pw) array_agg=(secret.id) COLLECTS
with recursive r(a, n) as (select pw, 1 from secret union all select a || a, n + 1 from r where n < 30) select a from r
    read secret pw[argument output] *
    = a=(secret.pw)
select upper(coalesce(nullif(pw, 'g'), repeat('x', 1000))) from secret
    read secret pw[argument output] *
    = upper=(secret.pw)
select array[array[array[array[array[pw, pw], array[pw, pw]], array[array[pw, pw], array[pw, pw]]]]], row(pw, pw) from secret
    read secret pw[output] *
    = array=(secret.pw) row=(secret.pw)
select md5(pw) || md5(pw) || md5(pw) from secret
    read secret pw[output] *
    = ?column?=(secret.pw)
select lower(pw) || $1 || $2 || $3 || $4 || $5 from secret
    read secret pw[argument output] *
    = ?column?=(secret.pw)
select count(pw || repeat('x', 1000)) from secret
    read secret pw[argument output] *
    = count=#secret.pw
select encode(pw::bytea, 'hex') from secret
    read secret pw[argument output] *
    = encode=(secret.pw)
select concat_ws(' ', region, name, email) from customers
    read customers region[output] name[output] email[output] *
    = concat_ws=(customers.region,customers.name,customers.email)
select profile->>'email' || 'x' from customers
    read customers profile:email[output] *
    = ?column?=(customers.profile:email) L
`
