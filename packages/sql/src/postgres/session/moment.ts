/** What names mean between two statements of one text: what one changes holds for the next (R2, R5). */
import type { CatalogIndex } from '../catalog-index.js'
import type { Effect, PostgresStatement, ReadingContext } from '../plan.js'
import { type Overlaid, overlay } from './overlaid-index.js'
import {
  atCommit,
  inDoubt,
  type SessionNames,
  sameNames,
  withDefined,
  withGrown,
  withoutTemporary,
} from './session-names.js'

export interface Moment {
  readonly names: SessionNames
  readonly searchPath: readonly string[] | 'unknown'
  /** While search_path is unknown. */
  readonly likely: readonly string[] | undefined
}

export function momentOf(context: ReadingContext): Moment {
  const { overlay: opaque, temporary, definitions, searchPath, likely } = context
  return {
    names: {
      overlay: opaque,
      ...(temporary === undefined ? {} : { temporary }),
      ...(definitions === undefined ? {} : { definitions }),
    },
    searchPath,
    likely,
  }
}

export function momentAfter(moment: Moment, statement: PostgresStatement, context: ReadingContext): Moment {
  let now = moment
  for (const effect of statement.effects) now = afterEffect(now, effect, context)
  return mayDoAnything(statement) ? afterAnything(now) : now
}

/** Code ran that nobody knows: it may have set search_path, and made, changed or dropped temporary objects. */
function afterAnything(moment: Moment): Moment {
  const likely = moment.searchPath === 'unknown' ? moment.likely : moment.searchPath
  return { names: inDoubt(moment.names), searchPath: 'unknown', likely }
}

function afterEffect(moment: Moment, effect: Effect, context: ReadingContext): Moment {
  return {
    ...moment,
    names: namesAfter(effect, moment, context),
    searchPath: pathAfter(effect, moment, context),
  }
}

function namesAfter(effect: Effect, { names }: Moment, context: ReadingContext): SessionNames {
  if (effect.kind === 'define') return withDefined(names, effect)
  if (effect.kind === 'grow') return withGrown(names, effect)
  if (effect.kind === 'discard')
    return effect.what === 'all' || effect.what === 'temp' ? withoutTemporary(names) : names
  if (effect.kind !== 'transaction' || BEGINS.has(effect.what)) return names
  // What a transaction that is open already would leave or undo, the text does not show.
  if (context.settled !== true) return inDoubt(names)
  if (effect.what === 'commit') return atCommit(names)
  return sameNames(names, context) ? names : inDoubt(names)
}

/** search_path after an effect. The end of a transaction may undo what was set in it, here or before this text. */
function pathAfter(
  effect: Effect,
  { searchPath: current }: Moment,
  context: ReadingContext,
): readonly string[] | 'unknown' {
  if (context.likely !== undefined) return current
  if (effect.kind === 'set' && effect.name === 'search_path') return effect.value ?? 'unknown'
  if (effect.kind === 'reset-all' || (effect.kind === 'discard' && effect.what === 'all')) return 'unknown'
  // $user is the current role.
  if (effect.kind === 'set' && ROLES.has(effect.name)) return current.includes('$user') ? 'unknown' : current
  const ends = effect.kind === 'transaction' && !BEGINS.has(effect.what)
  return ends && !(context.settled === true && current === context.searchPath) ? 'unknown' : current
}

const ROLES: ReadonlySet<string> = new Set(['role', 'session_authorization'])
const BEGINS: ReadonlySet<string> = new Set(['begin', 'savepoint', 'release'])

/** Commands whose code runs later, if ever, or that make what no session's names depend on. */
const RUN_LATER: ReadonlySet<string> = new Set([
  'CREATE FOREIGN TABLE',
  'ALTER FOREIGN TABLE',
  'IMPORT FOREIGN SCHEMA',
  'CREATE FUNCTION',
  'CREATE PROCEDURE',
  'CREATE RULE',
  'CREATE TRIGGER',
  'CREATE EVENT TRIGGER',
  'CREATE VIEW',
])

/** Whether code runs that nobody has read; what merely has no known meaning runs none. */
export function mayDoAnything({ actions, command }: PostgresStatement): boolean {
  return (
    !RUN_LATER.has(command) &&
    actions.some(
      ({ certainty, resource }) =>
        certainty === 'opaque' && (resource.kind !== 'relation' || command !== 'SELECT'),
    )
  )
}

const overlaid = new WeakMap<readonly object[], { readonly on: CatalogIndex; readonly made: Overlaid }>()

/** The catalog as the session sees it; the catalog itself for whoever has defined nothing. */
export function seenBy(names: SessionNames, catalog: CatalogIndex): Overlaid | undefined {
  const { definitions } = names
  if (definitions === undefined || definitions.length === 0) return undefined
  const known = overlaid.get(definitions)
  if (known?.on === catalog) return known.made
  const made = overlay(catalog, definitions)
  overlaid.set(definitions, { on: catalog, made })
  return made
}
