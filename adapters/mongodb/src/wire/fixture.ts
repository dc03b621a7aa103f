/** The adapter over a scripted upstream, on a stage: started once per test file. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage, type StageOptions } from '@gatehouse/adapter-contract'
import type { OpenAdapter, Site } from '@gatehouse/adapter-kit'
import { compilePolicy, type Policy, readDocuments, readPack } from '@gatehouse/core'
import type { Catalog } from '../catalog/catalog.js'
import { openOver } from '../index.js'
import { createReader } from '../reading/reader.js'
import { ACCOUNT, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.js'

export interface Fixture {
  readonly upstream: ScriptedUpstream
  readonly adapter: OpenAdapter
  readonly stage: Stage
  /** A driver's connection string. */
  url(user?: string, options?: string): string
  another(options: Partial<StageOptions>): Promise<Stage>
  close(): Promise<void>
}

export const USERS = [
  { name: 'adam', password: 'secret of adam', groups: ['admins'] },
  { name: 'gil', password: 'secret of gil', groups: ['admins', 'guarded'] },
  { name: 'ann', password: 'secret of ann', groups: ['analysts'] },
  { name: 'bot', password: 'secret of bot', groups: ['admins', 'few'] },
]

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: wire, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, groups: [guarded, analysts], verbs: [read, insert, update, delete], resources: ["shop.vault"]}
  - {name: personal, effect: mask, classes: [pii, email, phone], with: partial, probing: allow, unless: '"admins" in identity.groups'}
  - {name: few, effect: limit, groups: [few], rows: 10, affected: 3}
`

export function wirePolicy(rules = RULES): Policy {
  const { documents, faults } = readDocuments({ file: 'wire.yaml', text: rules })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, readPack('observe')])
}

/** Nothing was sampled: names alone say what a field is. */
const catalog: Catalog = {
  collection: () => undefined,
  collections: () => [],
  databases: () => ['shop'],
  classesOf: (_collection, path) => classesOf(path),
}

function classesOf(path: readonly string[]): readonly string[] {
  return path.includes('email') ? ['pii', 'email'] : []
}

/** `shared`: another gateway before the same upstream, which stays when this one is closed. */
export async function startFixture(site: Partial<Site> = {}, shared?: ScriptedUpstream): Promise<Fixture> {
  const upstream = shared ?? (await startScriptedUpstream())
  const whole: Site = {
    listener: 'wire',
    upstream: {
      hosts: [{ host: '127.0.0.1', port: upstream.port }],
      role: 'any',
      accounts: [ACCOUNT],
      catalogAccount: ACCOUNT,
      tls: 'disable',
      databases: ['shop'],
      privileged: 'refuse',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 16 << 20, message: 48_000_000 },
    catalogRefresh: 1000,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
    ...site,
  }
  const adapter = openOver(whole, {
    server: {
      upstream: {
        minWireVersion: 0,
        kind: 'replica set',
        writable: true,
        logicalSessionTimeoutMinutes: 30,
        maxWireVersion: 21,
        maxBsonObjectSize: 16_777_216,
        maxMessageSizeBytes: 48_000_000,
        maxWriteBatchSize: 100_000,
        version: '7.0.12',
      },
      current: true,
      epoch: 1,
      catalog: () => catalog,
      refresh: async () => {},
      serves: (database) => database === 'shop',
      target: () => ({ host: '127.0.0.1', port: upstream.port }),
    },
    reader: createReader(),
    revise: async () => {},
    describe: () => ({}),
    close: async () => {},
  })
  const stages: Stage[] = []
  const another = async (options: Partial<StageOptions>) => {
    const stage = await createStage({ adapter, policy: wirePolicy(), users: USERS, ...options })
    stages.push(stage)
    return stage
  }
  const stage = await another({})
  return {
    upstream,
    adapter,
    stage,
    url: (user = 'adam', options = '') =>
      `mongodb://${user}:${encodeURIComponent(`secret of ${user}`)}@127.0.0.1:${stage.port}/?${options}`,
    another,
    async close() {
      for (const each of stages) await each.close()
      await adapter.close()
      if (shared === undefined) await upstream.close()
    },
  }
}

/** What the sink's records say ran: `command status`, in the order of their ends. */
export function outcomes({ evidence }: Stage): readonly string[] {
  return evidence.completed.map(({ decided, outcome }) => `${decided.statement.command} ${outcome.status}`)
}
