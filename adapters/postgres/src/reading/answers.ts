/** What reading a frame can end in besides a question to the gate: waiting, not understanding, giving up. */
import type { Reading } from '@gatehouse/adapter-kit'
import type { RefusalCode, Statement } from '@gatehouse/core'
import type { PostgresStatement } from '@gatehouse/sql'
import { flushMessage } from '../messages.js'
import { farewellResponse } from '../refusing.js'
import { type Memory, nextAnswer } from '../session/memory.js'
import type { ReadingParts } from './pending.js'
import { type RefusedPlan, unreadableStatement } from './statements.js'

export const fatal = (why: string): Reading => ({
  kind: 'fatal',
  bytes: farewellResponse('GH_PROTOCOL', why),
})

/** Waits for the next answer; a Flush makes the server give it. */
export function wait(memory: Memory): Reading {
  const ready = nextAnswer(memory)
  if (!memory.unflushed) return { kind: 'wait', ready }
  memory.unflushed = false
  return { kind: 'wait', ready, nudge: flushMessage }
}

export function unreadablePlan(parts: ReadingParts, query: boolean, plan: RefusedPlan): Reading {
  const native = plan.syntax === undefined ? undefined : { code: '42601', position: plan.syntax.position }
  parts.hold({ kind: 'unreadable', query, ...(native === undefined ? {} : { native }) })
  const code = plan.tooLarge === true ? 'GH_TOO_LARGE' : 'GH_UNREADABLE'
  return {
    kind: 'unreadable',
    statement: plan.statement,
    exchange: parts.memory.exchange,
    code,
    why: plan.why,
  }
}

type Native = { readonly code: string; readonly position?: number }

export function unreadable(
  parts: ReadingParts,
  query: boolean,
  code: RefusalCode,
  why: string,
  native?: Native,
  statement: Statement = unreadableStatement,
): Reading {
  parts.hold({ kind: 'unreadable', query, ...(native === undefined ? {} : { native }) })
  return { kind: 'unreadable', statement, exchange: parts.memory.exchange, code, why }
}

/** An empty text prepared: it runs and does nothing. */
export const emptyStatement: PostgresStatement = {
  command: '',
  actions: [],
  outputs: [],
  collects: false,
  text: '',
  bytes: 0,
  effects: [],
  reserve: false,
}
