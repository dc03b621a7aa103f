/** SQL-language routines that read a masked column in every form that a body and a result can have. */

export const SSN = '123-45-6789'

export const ROUTINES = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '${SSN}'), (2, 'clear', '223-45-6789');
create table log(line text);
create function ssn_of(wanted int) returns text language sql stable as 'select ssn from public.people where id = wanted';
create function numbered(int) returns text language sql as 'select ssn from public.people where id = $1';
create function returned(n int) returns text language sql return (select ssn from people where id = n);
create function atomic(n int) returns text language sql begin atomic select 1; select ssn from people where id = n; end;
create function row_of(n int) returns people language sql as 'select * from public.people where id = n';
create function rows_of() returns setof people language sql as 'select * from public.people order by id';
create function tabled() returns table(number int, code text) language sql as 'select id, ssn from public.people order by id';
create function outs(out number int, out code text) language sql as 'select id, ssn from public.people order by id limit 1';
create function single(out code text) language sql as 'select ssn from public.people order by id limit 1';
create function recorded() returns setof record language sql as 'select id, ssn from public.people order by id';
create function json_of() returns json language sql as 'select row_to_json(p) from public.people p where id = 1';
create function of_row(p people) returns text language sql as 'select p.ssn';
create function of_row_numbered(people) returns text language sql as 'select $1.ssn';
create function defaulted(a int, b text default public.ssn_of(1)) returns text language sql as 'select b';
create function rest(variadic r text[]) returns text language sql as 'select r[1]';
create function same(x anyelement) returns anyelement language sql as 'select x';
create function pk(int) returns text language sql as 'select ''int''::text';
create function pk(numeric) returns text language sql as 'select ssn from public.people where id = 1';
create view through as select public.ssn_of(1) as harmless;
create function via_view() returns text language sql as 'select harmless from public.through';
create view twice as select public.via_view() as harmless;
create function definer() returns text language sql security definer set search_path = public as 'select ssn from people where id = 1';
create function opp(text, int) returns text language sql as 'select ssn from public.people where id = $2';
create operator ~> (leftarg = text, rightarg = int, function = opp);
create type wrapped as (n int);
create function unwrap(wrapped) returns text language sql as 'select ssn from public.people where id = ($1).n';
create cast (wrapped as text) with function unwrap(wrapped);
create function guess(g text) returns boolean language sql as 'select exists (select from public.people where ssn = g)';
create function count_like(g text) returns bigint language sql as 'select count(*) from public.people where ssn like g';
create function divide(g text) returns int language sql as 'select 1 / (ascii(g) - 49)';
create function keep(n int) returns void language sql as 'insert into public.log select ssn from public.people where id = n';
create function wipe(n int) returns void language sql as 'delete from public.log; delete from public.people where id = n';
create procedure keeps(n int) language sql as 'insert into public.log select ssn from public.people where id = n';
create procedure tells(n int, inout code text) language sql as 'select ssn from public.people where id = n';
create function unqualified() returns text language sql as 'select note from people where id = 1';
create schema other;
create table other.people(id int, note text);
create view other.shadow as select 1 as id, ssn as note from public.people;
create function sets() returns text language sql as 'select set_config(''search_path'', ''other'', false)';
create function noted(n int) returns text language sql as 'select note from public.people where id = n';
create schema closed;
create table closed.shared(note text);
insert into closed.shared values ('closed');
create table shared(note text);
insert into shared values ('open');
`
