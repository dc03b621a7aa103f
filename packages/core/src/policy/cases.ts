/** Policy tests: one case judged without a database; the caller reads the statement against the case's catalog. */
import type { Session } from '../session.js'
import type { Statement } from '../statement.js'
import type { Policy } from './compile.js'
import type { PolicyCase } from './document-schema.js'
import { type Explanation, explain } from './explain.js'

/** What a test document says about all of its cases. */
export interface CaseSubject {
  readonly labels: Readonly<Record<string, string>>
  readonly database: string
  readonly protocol: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface CaseResult {
  readonly passed: boolean
  /** One sentence per expectation that does not hold. */
  readonly differences: readonly string[]
  readonly explanation: Explanation
}

/** A session as the case's `as` describes it; of the default issuer unless it names another. */
export function caseSession({ as }: PolicyCase, subject: CaseSubject): Session {
  const name = as.user ?? as.agent ?? 'nobody'
  const nowhere = { address: '127.0.0.1', port: 0 }
  const claimed = as.application === undefined ? {} : { application: as.application }
  return {
    id: 'case',
    identity: {
      subject: name,
      name,
      issuer: as.issuer ?? 'local',
      home: as.issuer === undefined,
      groups: as.groups ?? [],
      claims: as.claims ?? {},
      ...(as.agent !== undefined && { agent: as.agent }),
      ...(as.agent !== undefined && as.user !== undefined && { onBehalfOf: as.user }),
      provenBy: 'password',
    },
    listener: 'case',
    labels: subject.labels,
    protocol: subject.protocol,
    database: subject.database,
    login: name,
    peer: nowhere,
    local: nowhere,
    upstream: { host: '127.0.0.1', port: 0, account: 'case' },
    encrypted: true,
    startedAt: subject.now,
    claimed,
  }
}

export function judgeCase(
  policy: Policy,
  testCase: PolicyCase,
  statement: Statement,
  subject: CaseSubject,
): CaseResult {
  const session = caseSession(testCase, subject)
  const moment = { claimed: session.claimed, now: subject.now }
  const explanation = explain(policy.forSession(session), statement, moment)
  const differences = differencesOf(testCase.expect, explanation)
  return { passed: differences.length === 0, differences, explanation }
}

const LIMITS = [
  ['rows', 'row limit'],
  ['bytes', 'byte limit'],
  ['affected', 'limit on changed rows'],
] as const

function differencesOf(expect: PolicyCase['expect'], explanation: Explanation): string[] {
  const { decision } = explanation
  const differences: string[] = []
  const differ = (what: string, wanted: string, got: string): void => {
    if (wanted !== got) differences.push(`expected ${what} ${wanted}, got ${got}`)
  }
  differ('effect', expect.effect, decision.effect)
  if (expect.masks) differ('masks', list(expect.masks), list(explanation.masks.map((mask) => mask.output)))
  for (const rule of expect.rules ?? []) {
    if (!decision.rules.includes(rule)) {
      differences.push(`expected rule ${rule} to speak, got ${list(decision.rules)}`)
    }
  }
  if (expect.code !== undefined) {
    differ('code', expect.code, decision.effect === 'forbid' ? decision.code : 'none')
  }
  for (const [kind, name] of LIMITS) {
    if (expect[kind] === undefined) continue
    const limit = decision.effect === 'permit' ? decision[kind]?.limit : undefined
    differ(name, `${expect[kind]}`, `${limit ?? 'none'}`)
  }
  if (differences.length > 0 && decision.effect !== 'permit')
    differences.push(`the refusal says: ${decision.message}`)
  return differences
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].sort().join(', ')
}
