/** A real Postgres and a real `gatehouse serve` in front of it, for tests. */
import { connect as dial, type Socket } from 'node:net'
import { type PostgresOptions, type PostgresServer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { createHome, ENV, type Home, type Served, type ServeOptions } from './home.js'

export { MAIN, type ServeOptions } from './home.js'

export interface Stage extends Home {
  readonly postgres: PostgresServer
  serve(options?: ServeOptions): Promise<Serving>
  /** Of the database `shop`, past the gateway, for whom nothing is forbidden. */
  readonly owner: pg.Client
  /** Statements with this in their text that run for the gateway's account at the moment. */
  runs(part: string): Promise<number>
  holdUp(): Promise<HeldUp>
}

/** A statement that is answered when the test says so. */
export interface HeldUp {
  readonly statement: string
  /** How many wait. */
  waiting(): Promise<number>
  letGo(): Promise<void>
}

export interface Serving extends Served {
  client(user: string, password?: string, more?: pg.ClientConfig): Promise<pg.Client>
}

export const CONFIG = (port: number) => `apiVersion: gatehouse/v1
instance: stage
dataDir: ./var
identity:
  users:
    - {name: ann, password: {env: PASSWORD}, groups: [analysts]}
    - {name: ben, password: {env: PASSWORD}, groups: [analysts]}
    - {name: bot, password: {env: PASSWORD}, agent: true}
listeners:
  - name: shop
    protocol: postgres
    listen: 127.0.0.1:0
    labels: {environment: test}
    limits: {connections: 8, perUser: 3, greeting: 8s}
    upstream: {host: 127.0.0.1, port: ${port}, user: gatehouse, password: {env: UPSTREAM}, tls: disable, databases: [shop]}
policies: [pack:observe, ./policies]
audit: {spool: {durability: write}}
metrics: {listen: "127.0.0.1:0"}
drain: 5s
`

/** Everything for everybody; \`extra\` adds rules. */
export const policy = (extra = '') => `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: stage}
rules:
  - {name: nobody-drops, effect: forbid, verbs: [drop], message: nothing is dropped here}
${extra}`

export async function openStage(options: PostgresOptions = {}): Promise<Stage> {
  const postgres = await startShop(options)
  const owner = new pg.Client({ connectionString: postgres.url.replace(/postgres$/, 'shop') })
  owner.on('error', () => {})
  await owner.connect()
  const count = async (text: string, values: readonly string[] = []) =>
    Number((await owner.query(`select count(*) as n from ${text}`, [...values])).rows[0].n)
  const home = createHome()
  home.write('gatehouse.yaml', CONFIG(postgres.port))
  home.write('policies/stage.yaml', policy())
  return {
    ...home,
    postgres,
    serve: async (asked) => serving(await home.serve(asked)),
    owner,
    runs: (part) =>
      count(
        "pg_stat_activity where usename = 'gatehouse' and state = 'active' and position($1 in query) > 0",
        [part],
      ),
    async holdUp() {
      await owner.query('select pg_advisory_unlock_all(), pg_advisory_lock(7)')
      return {
        statement: 'select pg_advisory_xact_lock_shared(7)',
        waiting: () => count("pg_locks where locktype = 'advisory' and not granted"),
        letGo: async () => void (await owner.query('select pg_advisory_unlock_all()')),
      }
    },
    async stop() {
      await home.stop()
      await owner.end()
      await postgres.stop()
    },
  }
}

/** With the database `shop`, its customers, and the account that the gateway uses. */
export async function startShop(options: PostgresOptions = {}): Promise<PostgresServer> {
  const postgres = await startPostgres(options)
  const owner = new pg.Client({ connectionString: postgres.url })
  await owner.connect()
  await owner.query('create database shop')
  await owner.query("create role gatehouse login password 'up-stream'")
  await owner.end()
  const shop = new pg.Client({ connectionString: postgres.url.replace(/postgres$/, 'shop') })
  await shop.connect()
  await shop.query('create table customers (id int primary key, email text, city text)')
  await shop.query(
    "insert into customers select n, 'c' || n || '@example.org', 'Porto' from generate_series(1, 20) n",
  )
  await shop.query('grant select, insert, update, delete on customers to gatehouse')
  await shop.end()
  return postgres
}

function serving(served: Served): Serving {
  return {
    ...served,
    client: (user, password = ENV.PASSWORD, more = {}) => signIn(served.port, user, password, more),
  }
}

export async function signIn(
  port: number,
  user: string,
  password = ENV.PASSWORD,
  more: pg.ClientConfig = {},
): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'shop', ...more })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** The value of a metric's line, whatever the order of its labels. */
export function metric(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  for (const line of text.split('\n')) {
    const [, found = '', inner = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (
      found === name &&
      Object.entries(labels).every(([key, wanted]) => inner.includes(`${key}="${wanted}"`))
    )
      return Number(value)
  }
  return undefined
}

export function rawSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

/** Asks again until it holds; the test's own time limit ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
