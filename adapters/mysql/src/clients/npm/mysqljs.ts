/** mysql (mysqljs), tried: the older client, by callbacks and events, with no prepared statements. */
import { type Connection, type ConnectionConfig, createConnection, createPool } from 'mysql'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { cancelling, codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

function connect(config: ConnectionConfig): Promise<Connection> {
  const client = createConnection(config)
  client.on('error', () => {})
  return new Promise((resolve, reject) =>
    client.connect((fault) => (fault ? reject(fault) : resolve(client))),
  )
}
const leave = (client: Pick<Connection, 'end'>) => new Promise((resolve) => client.end(resolve))

const settings = ({ host, port, user, password, database }: Contact): ConnectionConfig => ({
  host,
  port,
  user,
  password,
  database,
})
const connecting = (more: ConnectionConfig = {}) =>
  using((contact) => connect({ ...settings(contact), ...more }), leave)
const plain = connecting()
const several = connecting({ multipleStatements: true })
const secure = using(
  (contact) =>
    connect({
      ...settings(contact),
      host: 'localhost',
      ...(contact.ca === undefined ? {} : { ssl: { ca: contact.ca } }),
    }),
  leave,
)

const rowsOf = (client: Pick<Connection, 'query'>, text: string, values: unknown[] = []): Promise<unknown> =>
  new Promise((resolve, reject) =>
    client.query(text, values, (fault, rows) => (fault ? reject(fault) : resolve(rows))),
  )
/** The rest is of this client's own counting. */
const plainRows = (answer: unknown) =>
  Array.isArray(answer) ? answer : { affected: (answer as { affectedRows?: number }).affectedRows }

export const mysqljs: Probe = {
  name: 'mysql (mysqljs)',
  version: versionOf('mysql'),
  trials: {
    connect: plain((client) => rowsOf(client, SQL.connect)),
    tls: secure((client) => rowsOf(client, SQL.list)),
    simple: plain((client) => rowsOf(client, SQL.simple)),
    types: plain((client) => rowsOf(client, SQL.types)),
    several: several(async (client) => [
      await rowsOf(client, 'select 1 as a; select id from orders where id < 3'),
      await rowsOf(client, 'select 1 as a; select nosuch; select 2').catch((each) => faultOf(each).code),
    ]),
    stream: plain(
      (client) =>
        new Promise((resolve, reject) => {
          const seen: unknown[] = []
          const asked = client.query(SQL.list)
          asked.on('error', reject)
          asked.on('fields', (fields: { name: string }[]) => seen.push(fields.map(({ name }) => name)))
          asked.on('result', (row) => {
            client.pause()
            seen.push(row)
            setImmediate(() => client.resume())
          })
          asked.on('end', () => resolve(seen))
        }),
    ),
    batch: plain(async (client) => {
      await rowsOf(client, 'begin')
      const values = Array.from({ length: 300 }, (_, at) => ['tried', `row ${at}`])
      const made = await rowsOf(client, 'insert into notes (subject, body) values ?', [values])
      const counted = await rowsOf(client, SQL.notes)
      await rowsOf(client, 'rollback')
      return [plainRows(made), counted, await rowsOf(client, SQL.notes)]
    }),
    cancel: plain(async (client, contact) => {
      const code = await cancelling(rowsOf(client, SQL.sleep), async () => {
        const other = await connect(settings(contact))
        await rowsOf(other, `kill query ${client.threadId}`).catch(() => undefined)
        await leave(other)
      })
      return [code, await rowsOf(client, 'select 1 as alive')]
    }),
    errors: plain(async (client) => [
      await codesOf(STATES, (text) => rowsOf(client, text)),
      await rowsOf(client, 'select 1 as alive'),
    ]),
    texts: plain((client) => faultsOf(ERRORS, (text) => rowsOf(client, text))),
    transactions: plain(async (client) => {
      const seen: unknown[] = []
      const steps = ['begin', SQL.note, 'select nosuch', SQL.notes, 'rollback', SQL.notes]
      for (const text of steps)
        seen.push(await rowsOf(client, text).then(plainRows, (each) => faultOf(each).code))
      return seen
    }),
    large: plain(async (client) => {
      const rows = (await rowsOf(client, SQL.many)) as { x: string }[]
      const [{ wide } = { wide: '' }] = (await rowsOf(client, SQL.wide)) as { wide: string }[]
      const echo = await rowsOf(client, 'select length(?) as l', ['y'.repeat(3_000_000)])
      return [rows.reduce((sum, { x }) => sum + x.length, 0), wide.length, echo]
    }),
    pipeline: plain((client) =>
      Promise.all(
        [1, 0, 2].flatMap((by) => [
          rowsOf(client, `select 6 / ${by} as q`),
          rowsOf(client, 'select nosuch').catch((each) => faultOf(each).code),
        ]),
      ),
    ),
    again: async (contact) => {
      const pool = createPool({ ...settings(contact), connectionLimit: 2 })
      const found = await Promise.all([1, 2, 3, 4, 5].map((id) => rowsOf(pool, `select ${id} as id`)))
      await leave(pool)
      const client = await connect(settings(contact))
      await new Promise((resolve) => client.ping(resolve))
      await leave(client)
      return found
    },
    personal: plain(async (client) => [
      await rowsOf(client, SQL.personal),
      await rowsOf(client, SQL.personalBelow, [9]),
    ]),
  },
}
