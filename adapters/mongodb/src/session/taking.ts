/** The client's messages read into questions to the gate; what is not understood is refused, never passed along. */
import type { Frame, Reading } from '@gatehouse/adapter-kit'
import type { RefusalCode, Statement } from '@gatehouse/core'
import { int32At } from '../bson/index.js'
import { answer, writeReply } from '../greeting/dialogue.js'
import { AUTHENTICATION_FAILED, okDocument } from '../greeting/sign-in.js'
import {
  asWireFault,
  FLAG,
  HEADER,
  type NativeCode,
  OPCODE,
  type OpMsg,
  readCompressed,
  readHeader,
  readLegacyHello,
  readOpMsg,
  type WireFault,
  writeOpReply,
} from '../messages/index.js'
import { sizeOf } from '../reading/shape.js'
import { failureDocument } from '../refusing.js'
import { answersHello, ownAnswer } from './answers.js'
import { type Arrived, arrive, frameBytes } from './arriving.js'
import { definedBy } from './defining.js'
import { type Memory, nextAnswer, type Pending } from './memory.js'
import type { ConversationParts } from './parts.js'
import { REAUTHENTICATE } from './renewing.js'
import { killable, seek } from './seeking.js'

export function takeFrame(frame: Frame, memory: Memory, parts: ConversationParts): Reading {
  // One command at a time: what is behind it is read when it has its answer.
  if (memory.owed !== undefined) return { kind: 'wait', ready: nextAnswer(memory) }
  const bytes = frameBytes(frame)
  const { requestId, opCode } = readHeader(bytes)
  try {
    if (opCode === OPCODE.QUERY) return takeLegacy(bytes, requestId, parts)
    return takeMessage(readMessage(bytes, opCode, parts), memory, parts)
  } catch (fault) {
    return faulty(asWireFault(fault), bytes, opCode, memory)
  }
}

function readMessage(bytes: Uint8Array, opCode: number, { arrival, limits }: ConversationParts): OpMsg {
  return opCode === OPCODE.COMPRESSED
    ? readCompressed(bytes, { agreed: arrival.compression.length > 0, largest: limits.message })
    : readOpMsg(bytes)
}

/** Monitors of old go on in the old way; every other OP_QUERY ends in a WireFault that closes. */
function takeLegacy(bytes: Uint8Array, requestId: number, parts: ConversationParts): Reading {
  const { body, database } = readLegacyHello(bytes)
  const arrived = arrive({ requestId, responseTo: 0, flags: 0, body, sequences: new Map() })
  const command = { ...arrived.command, database }
  const document = ownAnswer(command.name, { ...arrived, command }, parts)
  const client = answer({ requestId, legacy: true }, document)
  return { kind: 'settle', forwarding: { upstream: undefined, client } }
}

function faulty(fault: WireFault, bytes: Uint8Array, opCode: number, memory: Memory): Reading {
  const { native, message } = fault
  const { requestId } = readHeader(bytes)
  const failure = failureDocument({ code: native.code, codeName: native.codeName, errmsg: message })
  if (opCode === OPCODE.QUERY) return { kind: 'fatal', bytes: writeOpReply(0, requestId, failure) }
  if (native.closes || opCode !== OPCODE.MSG) return { kind: 'fatal', bytes: writeReply(requestId, failure) }
  const silent = (int32At(bytes, HEADER) & FLAG.MORE_TO_COME) !== 0
  const command = { name: 'UNREADABLE', database: '', body: NO_BODY, sequences: NO_SEQUENCES }
  memory.pending = {
    kind: 'unreadable',
    arrived: { requestId, silent, command, transaction: undefined, session: undefined },
    native,
  }
  return unreadable(memory, unread('UNREADABLE', bytes.length), 'GH_UNREADABLE', message)
}

const NO_SEQUENCES: Arrived['command']['sequences'] = new Map()
const NO_BODY = { type: 3, source: Uint8Array.of(5, 0, 0, 0, 0), start: 0, end: 5 }

/** A second sign-in is a new connection's matter. */
const SASL: ReadonlySet<string> = new Set(['saslStart', 'saslContinue'])
const SIGN_IN: ReadonlySet<string> = new Set([...SASL, 'authenticate'])

function takeMessage(message: OpMsg, memory: Memory, parts: ConversationParts): Reading {
  const arrived = arrive(message)
  const { command, silent, requestId } = arrived
  if (memory.renewing?.over === true) memory.renewing = undefined
  const { renewing } = memory
  if (renewing !== undefined && SASL.has(command.name)) return renewing.signIn(arrived)
  if (SIGN_IN.has(command.name))
    return { kind: 'fatal', bytes: writeReply(requestId, failureDocument(AUTHENTICATION_FAILED)) }
  if (command.name === 'logout') return { kind: 'fatal', bytes: writeReply(requestId, okDocument({})) }
  if (answersHello(command.name)) {
    const client = writeReply(requestId, ownAnswer(command.name, arrived, parts))
    return { kind: 'settle', forwarding: { upstream: undefined, ...(silent ? {} : { client }) } }
  }
  if (renewing === undefined) return takeCommand(arrived, memory, parts)
  // It has not run, and its transaction goes on when the driver sends it again.
  memory.pending = {
    kind: 'unreadable',
    arrived: { ...arrived, transaction: undefined },
    native: REAUTHENTICATE,
  }
  return unreadable(memory, unread(command.name), 'GH_ENDED', 'the credential has expired')
}

