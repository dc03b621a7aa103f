/** MariaDB, as the faults need it. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MysqlServer, startMariadb } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { ENV } from '../end-to-end/home.js'
import type { Boundaries, Database, Guest, StartOptions, Upstream } from './database.js'
import { followLog, numbersIn } from './executed.js'
import type { Ending } from './reconcile.js'

async function ownerOf({ host, port, user, password }: MysqlServer): Promise<Connection> {
  const owner = await createConnection({ host, port, user, password, multipleStatements: true })
  owner.on('error', () => {})
  return owner
}

const SHOP = `create database shop; use shop;
create table customers (id int primary key, email text, city text);
insert into customers select seq, concat('c', seq, '@example.org'), 'Porto' from seq_1_to_20;
create user gatehouse@'127.0.0.1' identified by '${ENV.UPSTREAM}';
grant select, insert, update, delete, create, drop, alter on shop.* to gatehouse@'127.0.0.1'`

async function start({ connections, tls }: StartOptions): Promise<Upstream> {
  const settings = { 'general-log': 1, 'max-connections': connections }
  const server = await startMariadb({ settings, ...(tls === undefined ? {} : { tls }) })
  let owner = await ownerOf(server)
  const ask = async (text: string) => (await owner.query<RowDataPacket[]>(text))[0]
  await ask(SHOP)
  const [place] = await ask('select @@datadir as folder, @@general_log_file as file')
  const count = async (condition: string, values: readonly string[] = []) => {
    const text = `select count(*) as n from information_schema.processlist where ${condition}`
    const [rows] = await owner.query<RowDataPacket[]>(text, [...values])
    return Number(rows[0]?.n)
  }
  return {
    port: server.port,
    ask,
    async reconnect() {
      owner.destroy()
      owner = await ownerOf(server)
      await owner.query('use shop')
    },
    // The gateway's own connections have no default database.
    sessions: () => count("user = 'gatehouse' and db is not null"),
    runs: (part) => count('id <> connection_id() and locate(?, info) > 0', [part]),
    async setPassword(password) {
      await ask(`alter user gatehouse@'127.0.0.1' identified by '${password}'`)
    },
    async give(table) {
      await ask(`create table ${table} (n int)`)
    },
    async show({ cert, key }) {
      const [files] = await ask('select @@ssl_cert as cert, @@ssl_key as `key`')
      copyFileSync(cert, files?.cert)
      copyFileSync(key, files?.key)
      await ask('flush ssl')
    },
    executed: followLog(join(place?.folder, place?.file), numbersExecuted()),
    kill9: () => server.kill9(),
    restart: () => server.restart(),
    async stop() {
      owner.destroy()
      await server.stop()
    },
  }
}

/** What begins an entry of the general log: perhaps the time, the connection, the command. */
const ENTRY = /^(?:\d{6} [ \d]\d:\d\d:\d\d)?\t\s*\d+ ([A-Z][a-z]+(?: [A-Z][a-z]+)*)\t/

/** An entry may go over several lines; what was only prepared was not executed. */
export function numbersExecuted(): (text: string) => number[] {
  let executes = false
  return (text) =>
    text.split('\n').flatMap((line) => {
      const command = ENTRY.exec(line)?.[1]
      if (command !== undefined) executes = command === 'Query' || command === 'Execute'
      return executes ? numbersIn(line) : []
    })
}

interface MariadbGuest extends Guest {
  readonly connection: Connection
}

async function enter(port: number, user: string): Promise<MariadbGuest> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user,
    password: ENV.PASSWORD,
    database: 'shop',
    multipleStatements: true,
    // The clients of a fault wait as long as it takes.
    connectTimeout: 600_000,
  })
  connection.on('error', () => {})
  const { stream } = (connection as unknown as { connection: { stream: Guest['socket'] } }).connection
  return {
    connection,
    socket: stream,
    async ask(text, values) {
      if (values === undefined) return (await connection.query<RowDataPacket[]>(text))[0]
      const asked = connection.execute<RowDataPacket[]>(text, [...values])
      const [rows] = await asked.finally(() => connection.unprepare(text))
      return rows
    },
    async end() {
      // Its promise stays open for ever on a connection that has died already.
      if (stream.destroyed) return
      const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()))
      connection.end().catch(() => {})
      await closed
    },
  }
}

const inside = (guest: Guest) => (guest as MariadbGuest).connection

/** KILL QUERY over another connection of the same person. */
async function cancel(port: number, guest: Guest, guess = 0): Promise<void> {
  const other = await enter(port, 'ben')
  // A thread that is somebody else's or nobody's is answered with an error.
  await other.ask(`kill query ${inside(guest).threadId + guess}`).catch(() => {})
  await other.end()
}

/** A packet of COM_QUERY that lacks its end. */
function beginToWrite({ socket }: Guest, table: string): void {
  const body = Buffer.from(`\x03insert into ${table} values (1)`)
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  socket.write(Buffer.concat([head, body.subarray(0, -1)]))
}

interface Fault {
  readonly errno?: number
  readonly fatal?: boolean
  readonly sqlState?: string
  readonly sqlMessage?: string
}

const codeOf = (fault: unknown) => {
  const { errno } = fault as Fault
  return errno === undefined ? undefined : String(errno)
}

/** They end the session: server shutdown, its loss, a killed connection. */
const ENDS = new Set([1053, 1927, 2013])

/** What ends the session, or comes from no server at all, is no whole reply. */
function endingOf(fault: unknown): Ending {
  const { errno, sqlState, sqlMessage } = fault as Fault
  if (errno === undefined || sqlState === undefined || ENDS.has(errno)) return 'cut'
  if (sqlMessage?.includes('"GH_ENDED"')) return 'cut'
  if (sqlMessage?.includes('"GH_AUDIT_UNAVAILABLE"')) return 'unwritten'
  return sqlMessage?.includes('gatehouse: {') ? 'refused' : 'failed'
}

/** Packets: three bytes of length and a sequence number. */
const boundaries: Boundaries = {
  serverFirst: true,
  endOf(bytes, at) {
    if (bytes.length < at + 4) return undefined
    const end = at + 4 + bytes.readUIntLE(at, 3)
    return end <= bytes.length ? end : undefined
  },
}

/** ERR in place of the greeting, as a server sends it that has no room. */
function tooMany(): Uint8Array {
  const body = Buffer.from('\xff\x10\x0408004Too many connections', 'latin1')
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  return Buffer.concat([head, body])
}

export const mariadb: Database = {
  name: 'MariaDB',
  part: 'mariadbd',
  protocol: 'mysql',
  start,
  enter,
  codeOf,
  endingOf,
  codes: {
    unreachable: '2013',
    draining: '1053',
    unwritten: '1105',
    forbidden: '1142',
    tooLarge: '1153',
    failing: '1242',
  },
  kinds: [
    (guest, name) =>
      guest.ask(`select (select city from customers) as ${name} from customers where id = ?`, [1]),
    // Two statements, two results.
    (guest, name) =>
      guest.ask(`select 1; select one.city as ${name} from customers as one, customers as other`),
    (guest, name) => guest.ask(`select id, city as ${name} from customers where id > ?`, [3]),
  ],
  unnumbered: [(guest) => guest.ask('start transaction; select 1; rollback')],
  beginToWrite,
  cancel,
  sleep: (seconds) => `sleep(${seconds})`,
  notReady: tooMany(),
  boundaries,
}
