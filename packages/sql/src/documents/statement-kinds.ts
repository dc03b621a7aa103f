/** The table of statement kinds and engines in docs/action-model.md: how surely the readers' own examples are read. */
import type { Statement } from '@gatehouse/core'

export const ENGINES = ['Postgres 18', 'MySQL 9.7', 'MariaDB 10.11'] as const
export type Engine = (typeof ENGINES)[number]

/** `refused`: nothing of the text is understood, so no rule can permit it. */
export type Surety = 'exact' | 'at most' | 'opaque' | 'refused'
const SURETIES = ['exact', 'at most', 'opaque', 'refused'] as const

export interface KindReading {
  readonly engine: Engine
  /** The native command. */
  readonly command: string
  readonly surety: Surety
  readonly text: string
}

/** The least sure of its actions speaks for a statement. */
export function suretyOf({ actions }: Statement): Surety {
  if (actions.some(({ verb, certainty }) => verb === 'opaque' || certainty === 'opaque')) return 'opaque'
  const known = actions.every(({ certainty }) => certainty === 'exact')
  return known ? 'exact' : 'at most'
}

export function drawStatementKinds(readings: readonly KindReading[]): string {
  const families = new Map<string, KindReading[]>()
  for (const reading of readings) {
    const family = reading.command.split(' ')[0] ?? ''
    families.set(family, [...(families.get(family) ?? []), reading])
  }
  const rows = [...families].sort(([one], [other]) => (one < other ? -1 : 1)).map(drawFamily)
  const all = ENGINES.map((engine) => drawCounts(readings.filter((each) => each.engine === engine)))
  return [
    `| statements | kinds | ${ENGINES.join(' | ')} |`,
    `| --- | --- | ${ENGINES.map(() => '---').join(' | ')} |`,
    ...rows,
    `| all | ${new Set(readings.map(({ command }) => command)).size} | ${all.join(' | ')} |`,
  ].join('\n')
}

function drawFamily([family, readings]: readonly [string, readonly KindReading[]]): string {
  const counts = ENGINES.map((engine) => drawCounts(readings.filter((each) => each.engine === engine)))
  const kinds = new Set(readings.map(({ command }) => command)).size
  return `| ${family === 'UNREADABLE' ? '(not read)' : `\`${family}\``} | ${kinds} | ${counts.join(' | ')} |`
}

function drawCounts(readings: readonly KindReading[]): string {
  if (readings.length === 0) return '–'
  return SURETIES.map((surety) => readings.filter((each) => each.surety === surety).length)
    .join(' · ')
    .replace(/ · 0$/, '')
}

/** Kinds of which no example is read surely, each engine's by name. */
export function neverSure(readings: readonly KindReading[], engine: Engine): readonly string[] {
  const own = readings.filter((each) => each.engine === engine && each.surety !== 'refused')
  const sure = new Set(own.filter(({ surety }) => surety !== 'opaque').map(({ command }) => command))
  return [...new Set(own.map(({ command }) => command))].filter((command) => !sure.has(command)).sort()
}
