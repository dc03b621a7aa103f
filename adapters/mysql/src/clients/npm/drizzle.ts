/** Drizzle, tried: typed queries over mysql2. */
import { asc, count, eq, inArray, sql, sum } from 'drizzle-orm'
import { date, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { type MySql2Database, drizzle as makeDrizzle } from 'drizzle-orm/mysql2'
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

interface Opened {
  readonly db: MySql2Database
  readonly pool: Pool
}

function open({ ca: _, caFile: __, ...address }: Contact, more: PoolOptions = {}): Opened {
  const pool = createPool({ ...address, connectionLimit: 1, ...more })
  return { db: makeDrizzle({ client: pool }), pool }
}

const plain = using(
  (contact) => open(contact),
  ({ pool }) => pool.end(),
)
const secure = using(
  (contact) =>
    open(contact, { host: 'localhost', ...(contact.ca === undefined ? {} : { ssl: { ca: contact.ca } }) }),
  ({ pool }) => pool.end(),
)
const raw = async (db: MySql2Database, query: string) =>
  (await db.execute(sql.raw(query)))[0] as unknown as Record<string, unknown>[]

const orders = mysqlTable('orders', {
  id: int('id').primaryKey(),
  customer: int('customer_id'),
  total: int('total'),
  placed: date('placed'),
})
const customers = mysqlTable('customers', {
  id: int('id').primaryKey(),
  name: varchar('full_name', { length: 80 }),
  email: varchar('email', { length: 80 }),
  ssn: varchar('ssn', { length: 40 }),
  salary: varchar('salary', { length: 40 }),
  city: varchar('city', { length: 80 }),
})
const notes = mysqlTable('notes', {
  subject: varchar('subject', { length: 220 }),
  body: varchar('body', { length: 600 }),
})

export const drizzle: Probe = {
  name: 'Drizzle',
  version: versionOf('drizzle-orm'),
  trials: {
    connect: plain(({ db }) => raw(db, SQL.connect)),
    tls: secure(({ db }) => db.select().from(orders).orderBy(orders.id)),
    simple: plain(({ db }) => raw(db, SQL.simple)),
    prepared: plain(async ({ db }) => {
      const byId = db
        .select()
        .from(orders)
        .where(eq(orders.id, sql.placeholder('id')))
        .prepare()
      return [await byId.execute({ id: 1 }), await byId.execute({ id: 2 }), await byId.execute({ id: 1 })]
    }),
    errors: plain(({ db }) => codesOf(STATES, (each) => raw(db, each))),
    texts: plain(({ db }) => faultsOf(ERRORS, (each) => raw(db, each))),
    transactions: plain(async ({ db }) => {
      let seen: unknown
      const left = await db
        .transaction(async (own) => {
          await own.insert(notes).values({ subject: 'tried', body: 'it' })
          const inner = own.transaction(async (deeper) => {
            await deeper.insert(notes).values([{ subject: 'tried' }, { subject: 'tried' }])
            await deeper.execute(sql`select nosuch`)
          })
          const code = await inner.catch((thrown) => faultOf(thrown).code)
          seen = [code, await own.$count(notes, eq(notes.subject, 'tried'))]
          own.rollback()
        })
        .catch((thrown: Error) => thrown.message)
      return [left, seen, await raw(db, SQL.notes)]
    }),
    large: plain(async ({ db }) => {
      const rows = (await raw(db, SQL.many)) as { x: string }[]
      const echo = await db.execute(sql`select length(${'y'.repeat(3_000_000)}) as l`)
      return [rows.reduce((all, { x }) => all + x.length, 0), echo[0]]
    }),
    own: plain(async ({ db }) => {
      const few = db.$with('few').as(
        db
          .select({ id: orders.id })
          .from(orders)
          .where(inArray(orders.id, [1, 2, 3])),
      )
      const totals = { customer: orders.customer, total: sum(orders.total), n: count() }
      return [
        await db.select(totals).from(orders).groupBy(orders.customer).orderBy(asc(orders.customer)),
        await db
          .select({ id: orders.id, city: customers.city })
          .from(orders)
          .leftJoin(customers, eq(customers.id, orders.customer))
          .orderBy(orders.id),
        await db.with(few).select().from(few).orderBy(few.id),
        await db.selectDistinct({ customer: orders.customer }).from(orders).orderBy(orders.customer),
      ]
    }),
    personal: plain(async ({ db }) => [
      await db.select().from(customers).orderBy(customers.id),
      await db.select({ mail: customers.email }).from(customers).where(eq(customers.city, 'Lyon')),
    ]),
  },
}
