/** Prisma, tried: its client over the driver `mariadb`, by its own adapter; its queries are compiled in WebAssembly. */
import { readFileSync } from 'node:fs'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { type GetPrismaClientConfig, getPrismaClient } from '@prisma/client/runtime/client'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { type Probe, using, versionOf } from '../probe.js'

type Model = Readonly<Record<Deed, (query?: object) => Promise<unknown>>>
type Deed =
  | 'findMany'
  | 'findUnique'
  | 'findFirst'
  | 'create'
  | 'createMany'
  | 'update'
  | 'updateMany'
  | 'upsert'
  | 'deleteMany'
  | 'count'
  | 'aggregate'
  | 'groupBy'

/** The generated types are not kept: this is what is used of them. */
interface Opened {
  readonly customers: Model
  readonly orders: Model
  readonly notes: Model
  $queryRawUnsafe(text: string, ...values: readonly unknown[]): Promise<unknown>
  $transaction(acts: readonly Promise<unknown>[]): Promise<readonly unknown[]>
  $transaction<Value>(act: (own: Opened) => Promise<Value>, options?: object): Promise<Value>
  $disconnect(): Promise<void>
}

const config = JSON.parse(
  readFileSync(new URL('../prisma/client.json', import.meta.url), 'utf8'),
) as GetPrismaClientConfig
const { wasm } = (await import(
  '@prisma/client/runtime/query_compiler_fast_bg.mysql.wasm-base64.mjs' as string
)) as { readonly wasm: string }
// Types of browsers declare it, and only they.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { readonly Module: new (bytes: Uint8Array) => object }
}
// Compiled once for all that are opened.
const compiler = new WebAssembly.Module(Buffer.from(wasm, 'base64'))
const Client = getPrismaClient({
  ...config,
  // As its generator writes it.
  compilerWasm: {
    getRuntime: () => import('@prisma/client/runtime/query_compiler_fast_bg.mysql.mjs' as string),
    getQueryCompilerWasmModule: async () => compiler,
    importName: './query_compiler_fast_bg.js',
  },
})

const open = ({ ca: _, caFile: __, ...address }: Contact, more = {}): Opened =>
  new Client({
    adapter: new PrismaMariaDb({ ...address, connectionLimit: 1, ...more }),
  }) as unknown as Opened
const plain = using(
  (contact) => open(contact),
  (client) => client.$disconnect(),
)
const secure = using(
  (contact) => open(contact, { host: 'localhost', ssl: { ca: contact.ca } }),
  (client) => client.$disconnect(),
)

/** Its own code, and what the database said, where that is told. */
function faultIn(thrown: unknown): { own: string; code: unknown; message: string } {
  const { code: own = 'none', meta } = thrown as { code?: string; meta?: { driverAdapterError?: Error } }
  const cause = (meta?.driverAdapterError?.cause ?? {}) as {
    originalCode?: string
    originalMessage?: string
  }
  return { own, code: cause.originalCode ?? 'none', message: cause.originalMessage ?? '' }
}

async function faults(texts: readonly string[], client: Opened) {
  const found = []
  for (const text of texts) found.push(await client.$queryRawUnsafe(text).then(() => faultIn({}), faultIn))
  return found
}

const tried = { where: { subject: 'tried' } }

