/** Refusals in MySQL's own words: one table of codes, one last line for programs (interface §5). */
import { type PassedLimit, passedRefusal, type Turned } from '@gatehouse/adapter-kit'
import type { Refusal, RefusalCode } from '@gatehouse/core'
import { errPayload, LONGEST_MESSAGE } from './messages/index.js'

export interface Native {
  readonly code: number
  /** SQLSTATE. */
  readonly state: string
}

const DENIED: Native = { code: 1142, state: '42000' }

/** None of them makes a driver retry, fail over or prepare again by itself (mysql-wire §4.2). */
const NATIVE: Readonly<Record<RefusalCode, Native>> = {
  GH_FORBIDDEN: DENIED,
  GH_UNREADABLE: DENIED,
  GH_OPAQUE: DENIED,
  GH_PROBING: { code: 1143, state: '42000' },
  GH_FLOW: { code: 1143, state: '42000' },
  GH_APPROVAL: { code: 1644, state: '45000' },
  GH_ROW_LIMIT: { code: 1644, state: '45000' },
  GH_RULE_FAILED: DENIED,
  GH_NEVER: DENIED,
  GH_UNMASKABLE: DENIED,
  GH_AUDIT_UNAVAILABLE: { code: 1105, state: 'HY000' },
  GH_TOO_LARGE: { code: 1153, state: '08S01' },
  GH_PROTOCOL: { code: 1835, state: 'HY000' },
  GH_SIGN_IN: { code: 1045, state: '28000' },
  GH_CONNECT: { code: 1044, state: '42000' },
  GH_TOO_MANY: { code: 1040, state: '08004' },
  GH_UPSTREAM: { code: 2013, state: 'HY000' },
  GH_ENDED: { code: 1317, state: '70100' },
  GH_DRAINING: { code: 1053, state: '08S01' },
}

export interface Told extends Native {
  readonly message: string
}

/** Names of the client's own making stand in it, and it goes to somebody's terminal (R27). */
function plain(text: string): string {
  return text.replaceAll('\n', ' ').replace(/[\p{C}\u2028\u2029]/gu, '?')
}

/** The last line of a message, for programs. */
export function programLine(refusal: { code: RefusalCode; rule?: string | undefined; id: string }): string {
  return `gatehouse: ${JSON.stringify({ code: refusal.code, rule: refusal.rule, id: refusal.id })}`
}

/** What an ERR in place of the statement's own answer says. */
export function refusalTold(refusal: Refusal, native?: Native): Told {
  const own = refusal.native === undefined ? undefined : nativeOf(refusal.native.code)
  const hint =
    refusal.hint ?? 'gatehouse explain shows how the statement was read; give its id to who keeps the policy'
  return {
    ...(native ?? own ?? NATIVE[refusal.code]),
    message: fit([plain(refusal.message), plain(hint)], programLine(refusal)),
  }
}

export function toldPayload({ code, state, message }: Told): Uint8Array {
  return errPayload(code, message, state)
}

/** Of codes that the reader gives for what is missing (`1146`). */
function nativeOf(code: string): Native | undefined {
  const number = Number(code)
  return Number.isInteger(number) ? { code: number, state: STATES.get(number) ?? 'HY000' } : undefined
}

const STATES: ReadonlyMap<number, string> = new Map([
  [1049, '42000'],
  [1054, '42S22'],
  [1064, '42000'],
  [1109, '42S02'],
  [1146, '42S02'],
  [1305, '42000'],
])

/** Clients keep so many bytes of a message: what people read gives way, what programs read stays whole. */
function fit(lines: readonly string[], last: string): string {
  const room = LONGEST_MESSAGE - 1 - Buffer.byteLength(last)
  let text = ''
  for (const line of lines) {
    const more = text === '' ? line : `${text}\n${line}`
    if (Buffer.byteLength(more) <= room - 1) text = more
    else if (text === '') text = `${cutTo(line, room - 4)}…`
  }
  return `${text}\n${last}`
}

function cutTo(text: string, bytes: number): string {
  let kept = text.slice(0, Math.max(0, bytes))
  while (Buffer.byteLength(kept) > bytes) kept = kept.slice(0, -1)
  return kept.toWellFormed()
}

/** In place of the rest of a statement's answer that has passed a limit. */
export function limitTold(passed: PassedLimit, id: string): Told {
  return refusalTold(passedRefusal(passed, id))
}

/** What ends the connection. */
export function farewellPayload(code: RefusalCode, message: string): Uint8Array {
  return turnedPayload({ code, message })
}

/** In place of the welcome. */
export function turnedPayload({ code, message, hint, rule, id }: Turned): Uint8Array {
  const lines = hint === undefined ? [message] : [message, hint]
  const line = `gatehouse: ${JSON.stringify({ code, rule, id })}`
  return toldPayload({ ...NATIVE[code], message: fit(lines.map(plain), line) })
}
