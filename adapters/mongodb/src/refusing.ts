/** Refusals in MongoDB's own words: one table of codes, `errInfo.gatehouse` for programs (interface §5, mongodb.md §8). */
import { type PassedLimit, passedRefusal, type Turned } from '@gatehouse/adapter-kit'
import type { Refusal, RefusalCode } from '@gatehouse/core'
import { Double, serialize } from 'bson'

export interface Native {
  readonly code: number
  readonly codeName: string
}

const UNAUTHORIZED: Native = { code: 13, codeName: 'Unauthorized' }

/** Invariant: none of them makes a driver retry, mark the server unknown or clear its pool while a session goes on (§8). */
const NATIVE: Readonly<Record<RefusalCode, Native>> = {
  GH_FORBIDDEN: UNAUTHORIZED,
  GH_UNREADABLE: UNAUTHORIZED,
  GH_OPAQUE: UNAUTHORIZED,
  GH_PROBING: UNAUTHORIZED,
  GH_FLOW: UNAUTHORIZED,
  GH_APPROVAL: UNAUTHORIZED,
  GH_ROW_LIMIT: UNAUTHORIZED,
  GH_RULE_FAILED: UNAUTHORIZED,
  GH_NEVER: UNAUTHORIZED,
  GH_UNMASKABLE: UNAUTHORIZED,
  GH_AUDIT_UNAVAILABLE: { code: 1, codeName: 'InternalError' },
  GH_TOO_LARGE: { code: 10334, codeName: 'BSONObjectTooLarge' },
  GH_PROTOCOL: { code: 17, codeName: 'ProtocolError' },
  GH_SIGN_IN: { code: 18, codeName: 'AuthenticationFailed' },
  GH_CONNECT: UNAUTHORIZED,
  GH_TOO_MANY: { code: 202, codeName: 'NetworkInterfaceExceededTimeLimit' },
  GH_UPSTREAM: { code: 6, codeName: 'HostUnreachable' },
  GH_ENDED: { code: 391, codeName: 'ReauthenticationRequired' },
  GH_DRAINING: { code: 91, codeName: 'ShutdownInProgress' },
}

/** What an error reply's document holds beside `ok`. */
export interface Failure extends Native {
  readonly errmsg: string
  readonly errInfo?: object
  readonly labels?: readonly string[]
}

export function failureDocument({ code, codeName, errmsg, errInfo, labels }: Failure): Uint8Array {
  return serialize({
    ok: new Double(0),
    errmsg,
    code,
    codeName,
    ...(labels === undefined ? {} : { errorLabels: labels }),
    ...(errInfo === undefined ? {} : { errInfo }),
  })
}

/** Names of the client's own making stand in it, and it goes to somebody's terminal (R27). */
export function plain(text: string): string {
  return text.replaceAll('\n', ' ').replace(/[\p{C}\u2028\u2029]/gu, '?')
}

/** What was asked, as a server's refusal names it. */
export interface Asked {
  readonly database: string
  readonly command: string
}

/**
 * Tools go on where the text says `not authorized` (mongodb.md §10): it begins as the server's own. What a server itself would say
 * of what is not there keeps its code.
 */
export function refusalFailure(refusal: Refusal, asked: Asked, native?: Native): Failure {
  const own = refusal.native === undefined ? undefined : nativeOf(refusal.native.code)
  const { code, codeName } = native ?? own ?? NATIVE[refusal.code]
  const { message, hint, rule, id } = refusal
  const said = plain(message)
  const errmsg =
    code === UNAUTHORIZED.code
      ? `not authorized on ${plain(asked.database)} to execute command ${plain(asked.command)}: ${said}`
      : said
  return {
    code,
    codeName,
    errmsg: hint === undefined ? errmsg : `${errmsg}; ${plain(hint)}`,
    errInfo: { gatehouse: { code: refusal.code, ...(rule === undefined ? {} : { rule }), id } },
  }
}

/** In place of an answer that has passed a limit. */
export function limitFailure(passed: PassedLimit, id: string, asked: Asked): Failure {
  return refusalFailure(passedRefusal(passed, id), asked)
}

/** A sign-in that is answered so leaves the driver's pool and its picture of the server as they were; it says nothing of trying again (§3). */
const OVERLOADED: readonly string[] = ['SystemOverloadedError']

/** What ends the connection, or turns somebody away before a session has begun. */
export function farewellFailure(code: RefusalCode, message: string): Failure {
  return turnedFailure({ code, message })
}

export function turnedFailure({ code, message, hint, rule, id }: Turned): Failure {
  const labels = code === 'GH_TOO_MANY' ? { labels: OVERLOADED } : {}
  return {
    ...NATIVE[code],
    errmsg: plain(hint === undefined ? message : `${message}; ${hint}`),
    errInfo: {
      gatehouse: { code, ...(rule === undefined ? {} : { rule }), ...(id === undefined ? {} : { id }) },
    },
    ...labels,
  }
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [22, 'InvalidBSON'],
  [26, 'NamespaceNotFound'],
  [43, 'CursorNotFound'],
  [59, 'CommandNotFound'],
  [251, 'NoSuchTransaction'],
])

/** Of codes that the reader gives for what is missing. */
function nativeOf(code: string): Native | undefined {
  const number = Number(code)
  return Number.isInteger(number)
    ? { code: number, codeName: NAMES.get(number) ?? `Location${number}` }
    : undefined
}
