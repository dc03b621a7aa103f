/** The figures of MySQL as a section of the report: ratios first. */
import { WARM_UP } from './mysql-rows.js'
import { ROWS, type SysbenchCase, type SysbenchFigures } from './sysbench.js'

export interface MysqlCase extends SysbenchCase {
  readonly figures: readonly SysbenchFigures[]
}

/** Nanoseconds of CPU per row. */
export interface MysqlRows {
  readonly target: string
  readonly text: number
  readonly binary: number
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? '' : (a / b).toFixed(2)
const whole = (value: number | undefined) => value?.toFixed(0) ?? ''
const tenth = (value: number | undefined) => value?.toFixed(1) ?? ''

const ROW_NAMES: ReadonlyMap<string, string> = new Map([
  ['copying', 'a proxy that only copies'],
  ['gatehouse', 'gatehouse, clean'],
  ['gatehouse, masked', 'gatehouse, one column masked'],
  ['gatehouse, two masked', 'gatehouse, two columns masked'],
])

export function reportSysbench(
  cases: readonly MysqlCase[],
  rows: readonly MysqlRows[],
  about: string,
): string {
  const lines = cases.map(({ load, protocol, clients, figures }) => {
    const of = (target: string) => figures.find((each) => each.target === target)
    const [ours, haproxy, copying, direct] = ['gatehouse', 'haproxy', 'copying', 'direct'].map(of)
    const perQuery = (each: SysbenchFigures | undefined) =>
      tenth(each?.cpu === undefined ? undefined : each.cpu / each.queriesPerTransaction)
    return [
      `${load.replace('oltp_', '').replace('_', ' ')}, ${protocol}, ${clients}`,
      ratio(ours?.tps, haproxy?.tps),
      ratio(ours?.tps, direct?.tps),
      perQuery(ours),
      perQuery(haproxy),
      perQuery(copying),
      tenth(ours?.cpu),
      whole(ours?.tps),
      whole(haproxy?.tps),
      whole(copying?.tps),
      whole(direct?.tps),
    ]
  })
  const head = [
    'load, protocol, clients',
    'tps ÷ haproxy',
    'tps ÷ direct',
    'CPU µs per query gatehouse',
    'haproxy',
    'a copying proxy',
    'CPU µs per transaction gatehouse',
    'tps gatehouse',
    'haproxy',
    'a copying proxy',
    'direct',
  ]
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const rowLines = rows.map(
    ({ target, text, binary }) =>
      `| ${ROW_NAMES.get(target) ?? target} | ${text.toFixed(0)} | ${binary.toFixed(0)} |`,
  )
  return `## MySQL

sysbench over MariaDB: directly, through HAProxy (TCP, one thread), through the proxy that only copies, and through Gatehouse with 50 rules, masks,
audit on the spool and metrics. \`simple\` sends texts (\`--db-ps-mode=disable\`), \`prepared\` the binary protocol. A transaction of \`read write\`
is 20 queries. CPU and tps are the median of the seconds that were whole: signing in and each run's first second are counted for nobody.

${about}.

${table}

| 200,000 rows of four columns | ns of CPU per row, text | binary |
| --- | --- | --- |
${rowLines.join('\n')}

Measured behind ${WARM_UP} times as many rows as ${ROWS.toLocaleString('en')}. Two masked columns can cost less than one: what is redacted is shorter, and the rest is neither copied nor written.
`
}
