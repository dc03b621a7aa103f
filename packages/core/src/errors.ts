/** The closed list of codes that code, documentation (docs/errors.md) and tests share. */

/** Refusals are values: each ends in a native error and a record. */
export const REFUSAL_CODES = [
  'GH_FORBIDDEN', // a rule forbids it, or no rule permits it
  'GH_UNREADABLE', // the statement cannot be understood
  'GH_OPAQUE', // it is understood to be able to do anything, and no rule names that
  'GH_PROBING', // a masked field is used where probing is forbidden
  'GH_FLOW', // a masked field is written or would move into another place
  'GH_APPROVAL', // a rule holds it for approval
  'GH_ROW_LIMIT', // the row limit was reached
  'GH_RULE_FAILED', // a rule could not be evaluated
  'GH_NEVER', // no rule can permit it (R11)
  'GH_UNMASKABLE', // an obligation cannot be kept on this output
  'GH_AUDIT_UNAVAILABLE', // the record cannot be written
  'GH_TOO_LARGE', // over a ceiling
  'GH_PROTOCOL', // not a message of this protocol here
  'GH_SIGN_IN', // the proof does not hold
  'GH_CONNECT', // policy forbids connecting
  'GH_TOO_MANY', // too many connections
  'GH_UPSTREAM', // the database cannot be reached or has gone
  'GH_ENDED', // an administrator or an expired credential ended the session
  'GH_DRAINING', // the gateway is stopping
] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** Faults are exceptions: something of ours or of the operator's is wrong. */
export const FAULT_CODES = [
  'GH_CONFIGURATION',
  'GH_POLICY',
  'GH_SPOOL',
  'GH_SINK',
  'GH_CATALOG',
  'GH_ISSUER',
  'GH_WIRE',
  'GH_INVARIANT',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** Thrown for faults only; refusals are values. The message begins lower case and has no full stop. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError'
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
