/** The figures of MongoDB as a section of the report: ratios first. */
import type { MongodbFigures, MongodbLoad } from './mongodb-load.js'

export interface MongodbCase {
  readonly load: MongodbLoad
  readonly clients: number
  readonly figures: readonly MongodbFigures[]
}

const ratio = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? '' : (a / b).toFixed(2)
const whole = (value: number | undefined) => value?.toFixed(0) ?? ''

/** Megabytes of replies that a second of the process's CPU carries. */
const carried = ({ bytes, cpu }: MongodbFigures) => (cpu === undefined ? '' : (bytes / cpu).toFixed(0))

export function reportMongodb(
  cases: readonly MongodbCase[],
  masked: readonly MongodbFigures[],
  about: string,
): string {
  const [size = 0] = masked.map(({ bytes }) => bytes)
  const clean = masked.find(({ target }) => target === 'gatehouse')?.cpu ?? Number.NaN
  const rows = masked
    .map((each) => {
      const more = (each.cpu ?? Number.NaN) - clean
      const alone = each.target.startsWith('gatehouse,') && more > 0 ? (each.bytes / more).toFixed(0) : ''
      return `| ${each.target} | ${whole(each.cpu)} | ${carried(each)} | ${alone} |`
    })
    .join('\n')
  return `## MongoDB

Raw OP_MSG over a scripted server that answers at once, with bytes that are ready before it is asked (no MongoDB server stands behind these figures, and
one that works takes longer than any proxy): directly, through HAProxy (TCP, one thread), through the proxy that only copies, and through Gatehouse with
50 rules, masks, audit on the spool and metrics. A cursor is a find of 101 documents and a getMore of 899.

${about}.

${table(cases)}

| a cursor of 1,000 documents, ${(size / 1000).toFixed(0)} kB, one client | CPU µs | MB per second of CPU | MB per second of CPU that it takes more than clean |
| --- | --- | --- | --- |
${rows}
`
}

/** The same loads over a server that works. */
export function reportFerretdb(cases: readonly MongodbCase[]): string {
  return `Over FerretDB 2 on DocumentDB, a real server, with the same documents in it:

${table(cases)}
`
}

function table(cases: readonly MongodbCase[]): string {
  const head = [
    'load, clients',
    'ops ÷ haproxy',
    'ops ÷ copying',
    'CPU µs per op gatehouse',
    'haproxy',
    'a copying proxy',
    'ops gatehouse',
    'haproxy',
    'a copying proxy',
    'direct',
  ]
  const lines = cases.map(({ load, clients, figures }) => {
    const of = (target: string) => figures.find((each) => each.target === target)
    const [ours, haproxy, copying, direct] = ['gatehouse', 'haproxy', 'copying', 'direct'].map(of)
    return [
      `${load}, ${clients}`,
      ratio(ours?.ops, haproxy?.ops),
      ratio(ours?.ops, copying?.ops),
      whole(ours?.cpu),
      whole(haproxy?.cpu),
      whole(copying?.cpu),
      ...[ours, haproxy, copying, direct].map((each) => whole(each?.ops)),
    ]
  })
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
