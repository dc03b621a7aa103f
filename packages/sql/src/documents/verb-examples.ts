/** Table of what each verb means, and statements that yield it; `only` where one of MySQL and MariaDB has the statement. */
import type { Verb } from '@gatehouse/core'
import type { MysqlFlavour } from '../mysql/catalog.js'

export interface VerbExamples {
  readonly verb: Verb
  readonly means: string
  readonly postgres: readonly string[]
  readonly mysql: readonly (string | { readonly only: MysqlFlavour; readonly text: string })[]
  /** What yields it where no statement does, or why nothing can. */
  readonly without?: { readonly postgres?: string; readonly mysql?: string }
}

export const VERB_EXAMPLES: readonly VerbExamples[] = [
  {
    verb: 'connect',
    means:
      'Entering a database: at sign-in, and whenever the session changes to another one or to another user.',
    postgres: [],
    mysql: ['use hr', 'use `shop`'],
    without: {
      postgres: 'No statement: the adapter asks for it at sign-in, with the database that the client named.',
    },
  },
  {
    verb: 'read',
    means:
      'Rows of a relation, or what a system catalog says, go to the client or into what the statement works out. A view is read under its own name; what stands behind it follows as `derived`.',
    postgres: [
      'select name, email from customers where id = 7',
      'select upper(c.name), o.total from orders o join customers c on c.id = o.customer_id where o.total > 100',
      'select count(*) from customers group by ssn',
      'select name from customers order by ssn',
      'select email from buyers where order_id = 7',
      'explain select ssn from customers',
      'select relname from pg_catalog.pg_class',
    ],
    mysql: [
      'select name, email from customers where id = 7',
      'select upper(c.name), o.total from orders o join customers c on c.id = o.customer_id where o.total > 100',
      'select count(*) from customers group by ssn',
      'select name from customers order by ssn',
      'select email from buyers where order_id = 7',
      'explain select ssn from customers',
      'show tables',
      'describe customers',
    ],
  },
  {
    verb: 'insert',
    means:
      'New rows. What it reads for them is a `read` beside it, and each value that moves is a `flow` with the place it goes to.',
    postgres: [
      "insert into contacts (id, email) values (1, 'a@example.org')",
      'insert into contacts select id, email from customers',
      'insert into contacts (id, email) values (1, $1) on conflict (id) do nothing returning email',
    ],
    mysql: [
      "insert into contacts (id, email) values (1, 'a@example.org')",
      'insert into contacts select id, email from customers',
      "insert into contacts values (1, 'x') on duplicate key update email = values(email)",
      { only: 'mariadb', text: 'insert into contacts (id) values (2) returning id' },
    ],
  },
  {
    verb: 'update',
    means:
      'Rows change. `unfiltered` unless a conjunct bounds a column of the target by equality, a range or a list.',
    postgres: [
      'update orders set note = null where id = 7',
      'update orders set total = total * 1.1',
      "select setval('numbers', 7)",
    ],
    mysql: [
      'update orders set note = null where id = 7',
      'update orders set total = total * 1.1',
      'update orders o join customers c on c.id = o.customer_id set o.note = c.email where c.id = 1',
    ],
  },
  {
    verb: 'delete',
    means: "Rows go. MySQL's REPLACE is an insert and a delete.",
    postgres: ['delete from orders where id in (1, 2)', 'delete from orders returning note'],
    mysql: [
      'delete from orders where id in (1, 2)',
      'delete o from orders o join customers c on c.id = o.customer_id where c.id = 7',
      "replace into contacts values (1, 'x')",
    ],
  },
  {
    verb: 'truncate',
    means: 'All rows go at once.',
    postgres: ['truncate orders', 'truncate table orders, contacts'],
    mysql: ['truncate orders', 'truncate table shop.contacts'],
  },
  {
    verb: 'create',
    means:
      'A new object. A view, a table made from a query and a routine also need `read` on what their text reads.',
    postgres: [
      'create table notes (id int)',
      'create view addresses as select email from customers',
      'create index on orders (total)',
    ],
    mysql: [
      'create table notes (id int)',
      'create view addresses as select email from customers',
      'create index by_total on orders (total)',
      'create table copied select id, ssn from customers',
    ],
  },
  {
    verb: 'alter',
    means: 'An object changes, its comment, its owner and its rules included.',
    postgres: ['alter table orders add column paid date', "comment on table orders is 'x'"],
    mysql: ['alter table orders add column paid date', 'rename table orders to bills'],
  },
  {
    verb: 'drop',
    means: 'An object goes.',
    postgres: ['drop table if exists orders', 'drop view buyers'],
    mysql: ['drop table if exists orders', 'drop view buyers'],
  },
  {
    verb: 'grant',
    means:
      'Rights, roles and accounts change. Statements that touch an account of the gateway itself are refused before any rule is asked.',
    postgres: ['grant select on orders to analyst', 'create role analyst'],
    mysql: ['grant select on shop.orders to analyst', "create user analyst identified by 'x'"],
  },
  {
    verb: 'call',
    means:
      'Code runs that the gateway has read or somebody reviewed, or that is only known by its name (then the action is opaque). Built-in functions on the closed list need nothing; SQL functions of Postgres are read as if their body stood in the statement.',
    postgres: [
      'select score()',
      'call close_orders()',
      "select pg_notify('news', 'x')",
      'select order_count()',
    ],
    mysql: ['select score()', 'call close_orders()'],
  },
  {
    verb: 'copy-in',
    means: 'Rows stream from the client into a relation.',
    postgres: ['copy contacts from stdin', 'copy orders (id, note) from stdin (format csv)'],
    mysql: [
      "load data local infile 'contacts.csv' into table contacts",
      "load data local infile 'o.csv' replace into table orders (id, note)",
    ],
  },
  {
    verb: 'copy-out',
    means: 'Rows stream to the client in bulk.',
    postgres: ['copy orders to stdout', 'copy (select id, email from customers) to stdout'],
    mysql: [],
    without: { mysql: 'MySQL and MariaDB have no such stream: a SELECT is their only way to a client.' },
  },
  {
    verb: 'export',
    means:
      'Rows go to a file or program of the server; on Postgres also what a function reads from its files to the client.',
    postgres: [
      "copy orders to '/srv/orders.csv'",
      "copy orders to program 'gzip'",
      "select pg_read_file('/etc/hosts')",
    ],
    mysql: [
      "select id, note from orders into outfile '/srv/orders.csv'",
      "select note into dumpfile '/srv/note' from orders where id = 1",
    ],
  },
  {
    verb: 'import',
    means: 'The server reads one of its own files or programs.',
    postgres: ["copy orders from '/srv/orders.csv'", "copy orders (id, note) from program 'zcat orders.gz'"],
    mysql: ["load data infile '/srv/orders.csv' into table orders", "select load_file('/etc/hosts')"],
  },
  {
    verb: 'set',
    means:
      'A setting of the session, or of the server, changes. Showing one is no action. What a user variable of MySQL holds is followed, it is no setting.',
    postgres: ["set work_mem = '64MB'", 'set role analyst', 'reset all'],
    mysql: ["set sql_mode = ''", 'set names utf8mb4'],
  },
  {
    verb: 'lock',
    means: 'Others are made to wait.',
    postgres: [
      'lock table orders',
      'select id from orders where id = 7 for update',
      'select pg_advisory_lock(7)',
    ],
    mysql: [
      'lock tables orders write',
      'select id from orders where id = 7 for update',
      "select get_lock('jobs', 1)",
    ],
  },
  {
    verb: 'transaction',
    means: 'A transaction begins, ends, or marks a point to return to. Two-phase commit is `admin`.',
    postgres: ['begin', 'savepoint s', 'commit'],
    mysql: ['begin', 'savepoint s', 'commit'],
  },
  {
    verb: 'listen',
    means: 'The session asks to be told of what others send.',
    postgres: ['listen news', 'listen "Jobs"'],
    mysql: [],
    without: { mysql: 'MySQL and MariaDB have no such channel.' },
  },
  {
    verb: 'admin',
    means: 'The server itself, its upkeep, or other sessions.',
    postgres: ['vacuum orders', 'checkpoint', 'select pg_terminate_backend(7)', "prepare transaction 'x'"],
    mysql: [
      'kill 7',
      'flush tables',
      'set global max_connections = 10',
      'optimize table orders',
      "xa start 'x'",
    ],
  },
  {
    verb: 'opaque',
    means:
      'What it does cannot be told from the text: dynamic SQL, code in languages that are not read, names that the catalog does not have. Only a rule that lists `opaque` permits it.',
    postgres: [
      'do $$ begin delete from orders; end $$',
      'create function f() returns int language plpgsql as $$ begin return 1; end $$',
      'select ssn from no_such_table',
    ],
    mysql: [
      'prepare p from @text',
      { only: 'mariadb', text: 'execute immediate @text' },
      'create trigger t before insert on orders for each row set new.note = null',
      'select ssn from no_such_table',
    ],
  },
]
