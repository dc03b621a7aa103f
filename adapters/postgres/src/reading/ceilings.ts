/** Times that a client may shorten and never lengthen: one statement, waiting for a lock, idling in a transaction (R14). */
import type { SiteLimits } from '@gatehouse/adapter-kit'
import type { PostgresStatement } from '@gatehouse/sql'

/** Setting → milliseconds. The server goes back to these by RESET and DISCARD, because they come with the start-up packet. */
export type Ceilings = ReadonlyMap<string, number>

export function ceilingsOf(limits: SiteLimits): Ceilings {
  const configured = [
    ['statement_timeout', limits.statementTime],
    ['lock_timeout', limits.lockTime],
    ['idle_in_transaction_session_timeout', limits.idleInTransaction],
  ] as const
  return new Map(
    configured.flatMap(([name, most]) => (most === undefined || most === 0 ? [] : [[name, most]])),
  )
}

/** As the start-up packet says them. */
export function startCeilings(ceilings: Ceilings): ReadonlyMap<string, string> {
  return new Map([...ceilings].map(([name, most]) => [name, String(most)]))
}

/** Why a value is refused; undefined when it is within the ceiling, or there is none. */
export function overCeiling(ceilings: Ceilings, name: string, value: string | undefined): string | undefined {
  const most = ceilings.get(name)
  if (most === undefined) return undefined
  const given = value === undefined ? undefined : readMilliseconds(value)
  if (given !== undefined && given > 0 && given <= most) return undefined
  return `\`${name}\` is ${most} ms here and can only be lowered: give a value from 1 to ${most} ms`
}

/** Every time that a statement sets is shown by its text and within the ceiling; else why not. */
export function overCeilings(
  ceilings: Ceilings,
  { actions, effects }: PostgresStatement,
): string | undefined {
  if (ceilings.size === 0) return undefined
  for (const { verb, resource } of actions) {
    const name = verb === 'set' ? resource.path.join('.').toLowerCase() : ''
    if (!ceilings.has(name)) continue
    const given = effects.filter((effect) => effect.kind === 'set' && effect.name === name)
    if (given.length === 0) return overCeiling(ceilings, name, undefined)
    for (const effect of given) {
      // Without a value: back to what the start-up packet said.
      if (effect.kind !== 'set' || effect.value === undefined) continue
      const why = overCeiling(ceilings, name, effect.value.length === 1 ? effect.value[0] : undefined)
      if (why !== undefined) return why
    }
  }
  return undefined
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  us: 1e-3,
  ms: 1,
  s: 1e3,
  min: 60e3,
  h: 3_600e3,
  d: 86_400e3,
}

/**
 * As the server reads a time in milliseconds (guc.c, parse_int), rounded as it rounds. Undefined for forms that it reads
 * otherwise than they look: octal, hexadecimal, exponents, signs.
 */
export function readMilliseconds(value: string): number | undefined {
  const [, number, unit] =
    /^\s*(0|[1-9]\d{0,11}|(?:0|[1-9]\d{0,11})\.\d{1,6})\s*([a-z]*)\s*$/.exec(value) ?? []
  if (number === undefined || unit === undefined || !Object.hasOwn(UNITS, unit)) return undefined
  return Math.round(Number(number) * (UNITS[unit] as number))
}
