/** Postgres, as the faults need it. */
import { copyFileSync } from 'node:fs'
import pg from 'pg'
import { type CopyStreamQuery, type CopyToStreamQuery, from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { rawSocket, signIn, startShop } from '../end-to-end/stage.js'
import type { Boundaries, Database, Guest, StartOptions, Upstream } from './database.js'
import { followLog, numbersIn } from './executed.js'
import type { Ending } from './reconcile.js'

/** What it must be started with, so that it tells what it is given. */
export const TELLING = {
  log_statement: 'all',
  log_min_messages: 'log',
  log_min_error_statement: 'error',
} as const

export async function ownerOf(url: string): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: url.replace(/postgres$/, 'shop') })
  owner.on('error', () => {})
  await owner.connect()
  return owner
}

async function start({ connections, tls }: StartOptions): Promise<Upstream> {
  const settings = { ...TELLING, max_connections: connections }
  const postgres = await startShop({ settings, ...(tls === undefined ? {} : { tls }) })
  let owner = await ownerOf(postgres.url)
  const count = async (condition: string, values: readonly string[] = []) =>
    (await owner.query(`select count(*)::int as n from pg_stat_activity where ${condition}`, [...values]))
      .rows[0].n
  return {
    port: postgres.port,
    ask: async (text) => (await owner.query(text)).rows,
    async reconnect() {
      await owner.end().catch(() => {})
      owner = await ownerOf(postgres.url)
    },
    sessions: () => count("usename = 'gatehouse' and application_name like 'gh:%'"),
    runs: (part) => count("state = 'active' and pid <> pg_backend_pid() and query like $1", [`%${part}%`]),
    async setPassword(password) {
      await owner.query(`alter role gatehouse password '${password}'`)
    },
    async give(table) {
      await owner.query(`create table ${table} (n int)`)
      await owner.query(`alter table ${table} owner to gatehouse`)
    },
    async show({ cert, key }) {
      const file = async (setting: string) => (await owner.query(`show ${setting}`)).rows[0][setting]
      copyFileSync(cert, await file('ssl_cert_file'))
      copyFileSync(key, await file('ssl_key_file'))
      await owner.query('select pg_reload_conf()')
    },
    executed: followLog(postgres.logFile, numbersIn),
    kill9: () => postgres.kill9(),
    restart: () => postgres.restart(),
    async stop() {
      await owner.end().catch(() => {})
      await postgres.stop()
    },
  }
}

async function enter(port: number, user: string): Promise<Guest> {
  return guestOf(await signIn(port, user))
}

export function guestOf(client: pg.Client): PostgresGuest {
  client.setMaxListeners(0)
  return {
    client,
    socket: (client as unknown as { connection: { stream: Guest['socket'] } }).connection.stream,
    async ask(text, values) {
      let last = 0
      const numbered = text.replaceAll('?', () => {
        last += 1
        return `$${last}`
      })
      const { rows } = await (values === undefined ? client.query(text) : client.query(numbered, [...values]))
      return rows
    },
    end: () => client.end(),
  }
}

export interface PostgresGuest extends Guest {
  readonly client: pg.Client
}

const codeOf = (fault: unknown) => (fault as { code?: string }).code

/** An error that ends the session, or none from a server at all, is no whole reply. */
function endingOf(fault: unknown): Ending {
  const { code, severity, detail } = fault as { code?: string; severity?: string; detail?: string }
  if (severity !== 'ERROR' || code === undefined) return 'cut'
  if (code === '53100') return 'unwritten'
  if (code === '25P02') return 'aborted'
  return detail?.includes('gatehouse: {') ? 'refused' : 'failed'
}

const inside = (guest: Guest) => (guest as PostgresGuest).client

/** The streams end before the reply is whole: that is ReadyForQuery. */
function ended(client: pg.Client, stream: CopyStreamQuery | CopyToStreamQuery): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    client.once('drain', () => resolve(undefined))
    client.once('end', () => reject(new Error('the connection ended')))
  })
}

function copiedOut(guest: Guest, name: string): Promise<unknown> {
  const stream = inside(guest).query(
    copyTo(`copy (select city as ${name} from customers, generate_series(1, 20)) to stdout`),
  )
  stream.resume()
  return ended(inside(guest), stream)
}

function copiedIn(guest: Guest): Promise<unknown> {
  const stream = inside(guest).query(copyFrom('copy inbox from stdin'))
  stream.end('1\n2\n')
  return ended(inside(guest), stream)
}

async function cancel(port: number, guest: Guest, guess = 0): Promise<void> {
  const { processID, secretKey } = inside(guest) as unknown as { processID: number; secretKey: number }
  const socket = await rawSocket(port)
  socket.on('error', () => {})
  const request = Buffer.alloc(16)
  request.writeUInt32BE(16, 0)
  request.writeUInt32BE(80877102, 4)
  // Another process's key, or another key of the process.
  request.writeInt32BE(processID + (guess % 2) * guess, 8)
  request.writeInt32BE(guess === 0 || guess % 2 === 1 ? secretKey : secretKey ^ (1 << guess), 12)
  socket.write(request)
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

/** Message-format: a type byte but in the first of a client, then a length that counts itself. */
const boundaries: Boundaries = {
  serverFirst: false,
  endOf(bytes, at, first) {
    const head = at + (first ? 0 : 1)
    if (bytes.length < head + 4) return undefined
    const end = head + bytes.readUInt32BE(head)
    return end <= bytes.length ? end : undefined
  },
}

/** ErrorResponse as a server sends it while it replays its log. */
function recovering(): Uint8Array {
  const body = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.from('E\0\0\0\0')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export const postgres: Database = {
  name: 'Postgres',
  protocol: 'postgres',
  start,
  enter,
  codeOf,
  endingOf,
  codes: {
    unreachable: '08006',
    draining: '57P03',
    unwritten: '57P03',
    forbidden: '42501',
    tooLarge: '54000',
    failing: '22012',
  },
  kinds: [
    (guest, name) => guest.ask(`select 1 / (id - 1) as ${name} from customers where id = ?`, [1]),
    (guest, name) =>
      inside(guest).query({
        name,
        text: `select r, city as ${name} from customers, generate_series(1, $1) r`,
        values: [100],
      }),
    copiedOut,
  ],
  unnumbered: [copiedIn],
  beginToWrite(guest, table) {
    const stream = inside(guest).query(copyFrom(`copy ${table} from stdin`))
    stream.on('error', () => {})
    stream.write('1\n'.repeat(2000))
  },
  cancel,
  sleep: (seconds) => `pg_sleep(${seconds})`,
  notReady: recovering(),
  boundaries,
}
