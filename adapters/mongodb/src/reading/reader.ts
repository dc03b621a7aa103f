/** Reads commands into statements: by the table, then by what each command holds. */
import { type Action, GatehouseError, type Statement, type Verb } from '@gatehouse/core'
import type { Value } from '../bson/index.js'
import {
  ADMINISTERED,
  administer,
  checkExplained,
  readCursor,
  readExplain,
  readLog,
  readParameter,
  readSessions,
  readUsers,
} from './administration.js'
import { type Arguments, collectionName, readArguments } from './arguments.js'
import { type CommandEntry, findCommand, type OwnReading, type Treatment } from './commands-table.js'
import { readCollMod, readCopy, readCreate, readCreateIndexes, readRename, readStats } from './definitions.js'
import { createLedger, draft, type Ledger, toActions } from './ledger.js'
import { readListing } from './listing.js'
import { collectionResource, commandResource, databaseResource } from './namespaces.js'
import { beginWork } from './pipeline/lineage.js'
import { cached } from './plan-cache.js'
import { readAggregate, readCount, readDistinct, readFind, readMapReduce } from './queries.js'
import type { Command, ReadCommand, Reader, ReadingContext } from './read-command.js'
import type { Parts, Read, ReadOne } from './reading.js'
import { FREE_REPLY } from './reply-plans.js'
import { identityOf, sizeOf } from './shape.js'
import { redact } from './text.js'
import { badValue, COMMAND_NOT_FOUND, Unread } from './unread.js'
import { firstName, wantString } from './values.js'
import { readBulkWrite, readDeletes, readFindAndModify, readInsert, readUpdates } from './writes.js'

const READINGS: Readonly<Record<Exclude<OwnReading, 'explain'>, ReadOne>> = {
  find: readFind,
  aggregate: readAggregate,
  count: readCount,
  distinct: readDistinct,
  mapReduce: readMapReduce,
  insert: readInsert,
  update: readUpdates,
  delete: readDeletes,
  findAndModify: readFindAndModify,
  bulkWrite: readBulkWrite,
  cursor: readCursor,
  sessions: readSessions,
  create: readCreate,
  collMod: readCollMod,
  createIndexes: readCreateIndexes,
  rename: readRename,
  copy: readCopy,
  stats: readStats,
  parameter: readParameter,
  log: readLog,
  users: readUsers,
}

export function createReader(): Reader {
  return cached(readCommand)
}

export function readCommand(command: Command, context: ReadingContext): ReadCommand {
  const entry = findCommand(command.name)
  const name = entry?.name ?? command.name
  if (entry === undefined) return refuse(command, name, noSuchCommand(name))
  const ledger = createLedger(context.catalog, name)
  beginWork()
  try {
    return answer(command, entry, ledger, context)
  } catch (error) {
    if (error instanceof Unread) return refuse(command, name, error)
    if (error instanceof GatehouseError && error.code === 'GH_WIRE') {
      return refuse(command, name, new Unread(error.message, { code: 22, codeName: 'InvalidBSON' }))
    }
    throw error
  }
}

function answer(command: Command, entry: CommandEntry, ledger: Ledger, context: ReadingContext): ReadCommand {
  const { treatment } = entry
  if (treatment.kind === 'gone') throw noSuchCommand(entry.name)
  if (treatment.kind === 'never') {
    draft(ledger, 'admin', commandResource(entry.name), { unfiltered: true })
    ledger.never = treatment.why
    const statement = statementOf(command, entry.name, ledger, [])
    return { kind: 'statement', statement, name: entry.name, reply: FREE_REPLY, writes: true }
  }
  const parts: Parts = { ledger, catalog: context.catalog, given: readArguments(command, entry) }
  const read = readTreated(parts, treatment)
  const statement = statementOf(command, entry.name, ledger, read.outputs)
  if (read.kind !== undefined) return read.kind(statement)
  const writes =
    treatment.kind === 'act' ||
    (treatment.kind === 'read' && (treatment.writes || writesAnything(statement.actions))) ||
    ledger.uncounted !== undefined
  return { kind: 'statement', statement, name: entry.name, reply: read.reply, writes }
}

function writesAnything(actions: readonly Action[]): boolean {
  return actions.some(({ verb }) => verb !== 'read')
}

