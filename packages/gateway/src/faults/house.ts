/** A gateway over a database that tells what it is given, and the checker over both. */
import { join } from 'node:path'
import { expect } from 'vitest'
import type { TopicReader } from '../end-to-end/follow-topic.js'
import { createHome, type Home, type Served } from '../end-to-end/home.js'
import { CONFIG, eventually, metric, policy } from '../end-to-end/stage.js'
import type { Database, Guest, StartOptions, Upstream } from './database.js'
import { createReconcile, type Found } from './reconcile.js'
import { LONG, within } from './rounds.js'
import { type Book, createBook } from './traffic.js'

export interface House extends Home {
  readonly upstream: Upstream
  readonly book: Book
  /** Writes the configuration; without one, the one that it was opened with. */
  configure(text?: string): void
  enter(serving: Served, user: string): Promise<Guest>
  /** `let in`, or the code that a sign-in is turned away with. */
  newcomer(serving: Served, user?: string): Promise<string | undefined>
  /** What the health of the gateway is: `green`, `yellow` or `red`. */
  colour(serving: Served): Promise<string>
  turns(serving: Served, colour: string): Promise<void>
  /** Nobody is signed in and nothing runs any more; the process and the server look after that by themselves. */
  quiet(serving: Served): Promise<void>
  /** Nothing runs in the database for a gateway that is dead. */
  gone(): Promise<void>
  /** Fails unless the three truths agree. */
  agree(): Promise<Found>
  stop(): Promise<void>
}

export interface Furnishing extends Partial<StartOptions> {
  /** Of the upstream's port. */
  readonly configuration?: (port: number) => string
  /** Looked at when the truths are compared. */
  readonly topic?: () => TopicReader
}

/** Room for many, and a sign-in may take a while where much is going on. */
export const furnished = (port: number) =>
  CONFIG(port).replace(
    'connections: 8, perUser: 3, greeting: 8s',
    `connections: 3000, perUser: 3000, greeting: ${LONG ? '10m' : '60s'}`,
  )

export async function openHouse(database: Database, furnishing: Furnishing = {}): Promise<House> {
  const { connections = 400, tls, configuration = furnished, topic } = furnishing
  const upstream = await database.start({ connections, ...(tls === undefined ? {} : { tls }) })
  const home = createHome()
  const configure = (text = configuration(upstream.port)) =>
    home.write('gatehouse.yaml', text.replace('protocol: postgres', `protocol: ${database.protocol}`))
  configure()
  home.write('policies/stage.yaml', policy())
  const book = createBook(database)
  const reconcile = createReconcile({
    executed: upstream.executed,
    data: join(home.folder, 'var'),
    endings: book.endings,
    heard: book.heard,
    ...(topic === undefined ? {} : { topic }),
  })
  const colour = async (serving: Served) => JSON.parse((await serving.get('/readyz')).text).colour as string
  return {
    ...home,
    upstream,
    book,
    configure,
    enter: (serving, user) => within('sign-in', database.enter(serving.port, user)),
    newcomer: (serving, user = 'ann') =>
      within(
        'sign-in',
        database.enter(serving.port, user).then(async (guest) => {
          await guest.end()
          return 'let in'
        }, database.codeOf),
      ),
    colour,
    turns: (serving, wanted) =>
      within(
        `health turns ${wanted}`,
        eventually(async () => (await colour(serving)) === wanted),
      ),
    async quiet(serving) {
      const asked = async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_connections', { listener: 'shop' })
      await within(
        'sessions end',
        eventually(async () => (await asked()) === 0),
      )
    },
    gone: () =>
      within(
        'the database lets go',
        eventually(async () => (await upstream.sessions()) === 0),
      ),
    async agree() {
      const { faults, found } = await reconcile()
      expect(faults, faults.join('\n')).toEqual([])
      return found
    },
    async stop() {
      await home.stop()
      await upstream.stop()
    },
  }
}
