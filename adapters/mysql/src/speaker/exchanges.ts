/** The exchanges of one connection: commands with their replies, those of one prepared statement put together. */
import type { Answer, Failure, Talk } from '@gatehouse/adapter-contract'
import { REFUSAL_CODES } from '@gatehouse/core'
import { COM, type ColumnDefinition, type ErrReply, readErr, STATUS } from '../messages/index.js'
import { type Command, commandsOf } from './commands.js'
import { cutPacket } from './packets.js'
import { createReplyReader, type ReplyReader } from './reply.js'

/** MariaDB: the statement that was prepared last. */
export const LAST_PREPARED = 0xffffffff

/** One exchange as the suite counts them: a text, or a preparation with its execution and what is fetched of it. */
export interface Exchange {
  /** Prepared, and not executed yet. */
  readonly prepared: boolean
  readonly id: number
  readonly text: string | undefined
  /** A cursor is open, and nothing is being fetched. */
  readonly open: boolean
  readonly answer: Answer | undefined
}

export interface Reading {
  readonly exchanges: readonly Exchange[]
  readonly farewell: Failure | undefined
  readonly malformed: string | undefined
  readonly rest: number
}

/** Errors after which a server closes the connection: too many, shutting down, lost, too long, out of order, killed, idle too long. */
const CLOSING = new Set([1040, 1043, 1053, 1153, 1156, 1835, 1927, 2013, 4031])
const LAST_WORDS = new Set([
  'GH_ENDED',
  'GH_DRAINING',
  'GH_UPSTREAM',
  'GH_PROTOCOL',
  'GH_SIGN_IN',
  'GH_TOO_MANY',
])

/** `atSignIn`: whatever is refused there ends the connection. */
export function failureOf({ code, state, message }: ErrReply, atSignIn = false): Failure {
  const line = /\ngatehouse: (\{.*\})$/.exec(message)?.[1]
  const said: unknown = line === undefined ? undefined : JSON.parse(line)
  const own = REFUSAL_CODES.find(
    (name) => typeof said === 'object' && said !== null && 'code' in said && said.code === name,
  )
  return {
    native: String(code),
    text: `${state} ${message}`,
    fatal: atSignIn || (own === undefined ? CLOSING.has(code) : LAST_WORDS.has(own)),
    ...(own === undefined ? {} : { code: own }),
  }
}

/** An exchange while it is read. */
interface Course {
  text: string | undefined
  id: number
  phase: 'running' | 'prepared' | 'open' | 'over'
  rows: (readonly (string | null)[])[]
  status: number | undefined
  failure: Failure | undefined
}

/** Packets of a greeting that a stranger heard, and of nothing else, begin so: number 0, protocol 10. */
const isGreeting = (bytes: Buffer) => bytes[3] === 0 && bytes[4] === 10

export function readExchanges({ sent, received }: Talk): Reading {
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.length)
  const courses: Course[] = []
  const columns = new Map<number, readonly ColumnDefinition[]>()
  let at = isGreeting(bytes) ? (cutPacket(bytes, 0)?.end ?? bytes.length) : 0
  let farewell: Failure | undefined
  let malformed: string | undefined
  let last: Command | undefined
  let stalled = false

  /** One reply; undefined while it is not whole, or when a farewell stands in its place. */
  const replyTo = (command: Command, known: readonly ColumnDefinition[]): ReplyReader | undefined => {
    const reader = createReplyReader(command.kind, { capabilities: 0, extended: 0 }, known)
    let expected = command.following
    while (!reader.done) {
      const packet = cutPacket(bytes, at)
      if (packet === undefined) return undefined
      const begins = expected === command.following
      const failed = packet.payload[0] === 0xff ? failureOf(readErr(packet.payload)) : undefined
      // Who must leave is told so before its command was read, too.
      const unasked = begins && packet.sequence === 0 && failed?.fatal === true
      if (packet.sequence !== expected && !unasked)
        throw new Error(`packet ${packet.sequence} in the place of packet ${expected}`)
      at = packet.end
      expected = packet.following
      if (failed?.fatal === true) {
        farewell = failed
        return undefined
      }
      reader.push(packet.payload)
    }
    return reader
  }

  const begin = (text?: string): Course => {
    const course: Course = {
      text,
      id: -1,
      phase: 'running',
      rows: [],
      status: undefined,
      failure: undefined,
    }
    courses.push(course)
    return course
  }
  const courseOf = (command: Command): Course => {
    const { code, id } = command
    if (code === COM.STMT_PREPARE) return begin(command.payload.toString('utf8', 1))
    if (code === COM.STMT_FETCH)
      return courses.find((one) => one.id === id && one.phase === 'open') ?? begin()
    if (code !== COM.STMT_EXECUTE) return begin()
    const latest = last?.code === COM.STMT_PREPARE ? courses.at(-1) : undefined
    const own =
      id === LAST_PREPARED ? latest : courses.find((one) => one.id === id && one.phase === 'prepared')
    return own ?? Object.assign(begin(), { id })
  }

  const follow = (course: Course, command: Command, reader: ReplyReader) => {
    for (const part of reader.parts) {
      if (part.kind === 'error') course.failure ??= failureOf(part.error)
      else if (part.kind === 'ok') course.status = part.ok.status
      else if (part.kind === 'rows') {
        course.rows.push(...part.rows)
        course.status = part.status
        if (command.kind === 'execute') columns.set(course.id, part.columns)
      } else if (part.kind === 'prepared') course.id = part.id
    }
    const { failure, status = 0 } = course
    if (failure !== undefined) course.phase = 'over'
    else if (command.kind === 'prepare') course.phase = 'prepared'
    else {
      const open = (status & STATUS.CURSOR_EXISTS) !== 0 && (status & STATUS.LAST_ROW_SENT) === 0
      course.phase = open ? 'open' : 'over'
    }
  }

  try {
    for (const command of commandsOf(sent)) {
      if (command.kind === 'none') continue
      const course = courseOf(command)
      course.phase = 'running'
      last = command
      // What was asked later is under way too, although its answer has not begun.
      const reader = stalled ? undefined : replyTo(command, columns.get(course.id) ?? [])
      if (reader === undefined) stalled = true
      else follow(course, command, reader)
    }
    for (let packet = cutPacket(bytes, at); packet !== undefined; packet = cutPacket(bytes, at)) {
      const failed = packet.payload[0] === 0xff ? failureOf(readErr(packet.payload)) : undefined
      const ends = failed?.fatal === true || CLOSING.has(Number(failed?.native))
      if (farewell !== undefined) throw new Error('a packet after the farewell')
      // 1: in the place of an answer to what was no command.
      if (failed === undefined || !ends || packet.sequence > 1)
        throw new Error(`a packet that nobody asked for: number ${packet.sequence}, ${packet.payload[0]}`)
      farewell = failed
      at = packet.end
    }
  } catch (fault) {
    malformed = fault instanceof Error ? fault.message : String(fault)
  }
  return { exchanges: courses.map(exchangeOf), farewell, malformed, rest: bytes.length - at }
}

function exchangeOf({ text, id, phase, rows, status, failure }: Course): Exchange {
  const told = failure === undefined ? status : undefined
  const state = told === undefined ? undefined : told & STATUS.IN_TRANS ? 'open' : 'idle'
  const answer: Answer = {
    rows,
    ...(state === undefined ? {} : { state }),
    ...(failure === undefined ? {} : { failure }),
  }
  return {
    prepared: phase === 'prepared',
    open: phase === 'open',
    id,
    text,
    answer: phase === 'over' ? answer : undefined,
  }
}
