/** Writes what happened to the trail itself as an OCSF base event (class 0): it belongs in the trail (R25). */

import type { Rationed } from '../spool/shares.js'
import { asciiJson, clip, quote, whole } from './json-text.js'
import { metadataOf, type Origin } from './session-part.js'
import { SCHEMA } from './statement-part.js'
import { token } from './token.js'

/**
 * `dropped`: retention took segments. `truncated`: a torn tail was cut. `failed`: the spool could not be written for a while.
 * `rationed`: statements and sign-ins of one identity were refused because of what it had written (R15), all told as one.
 */
export interface SpoolNote {
  readonly kind: 'dropped' | 'truncated' | 'failed' | 'rationed'
  readonly message: string
  readonly facts: Readonly<Record<string, string | number>>
}

/** Characters of an identity. */
const NAME = 512
const SEVERITY: Readonly<Record<SpoolNote['kind'], number>> = {
  dropped: 2,
  truncated: 4,
  failed: 5,
  rationed: 3,
}

/** The spool body: envelope line and JSON. */
export function noteRecord(
  note: SpoolNote,
  id: string,
  at: number,
  sequence: number,
  origin: Origin,
): string {
  const uid = `${token(id)}-n`
  const time = whole(at)
  return (
    `R ${sequence} ${time} spool ${uid} chain:${token(origin.chain)} ${token(origin.instance)}\n{"time":${time},` +
    `"metadata":{"uid":"${uid}","sequence":${sequence},${metadataOf(origin, '', undefined)}},` +
    `"class_uid":0,"category_uid":0,"activity_id":99,"activity_name":"Spool ${note.kind}","type_uid":99,` +
    `"severity_id":${SEVERITY[note.kind]},"message":${quote(note.message)},` +
    `"unmapped":{"gatehouse":{"schema":"${SCHEMA}","phase":"spool","spool":${asciiJson({ event: note.kind, ...note.facts })}}}}`
  )
}

const OVER = { rate: 'its rate of audit records', share: 'its share of the audit spool' } as const

export function rationedNote({ user, limit, count, from }: Rationed, to: number): SpoolNote {
  const name = clip(user, NAME)
  return {
    kind: 'rationed',
    message: `${count} requests of ${name} were refused: it is over ${OVER[limit]}`,
    facts: { user: name, limit, count, from, to },
  }
}
