/** All that sessions share while they are fuzzed: the real reader, a catalog of names, the policy. */
import type { Site } from '@gatehouse/adapter-kit'
import { compilePolicy, type Identity, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { serialize } from 'bson'
import { documentValue } from '../bson/index.js'
import type { Catalog } from '../catalog/catalog.js'
import type { House } from '../house.js'
import type { ReadStatement } from '../reading/read-command.js'
import { createReader } from '../reading/reader.js'
import { createCursors } from '../session/cursors.js'
import { createRefusedTransactions } from '../session/transactions.js'

export const SECRET = 'sesame'
/** Documents that a limited viewer may have of one cursor. */
export const ROWS = 3

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: fuzz, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, verbs: [read, insert, update, delete], resources: ["shop.vault"]}
  - {name: personal, effect: mask, classes: [email], with: redact, probing: allow, unless: '"admins" in identity.groups'}
`

function policyWith(more: string): Policy {
  const { documents, faults } = readDocuments({ file: 'fuzz.yaml', text: `${RULES}${more}` })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, readPack('observe')])
}

const open = policyWith('')
const limited = policyWith(`  - {name: few, effect: limit, rows: ${ROWS}}\n`)
export const policyFor = (counted: boolean): Policy => (counted ? limited : open)

/** Nothing was sampled: names alone say what a field is. */
const catalog: Catalog = {
  collection: () => undefined,
  collections: () => [],
  databases: () => ['shop'],
  classesOf: (_collection, path) => (path.includes('email') ? ['email'] : []),
}

export const reader = createReader()

/** What a find of people is read as. */
const FIND = ((): ReadStatement => {
  const body = documentValue(serialize({ find: 'people', $db: 'shop' }))
  const command = { name: 'find', database: 'shop', body, sequences: new Map() }
  const read = reader.read(command, { catalog })
  if (read.kind !== 'statement') throw new Error('a find that is not read')
  return read
})()

export const UPSTREAM_SESSION = 0xee
/** Upstream's id of a cursor that is somebody else's. */
export const FOREIGN = 424_242n

export interface FuzzHouse {
  readonly house: House
  /** Of somebody else's cursor. */
  readonly foreign: bigint
  /** The catalog has been read again. */
  refreshed(): void
  readonly refreshing: boolean
}

export function openHouse(): FuzzHouse {
  let ids = 0
  const random = (size: number) => {
    ids += 1
    const bytes = new Uint8Array(size)
    new DataView(bytes.buffer).setUint32(0, ids)
    return bytes
  }
  const site: Site = {
    listener: 'fuzz',
    upstream: {
      hosts: [{ host: '127.0.0.1', port: 2 }],
      role: 'any',
      accounts: [{ user: 'gw', password: 'p' }],
      catalogAccount: { user: 'gw', password: 'p' },
      tls: 'disable',
      databases: ['shop'],
      privileged: 'refuse',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 1 << 16, message: 1 << 20 },
    catalogRefresh: 1000,
    log: { info() {}, warn() {}, error() {} },
    now: () => 0,
    tick: () => 0,
    random,
    version: '0',
  }
  const cursors = createCursors({ random })
  const foreign = cursors.open({
    upstream: FOREIGN,
    person: 'somebody else',
    session: '',
    database: 'shop',
    collection: 'people',
    read: FIND,
    returned: 0,
    bytes: 0,
    over: undefined,
  })
  let refreshing: Promise<void> | undefined
  let wake = () => {}
  const house: House = {
    site,
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
      target: () => ({ host: '127.0.0.1', port: 2 }),
    },
    reader,
    maskKey: undefined,
    sessionId: (_person, id) => Uint8Array.from(id, (byte) => byte ^ UPSTREAM_SESSION),
    serviceId: random(12),
    nextConnectionId: () => 1,
    cursors,
    lending: undefined,
    refusedTransactions: createRefusedTransactions(),
    answer: () => undefined,
    get refreshing() {
      return refreshing
    },
    refresh() {
      refreshing ??= new Promise((resolve) => {
        wake = resolve
      })
    },
  }
  return {
    house,
    foreign: foreign.id,
    refreshed() {
      refreshing = undefined
      wake()
    },
    get refreshing() {
      return refreshing !== undefined
    },
  }
}

export function identityOf(masked: boolean): Identity {
  const [name, group] = masked ? ['ann', 'analysts'] : ['adam', 'admins']
  return {
    subject: name as string,
    name: name as string,
    issuer: 'local',
    home: true,
    groups: [group as string],
    claims: {},
    provenBy: 'password',
  }
}
