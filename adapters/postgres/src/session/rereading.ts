/** Reads again what a statement was read of, by what names mean now: whether it still does the same (R2). */
import type { PostgresReader, PostgresStatement } from '@gatehouse/sql'
import { storingIssued } from '../reading/issued.js'
import { merge } from '../reading/statements.js'
import type { Memory, Prepared, Run, Source } from './memory.js'

/** A Query, or a Bind of what was prepared. */
export type Asked =
  | { readonly kind: 'query'; readonly statements: readonly PostgresStatement[]; readonly text: string }
  | {
      readonly kind: 'bind'
      readonly prepared: Prepared
      /** A parameter reads like a mask that the gateway issues (R19). */
      readonly fields: { readonly issued: boolean }
    }

/** By what texts are read now. */
export interface Rereading {
  readonly reader: PostgresReader
}

/** What it would be now; undefined: it cannot be read, or nobody knows of what. */
export type ReadAgain = () => Promise<PostgresStatement | undefined>

/** Invariant: what the names of statements stand for is taken here and now; they may stand for others before it is read. */
export function rereading(memory: Memory, run: Run): ReadAgain {
  const { asked, statement, read } = run
  const { definitions } = memory
  // What it runs was read when it was opened, and is not what its own text says.
  if (statement.refersTo?.kind === 'cursor') return () => Promise.resolve(undefined)
  if (asked === undefined) return () => Promise.resolve(undefined)
  const inner = executed(memory, statement)
  const readText = async ({ text, types }: Pick<Source, 'text' | 'types'>, at: number) => {
    const plan = await definitions.reader.read(text, types, read)
    return plan.kind === 'read' ? plan.statements[at] : undefined
  }
  const at = asked.kind === 'query' ? asked.statements.indexOf(statement) : 0
  const source = asked.kind === 'query' ? { text: asked.text, types: [] } : asked.prepared.source
  const isIssued = asked.kind === 'bind' && asked.fields.issued
  return async () => {
    const outer = meantBy(source, await readText(source, at))
    if (outer === undefined) return undefined
    if (outer.refersTo === undefined) return isIssued ? storingIssued(outer) : outer
    if (inner === undefined) return undefined
    const meant = meantBy(inner, await readText(inner, 0))
    if (meant === undefined || meant.refersTo !== undefined) return undefined
    const whole = merge(outer, meant)
    return isIssued ? storingIssued(whole) : whole
  }
}

/** Of SQL's PREPARE it is what it prepares. */
function meantBy(
  source: Pick<Source, 'text'> & { readonly inner?: boolean },
  read: PostgresStatement | undefined,
): PostgresStatement | undefined {
  if (source.inner !== true) return read
  const effect = read?.effects[0]
  return effect?.kind === 'prepare' ? effect.statement : undefined
}

function executed({ prepared }: Memory, { refersTo }: PostgresStatement): Source | undefined {
  if (refersTo?.kind !== 'prepared') return undefined
  const found = prepared.get(refersTo.name)
  return found?.state === 'known' ? found.source : undefined
}
