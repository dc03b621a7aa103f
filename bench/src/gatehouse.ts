/** Gatehouse as a user runs it, with everything on: 50 rules, masks, audit to the spool, metrics. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@gatehouse/workbench'
import type { Target } from './pgbench.js'

export interface Gatehouse {
  readonly target: Target
  /** The same listener for somebody who sees one column masked. */
  readonly masked: Target
  /** Two, where the listener speaks MySQL or MongoDB. */
  readonly twice: Target
  /** The same two as pseudonyms, which are keyed digests; MongoDB alone. */
  readonly keyed: Target
  readonly pid: number
  /** The longest turn of its main thread since it was last asked; where it is watched. */
  longestTurn(): Promise<Turn>
  stop(): Promise<void>
}

/** Milliseconds: by a clock, and of the thread's own CPU. */
export interface Turn {
  readonly wall: number
  readonly cpu: number
}

const WATCH = new URL('turns-watch.js', import.meta.url).href
const MAIN = fileURLToPath(new URL('../../packages/gateway/dist/main.js', import.meta.url))

export interface GatehouseOptions {
  readonly protocol: 'postgres' | 'mysql' | 'mongodb'
  readonly durability: 'write' | 'fsync'
  /** A folder for a CPU profile of the whole run. */
  readonly profile?: string | undefined
  /** The upstream's account may do everything. */
  readonly privileged?: boolean
  /** Sessions that the listener takes, and one person may have. */
  readonly connections?: number
  /** Its turns are watched, which costs a little. */
  readonly watched?: boolean
}

export async function startGatehouse(upstream: Target, options: GatehouseOptions): Promise<Gatehouse> {
  const { protocol, profile } = options
  const folder = temporaryFolder('bench-gatehouse')
  mkdirSync(join(folder.path, 'policies'))
  writeFileSync(join(folder.path, 'policies', 'bench.yaml'), policy(TABLES[protocol]))
  writeFileSync(join(folder.path, 'masking.key'), randomBytes(32), { mode: 0o600 })
  writeFileSync(join(folder.path, 'gatehouse.yaml'), configuration(upstream, options))
  const turns = join(folder.path, 'turns.json')
  const flags = [
    ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
    ...(options.watched === true ? ['--import', WATCH] : []),
  ]
  const child = spawn(
    process.execPath,
    [...flags, MAIN, 'serve', '--config', join(folder.path, 'gatehouse.yaml')],
    {
      cwd: folder.path,
      env: {
        ...process.env,
        BENCH_TURNS: turns,
        UPSTREAM_PASSWORD: upstream.password,
        CLEAR_PASSWORD: 'clear',
        MASKED_PASSWORD: 'masked',
        TWICE_PASSWORD: 'twice',
        KEYED_PASSWORD: 'keyed',
      },
      stdio: ['ignore', 'pipe', process.env.BENCH_DEBUG === undefined ? 'ignore' : 'inherit'],
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      const line = said.split('\n').find((each) => each.includes('"listening"'))
      if (line !== undefined) resolve((JSON.parse(line) as { port: number }).port)
    })
    child.once('exit', (code) => reject(new Error(`gatehouse ended with ${code}`)))
  })
  const pid = child.pid ?? 0
  const target: Target = {
    name: 'gatehouse',
    port,
    user: 'clear',
    password: 'clear',
    database: upstream.database,
    pid,
  }
  return {
    target,
    masked: { ...target, name: 'gatehouse, masked', user: 'masked', password: 'masked' },
    twice: { ...target, name: 'gatehouse, two masked', user: 'twice', password: 'twice' },
    keyed: { ...target, name: 'gatehouse, two pseudonyms', user: 'keyed', password: 'keyed' },
    pid,
    async longestTurn() {
      rmSync(turns, { force: true })
      child.kill('SIGUSR2')
      for (;;) {
        const text = existsSync(turns) ? readFileSync(turns, 'utf8') : ''
        if (text.endsWith('}')) return JSON.parse(text) as Turn
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      folder.remove()
    },
  }
}

function configuration(upstream: Target, options: GatehouseOptions): string {
  const { protocol, durability, connections = 1000 } = options
  return `apiVersion: gatehouse/v1
instance: bench
dataDir: ./var
identity:
  users:
    - {name: clear, password: {env: CLEAR_PASSWORD}, groups: [analysts]}
    - {name: masked, password: {env: MASKED_PASSWORD}, groups: [viewers]}
    - {name: twice, password: {env: TWICE_PASSWORD}, groups: [viewers, strict]}
    - {name: keyed, password: {env: KEYED_PASSWORD}, groups: [keyed]}
listeners:
  - name: bench
    protocol: ${protocol}
    listen: 127.0.0.1:0${protocol === 'mysql' ? '\n    nativePassword: true' : ''}
    labels: {environment: bench}
    limits: {connections: ${connections}, perUser: ${connections}, message: 128MiB}
    upstream:
      host: 127.0.0.1
      port: ${upstream.port}
      user: ${upstream.user}
      password: {env: UPSTREAM_PASSWORD}
      tls: disable
      databases: [${upstream.database}]${options.privileged === true ? '\n      privileged: accept' : ''}
policies: [pack:tools, pack:guardrails, ./policies]
audit:
  spool: {durability: ${durability}, maxBytes: 4GiB, retain: 7d}
metrics: {listen: 127.0.0.1:0}
masking: {key: {file: masking.key}}
`
}

/** The tables that are read, and two of their columns. */
const TABLES = {
  postgres: { all: '*.public.*', one: '*.public.pgbench_*.filler', two: undefined },
  mysql: { all: 'bench.*', one: 'bench.sbtest1.pad', two: 'bench.sbtest1.c' },
  mongodb: { all: 'bench.*', one: 'bench.people.email', two: 'bench.people.phone' },
} as const

/** 50 rules that must all be looked at, as a grown policy has them. */
function policy({ all, one, two }: (typeof TABLES)[keyof typeof TABLES]): string {
  const others = Array.from(
    { length: two === undefined ? 47 : 45 },
    (_, index) =>
      `  - {name: other-${index}, effect: permit, groups: [team-${index}], verbs: [read], resources: ["*.team_${index}.*"]}`,
  )
  if (two !== undefined)
    others.push(
      `  - {name: strict, effect: mask, groups: [strict], fields: ["${two}"], with: redact}`,
      `  - {name: keyed, effect: mask, groups: [keyed], fields: ["${one}", "${two}"], with: pseudonym}`,
    )
  return `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: bench, owner: bench}
default: forbid
rules:
  - {name: connect, effect: permit, verbs: [connect]}
  - {name: accounts, effect: permit, groups: [analysts, viewers, keyed], verbs: [read, update, insert, delete, copy-out], resources: ["${all}"]}
  - {name: filler, effect: mask, groups: [viewers], fields: ["${one}"], with: redact}
${others.join('\n')}
`
}
