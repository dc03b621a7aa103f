/** `npm run bench`: starts everything, measures everything in one run, writes bench/report.md. */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findTool, startHaproxy, startPgbouncer } from '@gatehouse/workbench'
import { reportConnecting } from './connecting.js'
import { startGatehouse } from './gatehouse.js'
import { reportHostile } from './hostile.js'
import { reportIdle } from './idle.js'
import { reportLatency } from './latency.js'
import { median } from './median.js'
import { measureMongodbSection } from './mongodb.js'
import { measureMysql } from './mysql.js'
import { reportNeighbours } from './neighbours.js'
import { type Figures, measure, type Target } from './pgbench.js'
import { replaceSection, report, sectionsOf, WARM_UP } from './report.js'
import { measureRows } from './rows.js'
import { reportSql } from './sql.js'
import { reportMysql } from './sql-mysql.js'
import { startStand } from './stand.js'
import { startCopying } from './start-copying.js'
import { reportStreaming } from './streaming.js'
import { reportTpcb } from './tpcb.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    durability: { type: 'string', default: 'write' },
    profile: { type: 'string' },
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
/** `--long`: as much as ever; else what shows the same within minutes. */
const LONG = { rows: 10_000_000, row: 70_000_000, copy: 2 ** 30 }
const SHORT = { rows: 2_000_000, row: 70_000_000, copy: 2 ** 28 }
const durability = values.durability === 'fsync' ? 'fsync' : 'write'

const path = fileURLToPath(new URL('../report.md', import.meta.url))
const wanted = values.only === undefined || values.only === 'sql'
const sql = wanted ? [await reportSql(), await reportMysql()] : []
for (const section of sql) console.log(section)
if (values.only === 'sql') {
  for (const section of sql) replaceSection(path, section)
  process.exit()
}
const { profile } = values
if (values.only === 'hostile') {
  replaceSection(path, await reportHostile(profile))
  process.exit()
}
if (values.only === 'mysql') {
  replaceSection(path, await measureMysql({ rounds, seconds, durability, profile }))
  process.exit()
}
if (values.only === 'mongodb') {
  replaceSection(path, await measureMongodbSection({ rounds, seconds, durability, profile }))
  process.exit()
}

const stand = await startStand({ scale: 5 })
const { direct } = stand
const pgbouncer = await startPgbouncer({ upstream: { host: '127.0.0.1', ...direct } })
const copying = await startCopying(direct.port)
const gatehouse = await startGatehouse(direct, { protocol: 'postgres', durability, profile })
const haproxy =
  findTool('haproxy') && (await startHaproxy({ upstreams: [{ host: '127.0.0.1', port: direct.port }] }))
const behind = (name: string, { port, pid }: { readonly port: number; readonly pid: number }): Target => ({
  ...direct,
  name,
  port,
  pid,
})
const all: readonly Target[] = [
  direct,
  behind('pgbouncer', pgbouncer),
  behind('copying', copying),
  gatehouse.target,
  ...(haproxy ? [behind('haproxy', haproxy)] : []),
]
/** `--only postgres`: the first two tables anew; or the name of a target. */
const firstAlone = values.only === 'postgres'
const targets = all.filter(({ name }) => firstAlone || values.only === undefined || name === values.only)

try {
  const figures: Figures[] = []
  for (const protocol of ['simple', 'prepared'] as const) {
    for (const target of targets) await measure(target, protocol, 16, WARM_UP)
    for (const clients of [1, 16]) {
      const measured = targets.map((): Figures[] => [])
      // In turn, so that a neighbour's noise falls on all of them.
      for (let round = 0; round < rounds; round += 1) {
        for (const [index, target] of targets.entries()) {
          measured[index]?.push(await measure(target, protocol, clients, seconds))
        }
      }
      for (const each of measured) {
        const middle = median(each, ({ cpu, tps }) => cpu ?? tps)
        figures.push(middle)
        console.log(
          `${protocol} ${clients} ${middle.target}: ${middle.tps.toFixed(0)} tps${middle.cpu === undefined ? '' : `, ${middle.cpu.toFixed(1)} µs CPU`}`,
        )
      }
    }
  }
  const rows = {
    copying: await measureRows(all[2] as Target),
    clean: await measureRows(gatehouse.target),
    masked: await measureRows(gatehouse.masked),
  }
  console.log(
    `rows: copying ${rows.copying.toFixed(0)}, clean ${rows.clean.toFixed(0)}, masked ${rows.masked.toFixed(0)} ns CPU`,
  )
  const sections =
    values.only === undefined
      ? [
          await reportLatency(targets, seconds),
          await reportConnecting(all[1] as Target, gatehouse.target, seconds),
          await reportNeighbours(direct, gatehouse.target),
          await reportStreaming(gatehouse, direct, all.slice(4), values.long ? LONG : SHORT),
          await reportIdle(direct, values.long ? 5_000 : 500),
          await reportTpcb(seconds),
        ]
      : []
  for (const section of sections) console.log(section)
  const about = `Node ${process.version}, ${cpus().length} cores, ${rounds} rounds of ${seconds} s each, medians, durability \`${durability}\`.`
  const kept = firstAlone ? sectionsOf(path) : []
  writeFileSync(path, report(figures, rows, about))
  for (const section of [...kept, ...sections, ...sql]) replaceSection(path, section)
  console.log(`written to ${path}`)
} finally {
  await gatehouse.stop()
  copying.stop()
  if (haproxy) await haproxy.stop()
  await pgbouncer.stop()
  await stand.stop()
}
if (values.only === undefined) {
  replaceSection(path, await reportHostile(profile))
  replaceSection(path, await measureMysql({ rounds, seconds, durability, profile }))
  replaceSection(path, await measureMongodbSection({ rounds, seconds, durability, profile }))
}
