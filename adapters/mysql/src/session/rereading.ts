/** Reads again what a statement was read of, by what names mean now: whether it still does the same (R2). */
import type { MysqlContext, MysqlStatement, ParameterTypes } from '@gatehouse/sql'
import { lastPrepared } from '../reading/replanning.js'
import { merge } from '../reading/statements.js'
import type { Memory, Run } from './memory.js'
import type { Statements } from './owed.js'

/** What it would be now; undefined: it cannot be read, or nobody knows of what. */
export type ReadAgain = () => Promise<MysqlStatement | undefined>

/** Invariant: what the names of statements stand for is taken here and now; they may stand for others before it is read. */
export function rereading(
  memory: Memory,
  run: Run,
  { text, read, runs, prepared, kinds }: Statements,
): ReadAgain {
  const { definitions, multiple } = memory
  const { refersTo } = run.statement
  const named = refersTo === undefined ? undefined : memory.named.get(refersTo.name)
  const at = runs.indexOf(run)
  const readText = async (
    said: string,
    context: MysqlContext,
    several: boolean,
    parameters?: ParameterTypes,
  ): Promise<readonly MysqlStatement[]> => {
    const { plan } = await definitions.reader.read(said, context, several, parameters)
    return plan.kind === 'read' ? plan.statements : []
  }
  const outerOf = async () => {
    if (prepared === undefined) return (await readText(text, read, multiple))[at]
    const [open] = await readText(text, read, false, 'open')
    const isBound = kinds !== undefined && (open?.typed === true || kinds.includes('issued'))
    return isBound ? (await readText(text, read, false, kinds))[0] : open
  }
  return async () => {
    const outer = await outerOf()
    if (outer?.refersTo === undefined) return outer
    if (named === undefined) return undefined
    const { database } = named.read.context
    const inner = lastPrepared(await readText(named.text, { ...read, database }, true), outer.refersTo.name)
    return inner === undefined || inner.refersTo !== undefined ? undefined : merge(outer, inner)
  }
}
