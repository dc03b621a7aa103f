/** Table: ordinary statements over clean columns, each type in each of the ways in which a column is used. */
import { KINDS } from './features.js'

/** Beside the key. */
const COLUMNS = 't ut s m b ub f d n y da ti dt ts c v bi bl tx e st j bt'.split(' ')

const FORMS: readonly ((column: string) => string)[] = [
  (column) => `select ${column} from kinds order by id`,
  (column) => `select id, ${column} as x from kinds where ${column} is not null`,
  (column) => `select k.${column}, count(*) from kinds k group by k.${column} order by count(*), 1`,
  (column) => `select coalesce(${column}, 'none') from kinds order by id`,
  (column) => `select max(${column}), min(${column}), count(${column}) from kinds`,
  (column) => `select a.${column}, b.id from kinds a left join kinds b on b.id = a.id order by a.id`,
  (column) => `select case when ${column} is null then 'null' else ${column} end as x from kinds order by id`,
  (column) => `select ${column} from kinds union all select ${column} from kinds limit 3`,
]

const OTHERS: readonly string[] = [
  'select * from kinds order by id',
  'select * from kinds limit 0',
  'select 1; select 2',
  "select null, true, -1, 1.50, 1e10, \"x\", x'00ff', b'101', _utf8mb4'ü'",
  'select id from orders where id = 3 for update',
  'select sum(total), avg(total), std(total) from orders',
  'select customer_id, group_concat(id order by id) from orders group by customer_id with rollup',
  'select row_number() over (partition by customer_id order by id) as n, total from orders order by id',
  'with few as (select id from orders where id < 4) select * from few order by id',
  'select exists (select 1 from orders where id = 1)',
  "insert into notes (id, subject, body) values (77, 'a', 'b')",
  "update notes set body = 'c' where subject = 'a'",
  "delete from notes where subject = 'a'",
  'show tables',
  'describe orders',
  'show create table orders',
  'explain select id from orders where id = 1',
  'set @mine = 5',
  'do 1',
  'begin',
  'savepoint s',
  'rollback to s',
  'commit',
  'select nosuch from orders',
  'select (select id from orders)',
  'insert into orders (id) values (1)',
]

export const SCHEMA: readonly string[] = [...KINDS]
export const ORDINARY: readonly string[] = [
  ...COLUMNS.flatMap((column) => FORMS.map((form) => form(column))),
  ...OTHERS,
]
