/** A real MariaDB or MySQL with the shop in it, and doors to it: to read masked, to do all but masked, all but what is forbidden, and all. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection } from 'mysql2/promise'
import { mysql } from '../index.js'
import { policyOf, siteAt } from '../rules/world.js'
import type { Flavour } from '../wire/fixture.js'
import type { Connecting } from '../wire/raw-client.js'
import { type Attacker, connectAttacker } from './attacker.js'
import { FINGERPRINT, SETTINGS, SHOP } from './shop.js'

/** `reader` works in the shop and no more; `watched` may do what pack:observe permits; both see it masked. `barred` sees all but `documents`. */
export const DOORS = ['reader', 'watched', 'barred', 'unmasked'] as const
export type DoorName = (typeof DOORS)[number]

export interface Scene {
  readonly server: MysqlServer
  readonly stages: Readonly<Record<DoorName, Stage>>
  open(door: DoorName, more?: Partial<Connecting>): Promise<Attacker>
  /** As the upstream account, not through the gateway. */
  direct(): Promise<Attacker>
  state(): Promise<string>
  /** Makes the shop anew and waits until the gateway knows it. */
  restore(): Promise<void>
  close(): Promise<void>
}

export const PASSWORD = 'p'
const READER = [
  '{name: come-in, effect: permit, verbs: [connect]}',
  '{name: work, effect: permit, verbs: [read, insert, update, delete, copy-out, copy-in, lock], resources: ["shop.*"]}',
]

const BARRED = ['{name: documents, effect: forbid, resources: ["shop.documents"]}']

export async function startShop(
  flavour: Flavour,
  databases: readonly string[],
): Promise<{ readonly server: MysqlServer; readonly root: Connection }> {
  const start = flavour === 'mysql' ? startMysql : startMariadb
  const server = await start({ settings: SETTINGS[flavour] })
  const { host, port, user, password } = server
  const root = await createConnection({ host, port, user, password })
  // Whoever was left with a lock must not stop the shop from being made anew.
  await root.query('set session lock_wait_timeout = 5, group_concat_max_len = 100000')
  await root.query(`create user gw@'%' identified by 'gw'`)
  for (const database of databases) {
    await root.query(`grant all on ${database}.* to gw@'%'`)
    await stock(root, database)
  }
  // The first sign-in of caching_sha2 is the full one; from then on the server knows the password without TLS.
  await (await createConnection({ host, port, user: 'gw', password: 'gw' })).end()
  return { server, root }
}

async function stock(root: Connection, database: string): Promise<void> {
  await root.query(`drop database if exists ${database}`)
  await root.query(`create database ${database}`)
  await root.query(`use ${database}`)
  for (const text of SHOP) await root.query(text)
}

export async function createScene(flavour: Flavour): Promise<Scene> {
  const { server, root } = await startShop(flavour, ['shop'])
  const adapter = await mysql.open(siteAt(server.port, { limits: { statement: 4 << 20 } }))
  const stages = {
    reader: await openStage(adapter, policyOf(READER, ['tools', 'guardrails', 'masking'])),
    watched: await openStage(adapter, policyOf([], ['observe', 'masking'])),
    barred: await openStage(adapter, policyOf(BARRED, ['observe'])),
    unmasked: await openStage(adapter, policyOf([], ['observe'])),
  }
  const open: Scene['open'] = (door, more = {}) =>
    connectAttacker({ port: stages[door].port, user: 'ann', password: PASSWORD, ...more })
  return {
    server,
    stages,
    open,
    direct: () => connectAttacker({ port: server.port, user: 'gw', password: 'gw' }),
    async state() {
      const found: unknown[] = []
      await root.query('use shop').catch(() => undefined)
      for (const text of FINGERPRINT)
        found.push(
          await root.query(text).then(
            ([rows]) => rows,
            (fault: Error) => fault.message,
          ),
        )
      return JSON.stringify(found)
    },
    async restore() {
      await stock(root, 'shop')
      const mark = `mark_${randomBytes(4).toString('hex')}`
      await root.query(`create view ${mark} as select 1 as one`)
      const reader = await open('unmasked')
      while ((await reader.run(`select one from ${mark}`, 'text')).error !== undefined) await pause()
      await root.query(`drop view ${mark}`)
      await reader.close()
    },
    async close() {
      await Promise.all(DOORS.map((door) => stages[door].close()))
      await adapter.close()
      await root.end()
      await server.stop()
    },
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

export function openStage(adapter: OpenAdapter, policy: ReturnType<typeof policyOf>): Promise<Stage> {
  return createStage({
    adapter,
    policy,
    users: [{ name: 'ann', password: PASSWORD, groups: ['analysts'] }],
    nativePassword: true,
  })
}