export const prisma: Probe = {
  name: 'Prisma',
  version: versionOf('@prisma/client'),
  trials: {
    connect: plain((client) => client.$queryRawUnsafe(SQL.connect)),
    tls: secure((client) => client.$queryRawUnsafe(SQL.list)),
    simple: plain((client) => client.$queryRawUnsafe(SQL.simple)),
    prepared: plain(async (client) => [
      await client.$queryRawUnsafe(SQL.prepared, 1),
      await client.orders.findUnique({ where: { id: 2 } }),
      await client.orders.findUnique({ where: { id: 3 }, select: { total: true } }),
    ]),
    errors: plain(async (client) => [
      (await faults(STATES, client)).map(({ own, code }) => [own, code]),
      // P2002 and P2025: what it makes of 1062, and of no row.
      faultIn(await client.orders.create({ data: { id: 1 } }).catch((thrown) => thrown)).own,
      faultIn(
        await client.orders.update({ where: { id: 999 }, data: { total: 1 } }).catch((thrown) => thrown),
      ).own,
    ]),
    texts: plain((client) => faults(ERRORS, client)),
    transactions: plain(async (client) => {
      const batch = [
        client.notes.create({ data: { subject: 'tried' } }),
        client.orders.create({ data: { id: 1 } }),
      ]
      const own = faultIn(await client.$transaction(batch).catch((thrown) => thrown)).own
      let seen: unknown
      const left = await client
        .$transaction(
          async (inside) => {
            await inside.notes.createMany({ data: [{ subject: 'tried' }, { subject: 'tried', body: 'it' }] })
            const broken = await inside.$queryRawUnsafe(STATES[0]).then(() => faultIn({}), faultIn)
            seen = [[broken.own, broken.code], await inside.notes.count(tried)]
            throw new Error('back')
          },
          { isolationLevel: 'Serializable', timeout: 60_000, maxWait: 60_000 },
        )
        .catch((thrown: Error) => thrown.message)
      return [own, left, seen, await client.$queryRawUnsafe(SQL.notes)]
    }),
    large: plain(async (client) => {
      const rows = (await client.$queryRawUnsafe(SQL.many)) as { x: string }[]
      const echo = await client.$queryRawUnsafe('select length(?) as l', 'y'.repeat(3_000_000))
      return [rows.reduce((sum, { x }) => sum + x.length, 0), echo]
    }),
    own: plain(async (client) => [
      await client.orders.findMany({
        where: { OR: [{ id: { in: [1, 2, 3] } }, { total: { gt: 200 } }], placed: { not: null } },
        orderBy: { id: 'desc' },
        include: { customer: { select: { id: true, city: true, level: true } } },
      }),
      await client.customers.findMany({
        where: { level: 'gold', orders: { some: { total: { gte: 7 } } } },
        select: {
          id: true,
          city: true,
          orders: { take: 2, orderBy: { id: 'asc' }, select: { total: true } },
        },
        orderBy: { id: 'asc' },
      }),
      await client.orders.findMany({ cursor: { id: 4 }, skip: 1, take: 3, orderBy: { id: 'asc' } }),
      await client.customers.findMany({
        select: { id: true, _count: { select: { orders: true } } },
        orderBy: { id: 'asc' },
      }),
      await client.orders.groupBy({
        by: ['customer_id'],
        _sum: { total: true },
        _count: true,
        orderBy: { customer_id: 'asc' },
      }),
      await client.orders.aggregate({ _avg: { total: true }, _max: { placed: true } }),
      await client.orders.update({ where: { id: 1 }, data: { total: { set: 8 } } }),
      await client.orders.updateMany({ where: { id: { lt: 3 } }, data: { total: { increment: 0 } } }),
      await client.orders.upsert({
        where: { id: 1 },
        create: { id: 1, customer: { connect: { id: 2 } } },
        update: { placed: new Date(Date.UTC(2024, 0, 1)) },
      }),
      await client.notes.createMany({ data: [{ subject: 'tried' }, { subject: 'tried', body: null }] }),
      await client.notes.deleteMany(tried),
    ]),
    personal: plain(async (client) => [
      await client.customers.findMany({ orderBy: { id: 'asc' } }),
      await client.orders.findMany({ include: { customer: true }, orderBy: { id: 'asc' }, take: 3 }),
      await client.customers.findFirst({ where: { city: 'Lyon' }, select: { email: true, salary: true } }),
      await client.$queryRawUnsafe(SQL.personal),
    ]),
  },
}
