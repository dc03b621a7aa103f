/** Figures as a page: ratios first, because these are what holds on another machine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Figures } from './pgbench.js'
import { WARM_UP as READ_BEFORE } from './rows.js'

/** Seconds that each target runs before it is measured: the runtime compiles for some 10,000 transactions. */
export const WARM_UP = 4

export interface Rows {
  readonly clean: number
  readonly masked: number
  readonly copying: number
}

export function report(figures: readonly Figures[], rows: Rows, about: string): string {
  const cases = [...new Set(figures.map(({ protocol, clients }) => `${protocol}, ${clients}`))]
  const of = (target: string, at: string) =>
    figures.find((each) => each.target === target && `${each.protocol}, ${each.clients}` === at)
  const ratio = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? '' : (a / b).toFixed(2)
  const micros = (value: number | undefined) => (value === undefined ? '' : value.toFixed(1))
  const head = [
    'protocol, clients',
    'tps ÷ pgbouncer',
    'tps ÷ direct',
    'CPU µs gatehouse',
    'pgbouncer',
    'a copying proxy',
    'tps gatehouse',
    'pgbouncer',
    'direct',
  ]
  const lines = cases.map((at) => {
    const ours = of('gatehouse', at)
    const bouncer = of('pgbouncer', at)
    const direct = of('direct', at)
    return [
      at,
      ratio(ours?.tps, bouncer?.tps),
      ratio(ours?.tps, direct?.tps),
      micros(ours?.cpu),
      micros(bouncer?.cpu),
      micros(of('copying', at)?.cpu),
      ours?.tps.toFixed(0) ?? '',
      bouncer?.tps.toFixed(0) ?? '',
      direct?.tps.toFixed(0) ?? '',
    ]
  })
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  return `# Bench

Made by \`npm run bench\`: Postgres, pgbouncer (session), a Node proxy that only copies, and Gatehouse with 50 rules, audit on the spool and
metrics, one after the other in one run on one machine. CPU is what the process in between spends per transaction of \`pgbench -S\`; it is the
steady figure, transactions per second depend on the machine and its neighbours. Nobody's first seconds count: each protocol runs for ${WARM_UP} s
with 16 clients beforehand, and the rows are read ${READ_BEFORE} times before they are measured.

${about}

${table}

| 200,000 rows of four columns | ns of CPU per row |
| --- | --- |
| a proxy that only copies | ${rows.copying.toFixed(0)} |
| gatehouse, clean | ${rows.clean.toFixed(0)} |
| gatehouse, one column masked | ${rows.masked.toFixed(0)} |
`
}

/** All that follows what `report` writes. */
export function sectionsOf(path: string): readonly string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
    : []
}

/** Puts a section that begins with a heading of the second level in the place of the one with the same heading, or last. */
export function replaceSection(path: string, section: string): void {
  const [heading = ''] = section.split('\n')
  const parts = existsSync(path) ? readFileSync(path, 'utf8').split(/^(?=## )/m) : []
  const kept = parts.filter((part) => !part.startsWith(`${heading}\n`)).map((part) => `${part.trimEnd()}\n`)
  writeFileSync(path, [...kept, section].filter((part) => part.trim() !== '').join('\n'))
}
