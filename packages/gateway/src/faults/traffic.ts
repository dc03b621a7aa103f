/** Clients that ask numbered things of every kind, and remember how each ended. */
import type { Served } from '../end-to-end/home.js'
import type { Database, Kind } from './database.js'
import { nameOf } from './executed.js'
import type { Ending } from './reconcile.js'
import { within } from './rounds.js'

export interface Book {
  /** What is asked in it. */
  readonly database: Database
  readonly endings: Map<number, Ending>
  /** What those that were not done heard. */
  readonly heard: Map<number, string>
  /** Takes a number, asks, and notes how that ended. */
  note(ask: (name: string) => Promise<unknown>): Promise<Ending>
  /** Asks what no number fits into. */
  attempt(ask: () => Promise<unknown>): Promise<Ending>
}

export function createBook(database: Database): Book {
  const endings = new Map<number, Ending>()
  const heard = new Map<number, string>()
  let next = 1
  const settled = (what: string, asked: Promise<unknown>): Promise<Ending> =>
    within(
      what,
      asked.then((): Ending => 'done', database.endingOf),
    )
  return {
    database,
    endings,
    heard,
    async note(ask) {
      const number = next
      next += 1
      const asked = ask(nameOf(number))
      asked.catch((fault: Error) => heard.set(number, `${database.codeOf(fault)} ${fault.message}`))
      const ending = await settled(`statement ${number}`, asked)
      endings.set(number, ending)
      return ending
    },
    attempt: (ask) => settled('a statement', ask()),
  }
}

const KINDS: readonly Kind[] = [
  (guest, name) => guest.ask(`select city as ${name} from customers where id = 7`),
  (guest, name) => guest.ask(`select city as ${name} from customers where id = ?`, [3]),
  async (guest, name) => {
    // The number's is what its own statement came to: where nothing can be recorded the other two are refused too, and
    // an earlier ROLLBACK that was leaves a transaction in which BEGIN fails.
    await guest.ask('begin').catch(() => {})
    await guest.ask(`update customers as ${name} set city = 'Faro' where id = 2`)
    await guest.ask('rollback').catch(() => {})
  },
  (guest, name) => guest.ask(`drop table ${name}`),
  (guest, name) => guest.ask(`select one.id, one.city as ${name} from customers as one, customers as other`),
]

export interface Traffic {
  /** Calls that ended. */
  readonly count: number
  /** How they ended, each once. */
  readonly seen: ReadonlySet<Ending>
  /** What its statements were answered with, as the database names it. */
  readonly codes: ReadonlySet<string>
  /** No new calls; resolves when every client has gone. */
  end(): Promise<void>
}

/** Each goes on until its connection dies or the traffic ends. */
export function startTraffic(serving: Served, book: Book, clients: number): Traffic {
  const { database } = book
  let going = true
  let count = 0
  const seen = new Set<Ending>()
  const codes = new Set<string>()
  const kinds = database.speaks === 'commands' ? database.kinds : [...KINDS, ...database.kinds]
  const one = async (index: number) => {
    const guest = await within('sign-in', database.enter(serving.port, 'ann')).catch(() => undefined)
    if (guest === undefined) return
    for (let round = index; going; round += 1) {
      const kind = kinds[round % kinds.length] as Kind
      const ending = await book.note((name) =>
        kind(guest, name).catch((fault) => {
          const code = database.codeOf(fault)
          if (code !== undefined) codes.add(code)
          throw fault
        }),
      )
      count += 1
      seen.add(ending)
      if (ending === 'cut') break
    }
    await within(
      'goodbye',
      guest.end().catch(() => {}),
    )
  }
  const running = Promise.all(Array.from({ length: clients }, (_, index) => one(index)))
  return {
    get count() {
      return count
    },
    seen,
    codes,
    async end() {
      going = false
      await running
    },
  }
}
