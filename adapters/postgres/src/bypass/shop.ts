/** Table: a shop whose every personal cell is a mark of its own, with what a schema can hold besides tables. */
import { COLUMNS, CUSTOMERS } from '@gatehouse/adapter-contract'

/** Everything stands in `public`, which is dropped and made again after an attack that was let do something. */
export const SHOP = `
drop schema if exists public cascade;
create schema public;
create type tier as enum ('plain', 'silver', 'gold');
create type contact as (email text, phone text);
create domain email_address as text check (value like '%@%');
create table customers (
  id int primary key, full_name text, email email_address unique, phone varchar(40), ssn text, card_number text,
  iban text, birth_date date, salary numeric(10,2), api_token text, city text, level tier default 'plain',
  email_folded text generated always as (lower(email)) stored
);
insert into customers (id, ${COLUMNS.join(', ')}, city, level) values ${CUSTOMERS};
create table notes (id int generated always as identity, subject text, body text);
insert into notes (subject, body) values ('welcome', 'hello'), ('stock', 'low');
create table orders (id int primary key, customer_id int references customers, total int, placed date);
insert into orders select i, i % 3 + 1, i * 7, date '2024-01-01' + i from generate_series(1, 30) i;
create table payments (id int, customer_id int, card_number text, amount int, paid date) partition by range (paid);
create table payments_2023 partition of payments for values from ('2023-01-01') to ('2024-01-01');
create table payments_2024 partition of payments for values from ('2024-01-01') to ('2025-01-01');
insert into payments select id, id, card_number, 100 * id, date '2023-06-01' + 150 * id from customers;
create table people (id int, email text, ssn text);
create table staff (badge int) inherits (people);
insert into staff select id, email, ssn, 100 + id from customers;
create table leads (id int, person contact, emails text[], persons contact[]);
insert into leads select id, row(email, phone)::contact, array[email::text], array[row(email, phone)::contact] from customers;
create view customer_contact as select id, email as reach, phone as line, city from customers;
create view customer_line as select id, reach || ' / ' || line as both_ways from customer_contact;
create view customer_flat with (security_barrier) as select c.id, to_jsonb(c) as doc from customers c;
create materialized view customer_report as select id, ssn as body, city from customers;
create function contact_of(int) returns text language sql stable as 'select email::text from customers where id = $1';
create function quiet_of(int) returns text language plpgsql immutable as
  $$ begin return (select ssn from customers where id = $1); end $$;
create function all_customers() returns setof customers language sql stable as 'select * from customers';
create function report_rows() returns table (a int, b text) language sql stable as 'select id, ssn from customers';
create function label(customers) returns text language sql immutable as 'select $1.ssn';
create function dotted(text, int) returns text language sql immutable as 'select left($1, $2) || substr($1, $2 + 1)';
create operator ## (function = dotted, leftarg = text, rightarg = int);
create function contact_text(contact) returns text language sql immutable as 'select ($1).email || ($1).phone';
create cast (contact as text) with function contact_text(contact);
create function joined(text, text) returns text language sql immutable as 'select coalesce($1, '''') || $2';
create aggregate gather(text) (sfunc = joined, stype = text);
create procedure tell(wanted int) language plpgsql as
  $$ begin raise notice 'customer %', (select c from customers c where id = wanted); end $$;
create function announce() returns trigger language plpgsql as
  $$ begin
    perform pg_notify('changes', row_to_json(new)::text);
    raise notice 'changed %', new;
    raise warning 'changed %', new.email;
    return new;
  end $$;
create trigger announce after update of city on customers for each row execute function announce();
create function complain() returns trigger language plpgsql as
  $$ begin raise exception 'no: % %', new.email, new.ssn using detail = new.iban, hint = new.phone; end $$;
create trigger complain before update of level on customers for each row execute function complain();
create function keep_row() returns trigger language plpgsql as
  $$ begin insert into public.notes (subject, body) values ('kept', new::text); return new; end $$;
analyze;
`

/** One text that changes when anything of the shop or of its roles does. */
export const FINGERPRINT = `
select md5(concat_ws('~',
  (select string_agg(c::text, '|' order by c::text) from customers c),
  (select string_agg(c::text, '|' order by c::text) from notes c),
  (select string_agg(c::text, '|' order by c::text) from orders c),
  (select string_agg(c::text, '|' order by c::text) from payments c),
  (select string_agg(c::text, '|' order by c::text) from people c),
  (select string_agg(c::text, '|' order by c::text) from leads c),
  (select string_agg(concat(oid, relname, relkind, relowner, relacl, reloptions), '|' order by oid) from pg_class
    where relnamespace::regnamespace::text !~ '^pg_(toast|temp)'),
  (select string_agg(concat(oid, proname, prosrc), '|' order by oid) from pg_proc where pronamespace = 'public'::regnamespace),
  (select string_agg(concat(oid, nspname, nspacl), '|' order by oid) from pg_namespace where nspname !~ '^pg_(toast|temp)'),
  (select string_agg(concat(oid, tgname, tgenabled), '|' order by oid) from pg_trigger),
  (select string_agg(concat(oid, rulename), '|' order by oid) from pg_rewrite where ev_class::regclass::text !~ '^pg_temp'),
  (select string_agg(to_jsonb(r)::text, '|' order by rolname) from pg_roles r),
  (select string_agg(to_jsonb(r)::text, '|' order by r::text) from pg_auth_members r),
  (select string_agg(s::text, '|' order by s::text) from pg_db_role_setting s),
  (select count(*) from pg_prepared_xacts),
  (select count(*) from pg_largeobject_metadata),
  (select string_agg(concat(classoid, objoid, description), '|' order by classoid, objoid, objsubid) from pg_description
    where objoid > 16000)
)) as state`
