/** Refusals in Postgres' own words: one table of codes, one shape of DETAIL (interface §5). */
import { type PassedLimit, passedRefusal, type Turned } from '@gatehouse/adapter-kit'
import type { Refusal, RefusalCode } from '@gatehouse/core'
import { errorResponse } from './messages.js'

interface Native {
  readonly code: string
  readonly severity: 'ERROR' | 'FATAL'
}

const error = (code: string): Native => ({ code, severity: 'ERROR' })
const fatal = (code: string): Native => ({ code, severity: 'FATAL' })

/** SQLSTATE of each refusal; none of them makes a driver retry or re-prepare by itself (postgres-wire §4.2). */
const NATIVE: Readonly<Record<RefusalCode, Native>> = {
  GH_FORBIDDEN: error('42501'),
  GH_UNREADABLE: error('42501'),
  GH_OPAQUE: error('42501'),
  GH_PROBING: error('42501'),
  GH_FLOW: error('42501'),
  GH_APPROVAL: error('XG001'),
  GH_ROW_LIMIT: error('XG004'),
  GH_RULE_FAILED: error('42501'),
  GH_NEVER: error('42501'),
  GH_UNMASKABLE: error('42501'),
  GH_AUDIT_UNAVAILABLE: error('53100'),
  GH_TOO_LARGE: error('54000'),
  GH_PROTOCOL: fatal('08P01'),
  GH_SIGN_IN: fatal('28P01'),
  GH_CONNECT: fatal('42501'),
  GH_TOO_MANY: fatal('53300'),
  GH_UPSTREAM: fatal('08006'),
  GH_ENDED: fatal('57P01'),
  GH_DRAINING: fatal('57P03'),
}

/** The last line of DETAIL, for programs. */
export function programLine(refusal: { code: RefusalCode; rule?: string | undefined; id: string }): string {
  return `gatehouse: ${JSON.stringify({ code: refusal.code, rule: refusal.rule, id: refusal.id })}`
}

/** An ERROR in place of the statement's own answer. `native` overrides the code, `position` points into the text. */
export function refusalResponse(
  refusal: Refusal,
  native: { readonly code: string; readonly position?: number } | undefined = refusal.native,
): Uint8Array {
  const table = NATIVE[refusal.code]
  const [first = 'refused', ...rest] = refusal.message.split('\n')
  return errorResponse({
    severity: 'ERROR',
    code: native?.code ?? (table.severity === 'FATAL' ? '42501' : table.code),
    message: first,
    detail: [...rest, programLine(refusal)].join('\n'),
    hint:
      refusal.hint ??
      `gatehouse explain shows how the statement was read; give its id to whoever keeps the policy.`,
    ...(native?.position === undefined ? {} : { position: native.position }),
  })
}

/** XG004 in place of the answer of a statement that has passed a limit. */
export function limitResponse(passed: PassedLimit, id: string): Uint8Array {
  return refusalResponse(passedRefusal(passed, id))
}

/** A FATAL that ends the connection. */
export function farewellResponse(code: RefusalCode, message: string): Uint8Array {
  return turnedResponse({ code, message })
}

/** The FATAL in place of the welcome. */
export function turnedResponse({ code, message, hint, rule, id }: Turned): Uint8Array {
  const table = NATIVE[code]
  const [first = 'refused', ...rest] = message.split('\n')
  return errorResponse({
    severity: 'FATAL',
    // A login that the spool can't record, and everything else that only has an ERROR of its own, must still be fatal here.
    code: code === 'GH_AUDIT_UNAVAILABLE' ? '57P03' : table.code,
    message: first,
    detail: [...rest, `gatehouse: ${JSON.stringify({ code, rule, id })}`].join('\n'),
    ...(hint === undefined ? {} : { hint }),
  })
}
