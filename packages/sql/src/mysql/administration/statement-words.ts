/** Table of the words that a statement other than a query can begin with, and who reads it. */
import { readGrant } from './accounts.js'
import { readAlter, readDrop, readRename, readTruncate } from './alter.js'
import {
  readCall,
  readDiagnostics,
  readDo,
  readFlush,
  readHelp,
  readImport,
  readKill,
  readMaintenance,
  readOpenTable,
  readServerCommand,
  readSignal,
  readUse,
} from './commands.js'
import { readCreate } from './create.js'
import { readAnalyze, readExplain } from './explain.js'
import type { StatementReader } from './found.js'
import { readLoad } from './load.js'
import { readDeallocate, readExecute, readPrepare } from './prepared.js'
import { readSet } from './set.js'
import { readShow } from './show.js'
import {
  readBegin,
  readEnd,
  readLock,
  readRelease,
  readSavepoint,
  readStart,
  readUnlock,
  readXa,
} from './transactions.js'

/** Queries: read by the parsers. */
export const QUERY_WORDS: ReadonlySet<string> = new Set([
  'select',
  'with',
  'insert',
  'replace',
  'update',
  'delete',
  'values',
  'table',
  '(',
])

export const STATEMENT_WORDS: Readonly<Record<string, StatementReader>> = {
  alter: readAlter,
  analyze: readAnalyze,
  backup: readServerCommand,
  begin: readBegin,
  binlog: readServerCommand,
  cache: readServerCommand,
  call: readCall,
  change: readServerCommand,
  check: readMaintenance,
  checksum: readMaintenance,
  clone: readServerCommand,
  commit: readEnd,
  create: readCreate,
  deallocate: readDeallocate,
  desc: readExplain,
  describe: readExplain,
  do: readDo,
  drop: readDrop,
  execute: readExecute,
  explain: readExplain,
  flush: readFlush,
  get: readDiagnostics,
  grant: readGrant,
  handler: readOpenTable,
  help: readHelp,
  import: readImport,
  install: readServerCommand,
  kill: readKill,
  load: readLoad,
  lock: readLock,
  optimize: readMaintenance,
  prepare: readPrepare,
  purge: readServerCommand,
  release: readRelease,
  rename: readRename,
  repair: readMaintenance,
  reset: readServerCommand,
  resignal: readSignal,
  restart: readServerCommand,
  revoke: readGrant,
  rollback: readEnd,
  savepoint: readSavepoint,
  set: readSet,
  show: readShow,
  shutdown: readServerCommand,
  signal: readSignal,
  start: readStart,
  stop: readServerCommand,
  truncate: readTruncate,
  uninstall: readServerCommand,
  unlock: readUnlock,
  use: readUse,
  xa: readXa,
}
