/** MongoDB's protocol, over a server that answers at once and over a real one: directly, through HAProxy, a copying proxy and Gatehouse. */
import { ferretdbAvailable, startFerretdb, startHaproxy } from '@gatehouse/workbench'
import { type Gatehouse, type GatehouseOptions, startGatehouse } from './gatehouse.js'
import { median } from './median.js'
import { fill, type MongodbFigures, type MongodbLoad, measureMongodb, seen } from './mongodb-load.js'
import { type MongodbCase, reportFerretdb, reportMongodb } from './mongodb-report.js'
import { person } from './mongodb-wire.js'
import type { MysqlBench } from './mysql.js'
import type { Target } from './pgbench.js'
import { startCopying } from './start-copying.js'
import { startProcess } from './start-process.js'

interface Case {
  readonly load: MongodbLoad
  readonly clients: number
}

const CASES: readonly Case[] = [
  { load: 'find by _id', clients: 1 },
  { load: 'find by _id', clients: 16 },
  { load: 'cursor of 1,000', clients: 1 },
  { load: 'insertMany of 100', clients: 1 },
]
/** What a server that works takes is the most of it with one client. */
const REAL: readonly Case[] = [
  { load: 'find by _id', clients: 16 },
  { load: 'cursor of 1,000', clients: 1 },
  { load: 'insertMany of 100', clients: 1 },
]

/** Seconds: what is compiled while it runs takes longer until it is fast. */
const warmUp = ({ name }: Target) => (name.startsWith('gatehouse') ? 2 : 0.5)

/** The section as the report has it. */
export async function measureMongodbSection(options: MysqlBench): Promise<string> {
  const { rounds, seconds, durability } = options
  const about = `Node ${process.version}, ${rounds} rounds of ${seconds} s each, medians, durability \`${durability}\``
  const { cases, masked } = await overScripted(options)
  const here = ferretdbAvailable()
  const real = here.ok ? reportFerretdb(await overFerretdb(options)) : `FerretDB: ${here.why}.\n`
  const section = `${reportMongodb(cases, masked, about)}\n${real}`
  console.log(section)
  return section
}

async function overScripted(options: MysqlBench) {
  const server = await startProcess('mongodb-upstream.js', 'bench')
  const account = { user: 'bench', password: 'bench', database: 'bench' }
  const direct: Target = { name: 'direct', port: server.port, ...account }
  try {
    return await between(direct, options, async (others, gatehouse) => {
      await expectMasks(gatehouse)
      const cases: MongodbCase[] = []
      for (const each of CASES)
        cases.push({ ...each, figures: await measured([direct, ...others, gatehouse.target], each, options) })
      const viewers = [gatehouse.target, gatehouse.masked, gatehouse.twice, gatehouse.keyed]
      const masked = await measured([...others, ...viewers], { load: 'cursor of 1,000', clients: 1 }, options)
      return { cases, masked }
    })
  } finally {
    server.stop()
  }
}

async function overFerretdb(options: MysqlBench): Promise<readonly MongodbCase[]> {
  const server = await startFerretdb()
  const { port, user, password } = server
  const direct: Target = { name: 'direct', port, user, password, database: 'bench' }
  try {
    await fill(direct)
    return await between(direct, { ...options, privileged: true }, async (others, gatehouse) => {
      const cases: MongodbCase[] = []
      for (const each of REAL)
        cases.push({ ...each, figures: await measured([direct, ...others, gatehouse.target], each, options) })
      return cases
    })
  } finally {
    await server.stop()
  }
}

/** With everything that stands between a client and this server. */
async function between<Made>(
  direct: Target,
  options: Omit<GatehouseOptions, 'protocol'>,
  measure: (others: readonly Target[], gatehouse: Gatehouse) => Promise<Made>,
): Promise<Made> {
  const stops: (() => unknown)[] = []
  try {
    const haproxy = await startHaproxy({ upstreams: [{ host: '127.0.0.1', port: direct.port }] })
    stops.unshift(() => haproxy.stop())
    const copying = await startCopying(direct.port)
    stops.unshift(() => copying.stop())
    const gatehouse = await startGatehouse(direct, { ...options, protocol: 'mongodb' })
    stops.unshift(() => gatehouse.stop())
    const others: readonly Target[] = [
      { ...direct, name: 'haproxy', port: haproxy.port, pid: haproxy.pid },
      { ...direct, name: 'copying', port: copying.port, pid: copying.pid },
    ]
    return await measure(others, gatehouse)
  } finally {
    for (const stop of stops) await stop()
  }
}

async function measured(
  targets: readonly Target[],
  { load, clients }: Case,
  { rounds, seconds }: Pick<MysqlBench, 'rounds' | 'seconds'>,
): Promise<readonly MongodbFigures[]> {
  const all = targets.map((): MongodbFigures[] => [])
  for (const target of targets) await measureMongodb(target, load, clients, warmUp(target))
  // In turn, so that a neighbour's noise falls on all of them.
  for (let round = 0; round < rounds; round += 1)
    for (const [index, target] of targets.entries())
      all[index]?.push(await measureMongodb(target, load, clients, seconds))
  const figures = all.map((each) => ({
    ...median(each, ({ cpu }) => cpu ?? 0),
    ops: median(each, ({ ops }) => ops).ops,
  }))
  for (const { target, ops, cpu, bytes } of figures)
    console.log(
      `${load} ${clients} ${target}: ${ops.toFixed(0)} ops${cpu === undefined ? '' : `, ${cpu.toFixed(1)} µs CPU`}, ${bytes.toFixed(0)} bytes`,
    )
  return figures
}

/** A mask that is not there costs nothing. */
async function expectMasks({ target, masked, twice, keyed }: Gatehouse): Promise<void> {
  const stored = person(1)
  for (const [viewer, masks] of [
    [target, []],
    [masked, ['email']],
    [twice, ['email', 'phone']],
    [keyed, ['email', 'phone']],
  ] as const) {
    const found = await seen(viewer)
    for (const name of ['email', 'phone', 'name'])
      if ((found[name] === stored[name]) !== !(masks as readonly string[]).includes(name))
        throw new Error(`${viewer.name} sees ${name} as ${JSON.stringify(found[name])}`)
  }
}
