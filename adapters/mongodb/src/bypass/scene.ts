/** A real server with the shop and its twin in it, and three doors to it: masked, masked beyond recognition, and unmasked. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { compilePolicy, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { type Document, MongoClient } from 'mongodb'
import { mongodb } from '../index.js'
import { type Attacker, connectAttacker } from './attacker.js'
import { OTHERS, PEOPLE, stockOf } from './shop.js'

export const DOORS = ['masked', 'redacted', 'unmasked'] as const
/** Each may do what pack:observe permits; `redacted` hides values so that nothing of their form is left. */
export type DoorName = (typeof DOORS)[number]
/** Two databases that differ in masked values alone. */
export const TWINS = ['shop', 'shep'] as const
export type Twin = (typeof TWINS)[number]

export interface Scene {
  readonly upstream: FerretdbServer
  readonly adapter: OpenAdapter
  readonly stages: Readonly<Record<DoorName, Stage>>
  /** The driver, not through the gateway. */
  readonly direct: MongoClient
  url(door: DoorName, user?: string): string
  open(door: DoorName, user?: string): Promise<Attacker>
  /** As the upstream account, not through the gateway. */
  openDirect(): Promise<Attacker>
  /** All that is in a database. */
  state(twin: Twin): Promise<string>
  /** Makes it anew, with its own people or the other's. */
  restore(twin: Twin, people?: Twin): Promise<void>
  close(): Promise<void>
}

const REDACT = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: redact, owner: tests}
default: forbid
rules:
  - {name: everything, effect: mask, with: redact, classes: [pii, financial, email, phone, person-name, username, address, card, iban, bank-account, ip, geo, birth-date, salary, national-id, token, secret]}
`
const PASSWORD = 'p'
const USERS = ['ann', 'bea'].map((name) => ({ name, password: PASSWORD, groups: ['analysts'] }))

export function policyOf(door: DoorName): Policy {
  if (door === 'unmasked') return compilePolicy([readPack('observe')])
  const more = door === 'redacted' ? readDocuments({ file: 'redact.yaml', text: REDACT }) : undefined
  if (more !== undefined && more.faults.length > 0) throw new Error(JSON.stringify(more.faults))
  return compilePolicy([readPack('observe'), readPack('masking'), ...(more?.documents ?? [])])
}

async function stock(client: MongoClient, twin: Twin, people: Twin = twin): Promise<void> {
  const db = client.db(twin)
  await db.dropDatabase()
  for (const { name, documents } of stockOf(people === 'shop' ? PEOPLE : OTHERS))
    await db.collection(name).insertMany(documents.map((each) => ({ ...each })))
  await db.collection('customers').createIndex({ email: 1 }, { unique: true, name: 'by_email' })
}

async function stateOf(client: MongoClient, twin: Twin): Promise<string> {
  const db = client.db(twin)
  const listed = (await db.listCollections().toArray()).sort((a, b) => (a.name < b.name ? -1 : 1))
  const found: unknown[] = [listed.map(({ name, type, options }: Document) => [name, type, options])]
  for (const { name, type } of listed) {
    if (type === 'view') continue
    found.push(await db.collection(name).find({}).sort({ _id: 1 }).toArray())
    found.push(await db.collection(name).indexes())
  }
  return JSON.stringify(found)
}

export async function createScene(): Promise<Scene> {
  const upstream = await startFerretdb()
  const direct = new MongoClient(upstream.url)
  for (const twin of TWINS) await stock(direct, twin)
  const account = { user: upstream.user, password: upstream.password }
  const adapter = await mongodb.open({
    listener: 'shop',
    upstream: {
      hosts: [{ host: upstream.host, port: upstream.port }],
      role: 'primary',
      accounts: [account],
      catalogAccount: account,
      tls: 'disable',
      databases: [...TWINS],
      privileged: 'accept',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 16 << 20, message: 48_000_000 },
    catalogRefresh: 2000,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0.0.0',
  })
  const stageOf = (door: DoorName) => createStage({ adapter, policy: policyOf(door), users: USERS })
  const stages = {
    masked: await stageOf('masked'),
    redacted: await stageOf('redacted'),
    unmasked: await stageOf('unmasked'),
  }
  return {
    upstream,
    adapter,
    stages,
    direct,
    url: (door, user = 'ann') => `mongodb://${user}:${PASSWORD}@127.0.0.1:${stages[door].port}/`,
    open: (door, user = 'ann') => connectAttacker({ port: stages[door].port, user, password: PASSWORD }),
    openDirect: () => connectAttacker({ port: upstream.port, ...account }),
    state: (twin) => stateOf(direct, twin),
    restore: (twin, people) => stock(direct, twin, people),
    async close() {
      await Promise.all(DOORS.map((door) => stages[door].close()))
      await adapter.close()
      await direct.close()
      await upstream.stop()
    },
  }
}
