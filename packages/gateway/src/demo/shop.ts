/** Starts the demo's database and gateway in one temporary folder, and takes both away again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatehouseError } from '@gatehouse/core'
import { temporaryFolder } from '@gatehouse/embedded'
import { readAll } from '../commands/read-all.js'
import { type Gateway, startGateway } from '../compose.js'
import { faultLine } from '../configuration/fault.js'
import { createLog } from '../log.js'
import type { DemoUpstream, DemoUser, Secrets } from './demo-upstream.js'
import { demoConfiguration, shopPolicy } from './shop-policy.js'

export interface Shop {
  readonly gateway: Gateway
  readonly port: number
  readonly folder: string
  readonly passwords: Readonly<Record<DemoUser, string>>
  readonly upstream: DemoUpstream
  readonly serverVersion: string
  stop(): Promise<void>
}

export interface ShopOptions {
  readonly upstream: DemoUpstream
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
    const { upstream } = options
    const started = await upstream.start(secrets, options.step)
    undo.push(() => started.stop())
    options.step('starting the gateway')
    const config = join(folder.path, 'gatehouse.yaml')
    writeFileSync(config, demoConfiguration({ upstream, upstreamPort: started.port, port: options.port }))
    writeFileSync(join(folder.path, 'shop.yaml'), shopPolicy(upstream.schema))
    const read = readAll(config, options)
    if (read.kind === 'faults')
      throw new GatehouseError('GH_CONFIGURATION', read.faults.map(faultLine).join('\n'))
    const { now, random } = options
    const log = createLog('demo', 'error')
    const gateway = await startGateway(read.configuration, read.policies, { log, now, random })
    undo.push(() => gateway.stop())
    const port = gateway.listening[0]?.port ?? 0
    const { version } = started
    return {
      gateway,
      port,
      folder: folder.path,
      passwords: secrets,
      upstream,
      serverVersion: version,
      stop,
    }
  } catch (fault) {
    await stop()
    throw fault
  }
}

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
