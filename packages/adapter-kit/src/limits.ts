/** Every ceiling of one connection and its default, in one table; docs/operations.md states their sum (R30). */

export interface Limits {
  /** Owed replies before the client is held back. */
  readonly owed: number
  /** Bytes of one message; over it the connection ends. */
  readonly message: number
  /** Bytes of one statement's text; over it the statement is refused. */
  readonly statement: number
  /** Milliseconds from accept to sign-in. */
  readonly greeting: number
  /** Milliseconds that whoever stays without an identity may be silent. */
  readonly stay: number
  /** Milliseconds without a message; 0: no limit. */
  readonly idle: number
  /** Milliseconds that a session may last; 0: no limit. */
  readonly session: number
  /** Milliseconds until the upstream must have answered a connect and a sign-in. */
  readonly connect: number
}

export const DEFAULT_LIMITS: Limits = {
  owed: 4096,
  message: 64 * 1024 * 1024,
  statement: 16 * 1024 * 1024,
  greeting: 10_000,
  stay: 300_000,
  idle: 0,
  session: 0,
  connect: 10_000,
}
