/** MariaDB by sysbench: directly, through HAProxy, through a proxy that only copies, and through Gatehouse, in one run. */
import { startHaproxy, startMariadb } from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { startGatehouse } from './gatehouse.js'
import { median } from './median.js'
import { type MysqlCase, type MysqlRows, reportSysbench } from './mysql-report.js'
import { measureMysqlRows } from './mysql-rows.js'
import type { Target } from './pgbench.js'
import { startCopying } from './start-copying.js'
import { measureSysbench, type SysbenchCase, type SysbenchFigures, sysbench } from './sysbench.js'

export interface MysqlBench {
  readonly rounds: number
  readonly seconds: number
  readonly durability: 'write' | 'fsync'
  /** A folder for a CPU profile of Gatehouse. */
  readonly profile: string | undefined
}

const CASES: readonly SysbenchCase[] = (['oltp_point_select', 'oltp_read_write'] as const).flatMap((load) =>
  (['simple', 'prepared'] as const).flatMap((protocol) =>
    [1, 16].map((clients) => ({ load, protocol, clients })),
  ),
)

/** The section as the report has it. */
export async function measureMysql({ rounds, seconds, durability, profile }: MysqlBench): Promise<string> {
  const server = await startMariadb({
    settings: {
      'innodb-buffer-pool-size': '256M',
      'innodb-log-file-size': '64M',
      'max-connections': 200,
      'max-prepared-stmt-count': 65_536,
    },
  })
  const at = { host: '127.0.0.1', port: server.port }
  const stops: (() => unknown)[] = [() => server.stop()]
  try {
    const root = await createConnection({ ...at, user: server.user, password: server.password })
    await root.query(`create user bench@'%' identified by 'bench'`)
    await root.query('create database bench')
    await root.query(`grant all on bench.* to bench@'%'`)
    await root.end()
    const direct: Target = {
      name: 'direct',
      port: server.port,
      user: 'bench',
      password: 'bench',
      database: 'bench',
    }
    await sysbench(direct, 'oltp_read_write', 'prepare')
    const haproxy = await startHaproxy({ upstreams: [at] })
    stops.unshift(() => haproxy.stop())
    const copying = await startCopying(server.port)
    stops.unshift(() => copying.stop())
    const gatehouse = await startGatehouse(direct, { protocol: 'mysql', durability, profile })
    stops.unshift(() => gatehouse.stop())
    const copied = { ...direct, name: 'copying', port: copying.port, pid: copying.pid }
    const targets: readonly Target[] = [
      direct,
      { ...direct, name: 'haproxy', port: haproxy.port, pid: haproxy.pid },
      copied,
      gatehouse.target,
    ]
    const cases: MysqlCase[] = []
    for (const each of CASES) {
      // Compiling is no cost of a query, and goes on for seconds.
      for (const target of [gatehouse.target, copied]) await measureSysbench(target, each, 4)
      const measured = targets.map((): SysbenchFigures[] => [])
      // In turn, so that a neighbour's noise falls on all of them.
      for (let round = 0; round < rounds; round += 1)
        for (const [index, target] of targets.entries())
          measured[index]?.push(await measureSysbench(target, each, seconds))
      const figures = measured.map(middle)
      cases.push({ ...each, figures })
      for (const { target, tps, cpu } of figures)
        console.log(
          `${each.load} ${each.protocol} ${each.clients} ${target}: ${tps.toFixed(0)} tps${cpu === undefined ? '' : `, ${cpu.toFixed(1)} µs CPU`}`,
        )
    }
    const rows: MysqlRows[] = []
    for (const target of [copied, gatehouse.target, gatehouse.masked, gatehouse.twice])
      rows.push({
        target: target.name,
        text: await measureMysqlRows(target, 'simple'),
        binary: await measureMysqlRows(target, 'prepared'),
      })
    const section = reportSysbench(
      cases,
      rows,
      `${server.version}, ${rounds} rounds of ${seconds} s each, medians, durability \`${durability}\``,
    )
    console.log(section)
    return section
  } finally {
    for (const stop of stops) await stop()
  }
}

/** Each figure's own median: on a busy machine the round of the middle CPU may be one of a strange speed. */
function middle(all: readonly SysbenchFigures[]): SysbenchFigures {
  const { tps } = median(all, (each) => each.tps)
  return { ...median(all, (each) => each.cpu ?? 0), tps }
}
