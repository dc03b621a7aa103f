/** Table of queries and what they are read as, over shop-fixture.ts. */

/**
 * A statement; its actions, indented (`~` derived, `*` unfiltered); after `=` its outputs (`()` computed, `#` counted, `!`
 * unprovable), COLLECTS, L for a literal that mattered, U for names that were not found, @ for variables that it assigns.
 */
export const EXPECTED_READINGS = `
select 1
    = =
select id from secret
    read secret id[output] *
    = id=secret.id
select * from secret
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
select pw as x from secret s where id = 1
    read secret id[lookup] pw[output]
    = x=secret.pw
select pw from secret where pw = 'a' and id > 3
    read secret pw[lookup output] id[filter]
    = pw=secret.pw
select pw from secret where pw = 0
    read secret pw[argument filter output]
    = pw=secret.pw
select id from secret where pw = 'a' or id = 1
    read secret pw[filter] id[filter output] *
    = id=secret.id
select s.pw from shop.secret s
    read secret pw[output] *
    = pw=secret.pw
select shop.secret.pw from shop.secret
    read secret pw[output] *
    = pw=secret.pw
select count(*) from secret
    read secret *
    = =
select count(pw) from secret
    read secret pw[output] *
    = =#secret.pw
select upper(pw), concat(pw,'x'), left(pw,2), ascii(pw) from secret
    read secret pw[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw)
select * from customers c join orders o on o.customer_id = c.id
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    read orders customer_id[join output] id[output] note[output] total[output] loud[output] *
    ~read orders note[output] *
    = id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary id=orders.id customer_id=orders.customer_id note=orders.note total=orders.total loud=(orders.loud,orders.note)
select * from customers natural join orders
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    read orders id[join output] customer_id[output] note[output] total[output] loud[output] *
    ~read orders note[output] *
    = id=customers.id,orders.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary customer_id=orders.customer_id note=orders.note total=orders.total loud=(orders.loud,orders.note)
select * from people
    read people id[output] who[output] hidden[output] *
    ~read customers email[definition] id[output] name[output] ssn[output] *
    = id=people.id,customers.id who=people.who,customers.name hidden=(people.hidden,customers.ssn)
select * from deep
    read deep who[output] n[output] *
    ~read people id[definition] who[definition output] *
    ~read customers email[definition] id[definition] name[definition output] *
    ~read orders customer_id[definition] id[output] *
    = who=deep.who,people.who,customers.name n=deep.n
select hidden from people where who = 'x'
    read people who[lookup] hidden[output]
    ~read customers email[definition] name[lookup] ssn[output]
    = hidden=(people.hidden,customers.ssn)
select * from lost
    read lost a[output] *
    opaque lost ? opaque *
    = a=(lost.a)!
select * from knot
    read knot a[output] *
    ~read knot a[output] *
    opaque knot ? opaque *
    = a=(knot.a)!
insert into secret values (1, 'a')
    insert secret id[written] pw[written]
    = 
insert into orders (id, note) select id, ssn from customers
    read customers id[flow output] ssn[flow output] *
    insert orders id[written] note[written]
    = 
update customers set name = ssn where id = 1
    read customers id[lookup] ssn[flow]
    update customers name[written]
    = 
delete from customers where id = 1
    read customers id[lookup]
    delete customers
    ~delete orders at-most *
    ~update orders customer_id[written] at-most *
    = 
select leak(1), reviewed(2)
    call leak ? opaque *
    call reviewed
    = =()! = COLLECTS
select @v := ssn from customers
    read customers ssn[flow output] *
    = =customers.ssn @v
select * from nowhere
    read nowhere
    opaque nowhere ? opaque *
    = unknown Unowhere
select nothing from secret
    read secret *
    opaque shop ? opaque *
    = nothing=()! Unothing
with recursive c as (select id, pw from secret union all select id + 1, pw from c) select * from c
    read secret id[argument output] pw[output] *
    = id=(secret.id) pw=secret.pw
select id from secret union select id from customers
    read secret id[group output] *
    read customers id[group output] *
    = id=secret.id,customers.id
select profile->'$.email', profile->>'$.a.b' from customers
    read customers profile:email[output] profile:a.b[output] *
    = =(customers.profile:email) =(customers.profile:a.b) L
select loud from orders
    read orders loud[output] *
    ~read orders note[output] *
    = loud=(orders.loud,orders.note)
select hidden, items.* from items
    read items hidden[output] id[output] order_id[output] sku[output] *
    = hidden=items.hidden id=items.id order_id=items.order_id sku=items.sku
# names
select \`pw\`, SECRET.PW, Pw from secret
    read secret pw[output] *
    = pw=secret.pw PW=secret.pw Pw=secret.pw
select PW from SECRET
    read secret pw[output] *
    = PW=secret.pw
select secret.pw from secret s
    read secret *
    opaque shop ? opaque *
    = pw=()! Usecret.pw
select s.pw, o.pw from shop.secret s, other.secret o
    read secret pw[output] *
    read other.secret pw[output] *
    = pw=secret.pw pw=other.secret.pw
select shop.secret.pw, other.secret.pw from shop.secret, other.secret
    read secret pw[output] *
    read other.secret pw[output] *
    = pw=secret.pw pw=other.secret.pw
select secret.pw from shop.secret, other.secret
    read secret pw[output] *
    read other.secret pw[output] *
    = pw=secret.pw,other.secret.pw
select pw, (select s.pw) from secret s
    read secret pw[output] *
    = pw=secret.pw =secret.pw
select id as x, (select x) from secret
    read secret id[output] *
    = x=secret.id =secret.id
select (select pw from customers) from secret
    read secret pw[output] *
    read customers *
    = =secret.pw
select where from secret
    read secret *
    opaque shop ? opaque *
    = =()!
select default from secret
    read secret *
    = =
select default(pw) from secret
    read secret pw[output] *
    = =(secret.pw)
select @x, @@version, @@global.x, \`@x\` from secret
    read secret *
    opaque shop ? opaque *
    = =()! = = =()! U@x
select @\`x\`, @\`a b\` as c from secret
    read secret *
    = =()! c=()!
select current_user, utc_date, current_timestamp from secret
    read secret *
    = = = =
select 1e from secret
    read secret *
    opaque shop ? opaque *
    = unknown
select 1 e, 0b01, 0x41, 0X41 from secret
    read secret *
    opaque shop ? opaque *
    = e= = = =()! U0X41
select _utf8mb4'x', _ssn'x', n'x' from secret
    read secret *
    opaque shop ? opaque *
    = = =()! =
select 'a' 'b', "x" from secret
    read secret *
    = = =
select *, secret.* from secret
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw id=secret.id pw=secret.pw
select pw 'x y' from secret order by \`x y\`
    read secret pw[order output] *
    = x y=secret.pw
# from
select * from (secret s join customers c on s.id = c.id)
    read secret id[join output] pw[output] *
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    = id=secret.id pw=secret.pw id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select * from secret s, customers c where s.id = c.id
    read secret id[join output] pw[output] *
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    = id=secret.id pw=secret.pw id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select * from secret s left join customers c using (id)
    read secret id[join output] pw[output] *
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    = id=secret.id,customers.id pw=secret.pw name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select * from secret s right join customers c using (id)
    read secret id[join output] pw[output] *
    read customers id[join output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    = id=customers.id,secret.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary pw=secret.pw
select * from secret s natural left join other.secret
    read secret id[join output] pw[join output] *
    read other.secret id[join output] pw[join output] *
    = id=secret.id,other.secret.id pw=secret.pw,other.secret.pw
select id from secret s join customers c using (id)
    read secret id[join output] *
    read customers id[join output] *
    = id=secret.id,customers.id
select s.id, c.id from secret s join customers c using (id)
    read secret id[join output] *
    read customers id[join output] *
    = id=secret.id id=customers.id
select * from secret s cross join customers
    read secret id[output] pw[output] *
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    = id=secret.id pw=secret.pw id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select * from secret s straight_join customers c on s.id = c.id and c.ssn = 'x'
    read secret id[join output] pw[output] *
    read customers id[join output] ssn[join output] name[output] email[output] birth[output] profile[output] salary[output]
    = id=secret.id pw=secret.pw id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select * from (select id, pw from secret) x
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
select * from (select id, pw from secret) x (a, b) where b = 'a'
    read secret id[output] pw[lookup output]
    = a=secret.id b=secret.pw
select x.a from (select max(pw) from secret) x (a)
    read secret pw[output] *
    = a=(secret.pw)
select \`max(pw)\` from (select max(pw) from secret) x
    read secret pw[output] *
    = max(pw)=(secret.pw)!
select s.pw from secret s, lateral (select s.pw as q) x where x.q = 'a'
    read secret pw[lookup output]
    = pw=secret.pw
select x.q from secret s, lateral (select s.pw as q) x
    read secret pw[output] *
    = q=secret.pw
select x.q from secret s, (select s.pw as q) x
    read secret *
    opaque shop ? opaque *
    = q=()! Us.pw
select * from secret partition (p0, p1) x use index (a)
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw
select * from secret full join customers on 1
    read secret id[output] pw[output] *
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    opaque shop ? opaque *
    = unknown
select * from secret left semi join customers on 1
    read secret id[output] pw[output] *
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    opaque shop ? opaque *
    = unknown
select * from f(1)
    opaque shop ? opaque *
    = unknown
select 1 from dual
    = =
select id from secret tablesample bernoulli (5)
    opaque shop ? opaque *
    = id=()!
select * from (values row(1, 2)) x
    = column_0= column_1=
select column_0 from (values row(1, 2)) x
    = column_0=
values row(1, 'a'), row(2, 'b')
    = column_0= column_1=
select * from json_table('[1]', '$[*]' columns (id for ordinality, a int path '$.a')) jt
    = id= a= L
select jt.a from customers c, json_table(c.profile, '$' columns (a varchar(10) path '$.a', nested path '$.b[*]' columns (b int path '$'))) jt
    read customers profile[argument] profile:a[argument output] profile:b.[][argument] *
    = a=(customers.profile:a) L
select hidden from items natural join customers
    read items id[join] hidden[output] *
    read customers id[join] *
    = hidden=items.hidden
select * from items where hidden = 'a'
    read items hidden[lookup] id[output] order_id[output] sku[output]
    = id=items.id order_id=items.order_id sku=items.sku
# where
select id from secret where pw = 'a'
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where 'a' = pw
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where pw = ?
    read secret pw[argument filter] id[output]
    = id=secret.id
select id from secret where id = ?
    read secret id[argument filter output]
    = id=secret.id
select id from secret where pw is null
    read secret pw[lookup] id[output] *
    = id=secret.id
select id from secret where pw is not null and id = 1
    read secret pw[lookup] id[lookup output]
    = id=secret.id
select id from secret where pw <=> 'a'
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw = 'a' collate utf8mb4_bin
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = n'a'
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where pw = _latin1'a'
    read secret pw[argument filter] id[output]
    = id=secret.id
select id from secret where pw = 0x61
    read secret pw[argument filter] id[output]
    = id=secret.id
select id from secret where id = '1'
    read secret id[argument filter output]
    = id=secret.id
select id from secret where id = 1.5
    read secret id[filter output]
    = id=secret.id
select id from secret where id = 1e0
    read secret id[filter output]
    = id=secret.id
select id from secret where id = -1
    read secret id[lookup output]
    = id=secret.id
select id from secret where id = true
    read secret id[filter output]
    = id=secret.id
select id from secret where binary pw = 'a'
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = 'a' and (id = 1)
    read secret pw[lookup] id[lookup output]
    = id=secret.id
select id from secret where (pw = 'a' and id = 1)
    read secret pw[lookup] id[lookup output]
    = id=secret.id
select id from secret where pw = 'a' xor id = 1 and id = 2
    read secret id[argument filter output] pw[argument filter] *
    = id=secret.id
select id from secret where pw = 'a' || id = 1 and id = 2
    read secret id[argument filter output] pw[argument filter] *
    = id=secret.id
select id from secret where (@x := pw) = 'a' and id = 2
    read secret pw[filter flow] id[flow lookup output]
    = id=secret.id @x
select id from secret where not pw = 'a'
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = 'a' = 1
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw in ('a')
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where pw like 'a%' and id between 1 and 3
    read secret pw[filter] id[filter output]
    = id=secret.id
select id from secret where id in (1, 2) and pw between 'a' and 'b'
    read secret id[filter output] pw[filter]
    = id=secret.id
select id from secret where id in (select id from customers)
    read secret id[filter output] *
    read customers id[filter output] *
    = id=secret.id
select id from secret where id not in (1, 2)
    read secret id[filter output] *
    = id=secret.id
select id from secret where (id, pw) = (1, 'a')
    read secret id[filter output] pw[filter] *
    = id=secret.id
select id from secret where (id, pw) in ((1, 'a'), (2, 'b'))
    read secret id[filter output] pw[filter] *
    = id=secret.id
select id from secret where pw = (select 'a')
    read secret pw[filter] id[output] *
    = id=secret.id
select id from secret where pw = concat('a', 'b')
    read secret pw[filter] id[output]
    = id=secret.id
select id from secret where id = id
    read secret id[filter output] *
    = id=secret.id
select id from secret where id > 1 + 1
    read secret id[argument filter output]
    = id=secret.id
select id from secret where id = @x
    read secret id[argument filter output] *
    = id=secret.id
select id from customers where birth = '2000-01-01'
    read customers birth[argument filter] id[output]
    = id=customers.id
select id from customers where birth = date '2000-01-01'
    read customers birth[filter] id[output]
    = id=customers.id
select id from customers where salary = 10
    read customers salary[lookup] id[output]
    = id=customers.id
select id from customers where salary = 10.5
    read customers salary[lookup] id[output]
    = id=customers.id
select id from moods where mood = 'sad'
    read moods mood[argument filter] id[output]
    = id=moods.id
select id from customers where profile = 'x'
    read customers profile[argument] profile:*[filter] id[output]
    = id=customers.id
select id from people where hidden = 'x'
    read people hidden[lookup] id[output]
    ~read customers email[definition] ssn[filter] id[output] *
    = id=people.id,customers.id
select id from secret where match (pw) against ('a')
    read secret pw[argument filter] id[output] *
    = id=secret.id
select id from secret where exists (select 1 from customers c where c.ssn = pw)
    read secret pw[join] id[output] *
    read customers ssn[join] *
    = id=secret.id
select id from secret having pw = 'a'
    read secret id[output] pw[filter] *
    = id=secret.id
select * from (select id, pw from secret) x where pw = 'a'
    read secret id[output] pw[lookup output]
    = id=secret.id pw=secret.pw
with c as (select * from secret) select * from c where pw = 'a'
    read secret id[output] pw[lookup output] *
    = id=secret.id pw=secret.pw
select id from secret where pw = 'a' limit 1
    read secret pw[lookup] id[output]
    = id=secret.id
select id from secret where 1
    read secret id[output] *
    = id=secret.id
# functions and operators over a field
select lower(pw), upper(pw), reverse(pw), trim(pw), trim('x' from pw), md5(pw), hex(pw) from secret
    read secret pw[output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw)
select substr(pw, 1, 2), substring(pw from 2), left(pw, id), right(pw, 2) from secret
    read secret pw[argument output] id[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.pw,secret.id) =(secret.pw)
select concat(pw, 'x', id), concat_ws(',', pw, id), coalesce(pw, 'x'), ifnull(pw, 'x') from secret
    read secret pw[output] id[output] *
    = =(secret.pw,secret.id) =(secret.pw,secret.id) =(secret.pw) =(secret.pw)
select if(pw = 'a', 1, 2), if(id, pw, 'x') from secret
    read secret pw[filter output] id[filter] *
    = = =(secret.pw)
select case pw when 'a' then 1 else id end, case when id = 1 then pw end from secret
    read secret pw[filter output] id[filter output] *
    = =(secret.id) =(secret.pw)
select nullif(pw, 'a'), greatest(pw, 'a'), replace(pw, 'a', 'b'), lpad(pw, 3, 'x') from secret
    read secret pw[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw)
select pw = 'a', pw <=> 'a', pw in ('a', 'b'), pw like 'a%', pw is null, pw between 'a' and 'b' from secret
    read secret pw[output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw)
select pw + 1, -id, id div 2, id % 2, ~id, id & 1, id << 2, pw || 'x' from secret
    read secret pw[argument output] id[argument output] *
    = =(secret.pw) =(secret.id) =(secret.id) =(secret.id) =(secret.id) =(secret.id) =(secret.id) =(secret.pw)
select pw and 1, not pw, id xor 1, pw is true, id is true from secret
    read secret pw[argument output] id[output] *
    = =(secret.pw) =(secret.pw) =(secret.id) =(secret.pw) =(secret.id)
select pw regexp 'a', pw like id, strcmp(pw, 'a'), locate('a', pw), field(pw, 'a') from secret
    read secret pw[argument output] id[argument output] *
    = =(secret.pw) =(secret.pw,secret.id) =(secret.pw) =(secret.pw) =(secret.pw)
select cast(pw as char), cast(pw as char(2)), cast(pw as signed), binary pw, convert(pw using utf8mb4), convert(pw using latin1) from secret
    read secret pw[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw)
select cast(id as char), cast(id as json), cast(birth as date), convert(salary, decimal(10,2)) from customers
    read customers id[argument output] birth[argument output] salary[argument output] *
    = =(customers.id) =(customers.id) =(customers.birth) =(customers.salary)
select pw collate utf8mb4_bin, id collate utf8mb4_bin from secret
    read secret id[argument output] pw[output] *
    = =(secret.pw) =(secret.id)
select year(birth), date_format(birth, '%Y'), birth + interval 1 day, date_add(birth, interval id day) from customers
    read customers birth[argument output] id[argument output] *
    = =(customers.birth) =(customers.birth) =(customers.birth) =(customers.birth,customers.id)
select timestampdiff(day, birth, now()), extract(year from birth), get_format(date, 'EUR') from customers
    read customers birth[argument output] *
    = =(customers.birth) =(customers.birth) =
select length(pw), char_length(pw), ascii(pw), sha2(pw, 256), sha2('x', id), crc32(pw) from secret
    read secret pw[argument output] id[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.pw) =(secret.pw) =(secret.id) =(secret.pw)
select extractvalue(pw, '/a'), updatexml('<a/>', '/a', pw), exp(id), pow(id, 100) from secret
    read secret pw[argument output] id[argument output] *
    = =(secret.pw) =(secret.pw) =(secret.id) =(secret.id)
select row(1, pw) = row(id, 'a'), (id, pw) = (1, 'a') from secret
    read secret id[output] pw[output] *
    = =(secret.id,secret.pw) =(secret.id,secret.pw)
select rand(), rand(id), now(), uuid(), version(), database(), user(), connection_id() from secret
    read secret id[argument output] *
    = = =(secret.id) = = = = = =
select 1 + 1, concat('a', 'b'), upper('x')
    = = = =
# aggregates and windows
select count(*), count(id), count(distinct pw), count(distinct id, pw) from secret
    read secret pw[group output] id[group output] *
    = = =#secret.id =#secret.pw =#secret.id,secret.pw
select max(pw), min(id), sum(id), avg(id), any_value(pw), std(id), bit_or(id) from secret
    read secret id[argument output] pw[output] *
    = =(secret.pw) =(secret.id) =(secret.id) =(secret.id) =(secret.pw) =(secret.id) =(secret.id)
select count(pw) + 1 from secret
    read secret pw[argument output] *
    = =(secret.pw)
select group_concat(pw), group_concat(distinct pw order by id desc separator '|') from secret
    read secret pw[group output] id[order] *
    = =(secret.pw) =(secret.pw) COLLECTS
select group_concat(pw order by 1) from secret
    read secret pw[order output] *
    = =(secret.pw) COLLECTS L
select json_arrayagg(pw), json_objectagg(id, pw) from secret
    read secret id[argument output] pw[argument output] *
    = =(secret.pw) =(secret.id,secret.pw) COLLECTS
select row_number() over (partition by pw order by id), sum(id) over w from secret window w as (order by pw)
    read secret pw[group order] id[argument order output] *
    = = =(secret.id)
select lag(pw, 1, 'x') over (order by id), first_value(pw) over (order by id rows between 1 preceding and current row) from secret
    read secret id[order] pw[output] *
    = =(secret.pw) =(secret.pw)
select id from secret group by pw
    read secret id[output] pw[group] *
    = id=secret.id
select pw as p, count(*) from secret group by p having p > 'a' order by p
    read secret pw[filter group order output] *
    = p=secret.pw =
select upper(pw) as pw from secret group by pw
    read secret pw[group output] *
    = pw=(secret.pw)
select pw as id from secret order by id
    read secret pw[order output] *
    = id=secret.pw
select pw as id from secret order by id + 1
    read secret pw[output] id[argument order] *
    = id=secret.pw
select pw as id from secret group by id
    read secret pw[group output] id[group] *
    = id=secret.pw
select pw as id from secret having id = 1
    read secret pw[argument filter output] id[argument filter] *
    = id=secret.pw
select id, pw from secret order by 2
    read secret id[output] pw[order output] *
    = id=secret.id pw=secret.pw L
select id from secret order by pw desc, id
    read secret id[order output] pw[order] *
    = id=secret.id
select id from secret group by 1
    read secret id[group output] *
    = id=secret.id L
select id as x from secret where exists (select 1 from customers having x = 1)
    read secret id[output] *
    read customers *
    opaque shop ? opaque *
    = x=secret.id Ux
select distinct pw from secret
    read secret pw[group output] *
    = pw=secret.pw
select distinct id from secret order by pw
    read secret id[group output] pw[order] *
    = id=secret.id
select max(pw) from secret having max(id) > 1
    read secret pw[output] id[filter] *
    = =(secret.pw)
select id from secret limit 10 offset 5
    read secret id[output] *
    = id=secret.id
select id from secret limit 5, 10
    read secret id[output] *
    = id=secret.id
select id from secret order by (select ssn from customers limit 1)
    read secret id[output] *
    read customers ssn[order output] *
    = id=secret.id
select grouping(pw), pw from secret group by pw
    read secret pw[group output] *
    = = pw=secret.pw
# subqueries and set operations
select (select pw from secret limit 1)
    read secret pw[output] *
    = =secret.pw
select (select c.ssn from customers c where c.id = s.id) from secret s
    read secret id[join] *
    read customers id[join] ssn[output] *
    = =customers.ssn
select id in (select id from customers), exists (select ssn from customers), id = any (select id from orders) from secret
    read secret id[output] *
    read customers id[output] ssn[output] *
    read orders id[output] *
    = =(secret.id,customers.id) = =(secret.id,orders.id)
select (id, pw) in (select id, ssn from customers) from secret
    read secret id[output] pw[output] *
    read customers id[output] ssn[output] *
    = =(secret.id,customers.id,secret.pw,customers.ssn)
select id > all (select total from orders) from secret
    read secret id[output] *
    read orders total[output] *
    = =(secret.id,orders.total)
select id from secret union all select ssn from customers
    read secret id[output] *
    read customers ssn[output] *
    = id=secret.id,customers.ssn
select id from secret union all select id from customers order by id
    read secret id[order output] *
    read customers id[order output] *
    = id=secret.id,customers.id
(select id from secret order by pw limit 1) union all (select id from customers)
    read secret id[output] pw[order] *
    read customers id[output] *
    = id=secret.id,customers.id
select id, pw from secret except select id, ssn from customers
    read secret id[group output] pw[group output] *
    read customers id[group output] ssn[group output] *
    = id=secret.id,customers.id pw=secret.pw,customers.ssn
select id from secret intersect select id from customers
    read secret id[group output] *
    read customers id[group output] *
    = id=secret.id,customers.id
select 1 union select 2 union all select 3
    = =
(select pw from secret)
    read secret pw[output] *
    = pw=secret.pw
(select pw from secret) order by pw limit 1
    read secret pw[order output] *
    = pw=secret.pw
with c as (select pw from secret) select c.pw, d.pw from c, c d
    read secret pw[output] *
    = pw=secret.pw pw=secret.pw
with c (x) as (select pw from secret) select x from c
    read secret pw[output] *
    = x=secret.pw
with secret as (select ssn as pw from customers) select * from secret
    read customers ssn[output] *
    = pw=customers.ssn
with a as (select * from secret), b as (select pw from a) select * from b
    read secret id[output] pw[output] *
    = pw=secret.pw
with c as (select pw from secret) select 1
    read secret pw[output] *
    = =
with c as (select 1 as id) select * from shop.secret, c
    read secret id[output] pw[output] *
    = id=secret.id pw=secret.pw id=
with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select * from n
    = i=
with recursive t (id, path) as (select id, name from customers union all select c.id, concat(t.path, c.ssn) from customers c join t on t.id = c.id) select path from t
    read customers id[join output] name[argument output] ssn[argument output] *
    = path=(customers.name,customers.ssn)
select * from (with c as (select pw from secret) select * from c) x
    read secret pw[output] *
    = pw=secret.pw
select * from secret where id in (with c as (select id from orders) select * from c)
    read secret id[filter output] pw[output] *
    read orders id[filter output] *
    = id=secret.id pw=secret.pw
# views, generated, invisible
select who from people
    read people who[output] *
    ~read customers email[definition] name[output] *
    = who=people.who,customers.name
select count(*) from people
    read people *
    ~read customers email[definition] *
    = =
select upper(hidden) from people where id = 1
    read people id[lookup] hidden[output]
    ~read customers email[definition] id[lookup] ssn[output]
    = =(people.hidden,customers.ssn)
select n from deep where who = 'a'
    read deep who[lookup] n[output]
    ~read people id[definition] who[definition lookup]
    ~read customers email[definition] id[definition] name[definition lookup]
    ~read orders customer_id[definition] id[output] *
    = n=deep.n
select loud from orders where loud = 'X'
    read orders loud[lookup output]
    ~read orders note[filter output] *
    = loud=(orders.loud,orders.note)
select * from items
    read items id[output] order_id[output] sku[output] *
    = id=items.id order_id=items.order_id sku=items.sku
select table_name from information_schema.tables where table_schema = 'shop'
    read information_schema.TABLES TABLE_SCHEMA[lookup] TABLE_NAME[output]
    = table_name=information_schema.TABLES.TABLE_NAME
select user from mysql.user
    read mysql.user User[output] *
    = user=mysql.user.User
select * from performance_schema.threads
    opaque performance_schema.threads ? opaque *
    = unknown Uthreads
select who from people for update
    read people who[output] *
    ~read customers email[definition] name[output] *
    lock people *
    ~lock customers *
    = who=people.who,customers.name
# documents
select profile->'$.email' from customers
    read customers profile:email[output] *
    = =(customers.profile:email) L
select profile->>'$.contact.email', profile->'$."e-mail"', profile->'$[0]', profile->'$**.a' from customers
    read customers profile:contact.email[output] profile:e-mail[output] profile:[][output] profile:*[output] *
    = =(customers.profile:contact.email) =(customers.profile:e-mail) =(customers.profile:[]) =(customers.profile:*) L
select json_extract(profile, '$.email'), json_unquote(json_extract(profile, '$.a')), json_value(profile, '$.b') from customers
    read customers profile:email[output] profile:a[output] profile:b[output] *
    = =(customers.profile:email) =(customers.profile:a) =(customers.profile:b) L
select json_extract(profile, '$.a', '$.b'), json_keys(profile), json_length(profile) from customers
    read customers profile[argument output] profile:*[output] *
    = =(customers.profile:*) =(customers.profile) =(customers.profile) L
select json_object('k', pw), json_array(pw, id), json_extract(pw, '$.a') from secret
    read secret pw[argument output] pw:a[argument output] id[output] *
    = =(secret.pw) =(secret.pw,secret.id) =(secret.pw:a) L
select id from customers where profile->>'$.email' = 'x'
    read customers profile:*[argument filter] id[output] *
    = id=customers.id L
# user variables
select @a
    = =()!
select @a := pw from secret
    read secret pw[flow output] *
    = =secret.pw @a
select @a := id and pw from secret
    read secret id[argument flow output] pw[argument flow output] *
    = =(secret.id,secret.pw) @a
select pw into @x from secret
    read secret pw[flow] *
    =  @x
select id from secret where (@r := @r + id) > 3
    read secret id[argument filter flow output] *
    = id=secret.id @r
# locks
select * from secret where id = 1 for update
    read secret id[lookup output] pw[output]
    lock secret
    = id=secret.id pw=secret.pw
select * from secret s, customers c for share of s nowait
    read secret id[output] pw[output] *
    read customers id[output] name[output] email[output] ssn[output] birth[output] profile[output] salary[output] *
    lock secret *
    lock customers *
    = id=secret.id pw=secret.pw id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile salary=customers.salary
select (select pw from secret limit 1) from customers for update
    read customers *
    read secret pw[output] *
    lock customers *
    = =secret.pw
(select id from secret) for update
    read secret id[output] *
    lock secret *
    = id=secret.id
# what acts
select sleep(1), benchmark(10, md5('x')), get_lock('a', 1), release_lock('a'), release_all_locks()
    call sleep
    call benchmark
    lock a
    lock release_all_locks
    = = = = = = L
select sleep(if(pw = 'a', 5, 0)) from secret
    read secret pw[filter] *
    call sleep
    = =
select get_lock(pw, 0) from secret
    read secret pw[argument output] *
    lock unknown
    = =(secret.pw) L
select load_file('/etc/passwd')
    import /etc/passwd
    = =()! L
select load_file(pw) from secret
    read secret pw[argument output] *
    import unknown
    = =(secret.pw)! L
select last_insert_id(), last_insert_id(id) from secret
    read secret id[argument output] *
    set last_insert_id
    = = =(secret.id)
select nextval(ticket), lastval(ticket), setval(ticket, 10)
    update ticket
    read ticket
    = = = =
select nextval(shop.ticket)
    update ticket
    = =
select nextval(nowhere)
    opaque nowhere ? opaque *
    = = Unowhere
select * from ticket
    read ticket next_not_cached_value[output] minimum_value[output] *
    = next_not_cached_value=ticket.next_not_cached_value minimum_value=ticket.minimum_value
select leak(1)
    call leak ? opaque *
    = =()! COLLECTS
select shop.leak(pw) from secret
    read secret pw[argument output] *
    call leak ? opaque *
    = =(secret.pw)! COLLECTS
select reviewed(pw) from secret
    read secret pw[argument output] *
    call reviewed
    = =(secret.pw)
select noisy(pw) from secret
    read secret pw[argument output] *
    call noisy
    update noisy
    = =(secret.pw)!
select sys_exec('x')
    opaque sys_exec ? opaque *
    = =()! COLLECTS
select nofunction(1)
    opaque nofunction ? opaque *
    = =()! COLLECTS Unofunction
select other.count(1)
    call other.count ? opaque *
    = =()! COLLECTS
select \`count\`(id) from secret
    read secret id[output] *
    = =#secret.id
select count (id) from secret
    read secret id[output] *
    = =#secret.id
select master_pos_wait('x', 1)
    admin master_pos_wait
    = =
# what the parser takes and the server does not
select distinct on (id) pw from secret
    read secret pw[output] *
    opaque shop ? opaque *
    = unknown
select top 5 pw from secret
    read secret pw[output] *
    opaque shop ? opaque *
    = unknown
select pw::int from secret
    read secret pw[argument output] *
    opaque shop ? opaque *
    = =(secret.pw)
select id from secret qualify 1
    read secret id[output] *
    opaque shop ? opaque *
    = unknown
select array[pw] from secret
    read secret *
    opaque shop ? opaque *
    = =()!
select pw at time zone 'utc' from secret
    read secret *
    opaque shop ? opaque *
    = =()!
select pw from secret connect by prior id = id
    read secret pw[output] *
    opaque shop ? opaque *
    = unknown
select id from secret where pw ilike 'a'
    read secret id[output] *
    opaque shop ? opaque *
    = id=secret.id
select * from secret pivot (sum(id) for pw in (1))
    opaque shop ? opaque *
    = unknown
select pw from secret fetch first 1 rows with ties
    read secret pw[output] *
    = pw=secret.pw
select try_cast(pw as int) from secret
    read secret pw[argument output] *
    opaque shop ? opaque *
    = =(secret.pw)
select f(a => 1)
    opaque shop ? opaque *
    opaque f ? opaque *
    = =()! COLLECTS Uf
select * from unnest(pw)
    opaque shop ? opaque *
    = unknown
select pw[1] from secret
    read secret *
    opaque shop ? opaque *
    = =()!
select id from secret group by rollup (pw)
    read secret id[output] pw[argument group] *
    opaque rollup ? opaque *
    = id=secret.id COLLECTS Urollup
select id from secret order by all
    read secret id[output] *
    opaque shop ? opaque *
    = id=secret.id
merge into secret using customers on 1 when matched then delete
    opaque shop ? opaque *
    = unknown
call leak(1)
    opaque shop ? opaque *
    = unknown
`
