/** A real Postgres with the shop in it, and doors to it: to read masked, to do all but masked, all but what is forbidden, and all. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { compilePolicy, type PackName, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { postgres } from '../index.js'
import { type Attacker, connectAttacker } from './attacker.js'
import { FINGERPRINT, SHOP } from './shop.js'

/** Reads, writes and listens in its own schema; masked as the pack says. */
const READER = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: shop, owner: shop}
default: forbid
rules:
  - {name: come-in, effect: permit, verbs: [connect]}
  - name: work
    effect: permit
    verbs: [read, insert, update, delete, copy-out, copy-in, listen]
    resources: ["shop.public.*", "shop.*"]
`

const BARRED = `
apiVersion: gatehouse/v1
kind: Policy
metadata: {name: barred, owner: shop}
rules:
  - {name: people, effect: forbid, resources: ["shop.public.people"]}
`

export const DOORS = ['reader', 'watched', 'barred', 'unmasked'] as const
/** `watched` may do what pack:observe permits, but sees it masked; `barred` sees all but `people`. */
export type DoorName = (typeof DOORS)[number]

export interface Scene {
  readonly server: PostgresServer
  readonly stages: Readonly<Record<DoorName, Stage>>
  /** As the upstream account, not through the gateway. */
  readonly direct: pg.Client
  open(door: DoorName, settings?: Readonly<Record<string, string>>): Promise<Attacker>
  state(): Promise<string>
  /** Makes the shop anew and waits until the gateway knows it. */
  restore(): Promise<void>
  close(): Promise<void>
}

const PASSWORD = 'p'

/** `privileged`: the gateway's account may do anything on the server, as no site should let it. */
export async function createScene(privileged = false, major: 15 | 18 = 18): Promise<Scene> {
  const server = await startPostgres({ major, settings: { max_prepared_transactions: '5' } })
  const root = await connectDirectly(server, 'postgres', server.password, 'postgres')
  await root.query(`create role gw login password 'gw'; create role clerk; grant clerk to gw`)
  await root.query('create database shop owner gw')
  await root.end()
  const direct = await connectDirectly(server, 'gw', 'gw', 'shop')
  await direct.query(SHOP)
  const superuser = { user: 'postgres', password: server.password }
  const adapter = await openAdapter(server, ['shop'], privileged ? superuser : undefined)
  const stages = {
    reader: await openStage(adapter, policyOf(['tools', 'guardrails', 'masking'], READER)),
    watched: await openStage(adapter, policyOf(['observe', 'masking'])),
    barred: await openStage(adapter, policyOf(['observe'], BARRED)),
    unmasked: await openStage(adapter, policyOf(['observe'])),
  }
  const open: Scene['open'] = (door, settings = {}) =>
    connectAttacker({ port: stages[door].port, user: 'ann', password: PASSWORD, database: 'shop', settings })
  return {
    server,
    stages,
    direct,
    open,
    state: async () => {
      const found = await direct.query<{ state: string }>(FINGERPRINT).catch(() => undefined)
      return found?.rows[0]?.state ?? 'a part of the shop is gone'
    },
    async restore() {
      await direct.query('rollback')
      await direct.query(SHOP)
      let reader = await open('reader')
      // Who asks over what has just been replaced is sent away.
      for (; (await reader.run(KNOWN, 'simple')).error !== undefined; await pause())
        if (reader.closed) reader = await open('reader')
      await reader.close()
    },
    async close() {
      await Promise.all(DOORS.map((door) => stages[door].close()))
      await adapter.close()
      await direct.end()
      await server.stop()
    },
  }
}

const KNOWN =
  'select c.id, r.id, p.id, n.id from customers c, customer_report r, payments_2024 p, notes n where false'
const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

export function policyOf(packs: readonly PackName[], text?: string): Policy {
  const own = text === undefined ? undefined : readDocuments({ file: 'shop.yaml', text })
  if (own !== undefined && own.faults.length > 0) throw new Error(JSON.stringify(own.faults))
  return compilePolicy([...packs.map(readPack), ...(own?.documents ?? [])])
}

function openStage(adapter: OpenAdapter, policy: Policy): Promise<Stage> {
  return createStage({ adapter, policy, users: [{ name: 'ann', password: PASSWORD, groups: ['analysts'] }] })
}

export function openAdapter(
  server: PostgresServer,
  databases: readonly string[] = ['shop'],
  account = { user: 'gw', password: 'gw' },
): Promise<OpenAdapter> {
  return postgres.open({
    listener: 'stage',
    upstream: {
      hosts: [{ host: server.host, port: server.port }],
      role: 'any',
      accounts: [account],
      catalogAccount: account,
      tls: 'disable',
      databases,
      privileged: account.user === 'gw' ? 'refuse' : 'accept',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 16 << 20, message: 64 << 20 },
    catalogRefresh: 50,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
  })
}

async function connectDirectly(server: PostgresServer, user: string, password: string, database: string) {
  const client = new pg.Client({ host: server.host, port: server.port, user, password, database })
  await client.connect()
  return client
}
