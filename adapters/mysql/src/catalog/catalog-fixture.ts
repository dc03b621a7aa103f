/** A server with a small shop in it, and a site that stands before it: for the tests of the catalog. */
import type { Site } from '@gatehouse/adapter-kit'
import type { MysqlServer } from '@gatehouse/workbench'
import { type Connection, createConnection } from 'mysql2/promise'

/** An account that may read the shop's description and data, and nothing else. */
export const READER = { user: 'gatehouse', password: 'reads' }

export const SHOP: readonly string[] = [
  'create database shop character set utf8mb4',
  'create database hr character set utf8mb4',
  'use shop',
  `create table people (id int primary key, name varchar(40), ssn char(11) not null, born date comment 'gatehouse: pii',
    low varchar(60) character set utf8mb4 generated always as (concat(lower(ssn), '\\'"b')) virtual, copy varchar(40) default (concat(ssn, '')))`,
  'create table orders (id int primary key, person int, total decimal(10,2), foreign key (person) references people (id) on delete cascade)',
  'create table plain (id int primary key, person int, foreign key (person) references people (id))',
  "create view names as select id, ssn as code, 'a\\'b' as word from people",
  'create procedure clean(in a int, out b int) select 1',
  'create function twice(a int) returns int deterministic return a * 2',
  'create trigger watch before insert on orders for each row set new.total = 1',
  'create table hr.staff (id int, salary int)',
  `create user gatehouse@'127.0.0.1' identified by 'reads'`,
  `grant select, show view, trigger, execute on shop.* to gatehouse@'127.0.0.1'`,
]

export async function connectRoot({ host, port, user, password }: MysqlServer): Promise<Connection> {
  return createConnection({ host, port, user, password })
}

export async function fillShop(server: MysqlServer): Promise<Connection> {
  const root = await connectRoot(server)
  for (const text of SHOP) await root.query(text)
  const invisible = server.flavour === 'mysql' ? 'hidden int invisible' : 'hidden int invisible default 1'
  await root.query(`alter table people add column ${invisible}`)
  return root
}

export interface Warned {
  readonly facts: object
  readonly message: string
}

export function siteBefore(
  { host, port }: Pick<MysqlServer, 'host' | 'port'>,
  upstream: Partial<Site['upstream']> = {},
  more: Partial<Site> = {},
  warned: Warned[] = [],
): Site {
  return {
    listener: 'shop',
    upstream: {
      hosts: [{ host, port }],
      role: 'primary',
      accounts: [READER],
      catalogAccount: READER,
      tls: 'disable',
      privileged: 'refuse',
      ...upstream,
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 1 << 20, message: 1 << 24 },
    catalogRefresh: 3_600_000,
    log: {
      info: () => {},
      warn: (facts, message) => void warned.push({ facts, message }),
      error: () => {},
    },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => new Uint8Array(size),
    version: '0',
    ...more,
  }
}