function takeCommand(arrived: Arrived, memory: Memory, parts: ConversationParts): Reading {
  const { house, limits } = parts
  const { command } = arrived
  const refuse = (statement: Statement, code: RefusalCode, why: string, native?: Native): Reading => {
    memory.pending = { kind: 'unreadable', arrived, native }
    return unreadable(memory, statement, code, why)
  }
  if (arrived.fault !== undefined) return refuse(unread(command.name), 'GH_UNREADABLE', arrived.fault)
  if (isTooLong(command, limits.statement))
    return refuse(unread(command.name), 'GH_TOO_LARGE', 'the command is longer than limits.statement')
  if (!house.server.current)
    return refuse(unread(command.name), 'GH_UNREADABLE', 'the catalog is too old to be trusted')
  if (house.refreshing !== undefined) return { kind: 'wait', ready: house.refreshing }
  const read = house.reader.read(command, { catalog: house.server.catalog() })
  if (isOver(arrived, parts))
    return refuse(read.statement, 'GH_FORBIDDEN', TRANSACTION_OVER, NO_SUCH_TRANSACTION)
  switch (read.kind) {
    case 'unreadable':
      return refuse(read.statement, read.code, read.why, read.native)
    case 'own':
      return ask({ kind: 'own', arrived, name: read.name }, read.statement, memory)
    case 'statement':
      // Until its answer is there nobody knows what the next command's names stand for.
      if (arrived.silent && definedBy(read.statement.actions).length > 0)
        return refuse(read.statement, 'GH_FORBIDDEN', UNANSWERED)
      return ask({ kind: 'statement', arrived, read }, read.statement, memory)
    case 'cursor': {
      const sought = seek(read, arrived, memory, house)
      if (sought instanceof Promise) return { kind: 'wait', ready: sought }
      if (read.name === 'killCursors') {
        const cursors = read.cursors.map(
          (id) => [id, killable(id, read.collection, arrived, memory, sought, house)] as const,
        )
        return ask({ kind: 'kill-cursors', arrived, cursors }, read.statement, memory)
      }
      const [id = 0n] = read.cursors
      const cursor = read.name === 'getMore' ? house.cursors.find(id, memory.person) : undefined
      if (cursor === undefined && sought?.coming === true)
        return refuse(read.statement, 'GH_FORBIDDEN', `cursor id ${id} is already in use`, CURSOR_IN_USE)
      if (
        cursor === undefined ||
        cursor.database !== command.database ||
        cursor.collection !== read.collection
      )
        return refuse(read.statement, 'GH_FORBIDDEN', `cursor id ${id} not found`, CURSOR_NOT_FOUND)
      if (cursor.session !== sessionOf(arrived, parts))
        return refuse(cursor.statement, 'GH_FORBIDDEN', OTHER_SESSION, OTHER_SESSION_CODE)
      return ask({ kind: 'get-more', arrived, cursor }, cursor.statement, memory)
    }
  }
}

/** A server holds the body, and each document beside it, against one limit. */
function isTooLong({ body, sequences }: Arrived['command'], most: number): boolean {
  const exceeds = ({ start, end }: Arrived['command']['body']) => end - start > most
  if (exceeds(body)) return true
  for (const documents of sequences.values()) if (documents.some(exceeds)) return true
  return false
}

type Native = Pick<NativeCode, 'code' | 'codeName'>

const CURSOR_NOT_FOUND: Native = { code: 43, codeName: 'CursorNotFound' }
const CURSOR_IN_USE: Native = { code: 143, codeName: 'CursorInUse' }
const UNANSWERED = 'a definition whose answer nobody waits for'
const OTHER_SESSION = 'the cursor was opened in another session'
const OTHER_SESSION_CODE: Native = { code: 50_737, codeName: 'Location50737' }
const TRANSACTION_OVER = 'the transaction was aborted when one of its commands was refused'
/** Without a label: whoever retries would be refused again. */
const NO_SUCH_TRANSACTION: Native = { code: 251, codeName: 'NoSuchTransaction' }

/** Upstream's session id in hexadecimal; empty: none. */
export function sessionOf({ session }: Pick<Arrived, 'session'>, parts: ConversationParts): string {
  return session === undefined ? '' : Buffer.from(parts.sessionId(session)).toString('hex')
}

function isOver(arrived: Arrived, parts: ConversationParts): boolean {
  const { transaction } = arrived
  if (transaction === undefined) return false
  return parts.house.refusedTransactions.has({
    session: sessionOf(arrived, parts),
    number: transaction.number,
  })
}

/** What ends is recorded from the spool's reserve. */
const RESERVED: ReadonlySet<string> = new Set([
  'commitTransaction',
  'abortTransaction',
  'endSessions',
  'killCursors',
])

function ask(pending: Pending, statement: Statement, memory: Memory): Reading {
  memory.pending = pending
  const { command } = pending.arrived
  const reserve = RESERVED.has(command.name)
  const bytes = sizeOf(command)
  return { kind: 'ask', asks: [{ statement, reserve, bytes }], judge: 'admit', exchange: memory.exchange }
}

function unreadable(memory: Memory, statement: Statement, code: RefusalCode, why: string): Reading {
  return { kind: 'unreadable', statement, exchange: memory.exchange, code, why }
}

const LONGEST_NAME = 64

/** Stands in records for what could not be read: nothing of it is repeated. */
function unread(name: string, bytes = 0): Statement {
  const command = name.slice(0, LONGEST_NAME)
  return { command, actions: [], outputs: [], collects: false, text: '', bytes }
}
