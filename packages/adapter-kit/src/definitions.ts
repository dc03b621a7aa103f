/**
 * What texts are read against, and whether what ran is what was read. A server resolves names once it has their locks: a statement that
 * waited for one runs over what others have made of its names meanwhile (R2).
 */
import type { Defining } from './defining.js'

export interface Definitions<Catalog> {
  /** What texts are read against now. */
  catalog(): Catalog
  /** It is being read again after somebody defined something. */
  readonly refreshing: Promise<void> | undefined
  /** Reads it again; `wholly`: what a lock withheld of it, too. */
  refresh(wholly?: 'wholly'): Promise<void>
  readonly defining: Defining
}

/** What a statement was read against, and when. */
export interface ReadAgainst<Catalog> {
  readonly readAgainst: Catalog
  /** `Defining.moment`. */
  readonly readAt: number
}

/** Asked when the first reply has come: nothing at all has been defined since. */
export function isUndisputed<Catalog>(definitions: Definitions<Catalog>, run: ReadAgainst<Catalog>): boolean {
  return (
    run.readAgainst === definitions.catalog() &&
    definitions.refreshing === undefined &&
    definitions.defining.isQuiet(run.readAt)
  )
}

export interface Disputed<Catalog> extends ReadAgainst<Catalog> {
  readonly session: object
  /** Unqualified names of what it names and of what that is made of. */
  readonly names: ReadonlySet<string>
  /** Whether it does the same by either catalog. */
  stands(before: Catalog, now: Catalog): boolean | Promise<boolean>
}

/** Milliseconds that a reply waits for an answer. */
const PATIENCE = 20_000

/**
 * The server has had the statement's locks, and what it ran over is committed by now. False: it is not what was read, or nobody can say.
 * Undefined: nothing speaks against it.
 */
export function confirmed<Catalog>(
  definitions: Definitions<Catalog>,
  disputed: Disputed<Catalog>,
): Promise<boolean> | undefined {
  const { defining, refreshing } = definitions
  const { readAgainst, readAt, session, names } = disputed
  const isSame = refreshing === undefined && readAgainst === definitions.catalog()
  if (isSame && !defining.touches(readAt, session, names)) return undefined
  const asked = async () => {
    const stands = () => disputed.stands(readAgainst, definitions.catalog())
    await definitions.refresh()
    if (!(await stands())) {
      await definitions.refresh('wholly')
      if (!(await stands())) return false
    }
    // Invariant: with one definition there is but before and after, and both say the same.
    return !defining.mayHaveSwung(readAt, session, names)
  }
  return within(asked().catch(() => false))
}

function within(asked: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), PATIENCE)
    void asked.then((answer) => {
      clearTimeout(late)
      resolve(answer)
    })
  })
}

/** The session is gone, and what it has sent may be committed all the same. */
export function leaveDefining(definitions: Definitions<unknown>, session: object): void {
  const { defining } = definitions
  if (!defining.has(session)) return
  const over = () => defining.ends(session)
  definitions.refresh().then(over, over)
}

/** Plain data that says the same. */
export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
