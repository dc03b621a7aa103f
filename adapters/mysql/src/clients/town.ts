/** A real MariaDB or MySQL that clients reach three ways: directly, through the gateway unmasked, and through it masked. */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { promisify } from 'node:util'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import type { PackName } from '@gatehouse/core'
import {
  type Certificates,
  certificates,
  type MysqlServer,
  startMariadb,
  startMysql,
  toolAvailable,
} from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { SETTINGS, SHOP } from '../bypass/shop.js'
import { mysql } from '../index.js'
import { policyOf, siteAt } from '../rules/world.js'
import type { Flavour } from '../wire/fixture.js'
import type { Address, Contact } from './contact.js'
import { KINDS } from './features.js'

export type { Address } from './contact.js'

export const WAYS = ['direct', 'observed', 'masked'] as const
export type Way = (typeof WAYS)[number]

export interface Town {
  readonly server: MysqlServer
  readonly stages: readonly Stage[]
  /** PEM of the authority behind all three, where TLS was wanted and openssl is here. */
  readonly ca: string | undefined
  readonly caFile: string | undefined
  address(way: Way, database?: string): Address
  /** The address with what TLS needs. */
  contact(way: Way): Contact
  close(): Promise<void>
}

export interface TownOptions {
  /** Whoever asks may have TLS on every way. */
  readonly tls?: boolean
  /** The server takes files of clients (LOAD DATA LOCAL), which MySQL's does not by itself. */
  readonly files?: boolean
}

/** `restored` and `bench` are empty. */
const DATABASES = ['shop', 'restored', 'bench']

export async function createTown(flavour: Flavour = 'mariadb', options: TownOptions = {}): Promise<Town> {
  const authority = options.tls === true && toolAvailable('openssl').ok ? await certificates() : undefined
  const tls = authority === undefined ? undefined : stageTls(authority)
  const start = flavour === 'mysql' ? startMysql : startMariadb
  const server = await start({
    settings: { ...SETTINGS[flavour], ...(options.files === true ? { 'local-infile': 1 } : {}) },
    ...(authority === undefined ? {} : { tls: authority }),
  })
  const { host, port } = server
  const direct: Address = { host, port, user: 'gw', password: 'gw', database: 'shop' }
  await stock(server)
  const adapter = await mysql.open(siteAt(port, { limits: { statement: 4 << 20 } }))
  const observed = await openStage(adapter, ['observe'], tls)
  const masked = await openStage(adapter, ['observe', 'masking'], tls)
  const at = (stage: Stage): Address => ({
    host: '127.0.0.1',
    port: stage.port,
    user: 'ann',
    password: 'p',
    database: 'shop',
  })
  const addresses = { direct, observed: at(observed), masked: at(masked) }
  const ca = authority && readFileSync(authority.ca, 'utf8')
  return {
    server,
    stages: [observed, masked],
    ca,
    caFile: authority?.ca,
    address: (way, database = 'shop') => ({ ...addresses[way], database }),
    contact: (way) => ({ ...addresses[way], ca, caFile: authority?.ca }),
    async close() {
      await Promise.all([observed.close(), masked.close()])
      await adapter.close()
      await server.stop()
      authority?.remove()
    },
  }
}

async function stock({ host, port, user, password }: MysqlServer): Promise<void> {
  const root = await createConnection({ host, port, user, password })
  await root.query(`create user gw@'%' identified by 'gw'`)
  for (const name of DATABASES) {
    await root.query(`create database ${name} character set utf8mb4`)
    await root.query(`grant all on ${name}.* to gw@'%'`)
  }
  await root.query('use shop')
  for (const text of [...SHOP, ...KINDS]) await root.query(text)
  await root.end()
  // The first sign-in of caching_sha2 is the full one; from then on the server knows the password without TLS.
  await (await createConnection({ host, port, user: 'gw', password: 'gw' })).end()
}

type StageTls = NonNullable<Parameters<typeof createStage>[0]['tls']>

function stageTls({ cert, key }: Certificates): StageTls {
  const pem = readFileSync(cert)
  const certificate = new X509Certificate(pem).raw
  return { context: createSecureContext({ cert: pem, key: readFileSync(key) }), certificate }
}

function openStage(
  adapter: OpenAdapter,
  packs: readonly PackName[],
  tls: StageTls | undefined,
): Promise<Stage> {
  const users = [{ name: 'ann', password: 'p', groups: ['analysts'] }]
  const policy = policyOf([], packs)
  return createStage({
    adapter,
    policy,
    users,
    nativePassword: true,
    ...(tls === undefined ? {} : { tls }),
  })
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Ran> {
  const running = promisify(execFile)(path, args, { env, maxBuffer: 64 << 20, timeout: 100_000 })
  running.child.stdin?.end(input)
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (fault: { code?: number; stdout: string; stderr: string }) => ({
      code: fault.code ?? -1,
      stdout: fault.stdout,
      stderr: fault.stderr,
    }),
  )
}
