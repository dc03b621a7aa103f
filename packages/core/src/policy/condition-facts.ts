/** What CEL expressions can read, and the types they are checked against (interface.md §3). */
import { type Action, type Field, resourceName } from '../action.js'
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

/** What may do anything has a verb and a certainty, and the rest of it is unknown. */
export function isOpaque(action: Action): boolean {
  return action.verb === 'opaque' || action.certainty === 'opaque'
}

/** Read through getters, so that only what a condition reads is worked out, or found to be unknown. */
const ACTION_FACTS = {
  of: undefined as Action | undefined,
  get verb() {
    return known(this.of).verb
  },
  get certainty() {
    return known(this.of).certainty
  },
  get resource() {
    return resourceName(readable(this.of).resource)
  },
  get fields() {
    return fieldsOf(this.of).map((field) => field.name)
  },
  get classes() {
    return [...new Set(fieldsOf(this.of).flatMap((field) => field.classes))]
  },
  get functions() {
    return [...readable(this.of).functions]
  },
  get unfiltered() {
    return readable(this.of).unfiltered
  },
  get estimatedRows(): number {
    throw UNKNOWN
  },
}

function known(action: Action | undefined): Action {
  if (action === undefined) throw UNKNOWN
  return action
}

function readable(action: Action | undefined): Action {
  const found = known(action)
  if (isOpaque(found)) throw UNKNOWN
  return found
}

function fieldsOf(action: Action | undefined): readonly Field[] {
  const { fields } = readable(action)
  if (fields === 'unknown') throw UNKNOWN
  return fields
}

/** Undefined for a statement without actions: every fact of its action is unknown. */
export function actionFacts(action: Action | undefined): object {
  const facts: { of: Action | undefined } = Object.create(ACTION_FACTS)
  facts.of = action
  return facts
}

export function statementFacts(statement: Statement): object {
  return { command: statement.command }
}

export function claimedFacts(claimed: Claimed): object {
  return { application: claimed.application ?? '', tags: { ...claimed.tags } }
}
