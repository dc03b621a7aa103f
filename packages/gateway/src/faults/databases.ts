/** Each database that the faults are tried over. */
import type { Database } from './database.js'
import { mariadb } from './mariadb.js'
import { postgres } from './postgres.js'

export const DATABASES: readonly Database[] = [postgres, mariadb]
