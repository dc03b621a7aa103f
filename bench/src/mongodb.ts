/** MongoDB's protocol over a server that answers at once: directly, through HAProxy, a copying proxy and Gatehouse, in one run. */
import { startHaproxy } from '@gatehouse/workbench'
import { startGatehouse } from './gatehouse.js'
import { median } from './median.js'
import { type MongodbFigures, type MongodbLoad, measureMongodb, seen } from './mongodb-load.js'
import { type MongodbCase, reportMongodb } from './mongodb-report.js'
import { person } from './mongodb-wire.js'
import type { MysqlBench } from './mysql.js'
import type { Target } from './pgbench.js'
import { startCopying } from './start-copying.js'
import { startProcess } from './start-process.js'

const CASES: readonly { readonly load: MongodbLoad; readonly clients: number }[] = [
  { load: 'find by _id', clients: 1 },
  { load: 'find by _id', clients: 16 },
  { load: 'cursor of 1,000', clients: 1 },
  { load: 'insertMany of 100', clients: 1 },
]

/** The section as the report has it. */
export async function measureMongodbSection({
  rounds,
  seconds,
  durability,
  profile,
}: MysqlBench): Promise<string> {
  const server = await startProcess('mongodb-upstream.js', 'bench')
  const stops: (() => unknown)[] = [() => server.stop()]
  try {
    const direct: Target = {
      name: 'direct',
      port: server.port,
      user: 'bench',
      password: 'bench',
      database: 'bench',
    }
    const haproxy = await startHaproxy({ upstreams: [{ host: '127.0.0.1', port: server.port }] })
    stops.unshift(() => haproxy.stop())
    const copying = await startCopying(server.port)
    stops.unshift(() => copying.stop())
    const gatehouse = await startGatehouse(direct, { protocol: 'mongodb', durability, profile })
    stops.unshift(() => gatehouse.stop())
    await expectMasks(gatehouse.target, gatehouse.masked, gatehouse.twice)
    const between: readonly Target[] = [
      { ...direct, name: 'haproxy', port: haproxy.port, pid: haproxy.pid },
      { ...direct, name: 'copying', port: copying.port, pid: copying.pid },
    ]
    const cases: MongodbCase[] = []
    for (const each of CASES) {
      const figures = await measured([direct, ...between, gatehouse.target], each, rounds, seconds)
      cases.push({ ...each, figures })
    }
    const masked = await measured(
      [...between, gatehouse.target, gatehouse.masked, gatehouse.twice],
      { load: 'cursor of 1,000', clients: 1 },
      rounds,
      seconds,
    )
    const about = `Node ${process.version}, ${rounds} rounds of ${seconds} s each, medians, durability \`${durability}\``
    const section = reportMongodb(cases, masked, about)
    console.log(section)
    return section
  } finally {
    for (const stop of stops) await stop()
  }
}

async function measured(
  targets: readonly Target[],
  { load, clients }: (typeof CASES)[number],
  rounds: number,
  seconds: number,
): Promise<readonly MongodbFigures[]> {
  const all = targets.map((): MongodbFigures[] => [])
  for (const target of targets) await measureMongodb(target, load, clients, 1)
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
async function expectMasks(clear: Target, one: Target, two: Target): Promise<void> {
  const stored = person(1)
  for (const [target, masks] of [
    [clear, []],
    [one, ['email']],
    [two, ['email', 'phone']],
  ] as const) {
    const found = await seen(target)
    for (const name of ['email', 'phone', 'name'])
      if ((found[name] === stored[name]) !== !(masks as readonly string[]).includes(name))
        throw new Error(`${target.name} sees ${name} as ${JSON.stringify(found[name])}`)
  }
}
