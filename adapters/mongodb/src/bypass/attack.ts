/** One way round the masks: what to send, and what it does where nobody is masked. */
import type { Document } from 'bson'

export interface Attack {
  /** Which of the known bypasses: the number in the list of peers' bypasses, or the way in. */
  readonly row: string
  /** Sent one after the other on one connection; `$db` is the shop unless it is given. */
  readonly steps: readonly Document[]
  /** What it does unmasked: `reveals` a personal value, `harms` data, or neither on the server that is tried (`idle`). */
  readonly unmasked: 'reveals' | 'harms' | 'idle'
}

type Steps = Document | readonly Document[]

const attacks =
  (unmasked: Attack['unmasked']) =>
  (row: string, list: readonly Steps[]): readonly Attack[] =>
    list.map(
      (steps): Attack => ({ row, steps: Array.isArray(steps) ? steps : [steps as Document], unmasked }),
    )

export const reveals = attacks('reveals')
export const harms = attacks('harms')
export const idle = attacks('idle')

export const find = (collection: string, more: Document = {}): Document => ({ find: collection, ...more })

export const project = (projection: Document, filter: Document = {}): Document =>
  find('customers', { filter, projection })

/** On customers. */
export const agg = (...pipeline: readonly Document[]): Document => aggregate('customers', ...pipeline)

export const aggregate = (collection: string, ...pipeline: readonly Document[]): Document => ({
  aggregate: collection,
  pipeline,
  cursor: {},
})

/** One field `x`, worked out. */
export const compute = (x: unknown): Document => agg({ $project: { x } })

export const update = (collection: string, q: Document, u: unknown, more: Document = {}): Document => ({
  update: collection,
  updates: [{ q, u, ...more }],
})

export function title({ steps }: Pick<Attack, 'steps'>): string {
  return steps
    .map((step) => JSON.stringify(step))
    .join('; ')
    .slice(0, 150)
    .replaceAll(/[%$]/g, '$&$&')
}
