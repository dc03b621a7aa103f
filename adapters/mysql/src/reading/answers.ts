/** What reading a command can end in besides a question to the gate: waiting, not understanding, giving up. */
import type { Reading } from '@gatehouse/adapter-kit'
import type { RefusalCode, Statement } from '@gatehouse/core'
import type { MysqlPlan } from '@gatehouse/sql'
import { farewellPayload, type Native } from '../refusing.js'
import { settle } from '../session/exchange.js'
import { type Memory, nextAnswer, type Prepared } from '../session/memory.js'
import type { Packet } from './arriving.js'
import type { ReadingParts } from './reading.js'

/** Stands in records for what could not be read: nothing of its text is repeated. */
export function unread(command: string): Statement {
  return { command, actions: [], outputs: [], collects: false, text: '', bytes: 0 }
}

export function wait(memory: Memory): Extract<Reading, { kind: 'wait' }> {
  return { kind: 'wait', ready: nextAnswer(memory) }
}

export interface Unreadable {
  readonly code: RefusalCode
  readonly why: string
  /** What a server would answer; left out: what goes with the code. */
  readonly native?: Native
  readonly statement?: Statement
  /** Whose execution is refused: what was sent for it before is thrown away with it. */
  readonly prepared?: Prepared
}

export function unreadable(
  parts: ReadingParts,
  packet: Packet,
  { code, why, native, statement = unread('UNREADABLE'), prepared }: Unreadable,
): Reading {
  parts.hold({ kind: 'unreadable', packet, native, prepared })
  return { kind: 'unreadable', statement, exchange: parts.memory.exchange, code, why }
}

export function malformed(packet: Packet, what: string): Reading {
  return settle(packet, farewellPayload('GH_PROTOCOL', `Malformed communication packet: ${what}`))
}

export type RefusedPlan = Extract<MysqlPlan, { kind: 'unreadable' }>

const SEVERAL = 'the text holds several statements'
export const SYNTAX: Native = { code: 1064, state: '42000' }

/** Several statements where one may stand are a syntax error to a server. */
export function refusedPlan({ why, tooLarge, statement }: RefusedPlan): Unreadable {
  return {
    code: tooLarge === true ? 'GH_TOO_LARGE' : 'GH_UNREADABLE',
    why,
    statement,
    ...(why === SEVERAL ? { native: SYNTAX } : {}),
  }
}

export const UNKNOWN_HANDLER: Native = { code: 1243, state: 'HY000' }
export const NOT_SUPPORTED: Native = { code: 1235, state: '42000' }
export const UNKNOWN_COMMAND: Native = { code: 1047, state: '08S01' }
