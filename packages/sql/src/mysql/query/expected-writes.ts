/** Table of writes and what they are read as, over shop-fixture.ts. */

/**
 * A statement; its actions, indented (`~` derived, `*` unfiltered); after `=` its outputs (`()` computed, `#` counted, `!`
 * unprovable), COLLECTS, L for a literal that mattered, U for names that were not found, @ for variables that it assigns.
 */
export const EXPECTED_WRITES = `
# insert
insert into secret (id, pw) values (1, 'a'), (2, 'b')
    insert secret id[written] pw[written]
    = 
insert into secret values (1, default)
    insert secret id[written] pw[written]
    = 
insert into secret set id = 1, pw = concat(id, 'x')
    insert secret id[written] pw[written]
    = 
insert into items values (1, 2, 'a')
    insert items id[written] order_id[written] sku[written]
    = 
insert into secret (pw) select ssn from customers where id = 1
    read customers id[filter] ssn[flow output]
    insert secret pw[written]
    = 
insert into secret (pw) select concat(ssn, 'x') from customers
    read customers ssn[flow output] *
    insert secret pw[written]
    = 
insert into secret (id, pw) values (1, (select ssn from customers limit 1))
    read customers ssn[flow output] *
    insert secret id[written] pw[written]
    = 
insert ignore into secret values (1, 'a')
    read secret id[filter] pw[filter] *
    insert secret id[written] pw[written]
    = 
replace into secret values (1, 'a')
    read secret id[filter] pw[filter] *
    insert secret id[written] pw[written]
    delete secret
    = 
replace into customers (id, name) select id, ssn from customers
    read customers id[filter flow output] name[filter] ssn[flow output] *
    insert customers id[written] name[written]
    delete customers
    ~delete orders at-most *
    ~update orders customer_id[written] at-most *
    = 
insert into secret (id, pw) values (1, 'a') on duplicate key update pw = values(pw)
    read secret id[filter] pw[filter] *
    insert secret id[written] pw[written]
    update secret pw[written]
    = 
insert into secret (id, pw) values (1, 'a') on duplicate key update pw = concat(pw, values(id))
    read secret id[filter] pw[filter flow] *
    insert secret id[written] pw[written]
    update secret pw[written]
    = 
insert into secret (id, pw) values (1, 'a') as n on duplicate key update pw = n.pw
    read secret id[filter] pw[filter] *
    insert secret id[written] pw[written]
    update secret pw[written]
    = 
insert into secret (id, pw) values (1, 'a') as n (x, y) on duplicate key update pw = y
    read secret id[filter] pw[filter] *
    insert secret id[written] pw[written]
    update secret pw[written]
    = 
insert into secret (id, pw) select id, ssn from customers c on duplicate key update pw = c.email
    read secret id[filter] pw[filter] *
    read customers id[flow output] ssn[flow output] email[flow] *
    insert secret id[written] pw[written]
    update secret pw[written] *
    = 
insert into secret (id, pw) values (1, 'a') returning id, upper(pw)
    read secret id[output] pw[output] *
    insert secret id[written] pw[written]
    = id=secret.id =(secret.pw)
insert into logged values (1, 'x')
    insert logged id[written] body[written] at-most
    = 
insert into people (id, who) values (1, 'x')
    ~read customers email[definition] *
    insert people id[written] who[written]
    ~insert customers id[written] name[written]
    = 
insert into nowhere select ssn from customers
    insert nowhere
    read customers ssn[flow output] *
    opaque nowhere ? opaque *
    = unknown Unowhere
insert into nowhere values (1)
    insert nowhere
    opaque nowhere ? opaque *
    = unknown Unowhere
with c as (select ssn from customers) insert into secret (pw) select * from c
    read customers ssn[flow output] *
    insert secret pw[written]
    = 
insert into secret table customers
    read customers id[flow output] name[flow output] email[flow output] ssn[flow output] birth[flow output] profile[flow output] salary[flow output] *
    insert secret id[written] pw[written]
    = 
insert into other.secret select * from secret
    read secret id[flow output] pw[flow output] *
    insert other.secret id[written] pw[written]
    = 
# update
update secret set pw = 'a' where id = 1
    read secret id[lookup]
    update secret pw[written]
    = 
update secret set pw = 'a'
    update secret pw[written] *
    = 
update secret set pw = upper(pw), id = default where pw = 'b'
    read secret pw[flow lookup]
    update secret pw[written] id[written]
    = 
update secret s set s.pw = 'a' where s.id in (1, 2)
    read secret id[filter]
    update secret pw[written]
    = 
update secret join customers on secret.id = customers.id set secret.pw = customers.ssn where customers.id = 1
    read secret id[join] *
    read customers id[join lookup] ssn[flow]
    update secret pw[written] *
    = 
update secret s join customers c on s.id = c.id set s.pw = c.ssn, c.name = s.pw
    read secret id[join] pw[flow] *
    read customers id[join] ssn[flow] *
    update secret pw[written] *
    update customers name[written] *
    = 
update customers set id = 5 where id = 4
    read customers id[lookup]
    update customers id[written]
    ~update orders customer_id[written] at-most *
    = 
update people set who = 'x' where id = 1
    read people id[lookup]
    ~read customers email[definition] id[lookup]
    update people who[written]
    ~update customers name[written]
    ~update orders customer_id[written] at-most *
    = 
update logged set body = 'x' where id = 1
    read logged id[lookup]
    update logged body[written] at-most
    = 
update secret set pw = (select ssn from customers limit 1) where id = 1
    read secret id[lookup]
    read customers ssn[flow output] *
    update secret pw[written]
    = 
update secret set pw = 'a' order by pw limit 1
    read secret pw[order] *
    update secret pw[written] *
    = 
update ignore secret set pw = 'a' where id = 1
    read secret id[lookup]
    update secret pw[written]
    = 
update secret set nothing = 1
    read secret *
    update secret
    opaque shop ? opaque *
    = unknown Unothing
update secret set (id, pw) = (1, 2)
    opaque shop ? opaque *
    = unknown
update (select id from secret) x set x.id = 1
    read secret id[output] *
    opaque shop ? opaque *
    = unknown Uid
with c as (select id from customers) update secret join c on c.id = secret.id set pw = 'a'
    read customers id[join output] *
    read secret id[join] *
    update secret pw[written] *
    = 
update secret set pw = 'a' where id = 1 returning pw
    read secret id[lookup] pw[output]
    update secret pw[written]
    = pw=secret.pw
# delete
delete from secret where id = 1
    read secret id[lookup]
    delete secret
    = 
delete from secret
    delete secret *
    = 
delete from secret where pw = 'a' order by id limit 1
    read secret pw[lookup] id[order]
    delete secret
    = 
delete s from secret s join customers c on s.id = c.id where c.ssn = 'x'
    read secret id[join] *
    read customers id[join] ssn[lookup]
    delete secret *
    = 
delete s, c from secret s join customers c on s.id = c.id where s.id = 1
    read secret id[join lookup]
    read customers id[join] *
    delete secret
    delete customers *
    ~delete orders at-most *
    ~update orders customer_id[written] at-most *
    = 
delete from secret using secret join customers on secret.id = customers.id where customers.id = 1
    read secret id[join] *
    read customers id[join lookup]
    delete secret *
    = 
delete from s using secret s where s.id = 1
    read secret id[lookup]
    delete secret
    = 
delete quick from secret where id = 1
    read secret id[lookup]
    delete secret
    = 
delete from secret, customers where 1
    opaque shop ? opaque *
    = unknown
delete x from secret s
    read secret *
    opaque shop ? opaque *
    = unknown
delete from customers where ssn = 'x'
    read customers ssn[lookup]
    delete customers
    ~delete orders at-most *
    ~update orders customer_id[written] at-most *
    = 
delete from people where id = 1
    read people id[lookup]
    ~read customers email[definition] id[lookup]
    delete people
    ~delete customers
    ~delete orders at-most *
    ~update orders customer_id[written] at-most *
    = 
delete from logged where id = 1
    read logged id[lookup]
    delete logged at-most
    = 
delete from secret where id = 1 returning id, pw
    read secret id[lookup output] pw[output]
    delete secret
    = id=secret.id pw=secret.pw
delete shop.secret from shop.secret, other.secret where other.secret.id = shop.secret.id
    read secret id[join] *
    read other.secret id[join] *
    delete secret *
    = 
`
