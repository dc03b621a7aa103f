/**
 * What texts are read against, and who is changing it. A server resolves names once it has their locks: a statement that waited for
 * one runs over what others have made of its names meanwhile (R2).
 */

export interface Definitions<Catalog> {
  /** What texts are read against now. */
  catalog(): Catalog
  /** It is being read again after somebody defined something. */
  readonly refreshing: Promise<void> | undefined
  /** Reads it again; `wholly`: what a lock withheld of it, too. */
  refresh(wholly?: 'wholly'): Promise<void>
  readonly defining: Defining
}

/** Sessions that have something on its way that defines, and nobody knows yet what has come of it. */
export class Defining {
  /** By a number of its own each time that it begins; 0: in another process. */
  private readonly sessions = new Map<object, number>()
  private begun = 0
  /** Told to other processes. */
  onBegins: ((token: number) => void) | undefined = undefined

  begins(session: object): void {
    if (this.sessions.has(session)) return
    this.begun += 1
    this.sessions.set(session, this.begun)
    this.onBegins?.(this.begun)
  }

  /** Of a session in another process. */
  hears(elsewhere: object): void {
    this.sessions.set(elsewhere, 0)
  }

  /** What has come of it is read. */
  ends(session: object): void {
    this.sessions.delete(session)
  }

  has(session: object): boolean {
    return this.sessions.has(session)
  }

  isBegun(token: number): boolean {
    return [...this.sessions.values()].includes(token)
  }

  byOthers(session: object): boolean {
    return this.sessions.size > (this.sessions.has(session) ? 1 : 0)
  }
}

/**
 * Asked when the first reply has come, and the server has had the statement's locks: what it ran over is committed by then. False:
 * what it names has become another (`stands`), or nobody can say. Undefined: nothing speaks against it.
 */
export function confirmed<Catalog>(
  definitions: Definitions<Catalog>,
  session: object,
  readAgainst: Catalog,
  stands: (before: Catalog, now: Catalog) => boolean,
): Promise<boolean> | undefined {
  const { defining, refreshing } = definitions
  if (readAgainst === definitions.catalog() && refreshing === undefined && !defining.byOthers(session))
    return undefined
  const asked = () => stands(readAgainst, definitions.catalog())
  return definitions
    .refresh()
    .then(() => asked() || definitions.refresh('wholly').then(asked))
    .catch(() => false)
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
