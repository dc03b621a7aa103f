/** Drizzle, tried: typed queries over node-postgres. */
import { asc, count, eq, inArray, sql, sum } from 'drizzle-orm'
import { drizzle as makeDrizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { date, integer, pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { faultOf, faultsOf, type Probe, using } from '../probe.js'
import { versionOf } from '../untyped.js'

interface Opened {
  readonly db: NodePgDatabase
  readonly pool: pg.Pool
}

function open({ ca: _, caFile: __, ...address }: Contact, more: pg.PoolConfig = {}): Opened {
  const pool = new pg.Pool({ ...address, max: 1, ...more })
  return { db: makeDrizzle(pool), pool }
}

const plain = using(
  (contact) => open(contact),
  ({ pool }) => pool.end(),
)
const secure = using(
  (contact) =>
    open(contact, { host: 'localhost', ssl: contact.ca === undefined ? false : { ca: contact.ca } }),
  ({ pool }) => pool.end(),
)
const raw = async (db: NodePgDatabase, query: string) => (await db.execute(sql.raw(query))).rows

const orders = pgTable('orders', {
  id: integer('id').primaryKey(),
  customer: integer('customer_id'),
  total: integer('total'),
  placed: date('placed'),
})
const customers = pgTable('customers', {
  id: integer('id').primaryKey(),
  name: text('full_name'),
  email: text('email'),
  ssn: text('ssn'),
  salary: text('salary'),
  city: text('city'),
})
const notes = pgTable('notes', { subject: text('subject'), body: text('body') })

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
        .prepare('by_id')
      return [await byId.execute({ id: 1 }), await byId.execute({ id: 2 }), await byId.execute({ id: 1 })]
    }),
    errors: plain(async ({ db }) =>
      (await faultsOf(STATES, (each) => raw(db, each))).map(({ code }) => code),
    ),
    texts: plain(({ db }) => faultsOf(ERRORS, (each) => raw(db, each))),
    transactions: plain(async ({ db }) => {
      let seen: unknown
      const left = await db
        .transaction(async (own) => {
          await own.insert(notes).values({ subject: 'tried', body: 'it' })
          const inner = own.transaction(async (deeper) => {
            await deeper.insert(notes).values([{ subject: 'tried' }, { subject: 'tried' }])
            await deeper.execute(sql`select 1 / 0`)
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
      return [rows.reduce((all, { x }) => all + x.length, 0), echo.rows]
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