function readTreated(parts: Parts, treatment: Exclude<Treatment, { kind: 'never' | 'gone' }>): Read {
  const { given, ledger } = parts
  const { entry, command } = given
  switch (treatment.kind) {
    case 'own':
      return {
        outputs: [],
        reply: FREE_REPLY,
        kind: (statement) => ({ kind: 'own', statement, name: entry.name }),
      }
    case 'list':
      return readListing(parts, treatment.of)
    case 'act': {
      if (treatment.verb === 'admin') return administerOn(parts, treatment.on)
      const resource = treatment.on === 'collection' ? resourceOf(given) : actedOn(treatment.verb, command)
      const collection =
        treatment.on === 'collection'
          ? parts.catalog.collection(command.database, collectionName(given))
          : undefined
      draft(ledger, treatment.verb, resource, { unfiltered: treatment.verb === 'drop', collection })
      return { outputs: [], reply: FREE_REPLY }
    }
    case 'read':
      return treatment.by === 'explain' ? explained(parts) : READINGS[treatment.by](parts)
  }
}

/** A transaction is ended on `admin`, whatever it is of (driver transactions specification): no rule need name that. */
function actedOn(verb: Verb, { database }: Command): ReturnType<typeof databaseResource> {
  const resource = databaseResource(database)
  return verb === 'transaction' ? { ...resource, system: false } : resource
}

function resourceOf(given: Arguments): ReturnType<typeof collectionResource> {
  return collectionResource(given.command.database, collectionName(given))
}

function administerOn(parts: Parts, on: 'collection' | 'database' | 'command'): Read {
  if (on !== 'collection') return administer(parts)
  draft(parts.ledger, 'admin', resourceOf(parts.given), { unfiltered: true })
  return ADMINISTERED
}

function explained(parts: Parts): Read {
  const { given, ledger } = parts
  return readExplain(parts, (body: Value) => {
    const name = firstName(body) ?? ''
    const entry = findCommand(name)
    if (entry === undefined) throw noSuchCommand(name)
    checkExplained(entry.name)
    const { database } = given.command
    const inner = readArguments({ name, database, body, sequences: new Map() }, entry)
    const stated = inner.members.get('$db')
    if (stated !== undefined && wantString(stated, '$db') !== database)
      throw badValue('Mismatched $db in explain command')
    const treatment = entry.treatment
    if (treatment.kind !== 'read' || treatment.by === 'explain') throw badValue(`${name} is not explained`)
    const found = READINGS[treatment.by]({ ...parts, ledger, given: inner })
    // What the gateway would answer by itself is not sent on in another command's clothes.
    if (found.kind !== undefined) throw badValue(`${name} is not explained`)
    return found
  })
}

function noSuchCommand(name: string): Unread {
  return new Unread(`no such command: '${name.slice(0, 100)}'`, COMMAND_NOT_FOUND)
}

function statementOf(
  command: Command,
  name: string,
  ledger: Ledger,
  outputs: Statement['outputs'],
): Statement {
  const identity = SECRET.has(name) ? undefined : identityOf(command)
  return {
    command: name,
    actions: toActions(ledger),
    outputs: ledger.planned && outputs !== 'unknown' ? [] : outputs,
    collects: ledger.collects,
    ...(ledger.uncounted === undefined ? {} : { uncounted: ledger.uncounted }),
    ...(ledger.never === undefined ? {} : { never: ledger.never }),
    text: textOf(command, name),
    ...(identity === undefined ? {} : { identity }),
    bytes: sizeOf(command),
  }
}

/** Their bodies are secrets. */
const SECRET: ReadonlySet<string> = new Set([
  'saslStart',
  'saslContinue',
  'authenticate',
  'createUser',
  'updateUser',
  'hello',
  'isMaster',
  'copydbsaslstart',
])

function textOf(command: Command, name: string): string {
  return SECRET.has(name) ? `${command.database}.${name}()` : redact(command, name)
}

/** Refused and recorded: nothing of it is known but its text. */
function refuse(command: Command, name: string, { code, message, native }: Unread): ReadCommand {
  const statement: Statement = {
    command: name.slice(0, 100),
    actions: [],
    outputs: 'unknown',
    collects: false,
    text: quietText(command, name),
    bytes: sizeOf(command),
  }
  return { kind: 'unreadable', statement, code, why: message, ...(native === undefined ? {} : { native }) }
}

/** Of a command that could not be read its names alone, if they can be shown at all. */
function quietText(command: Command, name: string): string {
  try {
    return textOf(command, name.slice(0, 100))
  } catch {
    return `${command.database.slice(0, 100)}.${name.slice(0, 100)}()`
  }
}
