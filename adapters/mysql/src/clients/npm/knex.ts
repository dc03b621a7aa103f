/** Knex, tried: a query builder over mysql2. */
import makeKnex, { type Knex } from 'knex'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

const open = ({ ca: _, caFile: __, ...connection }: Contact, more = {}): Knex =>
  makeKnex({ client: 'mysql2', connection: { ...connection, ...more }, pool: { min: 0, max: 1 } })
const plain = using(
  (contact) => open(contact),
  (db) => db.destroy(),
)
const secure = using(
  (contact) => open(contact, { host: 'localhost', ssl: { ca: contact.ca } }),
  (db) => db.destroy(),
)
const raw = async (db: Knex, text: string) => (await db.raw(text))[0]

export const knex: Probe = {
  name: 'Knex',
  version: versionOf('knex'),
  trials: {
    connect: plain((db) => raw(db, SQL.connect)),
    tls: secure((db) => db('orders').select('id', 'total').orderBy('id')),
    simple: plain((db) => raw(db, SQL.simple)),
    prepared: plain(async (db) => [
      await db('orders').where({ id: 1 }).first('total'),
      await db('orders').whereIn('id', [2, 3]).orderBy('id').select('id', 'total'),
    ]),
    types: plain((db) => db('kinds').orderBy('id')),
    stream: plain(async (db) => {
      let count = 0
      for await (const _row of db.raw(SQL.many).stream()) count += 1
      return count
    }),
    batch: plain(async (db) => {
      const rows = Array.from({ length: 100 }, (_, at) => ({ subject: 'tried', body: `row ${at}` }))
      await db.batchInsert('notes', rows, 30)
      const counted = await raw(db, SQL.notes)
      return [counted, await db('notes').where({ subject: 'tried' }).delete()]
    }),
    errors: plain((db) => codesOf(STATES, (text) => raw(db, text))),
    texts: plain((db) => faultsOf(ERRORS, (text) => raw(db, text))),
    transactions: plain(async (db) => {
      const outer = await db.transaction()
      await outer('notes').insert({ subject: 'tried', body: 'it' })
      const inner = outer.transaction(async (deeper) => {
        await deeper('notes').insert({ subject: 'tried', body: 'it' })
        await deeper.raw('select nosuch')
      })
      const code = await inner.catch((thrown: unknown) => faultOf(thrown).code)
      const within = await outer.raw(SQL.notes)
      await outer.rollback()
      return [code, within[0], await raw(db, SQL.notes)]
    }),
    large: plain(async (db) => {
      const rows = (await raw(db, SQL.many)) as { x: string }[]
      const [row] = await raw(db, SQL.wide)
      const echo = await db.raw('select length(?) as l', ['y'.repeat(3_000_000)])
      return [rows.reduce((sum, { x }) => sum + x.length, 0), row.wide.length, echo[0]]
    }),
    own: plain(async (db) => {
      const totals = db('orders').select('customer_id').sum({ total: 'total' }).count({ n: '*' })
      return [
        await totals.groupBy('customer_id').orderBy('customer_id'),
        await db('orders as o')
          .join('customers as c', 'c.id', 'o.customer_id')
          .select('o.id', 'c.city')
          .orderBy('o.id'),
        await db('orders').whereBetween('total', [7, 70]).orWhereNull('placed').count(),
        await db
          .with('few', db('orders').where('id', '<', 4))
          .select('id')
          .from('few')
          .orderBy('id'),
      ]
    }),
    schema: plain(async (db) => {
      await db.schema.dropTableIfExists('knex_made')
      await db.schema.createTable('knex_made', (table) => {
        table.increments('id')
        table.string('label', 40).notNullable().unique()
        table.json('doc')
        table.dateTime('at').defaultTo(null)
      })
      const made = await db('knex_made').insert([{ label: 'a', doc: '{"b": 1}' }, { label: 'c' }])
      const merged = await db('knex_made')
        .insert({ label: 'a', doc: null })
        .onConflict('label')
        .merge(['doc'])
      await db.schema.alterTable('knex_made', (table) => void table.integer('extra').defaultTo(5))
      const has = await db.schema.hasColumn('knex_made', 'extra')
      const info = await db('knex_made').columnInfo()
      const rows = await db('knex_made').orderBy('id')
      await db.schema.dropTable('knex_made')
      return [made, merged, has, info, rows, await db.schema.hasTable('knex_made')]
    }),
    personal: plain(async (db) => [
      await db('customers').orderBy('id'),
      await db('customers').where({ city: 'Lyon' }).first(),
      await db('customers').select({ mail: 'email' }).orderBy('id'),
    ]),
  },
}
