/** The databases behind one listener: each with its catalog and its reader, opened at start or when first named. */
import {
  createSharedDefinitions,
  type Knowledge,
  type SharedDefinitions,
  type Site,
} from '@gatehouse/adapter-kit'
import { checkAccounts } from './catalog-connection.js'
import { type Database, openDatabase } from './database.js'

export interface Databases {
  serves(name: string): boolean
  /** Undefined: the first configured, or `postgres`. */
  get(name: string | undefined): Promise<Database>
  readonly current: boolean
  revise(knowledge: Knowledge): Promise<void>
  /** Of the same listener in another process. */
  readonly answer: SharedDefinitions['answer']
  close(): Promise<void>
}

export async function openDatabases(site: Site): Promise<Databases> {
  const configured = site.upstream.databases
  const open = new Map<string, Promise<Database>>()
  const shared = createSharedDefinitions(site.siblings)
  let { knowledge } = site

  const get = (name: string): Promise<Database> => {
    const known = open.get(name)
    if (known !== undefined) return known
    const opening = openDatabase(site, name, knowledge)
    open.set(name, opening)
    // One that could not be opened is tried anew when somebody names it again.
    opening.then(
      (database) => {
        settled.set(name, database)
        shared.add(name, database)
      },
      () => open.delete(name),
    )
    return opening
  }
  const settled = new Map<string, Database>()
  await checkAccounts(site, configured?.[0] ?? 'postgres')
  for (const name of configured ?? []) await get(name)

  return {
    serves: (name) => configured === undefined || configured.includes(name),
    get: (name) => get(name ?? configured?.[0] ?? 'postgres'),
    get current() {
      return [...settled.values()].every(({ current }) => current)
    },
    async revise(next) {
      knowledge = next
      await Promise.all([...settled.values()].map((database) => database.revise(next)))
    },
    answer: shared.answer,
    async close() {
      await Promise.allSettled([...open.values()].map(async (opening) => (await opening).close()))
    },
  }
}
