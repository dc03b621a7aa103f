/** What CEL expressions can read, and the types they are checked against (interface.md §3). */
import type { Action } from '../action.js'
import { resourceName } from '../action.js'
import { qualify } from '../identity.js'
import type { Claimed, Session } from '../session.js'
import type { Statement } from '../statement.js'

const TIME = 'google.protobuf.Timestamp'

/** One entry per variable; a reading of any other name is an error when the policy is checked. */
export const FACT_TYPES = {
  identity: {
    subject: 'string',
    name: 'string',
    issuer: 'string',
    groups: 'list<string>',
    claims: 'map<string, dyn>',
    agent: 'string',
    onBehalfOf: 'string',
  },
  session: {
    listener: 'string',
    labels: 'map<string, string>',
    database: 'string',
    peer: { address: 'string', port: 'int' },
    startedAt: TIME,
  },
  action: {
    verb: 'string',
    resource: 'string',
    fields: 'list<string>',
    classes: 'list<string>',
    functions: 'list<string>',
    unfiltered: 'bool',
    certainty: 'string',
    estimatedRows: 'int',
  },
  statement: { command: 'string' },
  claimed: { application: 'string', tags: 'map<string, string>' },
  now: TIME,
} as const

export type FactName = keyof typeof FACT_TYPES

/** Thrown by a fact that nobody knows; a condition that needs it is neither true nor false. */
export const UNKNOWN: unique symbol = Symbol('unknown')

/** Types, not interfaces: the evaluator takes anything that is keyed by name. */
export type SessionFacts = {
  readonly identity: object
  readonly session: object
}

export type Facts = SessionFacts & {
  readonly action: object
  readonly statement: object
  readonly claimed: object
  readonly now: Date
}

/** Absent names are empty strings, so that comparing them is never an error. Names are qualified as in rules (R9). */
export function sessionFacts(session: Session): SessionFacts {
  const { identity } = session
  const optional = (name: string | undefined): string => (name === undefined ? '' : qualify(identity, name))
  return {
    identity: {
      subject: qualify(identity, identity.subject),
      name: qualify(identity, identity.name),
      issuer: identity.issuer,
      groups: identity.groups.map((group) => qualify(identity, group)),
      claims: { ...identity.claims },
      agent: optional(identity.agent),
      onBehalfOf: optional(identity.onBehalfOf),
    },
    session: {
      listener: session.listener,
      labels: { ...session.labels },
      database: session.database,
      peer: { address: session.peer.address, port: BigInt(session.peer.port) },
      startedAt: new Date(session.startedAt),
    },
  }
}

function unknown(): never {
  throw UNKNOWN
}

/** What may do anything has a verb and a certainty, and the rest of it is unknown. */
export function isOpaque(action: Action): boolean {
  return action.verb === 'opaque' || action.certainty === 'opaque'
}

export function actionFacts(action: Action): object {
  const { verb, certainty, fields } = action
  const opaque = isOpaque(action)
  return {
    verb,
    certainty,
    get resource() {
      return opaque ? unknown() : resourceName(action.resource)
    },
    get fields() {
      return opaque || fields === 'unknown' ? unknown() : fields.map((field) => field.name)
    },
    get classes() {
      return opaque || fields === 'unknown' ? unknown() : [...new Set(fields.flatMap((f) => f.classes))]
    },
    get functions() {
      return opaque ? unknown() : [...action.functions]
    },
    get unfiltered() {
      return opaque ? unknown() : action.unfiltered
    },
    get estimatedRows() {
      return unknown()
    },
  }
}

/** For a statement without actions: every fact of its action is unknown. */
export const NO_ACTION: object = {
  get verb() {
    return unknown()
  },
  get resource() {
    return unknown()
  },
  get fields() {
    return unknown()
  },
  get classes() {
    return unknown()
  },
  get functions() {
    return unknown()
  },
  get unfiltered() {
    return unknown()
  },
  get certainty() {
    return unknown()
  },
  get estimatedRows() {
    return unknown()
  },
}

export function statementFacts(statement: Statement): object {
  return { command: statement.command }
}

export function claimedFacts(claimed: Claimed): object {
  return { application: claimed.application ?? '', tags: { ...claimed.tags } }
}
