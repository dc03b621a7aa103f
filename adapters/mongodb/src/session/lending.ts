/** Cursors of a gateway of several processes: each goes on in one of them at a time, and its counts go with it (docs/adr/0017). */
import type { Siblings } from '@gatehouse/adapter-kit'
import type { ReadStatement } from '../reading/read-command.js'
import { type Cursor, type Cursors, homeOf, type Kept, type Opening } from './cursors.js'

/** What one process asks of another. */
export type CursorQuestion =
  /** Of the process that opened it: whoever asks goes on with it. */
  | { readonly kind: 'go-on'; readonly id: bigint; readonly person: string }
  /** Of the process where it went on, by the one that opened it. */
  | { readonly kind: 'give-back'; readonly id: bigint; readonly person: string }
  /** Of the process that opened them: what they are upstream. */
  | { readonly kind: 'name'; readonly ids: readonly bigint[]; readonly person: string }
  | { readonly kind: 'closed'; readonly id: bigint; readonly person: string }

/** As much of a cursor as ends it. */
export type NamedCursor = Pick<Cursor, 'id' | 'person' | 'upstream' | 'database' | 'collection'>

type Counts = Pick<Cursor, 'returned' | 'bytes' | 'over'>

/** Undefined: there is none, or what it has counted is lost. */
type Lent =
  | { readonly kind: 'coming' }
  | {
      readonly kind: 'lent'
      readonly cursor: Omit<Opening, 'read'>
      /** The same for all cursors of one plan, and never for another. */
      readonly plan: string
      readonly read: ReadStatement
    }
  | undefined

type GivenBack = { readonly kind: 'coming' } | ({ readonly kind: 'counts' } & Counts) | undefined

const COMING = { kind: 'coming' } as const

export interface Lending {
  /** From then on it is found here, if it is anywhere. True: not now, a batch of it is on its way elsewhere. */
  fetch(id: bigint, person: string): Promise<boolean>
  /** Those that are known elsewhere. */
  name(ids: readonly bigint[], person: string): Promise<readonly NamedCursor[]>
  /** Of one that has ended here, with what was kept of it: whoever else knows of it hears so. */
  closed(id: bigint, person: string, kept: Kept | undefined): void
  answer(from: number, question: CursorQuestion): unknown
}

/** Plans that came from elsewhere; the oldest goes first. */
const MOST_PLANS = 1_000

/** `mark`: of this process, of no other and of none before it. */
export function createLending(cursors: Cursors, siblings: Siblings, mark: string): Lending {
  const here = siblings.number
  const fetching = new Map<string, Promise<boolean>>()
  const known = new Map<string, ReadStatement>()
  const names = new WeakMap<ReadStatement, string>()
  let plans = 0

  const ask = <Answer>(to: number, question: CursorQuestion): Promise<Answer | undefined> =>
    siblings.ask(to, question).then(
      (answer) => answer as Answer,
      () => undefined,
    )
  const isElsewhere = (at: number) => at !== here && at <= siblings.of

  const nameOf = (read: ReadStatement): string => {
    const name = names.get(read) ?? `${mark} ${++plans}`
    names.set(read, name)
    return name
  }
  /** One object for each plan: what is kept by it is found again. */
  const planOf = (name: string, read: ReadStatement): ReadStatement => {
    const found = known.get(name)
    if (found !== undefined) return found
    const [oldest] = known.keys()
    if (known.size >= MOST_PLANS && oldest !== undefined) known.delete(oldest)
    known.set(name, read)
    return read
  }

  /** Invariant: of one cursor there is one process at most that goes on with it, and nothing that it gave is uncounted. */
  const lend = async (id: bigint, person: string, to: number): Promise<Lent> => {
    const kept = cursors.kept(id, person)
    if (kept === undefined) return undefined
    const { cursor, at } = kept
    if (at === 'moving' || cursor.coming > 0) return COMING
    if (at !== here) {
      kept.at = 'moving'
      const back = at === to ? undefined : await ask<GivenBack>(at, { kind: 'give-back', id, person })
      if (cursors.kept(id, person) !== kept) return undefined
      if (back === undefined) {
        // Who asks has lost it, or who had it is gone: how much it gave nobody knows.
        cursors.forget(id, person)
        return undefined
      }
      kept.at = at
      if (back.kind === 'coming') return COMING
      cursor.returned = back.returned
      cursor.bytes = back.bytes
      cursor.over = back.over
    }
    kept.at = to
    const { read, id: _, statement: __, coming: ___, ...parts } = cursor
    return { kind: 'lent', cursor: parts, plan: nameOf(read), read }
  }

  const giveBack = (id: bigint, person: string): GivenBack => {
    const cursor = cursors.find(id, person)
    if (cursor === undefined) return undefined
    if (cursor.coming > 0) return COMING
    cursors.forget(id, person)
    const { returned, bytes, over } = cursor
    return { kind: 'counts', returned, bytes, over }
  }

  const borrow = async (id: bigint, person: string): Promise<boolean> => {
    const home = homeOf(id)
    if (home === here) return (await lend(id, person, here))?.kind === 'coming'
    if (!isElsewhere(home)) return false
    const lent = await ask<Lent>(home, { kind: 'go-on', id, person })
    if (lent?.kind === 'lent') cursors.adopt({ ...lent.cursor, id, read: planOf(lent.plan, lent.read) })
    return lent?.kind === 'coming'
  }

  const nameHere = (ids: readonly bigint[], person: string): NamedCursor[] =>
    ids.flatMap((id) => {
      const cursor = cursors.kept(id, person)?.cursor
      if (cursor === undefined) return []
      const { upstream, database, collection } = cursor
      return [{ id, person, upstream, database, collection }]
    })

  const tellClosed = (to: number, id: bigint, person: string) => void ask(to, { kind: 'closed', id, person })

  return {
    fetch(id, person) {
      // Both connections of one person that ask at once get it: here it is one cursor.
      const key = `${id} ${person}`
      const under = fetching.get(key) ?? borrow(id, person).finally(() => fetching.delete(key))
      fetching.set(key, under)
      return under
    },
    async name(ids, person) {
      const homes = new Map<number, bigint[]>()
      for (const id of ids) {
        const home = homeOf(id)
        homes.set(home, [...(homes.get(home) ?? []), id])
      }
      const answers = [...homes].map(async ([home, own]) => {
        if (home === here) return nameHere(own, person)
        if (!isElsewhere(home)) return []
        return (await ask<NamedCursor[]>(home, { kind: 'name', ids: own, person })) ?? []
      })
      return (await Promise.all(answers)).flat()
    },
    closed(id, person, kept) {
      const home = homeOf(id)
      if (isElsewhere(home)) tellClosed(home, id, person)
      else if (typeof kept?.at === 'number' && isElsewhere(kept.at)) tellClosed(kept.at, id, person)
    },
    answer(from, question) {
      const { person } = question
      switch (question.kind) {
        case 'go-on':
          return lend(question.id, person, from)
        case 'give-back':
          return giveBack(question.id, person)
        case 'name':
          return nameHere(question.ids, person)
        case 'closed': {
          const kept = cursors.forget(question.id, person)
          const at = kept?.at
          if (typeof at === 'number' && at !== from && isElsewhere(at)) tellClosed(at, question.id, person)
          return undefined
        }
      }
    },
  }
}
