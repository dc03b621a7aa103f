/** The demo's MongoDB server: FerretDB out of the cache, with a data folder of the demo's. */
import { shellCommand } from '@gatehouse/adapter-mongodb'
import { startFerretdb, whyNoFerretdb } from '@gatehouse/embedded'
import { type Document, MongoClient, MongoServerError } from 'mongodb'
import type { Answer, DemoUpstream, Secrets, SignIn, StartedUpstream } from './demo-upstream.js'
import { MONGODB_STEPS } from './mongodb-steps.js'
import { shopRows } from './shop-rows.js'

export const mongodbUpstream: DemoUpstream = {
  protocol: 'mongodb',
  product: 'FerretDB',
  detail: '',
  schema: '',
  question: 'db.staff.find({}, {salary: 1})',
  steps: MONGODB_STEPS,
  // It does not tell what an account may do.
  privileged: true,
  start,
  connect,
  line: ({ port, user, password }) => `mongosh 'mongodb://${user}:${password}@127.0.0.1:${port}/shop'`,
}

async function start(secrets: Secrets, step: (text: string) => void): Promise<StartedUpstream> {
  const why = whyNoFerretdb()
  if (why !== undefined) throw new Error(`${why}: \`npm run provide\` builds one where Go is, for root`)
  step('starting a FerretDB over DocumentDB')
  const server = await startFerretdb()
  try {
    step('filling the shop: customers, orders, payments, tickets, staff')
    const client = new MongoClient(server.url)
    try {
      const shop = client.db('shop')
      for (const { table, columns, rows } of shopRows())
        await shop.collection(table).insertMany(rows.map((row) => documentOf(columns, row)) as Document[])
      const accounts = { gatehouse: secrets.gatehouse, gatehouse_admin: secrets.gatehouse_admin }
      for (const [createUser, pwd] of Object.entries(accounts))
        await client.db('admin').command({
          createUser,
          pwd,
          roles: [
            { role: 'clusterAdmin', db: 'admin' },
            { role: 'readWriteAnyDatabase', db: 'admin' },
          ],
        })
    } finally {
      await client.close()
    }
    return { port: server.port, version: 'FerretDB', stop: () => server.stop() }
  } catch (fault) {
    await server.stop()
    throw fault
  }
}

/** The key is `_id`; a table without one gets the server's. */
function documentOf(columns: readonly string[], row: readonly (string | number)[]): Document {
  return Object.fromEntries(
    columns.map((column, at) => [column === 'id' ? '_id' : column, numberOr(row[at] ?? '')]),
  )
}

/** Amounts are written with their cents, as decimals. */
function numberOr(value: string | number): string | number {
  return typeof value === 'string' && /^\d+\.\d\d$/.test(value) ? Number(value) : value
}

async function connect({ port, user, password }: SignIn) {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    auth: { username: user, password },
    appName: 'tour',
  })
  await client.connect()
  return { ask: (text: string) => ask(client, text), end: () => client.close() }
}

async function ask(client: MongoClient, text: string): Promise<Answer> {
  const read = shellCommand(text, 'shop')
  if (read.kind === 'unreadable') throw new Error(read.why)
  const documents: Document[] = []
  try {
    const { $db: _, ...command } = read.command
    if ('find' in command || 'aggregate' in command)
      for await (const document of client.db('shop').runCursorCommand(command)) documents.push(document)
    else documents.push(await client.db('shop').command(command))
    return table(documents)
  } catch (fault) {
    if (!(fault instanceof MongoServerError)) throw fault
    const { gatehouse } = fault.errInfo ?? {}
    const detail = gatehouse === undefined ? '' : `gatehouse: ${JSON.stringify(gatehouse)}`
    const message = fault.errmsg ?? fault.message
    return { ...table(documents), error: { code: String(fault.code), message, detail, hint: '' } }
  }
}

function table(documents: readonly Document[]): Answer {
  const columns = [...new Set(documents.flatMap((document) => Object.keys(document)))]
  const cell = (value: unknown) =>
    value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
  return { columns, rows: documents.map((document) => columns.map((column) => cell(document[column]))) }
}
