/** MongoDB (FerretDB), as the faults need it: what is asked of it is a command as Extended JSON. */
import { createServer, connect as dial, type Socket } from 'node:net'
import { startFerretdb } from '@gatehouse/workbench'
import { type Document, MongoClient } from 'mongodb'
import { ENV } from '../end-to-end/home.js'
import type { Boundaries, Database, Guest, Row, StartOptions, Upstream } from './database.js'
import { numbersIn } from './executed.js'
import { enterMongodb, RefusedByMongodb } from './mongodb-guest.js'
import type { Ending } from './reconcile.js'

export interface Tap {
  readonly port: number
  /** Numbers in what went to the server. */
  readonly executed: ReadonlySet<number>
  /** Connections of clients' sessions that stand: the gateway says whose they are. */
  readonly sessions: number
  close(): void
}

/** Bytes pass as they are; FerretDB's own log does not say what was asked. */
export async function openTap(to: number): Promise<Tap> {
  const executed = new Set<number>()
  const sockets = new Set<Socket>()
  let sessions = 0
  const server = createServer((near) => {
    const far = dial(to, '127.0.0.1')
    let rest = ''
    let counted = false
    near.on('data', (chunk) => {
      const text = rest + chunk.toString('latin1')
      if (!counted && text.includes('gh:')) {
        counted = true
        sessions += 1
        near.once('close', () => {
          sessions -= 1
        })
      }
      for (const number of numbersIn(text)) executed.add(number)
      rest = text.slice(-40)
    })
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    executed,
    get sessions() {
      return sessions
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const CUSTOMERS = 20

async function start(_: StartOptions): Promise<Upstream> {
  const server = await startFerretdb()
  const tap = await openTap(server.port)
  const owner = new MongoClient(server.url)
  await owner
    .db('shop')
    .collection<Document & { _id: number }>('customers')
    .insertMany(
      Array.from({ length: CUSTOMERS }, (__, at) => ({
        _id: at + 1,
        email: `c${at + 1}@example.org`,
        city: 'Porto',
        filler: 'x'.repeat(50_000),
      })),
    )
  await owner.db('admin').command({
    createUser: 'gatehouse',
    pwd: ENV.UPSTREAM,
    roles: ['clusterAdmin', 'readWriteAnyDatabase'].map((role) => ({ role, db: 'admin' })),
  })
  return {
    port: tap.port,
    ask: async (text) => [await owner.db('shop').command(JSON.parse(text))],
    reconnect: async () => {},
    sessions: async () => tap.sessions,
    runs: async () => 0,
    executed: () => tap.executed,
    async setPassword(password) {
      await owner.db('admin').command({ updateUser: 'gatehouse', pwd: password })
    },
    show: async () => {},
    async give(table) {
      await owner.db('shop').createCollection(table)
    },
    kill9: () => server.kill9(),
    restart: () => server.restart(),
    async stop() {
      await owner.close()
      tap.close()
      await server.stop()
    },
  }
}

const codeOf = (fault: unknown): string | undefined =>
  fault instanceof RefusedByMongodb ? String(fault.reply.code) : undefined

/** What ends the session, or comes from no server at all, is no whole reply. */
export function endingOf(fault: unknown): Ending {
  if (!(fault instanceof RefusedByMongodb)) return 'cut'
  const code = fault.reply.errInfo?.gatehouse?.code
  if (code === undefined) return 'failed'
  if (code === 'GH_UPSTREAM' || code === 'GH_DRAINING' || code === 'GH_ENDED') return 'cut'
  return code === 'GH_AUDIT_UNAVAILABLE' ? 'unwritten' : 'refused'
}

/** Each message begins with its length. */
const boundaries: Boundaries = {
  serverFirst: false,
  endOf(bytes, at) {
    if (bytes.length < at + 4) return undefined
    const end = at + bytes.readInt32LE(at)
    return end <= bytes.length ? end : undefined
  },
}

const command = (guest: Guest, body: Document): Promise<readonly Row[]> => guest.ask(JSON.stringify(body))
const none = (name: string) => ({ [name]: { $exists: false } })

export const readsOne = (name: string) =>
  JSON.stringify({ find: 'customers', filter: { ...none(name), _id: 3 } })

export const mongodb: Database = {
  name: 'MongoDB',
  part: 'ferretdb',
  protocol: 'mongodb',
  start,
  enter: enterMongodb,
  codeOf,
  endingOf,
  codes: {
    unreachable: '6',
    draining: '91',
    unwritten: '1',
    forbidden: '13',
    tooLarge: '10334',
    failing: '16610',
  },
  speaks: 'commands',
  kinds: [
    (guest, name) => guest.ask(readsOne(name)),
    (guest, name) =>
      command(guest, { find: 'customers', filter: none(name), projection: { city: 1 }, batchSize: 6 }),
    (guest, name) =>
      command(guest, {
        update: 'customers',
        updates: [{ q: { ...none(name), _id: 2 }, u: { $set: { city: 'Faro' } } }],
      }),
    (guest, name) => command(guest, { drop: name }),
    (guest, name) =>
      command(guest, {
        aggregate: 'customers',
        pipeline: [{ $match: none(name) }, { $project: { x: { $divide: ['$_id', 0] } } }],
        cursor: {},
      }),
    (guest, name) => command(guest, { count: 'customers', query: none(name) }),
  ],
  unnumbered: [(guest) => command(guest, { ping: 1 })],
  beginToWrite({ socket }, table) {
    const whole = Buffer.from(`....${table}`)
    whole.writeInt32LE(4000, 0)
    socket.write(whole)
  },
  cancel: async () => {},
  sleep: () => '',
  notReady: new Uint8Array(0),
  boundaries,
}
