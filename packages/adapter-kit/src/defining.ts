/** Definitions on their way and those of late: what may have come between the reading of a text and its running (R2). */

export interface Definition {
  /** Unqualified names that may mean something else by it; undefined: nobody can say which. */
  readonly names: ReadonlySet<string> | undefined
  /** Another definition could take back what it does: whoever compares before and after might not see it. */
  readonly swings: boolean
}

interface Begun extends Definition {
  readonly session: object
  /** Of all that the session has on its way, told to other processes; 0: it is another process's. */
  readonly token: number
  /** Nothing is known of it any more but that it was there, perhaps with more of the same session. */
  readonly many: boolean
  /** When what came of it was known. */
  ended: number | undefined
}

/** Those that have ended are remembered, so many; what ran longer than that is taken to have met them all (R30). */
const REMEMBERED = 1000
/** Of one session; what comes after them counts as everything. */
const MOST = 256

/** Sessions that have something on its way of which nobody knows yet what has come, and what they had before. */
export class Defining {
  private readonly sessions = new Map<object, Begun[]>()
  private past: Begun[] = []
  /** Grows with every beginning and every end. */
  private clock = 0
  /** What ended up to then is not remembered. */
  private forgotten = 0
  /** Told to other processes. */
  onBegins: ((token: number, definition: Definition) => void) | undefined = undefined

  /** What is read in this moment is read after all that has ended by now. */
  get moment(): number {
    return this.clock
  }

  begins(session: object, definition: Definition): void {
    const token = this.sessions.get(session)?.[0]?.token ?? this.clock + 1
    if (this.add(session, definition, token)) this.onBegins?.(token, definition)
  }

  /** Of a session in another process. */
  hears(elsewhere: object, definition: Definition): void {
    this.add(elsewhere, definition, 0)
  }

  /** What has come of all that the session had on its way is read. */
  ends(session: object): void {
    const own = this.sessions.get(session)
    if (own === undefined) return
    this.sessions.delete(session)
    this.clock += 1
    for (const each of own) {
      each.ended = this.clock
      this.past.push(each)
    }
    if (this.past.length < 2 * REMEMBERED) return
    const [last] = this.past.splice(0, this.past.length - REMEMBERED).slice(-1)
    this.forgotten = last?.ended ?? this.clock
  }

  has(session: object): boolean {
    return this.sessions.has(session)
  }

  isBegun(token: number): boolean {
    for (const [first] of this.sessions.values()) if (first?.token === token) return true
    return false
  }

  /** Nothing was begun or on its way since that moment. */
  isQuiet(since: number): boolean {
    return this.clock === since && this.sessions.size === 0
  }

  /** Something of another session that these names meet was on its way after that moment. */
  touches(since: number, session: object, names: ReadonlySet<string>): boolean {
    return since < this.forgotten || this.met(since, session, names).length > 0
  }

  /** More than before and after may have been there: several of them, and what one did the next could take back. */
  mayHaveSwung(since: number, session: object, names: ReadonlySet<string>): boolean {
    if (since < this.forgotten) return true
    const met = this.met(since, session, names)
    return met.some(({ swings }) => swings) && (met.length > 1 || met.some(({ many }) => many))
  }

  private met(since: number, session: object, names: ReadonlySet<string>): readonly Begun[] {
    const isMet = (each: Begun) => each.session !== session && meets(each, names)
    const met: Begun[] = []
    for (let at = this.past.length - 1; at >= 0; at -= 1) {
      const each = this.past[at] as Begun
      if ((each.ended ?? 0) <= since) break
      if (isMet(each)) met.push(each)
    }
    for (const own of this.sessions.values()) met.push(...own.filter(isMet))
    return met
  }

  private add(session: object, { names, swings }: Definition, token: number): boolean {
    const own = this.sessions.get(session) ?? []
    if (own.length > MOST) return false
    this.sessions.set(session, own)
    this.clock += 1
    const many = own.length === MOST
    own.push(
      many
        ? { session, token, many, names: undefined, swings: true, ended: undefined }
        : { session, token, many, names, swings, ended: undefined },
    )
    return true
  }
}

function meets({ names: touched }: Definition, names: ReadonlySet<string>): boolean {
  if (touched === undefined) return true
  for (const name of touched) if (names.has(name)) return true
  return false
}
