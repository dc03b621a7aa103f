/** Clients that ask numbered things of every kind, and remember how each ended. */
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Serving } from '../end-to-end/stage.js'
import { nameOf } from './executed.js'
import type { Ending } from './reconcile.js'
import { within } from './rounds.js'

export interface Book {
  readonly endings: Map<number, Ending>
  /** What those that were not done heard. */
  readonly heard: Map<number, string>
  /** Takes a number, asks, and notes how that ended. */
  note(ask: (name: string) => Promise<unknown>): Promise<Ending>
  /** Asks what no number fits into. */
  attempt(ask: () => Promise<unknown>): Promise<Ending>
}

export function createBook(): Book {
  const endings = new Map<number, Ending>()
  const heard = new Map<number, string>()
  let next = 1
  return {
    endings,
    heard,
    async note(ask) {
      const number = next
      next += 1
      const asked = ask(nameOf(number))
      asked.catch((fault: Error & { code?: string }) => heard.set(number, `${fault.code} ${fault.message}`))
      const ending = await settled(`statement ${number}`, asked)
      endings.set(number, ending)
      return ending
    },
    attempt: (ask) => settled('a statement', ask()),
  }
}

function settled(what: string, asked: Promise<unknown>): Promise<Ending> {
  return within(
    what,
    asked.then((): Ending => 'done', endingOf),
  )
}

/** An error that ends the session, or none from a server at all, is no whole reply. */
export function endingOf(fault: unknown): Ending {
  const { code, severity, detail } = fault as { code?: string; severity?: string; detail?: string }
  if (severity !== 'ERROR' || code === undefined) return 'cut'
  if (code === '53100') return 'unwritten'
  if (code === '25P02') return 'aborted'
  return detail?.includes('gatehouse: {') ? 'refused' : 'failed'
}

type Kind = (client: pg.Client, name: string) => Promise<unknown>

const KINDS: readonly Kind[] = [
  (client, name) => client.query(`select city as ${name} from customers where id = 7`),
  (client, name) => client.query(`select city as ${name} from customers where id = $1`, [3]),
  async (client, name) => {
    // The number's is what its own statement came to: where nothing can be recorded the other two are refused too, and
    // an earlier ROLLBACK that was leaves a transaction in which BEGIN fails.
    await client.query('begin').catch(() => {})
    await client.query(`update customers as ${name} set city = 'Faro' where id = 2`)
    await client.query('rollback').catch(() => {})
  },
  (client, name) => client.query(`drop table ${name}`),
  (client, name) => client.query(`select 1 / (id - 1) as ${name} from customers where id = $1`, [1]),
  (client, name) =>
    client
      .query({ name: 'kept', text: 'select city from customers where id = $1', values: [1] })
      .catch(() => {})
      .then(() => client.query(`select r, city as ${name} from customers, generate_series(1, 100) r`)),
  (client, name) =>
    drained(client, `copy (select city as ${name} from customers, generate_series(1, 20)) to stdout`),
]

function drained(client: pg.Client, text: string): Promise<unknown> {
  const stream = client.query(copyTo(text))
  return new Promise((resolve, reject) => {
    stream.on('error', reject).resume()
    // The stream ends with CopyDone; the reply is whole with ReadyForQuery.
    client.once('drain', () => resolve(undefined))
    client.once('end', () => reject(new Error('the connection ended')))
  })
}

export interface Traffic {
  /** Calls that ended. */
  readonly count: number
  /** How they ended, each once. */
  readonly seen: ReadonlySet<Ending>
  /** SQLSTATEs that its statements were answered with. */
  readonly codes: ReadonlySet<string>
  /** No new calls; resolves when every client has gone. */
  end(): Promise<void>
}

/** Each goes on until its connection dies or the traffic ends. */
export function startTraffic(serving: Serving, book: Book, clients: number): Traffic {
  let going = true
  let count = 0
  const seen = new Set<Ending>()
  const codes = new Set<string>()
  const one = async (index: number) => {
    const client = await within('sign-in', serving.client('ann')).catch(() => undefined)
    if (client === undefined) return
    client.setMaxListeners(0)
    for (let round = index; going; round += 1) {
      const kind = KINDS[round % KINDS.length] as Kind
      const ending = await book.note((name) =>
        kind(client, name).catch((fault: Error & { code?: string }) => {
          if (fault.code !== undefined) codes.add(fault.code)
          throw fault
        }),
      )
      count += 1
      seen.add(ending)
      if (ending === 'cut') break
    }
    await within(
      'goodbye',
      client.end().catch(() => {}),
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
