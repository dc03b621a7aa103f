/** Each database that the faults are tried over. */
import type { Database } from './database.js'
import { mariadb } from './mariadb.js'
import { postgres } from './postgres.js'

export const DATABASES: readonly Database[] = [postgres, mariadb]

/** In the short form: most of the gateway is the same before each of them, and the first has tried it as often as this. */
export const often = (database: Database, count: number): number =>
  database === DATABASES[0] ? count : Math.ceil(count / 2)
