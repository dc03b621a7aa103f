/** `npm run bench`: starts everything, measures everything in one run, writes bench/report.md. */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPgbouncer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { startGatehouse } from './gatehouse.js'
import { median } from './median.js'
import { measureMysql } from './mysql.js'
import { type Figures, measure, pgbench, type Target } from './pgbench.js'
import { replaceSection, report } from './report.js'
import { measureRows } from './rows.js'
import { reportSql } from './sql.js'
import { reportMysql } from './sql-mysql.js'
import { startCopying } from './start-copying.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    durability: { type: 'string', default: 'write' },
    profile: { type: 'string' },
    only: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
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
if (values.only === 'mysql') {
  replaceSection(path, await measureMysql({ rounds, seconds, durability, profile }))
  process.exit()
}

const postgres = await startPostgres({ settings: { max_connections: '200', shared_buffers: '128MB' } })
const direct: Target = {
  name: 'direct',
  port: postgres.port,
  user: 'bench',
  password: 'bench',
  database: 'bench',
}
await prepare(postgres)
await pgbench(direct, '-i', '-q', '-s', '5')
const pgbouncer = await startPgbouncer({
  upstream: { host: '127.0.0.1', port: postgres.port, user: 'bench', password: 'bench', database: 'bench' },
})
const copying = await startCopying(postgres.port)
const gatehouse = await startGatehouse(direct, { protocol: 'postgres', durability, profile })
const all: readonly Target[] = [
  direct,
  { ...direct, name: 'pgbouncer', port: pgbouncer.port, pid: pgbouncer.pid },
  { ...direct, name: 'copying', port: copying.port, pid: copying.pid },
  gatehouse.target,
]
const targets = all.filter(({ name }) => values.only === undefined || name === values.only)

try {
  const figures: Figures[] = []
  for (const target of targets) await measure(target, 'prepared', 4, 1)
  for (const protocol of ['simple', 'prepared'] as const) {
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
  const about = `Node ${process.version}, ${cpus().length} cores, ${rounds} rounds of ${seconds} s each, medians, durability \`${durability}\`.`
  writeFileSync(path, report(figures, rows, about))
  for (const section of sql) replaceSection(path, section)
  console.log(`written to ${path}`)
} finally {
  await gatehouse.stop()
  copying.stop()
  await pgbouncer.stop()
  await postgres.stop()
}
if (values.only === undefined)
  replaceSection(path, await measureMysql({ rounds, seconds, durability, profile }))

async function prepare(server: { readonly port: number; readonly password: string }): Promise<void> {
  const admin = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: server.password,
    database: 'postgres',
  })
  await admin.connect()
  await admin.query(`create role bench login password 'bench'`)
  await admin.query('create database bench owner bench')
  await admin.end()
}
