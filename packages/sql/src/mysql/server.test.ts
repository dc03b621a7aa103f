import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXAMPLES } from './administration/examples.js'
import type { MysqlContext, MysqlReader, MysqlStatement } from './plan.js'
import { QUERY_FORMS } from './query-forms.js'
import { createMysqlReader } from './reader.js'
import { SAMPLE } from './sample.js'
import type { MysqlVersion } from './versions.js'

const SCHEMA = [
  'create database shop',
  'create database hr',
  'use shop',
  'create table people (id int primary key, name varchar(40), ssn char(11), note text, fulltext (note))',
  'create table orders (id int, person int, total decimal(10,2))',
  'create table audited (id int, what text)',
  'create table hr.staff (id int, salary int)',
  'create view v as select id, ssn from people',
  'create procedure clean() select 1',
  'create trigger t before insert on audited for each row set new.what = 1',
  'create event e on schedule every 1 day do set @a = 1',
  "insert into people values (1, 'a', '078-05-1120', 'x')",
]
const context: MysqlContext = {
  database: 'shop',
  sqlMode: [],
  charset: 'utf8mb4',
  overlay: [],
  account: 'gatehouse',
}
/** What only shows, and neither waits nor reads of a relation that the sample catalog holds otherwise. */
const SHOWS = /^(?:show|desc|explain|analyze (?:table|select)|check|checksum|select|values|table)/
const OTHERS =
  /sleep|benchmark|outfile|dumpfile|for connection|get_lock|_wait|information_schema|mysql\.|where \(|numbers/

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart(part, `what ${part} answers to what was read`, () => {
    let server: MysqlServer
    let connection: Connection
    let reader: MysqlReader
    beforeAll(async () => {
      server = await start()
      const { host, port, user, password, flavour } = server
      connection = await createConnection({ host, port, user, password })
      for (const text of SCHEMA) await connection.query(text)
      const [major = 0, minor = 0, patch = 0] = server.version.split(/[.-]/).map(Number)
      const version: MysqlVersion = [major, minor, patch]
      reader = await createMysqlReader({
        flavour,
        version,
        catalog: { ...SAMPLE, flavour, version },
        accounts: ['gatehouse'],
      })
    }, 60_000)
    afterAll(async () => {
      await reader?.close()
      await connection?.end()
      await server?.stop()
    })

    async function read(text: string): Promise<{ canonical: string; statement: MysqlStatement } | undefined> {
      const { canonical, plan } = await reader.read(text, context)
      const statement = plan.kind === 'read' ? plan.statements[0] : undefined
      return statement && { canonical, statement }
    }

    /** The columns of the answer; undefined when the server refuses. */
    async function answer(text: string) {
      try {
        const [, fields] = await connection.query(text)
        return Array.isArray(fields) ? fields : undefined
      } catch {
        return undefined
      }
    }

    test('has as many columns as outputs are known, and none of a relation that no action names', async () => {
      const faults: string[] = []
      let accepted = 0
      const texts = EXAMPLES.map(([text]) => text).filter((text) => SHOWS.test(text) && !OTHERS.test(text))
      for (const text of [...texts, ...QUERY_FORMS.filter((each) => !OTHERS.test(each))]) {
        const found = await read(text)
        const fields = found && (await answer(found.canonical))
        if (!found || !fields) continue
        accepted++
        const { actions, outputs } = found.statement
        if (outputs !== 'unknown' && outputs.length !== fields.length)
          faults.push(`${text}: ${outputs.length} outputs, ${fields.length} columns`)
        if (actions.some(({ verb }) => verb === 'opaque')) continue
        const named = new Set(actions.map(({ resource }) => resource.path.join('.')))
        for (const [at, { db, schema, orgTable, orgName }] of fields.entries()) {
          const origin = `${schema ?? db}.${orgTable}`
          const real = ['shop', 'hr'].includes(schema ?? db ?? '') && orgTable !== ''
          if (real && !named.has(origin) && REAL.has(origin)) faults.push(`${text}: ${origin} is not named`)
          const sources = outputs === 'unknown' ? [] : (outputs[at]?.sources ?? [])
          const told = sources.some(({ field }) => field === orgName) || outputs === 'unknown'
          if (real && REAL.has(origin) && orgName === 'ssn' && !told)
            faults.push(`${text}: column ${at + 1} comes from ssn`)
        }
      }
      expect(faults).toEqual([])
      expect(accepted).toBeGreaterThan(150)
    }, 120_000)

    test('what is not there is told in its words', async () => {
      await connection.query('use shop')
      const told: Record<string, unknown> = {}
      const said: Record<string, unknown> = {}
      for (const text of MISSING) {
        const found = await read(text)
        const missing = found?.statement.missing
        told[text] = `${missing?.code} ${missing?.message}`
        said[text] = await connection.query(text).then(
          () => 'nothing',
          ({ errno, message }: { errno: number; message: string }) => `${errno} ${message}`,
        )
      }
      expect(told).toEqual(said)
    }, 60_000)
  })
}

const MISSING: readonly string[] = [
  'select * from nowhere',
  'select a.id from people a, shop.nowhere b',
  'select * from nobody.things',
  'select nope from people',
  'select Nope, id from people',
  'select p.nope from people p',
  'select people.nope from people',
  'select shop.people.nope from people',
  'select id from people where nope = 1',
  'select p.id from people p join orders o on o.nope = p.id',
  'select id from people group by nope',
  'select id from people having nope = 1',
  'select id from people order by nope',
  'select nope from people where also = 1',
  'select nope from nowhere',
  'select (select nope from orders limit 1) from people',
  'insert into nowhere values (1)',
  'insert into people (id, nope) values (1, 2)',
  'insert into people (id) values (nope)',
  'insert into people set nope = 1',
  'insert into people set id = nope',
  'insert into people (id) select nope from orders',
  'select id from people union select nope from orders',
  'select id from people where exists (select 1 from orders where nope = 1)',
  'update people p join orders o on o.nope = 1 set p.name = 1',
  'update nowhere set a = 1',
  'update people set nope = 1',
  'update people set name = nope',
  'update people set name = 1 where nope = 1',
  'delete from nowhere',
  'delete from people where nope = 1',
  'replace into people (nope) values (1)',
  'insert into people (id) values (1) on duplicate key update nope = 1',
  'insert into people (id) values (1) on duplicate key update name = nope',
]

const REAL: ReadonlySet<string> = new Set([
  'shop.people',
  'shop.orders',
  'shop.audited',
  'hr.staff',
  'shop.v',
])
