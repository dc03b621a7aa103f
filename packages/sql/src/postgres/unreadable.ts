/** The plan of a text that is not understood; small, because the main thread needs it and none of the analysis. */
import type { Statement } from '@gatehouse/core'
import type { Analysed as AnalysedAs } from '../reading/analysed.js'
import type { Plan } from './plan.js'
import { redact } from './text/redact.js'

export type Analysed = AnalysedAs<Plan>

type UnreadableParts = Partial<Pick<Extract<Plan, { kind: 'unreadable' }>, 'syntax' | 'tooLarge'>>

export function unreadable(text: string, why: string, parts: UnreadableParts = {}): Analysed {
  const plan: Plan = {
    kind: 'unreadable',
    why,
    statement: unreadStatement(text),
    ...parts,
  }
  return { plan, shareable: false, unknownNames: [] }
}

const SHOWN = 10_000

/** What a record says of a text that was not understood. */
function unreadStatement(text: string): Statement {
  return {
    command: 'UNREADABLE',
    actions: [],
    outputs: 'unknown',
    collects: false,
    text: redact(text.slice(0, SHOWN)),
    bytes: Buffer.byteLength(text),
  }
}
