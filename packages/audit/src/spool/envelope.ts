/** The line before each record's JSON: what the spool and the shipper need without parsing it. */

/** `C` is a decision carried from an earlier segment because its outcome was still due: for recovery alone. */
export interface Envelope {
  readonly kind: 'R' | 'C'
  readonly sequence: number
  readonly at: number
  readonly type: 'decision' | 'outcome' | 'sign-in' | 'spool'
  readonly uid: string
  readonly key: string
  readonly subject: string
  /** Where the JSON begins in the body. */
  readonly start: number
}

const LINE = /^([RC]) (\d+) (-?\d+) (decision|outcome|sign-in|spool) (\S+) (\S+) (\S+)$/

/** Undefined when the body is no record. */
export function readEnvelope(body: Buffer): Envelope | undefined {
  const line = body.indexOf(10)
  const parts = line < 0 ? null : LINE.exec(body.toString('latin1', 0, line))
  if (parts === null) return undefined
  const [, kind, sequence, at, type, uid = '', key = '', subject = ''] = parts
  return {
    kind: kind as Envelope['kind'],
    sequence: Number(sequence),
    at: Number(at),
    type: type as Envelope['type'],
    uid,
    key,
    subject,
    start: line + 1,
  }
}
