/** A real Postgres and a real `gatehouse serve` in front of it, for tests. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type PostgresOptions,
  type PostgresServer,
  type Program,
  startPostgres,
  startProgram,
  temporaryFolder,
} from '@gatehouse/workbench'
import pg from 'pg'

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Stage {
  readonly postgres: PostgresServer
  readonly folder: string
  /** Writes a file below the folder. */
  write(name: string, text: string | Uint8Array, mode?: number): void
  serve(options?: ServeOptions): Promise<Serving>
  stop(): Promise<void>
}

export interface ServeOptions {
  readonly expectReady?: boolean
  /** Besides what every one of them gets. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Serving {
  readonly program: Program
  readonly port: number
  readonly metricsPort: number
  /** The lines of its output that are JSON: what it printed and what it logged. */
  lines(): readonly Record<string, unknown>[]
  client(user: string, password?: string, more?: pg.ClientConfig): Promise<pg.Client>
  /** The raw text of a path of the metrics listener. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>
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
    limits: {connections: 8, perUser: 3, greeting: 2s}
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

const ENV = { PATH: process.env.PATH ?? '', PASSWORD: 'pass-word', UPSTREAM: 'up-stream' }

export async function openStage(options: PostgresOptions = {}): Promise<Stage> {
  const folder = temporaryFolder('stage')
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

  const write = (name: string, text: string | Uint8Array, mode = 0o600) => {
    mkdirSync(join(folder.path, name, '..'), { recursive: true })
    writeFileSync(join(folder.path, name), text, { mode })
  }
  write('gatehouse.yaml', CONFIG(postgres.port))
  write('policies/stage.yaml', policy())
  const running: Program[] = []
  return {
    postgres,
    folder: folder.path,
    write,
    async serve({ expectReady = true, env = {} } = {}) {
      const program = await startProgram({
        command: process.execPath,
        args: [MAIN, 'serve'],
        cwd: folder.path,
        env: { ...ENV, ...env },
        // Several workers, on a busy machine.
        readyWithin: 120_000,
        ...(expectReady && { ready: /"event":"metrics"/ }),
      })
      running.push(program)
      return serving(program)
    },
    async stop() {
      for (const program of running) await program.stop()
      await postgres.stop()
      folder.remove()
    },
  }
}

function serving(program: Program): Serving {
  const lines = () =>
    program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const portOf = (event: string) => Number(lines().find((line) => line.event === event)?.port ?? 0)
  const port = portOf('listening')
  const metricsPort = portOf('metrics')
  return {
    program,
    port,
    metricsPort,
    lines,
    async client(user, password = ENV.PASSWORD, more = {}) {
      const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'shop', ...more })
      client.on('error', () => {})
      await client.connect()
      return client
    },
    async get(path) {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}${path}`)
      return { status: answer.status, text: await answer.text() }
    },
  }
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
