/** Table of statements over routine-fixture.ts and what they are read as, in the notation of expected-readings.ts. */

export const EXPECTED_ROUTINE_READINGS = `
select pw_of(1)
    ~read secret id[filter] pw[output]
    call pw_of
    = pw_of=(secret.pw)
select pw_named(1)
    ~read secret id[filter] pw[output] *
    call pw_named
    = pw_named=(secret.pw)
select loud(name) from customers
    read customers name[output] *
    call loud
    = loud=(customers.name)
select first_of(name, ssn) from customers
    read customers name[output] ssn[output] *
    call first_of
    = first_of=(customers.name)
select returned(name) from customers
    read customers name[output] *
    call returned
    = returned=(customers.name)
select atomic(1)
    ~read secret id[filter] pw[output] *
    call atomic
    = atomic=(secret.pw)
select guess(ssn) from customers
    read customers ssn[filter output] *
    ~read secret pw[filter] *
    call guess
    = guess=
select * from rows()
    ~read secret id[output] pw[output] *
    call rows
    = id=(secret.id) pw=(secret.pw)
select (rows()).pw
    ~read secret id[output] pw[output] *
    call rows
    = pw=(secret.pw)
select (rows()).*
    ~read secret id[output] pw[output] *
    call rows
    = id=(secret.id) pw=(secret.pw)
select r.pw from rows() r
    ~read secret id[output] pw[output] *
    call rows
    = pw=(secret.pw)
select * from one_row()
    ~read secret id[output] pw[output] *
    call one_row
    = id=(secret.id) pw=(secret.pw)
select * from tabled()
    ~read secret id[output] pw[output] *
    call tabled
    = number=(secret.id) word=(secret.pw)
select t.word from tabled() as t(a, word)
    ~read secret id[output] pw[output] *
    call tabled
    = word=(secret.pw)
select * from single() as s
    ~read secret pw[output] *
    call single
    = word=(secret.pw)
select single from single()
    ~read secret pw[output] *
    call single
    = single=(secret.pw)
select word from single() s
    ~read secret pw[output] *
    call single
    = word=(secret.pw)
select * from recorded() as r(a int, b text)
    ~read secret id[argument output] pw[output] *
    call recorded
    = a=(secret.id) b=(secret.pw)
select any_of(ssn) from customers
    read customers ssn[output] *
    call any_of
    = any_of=(customers.ssn)
select pick(name, ssn) from customers
    read customers name[output] ssn[output] *
    call pick
    = pick=(customers.name,customers.ssn)
select pick(variadic array[name, ssn]) from customers
    read customers name[output] ssn[output] *
    call pick
    = pick=(customers.name,customers.ssn)
select defaulted(1)
    ~read secret id[filter] pw[output]
    ~call pw_of
    call defaulted
    = defaulted=(secret.pw)
select defaulted(a => 1)
    ~read secret id[filter] pw[output]
    ~call pw_of
    call defaulted
    = defaulted=(secret.pw)
select defaulted(b => 'x', a => 1)
    call defaulted
    = defaulted=
select defaulted(c => 1, a => 2)
    call defaulted ? opaque *
    = defaulted=()!
select lost_default()
    call lost_default ? opaque *
    = lost_default=()!
select deletes(1)
    ~read secret id[filter]
    delete secret
    call deletes
    = deletes=
select deletes(id) from secret
    read secret id[filter output] *
    ~read secret id[filter] *
    delete secret *
    call deletes
    = deletes=
select moves(1)
    ~read secret id[filter flow output] pw[flow output] *
    insert log id[written] line[written]
    call moves
    = moves=
select field_of(s) from secret s
    read secret id[output] pw[output] *
    call field_of
    = field_of=(secret.pw)
select s.field_named from secret s
    read secret id[output] pw[output] *
    call field_named
    = field_named=(secret.pw)
select shadowing(name) from customers
    read customers name[output] *
    ~read secret pw[output] *
    call shadowing
    = shadowing=(secret.pw)
select unqualified()
    ~read secret pw[output] *
    call unqualified
    = unqualified=(secret.pw)
select settled()
    ~read secret pw[output] *
    call settled
    = settled=(secret.pw)
select evil_settled()
    ~read shop.evil.secret pw[output] *
    call evil_settled
    = evil_settled=(shop.evil.secret.pw)
select as_role()
    call as_role ? opaque *
    = as_role=()!
select definer()
    ~read secret pw[output] *
    call definer
    = definer=(secret.pw)
select again(1)
    call again
    call again ? opaque *
    = again=()!
select ping()
    call ping
    ~call pong
    call ping ? opaque *
    = ping=()!
select makes()
    call makes ? opaque *
    = makes=()!
select broken()
    call broken ? opaque *
    = broken=()!
select through_leak(name) from customers
    read customers name[argument output] *
    call through_leak
    call leak ? opaque *
    = through_leak=(customers.name)!
select pk(1)
    ~read secret pw[output] *
    call pk
    = pk=(secret.pw)
select pk(1.0)
    ~read secret pw[output] *
    call pk
    = pk=(secret.pw)
select sets()
    call sets
    opaque shop ? opaque *
    = sets=
select seven()
    call seven
    = seven=
select counted()
    ~read secret pw[output] *
    call counted
    = counted=#secret.pw
select name ~~~~ ssn from customers
    read customers name[output] ssn[output] *
    call same_word
    = ?column?=(customers.name,customers.ssn)
select name <!> ssn from customers
    read customers name[output] ssn[output] *
    ~read secret pw[output] *
    call looking
    = ?column?=(customers.name,secret.pw)
select gather(ssn) from customers
    read customers ssn[argument flow output] *
    call gather ? opaque *
    = gather=(customers.ssn)! COLLECTS
select biggest(ssn) from customers
    read customers ssn[argument output] *
    call biggest
    = biggest=(customers.ssn) COLLECTS
select exploding()
    call exploding
    ~call exploding_2
    ~call exploding_3
    opaque shop ? opaque *
    = exploding=()!
select * from via
    read via x[output] *
    ~read secret pw[output] *
    ~call unqualified
    = x=(via.x,secret.pw)
select name from customers where loud(name) = loud(ssn)
    read customers name[filter output] ssn[filter output] *
    call loud
    = name=customers.name
select * from customers c, lateral (select pw_of(c.id)) x
    read customers id[filter output] name[output] email[output] ssn[output] birth[output] profile[output] region[output] home[output] mood[output] nick[output] handle[output] *
    ~read secret id[filter] pw[output] *
    call pw_of
    = id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile region=customers.region home=customers.home mood=customers.mood nick=customers.nick handle=customers.handle pw_of=(secret.pw)
select * from customers c, pw_of(c.id) f
    read customers id[argument filter output] name[output] email[output] ssn[output] birth[output] profile[output] region[output] home[output] mood[output] nick[output] handle[output] *
    ~read secret id[filter] pw[output] *
    call pw_of
    = id=customers.id name=customers.name email=customers.email ssn=customers.ssn birth=customers.birth profile=customers.profile region=customers.region home=customers.home mood=customers.mood nick=customers.nick handle=customers.handle f=(secret.pw)
select proceeds(1)
    ~read secret id[filter] *
    delete secret *
    ~read log line[flow] *
    update log line[written] *
    call proceeds
    = proceeds=
with recursive r(n) as (select 1 union all select n + again(n) from r) select * from r
    call again
    call again ? opaque *
    = n=()!
select word from tabled() where number = 1
    ~read secret id[filter output] pw[output] *
    call tabled
    = word=(secret.pw)
insert into defaulting (id) values ('a')
    insert defaulting id[written]
    call leak ? opaque *
    = 
insert into defaulting values ('a', 'b')
    insert defaulting id[written] made[written]
    = 
insert into defaulting (id, made) values ('a', default)
    insert defaulting id[written] made[written]
    call leak ? opaque *
    = 
insert into defaulting default values
    insert defaulting
    call leak ? opaque *
    = 
update defaulting set made = 'x' where id = 'a'
    read defaulting id[lookup]
    update defaulting made[written]
    = 
update defaulting set made = default where id = 'a'
    read defaulting id[lookup]
    update defaulting made[written]
    call leak ? opaque *
    = 
insert into reading_default (id) values ('a')
    insert reading_default id[written]
    ~read secret id[filter] pw[flow output]
    ~call pw_of
    = 
insert into numbered (line) values ('x')
    insert numbered line[written]
    = 
insert into unread_default (id) values ('x')
    insert unread_default id[written]
    opaque shop ? opaque *
    = 
insert into checked values ('a', 'b')
    insert checked id[written] line[written]
    ~read log line[filter] *
    ~call known
    = 
insert into leaking_check values ('a', 'b')
    insert leaking_check id[written] line[written]
    call leak ? opaque *
    = 
update leaking_check set line = 'x' where id = 'a'
    read leaking_check id[lookup]
    update leaking_check line[written]
    call leak ? opaque *
    = 
delete from leaking_check where id = 'a'
    read leaking_check id[lookup]
    delete leaking_check
    = 
insert into making (id) values ('a')
    insert making id[written]
    call taxed ? opaque *
    = 
insert into of_domain values ('a', 'b')
    insert of_domain id[written] word[written]
    opaque shop ? opaque *
    = 
select id from secured
    read secured id[output] *
    ~read secret pw[definition] *
    = id=secured.id
insert into secured values ('a', 'b')
    ~read secret pw[definition] *
    insert secured id[written] line[written]
    = 
select id from secured_by_leak
    read secured_by_leak id[output] *
    call leak ? opaque *
    = id=secured_by_leak.id
insert into secured_by_leak values ('a')
    insert secured_by_leak id[written]
    call leak ? opaque *
    call taxed ? opaque *
    = 
select id from own_secured
    read own_secured id[output] *
    = id=own_secured.id
select id from forced
    read forced id[output] *
    call leak ? opaque *
    = id=forced.id
delete from keyed where id = 'a'
    read keyed id[lookup]
    delete keyed at-most
    ~delete child at-most
    ~update grandchild parent[written] at-most
    = 
update keyed set id = 'b' where id = 'a'
    read keyed id[lookup]
    update keyed id[written] at-most
    ~update child parent[written] at-most
    = 
update keyed set code = 'b' where id = 'a'
    read keyed id[lookup]
    update keyed code[written]
    = 
delete from looping where id = 'a'
    read looping id[lookup]
    delete looping at-most
    = 
merge into keyed k using log l on k.id = l.line when matched then delete
    read keyed id[join] *
    read log line[join] *
    delete keyed at-most *
    ~delete child at-most *
    ~update grandchild parent[written] at-most *
    = 
select name::short from customers
    read customers name[argument output] *
    = name=(customers.name)
select 'a'::checked_word
    opaque shop ? opaque *
    = checked_word=
select handle::text from customers
    read customers handle[output] *
    ~read secret id[filter] pw[output]
    call to_words
    = handle=(secret.pw)
select upper(handle) from customers
    read customers handle[output] *
    = upper=(customers.handle)
select word from tabled() t group by word
    ~read secret id[output] pw[group output] *
    call tabled
    = word=(secret.pw)
select count(*) from rows()
    ~read secret id[output] pw[output] *
    call rows
    = count=
select exists (select from rows())
    ~read secret id[output] pw[output] *
    call rows
    = exists=
select (select pw_of(1)), array(select pw_of(id) from secret)
    ~read secret id[filter] pw[output] *
    read secret id[filter output] *
    call pw_of
    = pw_of=(secret.pw) array=(secret.pw) COLLECTS
select pw_of(id) from secret order by pw_of(id)
    read secret id[filter output] *
    ~read secret id[filter] pw[order output] *
    call pw_of
    = pw_of=(secret.pw)
select * from rows from (tabled(), rows()) as x
    ~read secret id[output] pw[output] *
    call tabled
    call rows
    = number=(secret.id) word=(secret.pw) id=(secret.id) pw=(secret.pw)
select t.* from generate_series(1, 2) g, tabled() t
    ~read secret id[output] pw[output] *
    call tabled
    = number=(secret.id) word=(secret.pw)
insert into log (line) select pw_of(1)
    ~read secret id[filter] pw[flow output]
    insert log line[written]
    call pw_of
    = 
update log set line = pw_of(id)
    read log id[filter output] *
    ~read secret id[filter] pw[flow output] *
    update log line[written] *
    call pw_of
    = 
select any_of(s) from secret s
    read secret id[output] pw[output] *
    call any_of
    = any_of=(secret.id,secret.pw)
select (any_of(s)).pw from secret s
    read secret id[output] pw[output] *
    call any_of
    = pw=secret.pw
with w as (select * from tabled()) select word from w
    ~read secret id[output] pw[output] *
    call tabled
    = word=(secret.pw)
select tabled()
    ~read secret id[output] pw[output] *
    call tabled
    = tabled=(secret.id,secret.pw)
select row_to_json(t) from tabled() t
    ~read secret id[output] pw[output] *
    call tabled
    = row_to_json=(secret.id,secret.pw)
select t from tabled() t
    ~read secret id[output] pw[output] *
    call tabled
    = t=(secret.id,secret.pw)
select (t).word from tabled() t
    ~read secret id[output] pw[output] *
    call tabled
    = word=(secret.pw)
insert into log (line) select handle from customers
    read customers handle[flow output] *
    ~read secret id[filter] pw[flow output]
    insert log line[written]
    call to_words
    = 
select deletes(g) from generate_series(1, 9) g
    ~read secret id[filter] *
    delete secret *
    call deletes
    = deletes=
select deletes(a => 1)
    call deletes ? opaque *
    = deletes=()!
select deletes(n => 1::int)
    ~read secret id[filter]
    delete secret
    call deletes
    = deletes=
select deletes($1)
    ~read secret id[filter]
    delete secret
    call deletes
    = deletes=
`
