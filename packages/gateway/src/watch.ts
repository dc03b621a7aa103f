/** What is looked at between statements: how old catalogs are, whether field patterns still name fields. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { catalogsOf } from './catalogs.js'
import type { HealthDetail } from './health.js'
import { faultFacts, type Log } from './log.js'
import { type Unmatched, unmatchedPatterns, unmatchedResources } from './policies/unmatched-patterns.js'
import type { Running } from './running.js'

export interface Watched {
  /** Judges the policies in force by the catalogs; after the start and each reload. */
  look(running: Running): Promise<void>
  details(running: Running, draining: boolean): readonly HealthDetail[]
  /** Seconds since the catalog was last seen to be current. */
  catalogAge(listener: string, adapter: OpenAdapter): number
}

export interface WatchSources {
  readonly log: Log
  /** Milliseconds that only grow. */
  readonly tick: () => number
  /** False where another process says the same of the same documents. */
  readonly speaks: boolean
}

const said = ({ place, pattern, owner, meant }: Unmatched, what: string) =>
  `${place.file}:${place.line}: \`${pattern}\` of ${owner} ${what}${meant === undefined ? '' : `; the database has \`${meant}\``}`

export function createWatch({ log, tick, speaks }: WatchSources): Watched {
  const seen = new Map<string, number>()
  let unmatched: readonly string[] = []

  const catalogAge = (listener: string, adapter: OpenAdapter) => {
    if (adapter.current || !seen.has(listener)) seen.set(listener, tick())
    return (tick() - (seen.get(listener) ?? tick())) / 1000
  }

  return {
    async look({ listeners, standing }) {
      try {
        const catalogs = await Promise.all(
          [...listeners.values()].map(({ state }) =>
            catalogsOf(state.adapter, state.settings.upstream.databases),
          ),
        )
        const { documents } = standing.policies
        const known = catalogs.flat()
        unmatched = [
          ...unmatchedPatterns(documents, known).map((each) => said(each, 'matches no field')),
          ...unmatchedResources(documents, known).map((each) => said(each, 'names no relation')),
        ]
      } catch (fault) {
        log.warn(faultFacts(fault), 'the catalog could not be compared with the policies')
      }
      if (speaks) for (const each of unmatched) log.warn({}, each)
    },
    details({ listeners }, draining) {
      const details = [...listeners].flatMap(([name, { listener, state }]): HealthDetail[] => {
        catalogAge(name, state.adapter)
        return [
          {
            part: `listener ${name}`,
            ...(listener.listening ? { colour: 'green' } : { colour: 'red', message: 'is not listening' }),
          },
          {
            part: `catalog ${name}`,
            ...(state.adapter.current
              ? { colour: 'green' }
              : { colour: 'red', message: 'is too old to be trusted' }),
          },
        ]
      })
      return [
        ...details,
        ...(draining ? [{ part: 'gateway', colour: 'red', message: 'is draining' } as const] : []),
        ...unmatched.map((each) => ({ part: 'policies', colour: 'yellow', message: each }) as const),
      ]
    },
    catalogAge,
  }
}
