/** Starts the demo's database and gateway in one temporary folder, and takes both away again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatehouseError } from '@gatehouse/core'
import { startEmbeddedPostgres, temporaryFolder } from '@gatehouse/embedded'
import pg from 'pg'
import { readAll } from '../commands/read-all.js'
import { type Gateway, startGateway } from '../compose.js'
import { faultLine } from '../configuration/fault.js'
import { createLog } from '../log.js'
import { demoConfiguration, SHOP_POLICY } from './shop-policy.js'
import { insertRows, shopRows } from './shop-rows.js'
import { SHOP_SCHEMA, shopAccounts } from './shop-schema.js'

export const DEMO_USERS = ['ann', 'adam', 'reporter'] as const
export type DemoUser = (typeof DEMO_USERS)[number]

export interface Shop {
  readonly gateway: Gateway
  readonly port: number
  readonly folder: string
  readonly passwords: Readonly<Record<DemoUser, string>>
  readonly postgresVersion: string
  stop(): Promise<void>
}

export interface ShopOptions {
  readonly port: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  readonly step: (text: string) => void
}

export async function startShop(options: ShopOptions): Promise<Shop> {
  const undo: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const each of undo.splice(0).reverse()) await each()
  }
  try {
    const folder = temporaryFolder('demo')
    undo.push(() => folder.remove())
    const secrets = writeSecrets(folder.path, options.random)
    options.step('starting an embedded Postgres')
    const postgres = await startEmbeddedPostgres()
    undo.push(() => postgres.stop())
    options.step('filling the shop: customers, orders, payments, tickets, staff')
    await fillShop(postgres.url, secrets)
    options.step('starting the gateway')
    const config = join(folder.path, 'gatehouse.yaml')
    writeFileSync(config, demoConfiguration({ upstreamPort: postgres.port, port: options.port }))
    writeFileSync(join(folder.path, 'shop.yaml'), SHOP_POLICY)
    const read = readAll(config, options)
    if (read.kind === 'faults')
      throw new GatehouseError('GH_CONFIGURATION', read.faults.map(faultLine).join('\n'))
    const { now, random } = options
    const log = createLog('demo', 'error')
    const gateway = await startGateway(read.configuration, read.policies, { log, now, random })
    undo.push(() => gateway.stop())
    const port = gateway.listening[0]?.port ?? 0
    return { gateway, port, folder: folder.path, passwords: secrets, postgresVersion: postgres.version, stop }
  } catch (fault) {
    await stop()
    throw fault
  }
}

type Secrets = Record<DemoUser | 'gatehouse' | 'gatehouse_admin', string>

function writeSecrets(folder: string, random: (size: number) => Uint8Array): Secrets {
  const place = join(folder, 'secrets')
  mkdirSync(place, { mode: 0o700 })
  const make = (name: string) => {
    const secret = Buffer.from(random(9)).toString('base64url').replaceAll(/[-_]/g, 'x')
    writeFileSync(join(place, name), secret, { mode: 0o600 })
    return secret
  }
  writeFileSync(join(place, 'masking.key'), random(32), { mode: 0o600 })
  return {
    ann: make('ann'),
    adam: make('adam'),
    reporter: make('reporter'),
    gatehouse: make('gatehouse'),
    gatehouse_admin: make('gatehouse_admin'),
  }
}

async function fillShop(url: string, secrets: Secrets): Promise<void> {
  const first = new pg.Client({ connectionString: url })
  await first.connect()
  try {
    await first.query('create database shop')
  } finally {
    await first.end()
  }
  const shop = new URL(url)
  shop.pathname = '/shop'
  const client = new pg.Client({ connectionString: shop.href })
  await client.connect()
  const quote = (text: string) => client.escapeLiteral(text)
  try {
    await client.query(SHOP_SCHEMA)
    for (const table of shopRows()) await client.query(insertRows(table, quote))
    await client.query(shopAccounts({ reader: secrets.gatehouse, admin: secrets.gatehouse_admin }, quote))
    await client.query('analyze')
  } finally {
    await client.end()
  }
}
