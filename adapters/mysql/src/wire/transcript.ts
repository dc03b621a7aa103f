/** What a test heard, as one line that can be compared. */
import { STATUS } from '../messages/index.js'
import type { Packet } from '../speaker/packets.js'
import type { Part, Rows } from '../speaker/reply.js'

export interface Reply {
  readonly parts: readonly Part[]
  readonly packets: readonly Packet[]
  /** As it came, headers included. */
  readonly bytes: Buffer
}

/** Status flags that a test would notice. */
const MARKS: readonly (readonly [number, string])[] = [
  [STATUS.IN_TRANS, 'T'],
  [STATUS.MORE_RESULTS, '+'],
  [STATUS.CURSOR_EXISTS, 'C'],
  [STATUS.LAST_ROW_SENT, 'L'],
  [STATUS.PS_OUT_PARAMS, 'P'],
  [STATUS.NO_BACKSLASH_ESCAPES, 'N'],
  [STATUS.IN_TRANS_READONLY, 'R'],
]

function marks(status: number): string {
  const found = MARKS.filter(([flag]) => (status & flag) !== 0).map(([, mark]) => mark)
  const committing = (status & STATUS.AUTOCOMMIT) !== 0 ? [] : ['-']
  const all = [...found, ...committing].join('')
  return all === '' ? '' : `/${all}`
}

/**
 * `OK:affected`, `ERR:code`, `RS(columns):rows`, `PREPARED(columns|parameters)`, each with marks for its status: T in a transaction, + more
 * results, C cursor, L last row, P parameters' values, - no autocommit.
 */
export function describeReply({ parts }: Pick<Reply, 'parts'>): string {
  return parts.map(describePart).join(' ')
}

function describePart(part: Part): string {
  switch (part.kind) {
    case 'ok':
      return `OK:${part.ok.affected}${marks(part.ok.status)}`
    case 'error':
      return `ERR:${part.error.code}`
    case 'rows': {
      const names = part.columns.map(({ name }) => Buffer.from(name).toString()).join(',')
      return `RS(${names}):${part.rows.length}${part.status === undefined ? '' : marks(part.status)}`
    }
    case 'infile':
      return `INFILE:${part.file}`
    case 'prepared':
      return `PREPARED(${part.columns.length}|${part.parameters.length})`
    case 'fields':
      return `FIELDS:${part.columns.length}`
    case 'text':
      return 'TEXT'
  }
}

/** Cells of every result set, as text; null for NULL. */
export function rowsOf({ parts }: Pick<Reply, 'parts'>): readonly (readonly (string | null)[])[] {
  return parts.filter((part): part is Rows => part.kind === 'rows').flatMap(({ rows }) => rows)
}

/** The ERR of a reply; throws when there is none. */
export function errorOf(reply: Pick<Reply, 'parts'>) {
  const found = reply.parts.find((part) => part.kind === 'error')
  if (found?.kind !== 'error') throw new Error(`no ERR in: ${describeReply(reply)}`)
  return found.error
}

/** The status flags of a reply's last OK or EOF. */
export function statusOf({ parts }: Pick<Reply, 'parts'>): number | undefined {
  const told = parts.map((part) =>
    part.kind === 'ok' ? part.ok.status : part.kind === 'rows' ? part.status : undefined,
  )
  return told.findLast((status) => status !== undefined)
}
