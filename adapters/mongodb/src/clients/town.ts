/** A real server that clients reach three ways: directly, through the gateway unmasked, and through it masked. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage, type StageOptions } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import {
  compilePolicy,
  GatehouseError,
  type PackName,
  type Policy,
  readDocuments,
  readPack,
} from '@gatehouse/core'
import { type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { MongoClient } from 'mongodb'
import { mongodb } from '../index.js'
import { stock, stockItems } from './shop.js'

export const WAYS = ['direct', 'observed', 'masked'] as const
export type Way = (typeof WAYS)[number]

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface Town {
  readonly server: FerretdbServer
  readonly adapter: OpenAdapter
  readonly stages: readonly Stage[]
  address(way: Way): Address
  url(way: Way, options?: string): string
  /** One more listener, which is closed with the town. */
  stage(options: Omit<StageOptions, 'adapter'> & Partial<StageOptions>): Promise<Stage>
  /** What stands in the databases is as at first. */
  restock(): Promise<void>
  /** Only what the parity test's calls write. */
  restockItems(): Promise<void>
  close(): Promise<void>
}

export const USERS = [{ name: 'ann', password: 'p', groups: ['analysts'] }]
export const DATABASES = ['shop', 'restored']

export function policyOf(packs: readonly PackName[], rules = ''): Policy {
  const { documents, faults } = readDocuments({ file: 'clients.yaml', text: rules })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, ...packs.map((pack) => readPack(pack))])
}

export const urlOf = ({ host, port, user, password }: Address, options = '') =>
  `mongodb://${user}:${encodeURIComponent(password)}@${host}:${port}/?${options}`

export async function createTown(): Promise<Town> {
  const server = await startFerretdb()
  const { host, port, user, password } = server
  const root = new MongoClient(server.url)
  await stock(root)
  const account = { user, password }
  const adapter = await mongodb.open({
    listener: 'shop',
    upstream: {
      hosts: [{ host, port }],
      role: 'primary',
      accounts: [account],
      catalogAccount: account,
      tls: 'disable',
      databases: DATABASES,
      privileged: 'accept',
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 16 << 20, message: 48_000_000 },
    catalogRefresh: 60_000,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0.0.0',
  })
  const stages: Stage[] = []
  const stage = async (options: Omit<StageOptions, 'adapter'> & Partial<StageOptions>) => {
    const made = await createStage({ adapter, ...options })
    stages.push(made)
    return made
  }
  const observed = await stage({ policy: policyOf(['observe']), users: USERS })
  const masked = await stage({ policy: policyOf(['observe', 'masking']), users: USERS })
  const at = (made: Stage): Address => ({ host: '127.0.0.1', port: made.port, user: 'ann', password: 'p' })
  const addresses = { direct: { host, port, user, password }, observed: at(observed), masked: at(masked) }
  return {
    server,
    adapter,
    stages,
    address: (way) => addresses[way],
    url: (way, options) => urlOf(addresses[way], options),
    stage,
    restock: () => stock(root),
    async restockItems() {
      const shop = root.db('shop')
      for (const name of ['made', 'seen', 'goods', 'copied', 'strict']) await shop.dropCollection(name)
      await stockItems(shop, 'items')
    },
    async close() {
      await root.close()
      await Promise.all(stages.map((each) => each.close()))
      await adapter.close()
      await server.stop()
    },
  }
}

/** A client that closes says nothing before: its monitors are no session's, and end so. */
export const faultsOf = ({ stages }: Town): readonly unknown[] =>
  stages
    .flatMap(({ faults }) => faults)
    .filter((fault) => !(fault instanceof GatehouseError && fault.code === 'GH_WIRE'))
