/** Table: a shop whose every personal cell is a mark of its own, with what a schema can hold besides tables. */
import { COLUMNS, CUSTOMERS } from '@gatehouse/adapter-contract'
import type { Flavour } from '../wire/fixture.js'

const owner = 'definer = gw@`%`'
const definer = `create ${owner}`
const sum = [1, 2, 3, 4, 5].map((n) => `select ${n} as n`).join(' union all ')

/** Run in a database that is empty, one after the other; what is derived belongs to the gateway's account. */
export const SHOP: readonly string[] = [
  `create table customers (
    id int primary key, full_name varchar(80), email varchar(80), phone varchar(40), ssn varchar(40), card_number varchar(40),
    iban varchar(40), birth_date date, salary decimal(10,2), api_token varchar(220), city varchar(80),
    level enum('plain', 'silver', 'gold') default 'plain', email_folded varchar(80) generated always as (lower(email)) stored,
    unique key by_email (email), key by_ssn (ssn), key by_salary (salary))`,
  `insert into customers (id, ${COLUMNS.join(', ')}, city, level) values ${CUSTOMERS}`,
  'create table notes (id int auto_increment primary key, subject varchar(220), body varchar(600))',
  `insert into notes (subject, body) values ('welcome', 'hello'), ('stock', 'low')`,
  'create table orders (id int primary key, customer_id int, total int, placed date)',
  `insert into orders select a.n + 5 * b.n - 5, (a.n + b.n) % 3 + 1, a.n * 7 + b.n, '2024-01-01' from (${sum}) a, (${sum}) b`,
  `create table payments (id int, customer_id int, card_number varchar(40), amount int, year int)
    partition by range (year) (partition early values less than (2024), partition late values less than (2030))`,
  'insert into payments select id, id, card_number, 100 * id, 2022 + id from customers',
  'create table documents (id int primary key, profile json)',
  `insert into documents select id, json_object('email', email, 'ssn', ssn, 'city', city) from customers`,
  `${definer} view customer_contact as select id, email as reach, phone as line, city from customers`,
  `${definer} view customer_line as select id, concat(reach, ' / ', line) as both_ways from customer_contact`,
  `${definer} view customer_flat as select id, json_object('a', ssn, 'b', email) as doc from customers`,
  `create algorithm = temptable ${owner} view customer_temp as select id, ssn as body, city from customers`,
  `create algorithm = merge ${owner} view customer_merge as select id, ssn as body, city from customers`,
  `${definer} function contact_of(wanted int) returns varchar(80) reads sql data
    return (select email from customers where id = wanted)`,
  `${definer} function quiet_of(wanted int) returns varchar(80) deterministic no sql return concat('', @ssn_of_quiet)`,
  `${definer} procedure tell(wanted int) select ssn from customers where id = wanted`,
  `${definer} procedure hand(out given varchar(80)) select ssn into given from customers where id = 1`,
  `${definer} procedure shout() begin
    declare told varchar(200); select concat(ssn, email) into told from customers where id = 1;
    signal sqlstate '45000' set message_text = told; end`,
  `${definer} trigger complain before update on orders for each row begin
    declare told varchar(200); if new.total = -1 then select concat(ssn, ' ', email) into told from customers where id = 1;
    signal sqlstate '45000' set message_text = told; end if; end`,
  `${definer} trigger keep before update on notes for each row
    begin if new.subject = 'keep' then set @kept = (select ssn from customers where id = 1); end if; end`,
]

const TABLES = 'customers, notes, orders, payments, documents'

/** Rows that change when anything of the shop does. */
export const FINGERPRINT: readonly string[] = [
  `checksum table ${TABLES}`,
  `select group_concat(concat(table_name, column_name, column_type, column_comment, coalesce(generation_expression, '')) order by 1 separator '|') from (
    select table_name, column_name, column_type, column_comment, generation_expression from information_schema.columns where table_schema = 'shop') c`,
  `select group_concat(concat(routine_name, sha2(routine_definition, 256)) order by 1) from (
    select routine_name, routine_definition from information_schema.routines where routine_schema = 'shop') r`,
  `select group_concat(concat(trigger_name) order by 1) from (select trigger_name from information_schema.triggers where trigger_schema = 'shop') t`,
  `select group_concat(distinct concat(table_name, index_name) order by 1) from information_schema.statistics where table_schema = 'shop'`,
  `select group_concat(event_name) from information_schema.events`,
  `select group_concat(concat(user, host) order by 1) from (select user, host from mysql.user) u`,
]

/** What one flavour needs to be the other's like. */
export const SETTINGS: Readonly<Record<Flavour, Readonly<Record<string, string | number>>>> = {
  mariadb: {},
  mysql: { 'log-bin-trust-function-creators': 1 },
}
