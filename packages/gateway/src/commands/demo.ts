/** `gatehouse demo`: a database, a gateway in front of it, a tour, and the line to try it oneself. */
import { join } from 'node:path'
import process from 'node:process'
import { readSpool, recordLine, type TailedRecord } from '@gatehouse/audit'
import { DEMO_USERS, type DemoUpstream } from '../demo/demo-upstream.js'
import { type Shop, startShop } from '../demo/shop.js'
import { giveTour, signInOf } from '../demo/tour.js'
import { EXIT, type ExitCode, painter, type Terminal } from '../terminal.js'
import { VERSION } from '../version.js'
import type { Context } from './context.js'

/** By what stands after `--with`. */
const UPSTREAMS: Readonly<Record<'postgres' | 'mysql' | 'mongodb', () => Promise<DemoUpstream>>> = {
  postgres: async () => (await import('../demo/postgres-upstream.js')).postgresUpstream,
  mysql: async () => (await import('../demo/mysql-upstream.js')).mysqlUpstream,
  mongodb: async () => (await import('../demo/mongodb-upstream.js')).mongodbUpstream,
}

export interface DemoOptions {
  /** Which database to stand before. */
  readonly with: keyof typeof UPSTREAMS
  /** End after the tour. */
  readonly tour: boolean
  readonly port: number
}

export async function demo({ tour, port, with: chosen }: DemoOptions, context: Context): Promise<ExitCode> {
  const { terminal } = context
  const paint = painter(terminal)
  const upstream = await UPSTREAMS[chosen]()
  const interrupted = waitForInterrupt()
  terminal.out(
    paint(
      `Gatehouse ${VERSION}: who asks, what for, and may they? In front of a real ${upstream.product}.`,
      'bold',
    ),
  )
  terminal.out('')
  const shop = await startShop({
    ...context,
    upstream,
    port,
    step: (text) => terminal.out(paint(`  · ${text}`, 'dim')),
  })
  try {
    await giveTour(shop, terminal)
    await showRecords(shop, terminal)
    showLines(shop, tour, terminal)
    if (tour) return EXIT.done
    terminal.out('')
    terminal.out('Ctrl-C stops everything and leaves nothing behind.')
    await interrupted
    return EXIT.done
  } finally {
    await shop.stop()
  }
}

async function showRecords(shop: Shop, terminal: Terminal): Promise<void> {
  const paint = painter(terminal)
  const records: TailedRecord[] = []
  for await (const record of readSpool(join(shop.folder, 'var', 'spool'))) records.push(record)
  terminal.out('')
  terminal.out(paint('What was recorded', 'bold'))
  terminal.out(
    `    ${records.length} records: every decision stood here before its statement went upstream. The last ones:`,
  )
  for (const { record } of records.slice(-12)) terminal.out(`    ${recordLine(record, 150)}`)
  const whole = records.find(({ json }) => json.includes('pay-is-for-hr')) ?? records.at(-1)
  if (whole === undefined) return
  terminal.out('')
  terminal.out('    One of them whole, as Kafka would get it (OCSF 1.8; literals are never recorded):')
  for (const line of JSON.stringify(whole.record, undefined, 2).split('\n'))
    terminal.out(paint(`    ${line}`, 'dim'))
}

function showLines(shop: Shop, tour: boolean, terminal: Terminal): void {
  const paint = painter(terminal)
  const who = { ann: 'analyst', adam: 'admin', reporter: 'AI agent' }
  terminal.out('')
  terminal.out(
    paint(`Try it yourself${tour ? ': the demo without --tour goes on running, then' : ''}`, 'bold'),
  )
  for (const user of DEMO_USERS) {
    const line = shop.upstream.line(signInOf(shop, user))
    terminal.out(`    ${line}   ${paint(`# ${who[user]}`, 'dim')}`)
  }
  if (tour) return
  const config = join(shop.folder, 'gatehouse.yaml')
  const { metrics } = shop.gateway
  terminal.out('')
  terminal.out('    and, from another terminal:')
  terminal.out(`    ./gatehouse explain --config ${config} --as ann -- "${shop.upstream.question}"`)
  terminal.out(`    ./gatehouse classes --config ${config}`)
  terminal.out(`    ./gatehouse audit tail --follow --config ${config}`)
  if (metrics !== undefined) terminal.out(`    curl http://${metrics.address}:${metrics.port}/metrics`)
}

function waitForInterrupt(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  })
}
