/** A gateway over a Postgres that tells what it is given, and the checker over both. */

import { join } from 'node:path'
import type { PostgresOptions } from '@gatehouse/workbench'
import pg from 'pg'
import { expect } from 'vitest'
import type { TopicReader } from '../end-to-end/follow-topic.js'
import { CONFIG, eventually, metric, openStage, type Serving, type Stage } from '../end-to-end/stage.js'
import { TELLING } from './executed.js'
import { createReconcile, type Found } from './reconcile.js'
import { LONG, within } from './rounds.js'
import { type Book, createBook } from './traffic.js'

export interface House {
  readonly stage: Stage
  readonly book: Book
  /** The test's own connection to the database, past the gateway. */
  readonly owner: pg.Client
  /** Nobody is signed in and nothing runs any more; the process and the server look after that by themselves. */
  quiet(serving: Serving): Promise<void>
  /** Nothing runs in Postgres for a gateway that is dead. */
  gone(): Promise<void>
  /** Fails unless the three truths agree. */
  agree(): Promise<Found>
  stop(): Promise<void>
}

export interface Furnishing {
  readonly postgres?: PostgresOptions
  readonly configuration?: (port: number) => string
  /** Looked at when the truths are compared. */
  readonly topic?: () => TopicReader
}

/** Room for many, and a sign-in may take a while where much is going on. */
export const furnished = (port: number) =>
  CONFIG(port).replace(
    'connections: 8, perUser: 3, greeting: 2s',
    `connections: 3000, perUser: 3000, greeting: ${LONG ? '10m' : '60s'}`,
  )

export async function openHouse(furnishing: Furnishing = {}): Promise<House> {
  const { postgres = {}, configuration = furnished, topic } = furnishing
  const stage = await openStage({ ...postgres, settings: { ...TELLING, ...postgres.settings } })
  stage.write('gatehouse.yaml', configuration(stage.postgres.port))
  const owner = await ownerOf(stage)
  const book = createBook()
  // It follows the log from here on: what made the tables is not the gateway's.
  const reconcile = createReconcile({
    log: stage.postgres.logFile,
    data: join(stage.folder, 'var'),
    endings: book.endings,
    heard: book.heard,
    ...(topic === undefined ? {} : { topic }),
  })
  const running = async (): Promise<number> => {
    const { rows } = await owner.query(
      "select count(*)::int as n from pg_stat_activity where usename = 'gatehouse' and application_name like 'gh:%'",
    )
    return rows[0].n
  }
  return {
    stage,
    book,
    owner,
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
        eventually(async () => (await running()) === 0),
      ),
    async agree() {
      const { faults, found } = await reconcile()
      expect(faults, faults.join('\n')).toEqual([])
      return found
    },
    async stop() {
      await owner.end().catch(() => {})
      await stage.stop()
    },
  }
}

export async function ownerOf(stage: Stage): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: stage.postgres.url.replace(/postgres$/, 'shop') })
  owner.on('error', () => {})
  await owner.connect()
  return owner
}
