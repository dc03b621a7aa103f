/** Sample sessions, statements and a sink that remembers, for the tests of this package. */
import type { Action, Field, FieldUse, Verb } from './action.js'
import type { Identity } from './identity.js'
import { compilePolicy, type Policy } from './policy/compile.js'
import type { Judgement, Moment } from './policy/decide.js'
import type { PolicyDocument } from './policy/document.js'
import { formatFault } from './policy/fault.js'
import { readDocuments } from './policy/read-documents.js'
import type { AuditSink, Completed, Decided, SignedIn } from './record.js'
import type { Session } from './session.js'
import type { Output, Source, Statement } from './statement.js'

export const MOMENT: Moment = { claimed: {}, now: Date.UTC(2026, 0, 5, 10) }

export function sampleIdentity(changes: Partial<Identity> = {}): Identity {
  return {
    subject: 'ann',
    name: 'Ann',
    issuer: 'local',
    home: true,
    groups: ['analysts'],
    claims: {},
    provenBy: 'password',
    ...changes,
  }
}

export function sampleSession(identity: Partial<Identity> = {}, changes: Partial<Session> = {}): Session {
  const here = { address: '127.0.0.1', port: 1 }
  return {
    id: 's-1',
    identity: sampleIdentity(identity),
    listener: 'orders',
    labels: { environment: 'production' },
    protocol: 'postgres',
    database: 'shop',
    login: 'ann',
    peer: here,
    local: here,
    upstream: { host: '127.0.0.1', port: 5432, account: 'gatehouse' },
    encrypted: true,
    startedAt: MOMENT.now - 60_000,
    claimed: {},
    ...changes,
  }
}

export function sampleField(
  name: string,
  uses: readonly FieldUse[] = ['output'],
  classes: readonly string[] = [],
): Field {
  return { name, uses, classes }
}

export function sampleAction(verb: Verb, path = 'shop.public.orders', changes: Partial<Action> = {}): Action {
  return {
    verb,
    resource: { kind: 'relation', path: path.split('.'), system: path.includes('.pg_catalog.') },
    fields: [],
    unfiltered: false,
    certainty: verb === 'opaque' ? 'opaque' : 'exact',
    command: verb.toUpperCase(),
    functions: [],
    derived: false,
    ...changes,
  }
}

export function sampleStatement(actions: readonly Action[], changes: Partial<Statement> = {}): Statement {
  return { command: 'SELECT', actions, outputs: [], collects: false, text: 'select', bytes: 6, ...changes }
}

export function sampleOutput(
  name: string,
  sources: readonly Source[],
  changes: Partial<Output> = {},
): Output {
  return { name, how: 'copied', sources, ...changes }
}

export function sampleSource(
  field: string,
  classes: readonly string[] = [],
  resource = 'shop.public.customers',
): Source {
  return { resource, field, classes }
}

/** A read of customers with one output column per field. */
export function readCustomers(...fields: readonly Field[]): Statement {
  return sampleStatement([sampleAction('read', 'shop.public.customers', { fields })], {
    outputs: fields
      .filter((field) => field.uses.includes('output'))
      .map((field) => sampleOutput(field.name, [sampleSource(field.name, field.classes)])),
  })
}

/** Rules as they stand under `rules:` in a policy file. */
export function policyText(rules: string, head = 'default: forbid'): string {
  const indented = rules.replace(/^/gm, '  ')
  return `apiVersion: gatehouse/v1\nkind: Policy\nmetadata: {name: p}\n${head}\nrules:\n${indented}\n`
}

export function samplePolicy(rules: string, head?: string, more: readonly PolicyDocument[] = []): Policy {
  const { documents, faults } = readDocuments({ file: 'p.yaml', text: policyText(rules, head) })
  if (faults[0]) throw new Error(formatFault(faults[0]))
  return compilePolicy([...documents, ...more])
}

export function decideFor(
  policy: Policy,
  statement: Statement,
  session = sampleSession(),
  moment = MOMENT,
): Judgement {
  return policy.forSession(session).decide(statement, moment)
}

export interface SampleSink extends AuditSink {
  readonly decisions: Decided[]
  readonly outcomes: Completed[]
  readonly signIns: SignedIn[]
  /** How many more decisions it takes; the reserve has no end. */
  room: number
}

export function sampleSink(room = Number.POSITIVE_INFINITY): SampleSink {
  const sink: SampleSink = {
    decisions: [],
    outcomes: [],
    signIns: [],
    room,
    decided(record, reserve) {
      if (!reserve && sink.room-- <= 0) return 'full'
      sink.decisions.push(record)
      return 'taken'
    },
    completed(record) {
      sink.outcomes.push(record)
      return 'taken'
    },
    signedIn(record) {
      if (sink.room <= 0) return 'full'
      sink.signIns.push(record)
      return 'taken'
    },
    afterDecisions: (then) => queueMicrotask(() => then('written')),
    afterOutcomes: (then) => queueMicrotask(() => then('written')),
  }
  return sink
}
