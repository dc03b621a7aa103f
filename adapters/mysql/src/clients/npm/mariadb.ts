/** MariaDB Connector/Node.js, tried: it pipelines, prepares and sends batches in MariaDB's own way where that is offered. */
import { type Connection, type ConnectionConfig, createConnection, createPool } from 'mariadb'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { cancelling, codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

const settings = ({ host, port, user, password, database }: Contact): ConnectionConfig => ({
  host,
  port,
  user,
  password,
  database,
})
const connecting = (more: ConnectionConfig = {}) =>
  using(
    (contact) => createConnection({ ...settings(contact), ...more }),
    (client: Connection) => client.end(),
  )
const plain = connecting()
const several = connecting({ multipleStatements: true })
const secure = using(
  (contact) =>
    createConnection({
      ...settings(contact),
      host: 'localhost',
      ...(contact.ca === undefined ? {} : { ssl: { ca: contact.ca } }),
    }),
  (client: Connection) => client.end(),
)
/** The columns' descriptions come along as a property. */
const rowsOf = async (client: Connection, text: string, values?: unknown[]): Promise<unknown> => {
  const answer = await client.query(text, values)
  return Array.isArray(answer) ? [...answer] : answer
}

const changing = using(
  (contact) => createConnection(settings(contact)),
  (client: Connection) => client.end(),
)(async (client, { user, password, database }) => {
  await client.query('set @own = 5')
  await client.reset()
  const reset = await rowsOf(client, 'select @own as own, database() as db')
  await client.changeUser({ user, password, ...(database === undefined ? {} : { database }) })
  const other = await rowsOf(client, 'select @own as own, database() as db')
  await client.ping()
  return [reset, other]
})

const asList = (rows: unknown) => (Array.isArray(rows) ? [...rows] : rows)

export const mariadb: Probe = {
  name: 'MariaDB Connector/Node.js',
  version: versionOf('mariadb'),
  trials: {
    connect: plain(async (client) => [await rowsOf(client, SQL.connect), client.serverVersion()]),
    tls: secure((client) => rowsOf(client, SQL.list)),
    simple: plain((client) => rowsOf(client, SQL.simple)),
    prepared: plain(async (client) => {
      const found = []
      for (const id of [1, 2, 1]) found.push([...(await client.execute(SQL.prepared, [id]))])
      const statement = await client.prepare('select id, total from orders where id between ? and ?')
      for (const low of [1, 5]) found.push([...(await statement.execute([low, low + 2]))])
      statement.close()
      return found
    }),
    types: plain(async (client) => [
      await rowsOf(client, SQL.types),
      [...(await client.execute(SQL.types))],
      [...(await client.execute('select ? as i, ? as t, ? as n', [7n, 'x', null]))],
    ]),
    several: several(async (client) => [
      await rowsOf(client, 'select 1 as a; select id from orders where id < 3'),
      await rowsOf(client, 'select 1 as a; select nosuch; select 2').catch((each) => faultOf(each).code),
    ]),
    call: plain(async (client) => [
      await rowsOf(client, 'call noted(2)').catch(faultOf),
      await client.execute('call noted(?)', [2]).then(asList, faultOf),
    ]),
    stream: plain(async (client) => {
      let sum = 0
      for await (const { x } of client.queryStream(SQL.many)) sum += x.length
      return sum
    }),
    batch: plain(async (client) => {
      await client.beginTransaction()
      const values = Array.from({ length: 300 }, (_, at) => ['tried', at % 7 === 0 ? null : `row ${at}`])
      const made = await client.batch(SQL.noting, values)
      const counted = await rowsOf(client, SQL.notes)
      await client.rollback()
      return [
        [made].flat().reduce((sum, { affectedRows }) => sum + affectedRows, 0),
        counted,
        await rowsOf(client, SQL.notes),
      ]
    }),
    cancel: plain(async (client, contact) => {
      const code = await cancelling(client.query(SQL.sleep), async () => {
        const other = await createConnection(settings(contact))
        await other.query(`kill query ${client.threadId}`).catch(() => undefined)
        await other.end()
      })
      return [code, await rowsOf(client, 'select 1 as alive')]
    }),
    errors: plain(async (client) => [
      await codesOf(STATES, (text) => client.query(text)),
      await codesOf(STATES, (text) => client.execute(text)),
      await rowsOf(client, 'select 1 as alive'),
    ]),
    texts: plain((client) => faultsOf(ERRORS, (text) => client.query(text))),
    transactions: plain(async (client) => {
      await client.beginTransaction()
      await client.query(SQL.note)
      const code = await client.query('select nosuch').catch((each) => faultOf(each).code)
      const within = await rowsOf(client, SQL.notes)
      await client.rollback()
      return [code, within, await rowsOf(client, SQL.notes)]
    }),
    large: plain(async (client) => {
      const rows = (await rowsOf(client, SQL.many)) as { x: string }[]
      const echo = [...(await client.execute('select length(?) as l', ['y'.repeat(3_000_000)]))]
      return [rows.reduce((sum, { x }) => sum + x.length, 0), echo]
    }),
    pipeline: plain((client) =>
      Promise.all(
        [1, 0, 2, 3].flatMap((by) => [
          rowsOf(client, `select 6 / ${by} as q`),
          client.execute(SQL.prepared, [by]).then((rows) => [...rows]),
          client.execute('select nosuch').catch((each) => faultOf(each).code),
        ]),
      ),
    ),
    again: async (contact) => {
      const pool = createPool({ ...settings(contact), connectionLimit: 2, resetAfterUse: true })
      const found = await Promise.all([1, 2, 3, 4, 5].map((id) => pool.query(`select ${id} as id`)))
      await pool.end()
      return [found.map((rows) => [...rows]), await changing(contact)]
    },
    personal: plain(async (client) => [
      await rowsOf(client, SQL.personal),
      [...(await client.execute(SQL.personal))],
      [...(await client.execute(SQL.personalBelow, [9]))],
    ]),
  },
}
