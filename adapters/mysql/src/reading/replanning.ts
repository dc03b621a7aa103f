/**
 * What was prepared is read again when its names may mean something else by now: the server looks them up anew, in the
 * database that was the default when it was prepared (sql_prepare.cc, Prepared_statement::execute).
 */
import type { MysqlContext, MysqlStatement, ParameterTypes } from '@gatehouse/sql'
import type { Moment, Named, Prepared } from '../session/memory.js'
import type { RefusedPlan, Unreadable } from './answers.js'
import type { Executed } from './parameters.js'
import { type PlanParts, sameContext, takeReading } from './plans.js'

type Renewed = Promise<void> | RefusedPlan | Unreadable | undefined

/** Whether it is current; otherwise the context to read it in. */
function outdated({ memory, server }: PlanParts, read: Moment): MysqlContext | undefined {
  const { context } = memory
  if (read.context === context && read.epoch === server.epoch) return undefined
  const now = { ...context, database: read.context.database }
  return sameContext(now, read.context) && read.epoch === server.epoch ? undefined : now
}

/** What of sql_mode and the character set the same text is cut by. */
function lexing({ sqlMode, charset }: MysqlContext): string {
  const modes = sqlMode === 'unknown' ? ['?'] : sqlMode.filter((mode) => LEXING.has(mode)).sort()
  return `${charset} ${modes.join()}`
}

const LEXING: ReadonlySet<string> = new Set([
  'ANSI_QUOTES',
  'IGNORE_SPACE',
  'PIPES_AS_CONCAT',
  'NO_BACKSLASH_ESCAPES',
  'HIGH_NOT_PRECEDENCE',
  'REAL_AS_FLOAT',
])

/** The server may cut the text as it did, or anew: nobody here knows which. */
const CUT_ANEW: Unreadable = {
  code: 'GH_UNREADABLE',
  why: 'sql_mode or the character set has changed since this was prepared: prepare it again',
}

export function renewPrepared(parts: PlanParts, prepared: Prepared): Renewed {
  return renew(parts, prepared, false, (statements) => statements[0], 'open')
}

/** What it does with the values that it is bound to, where that depends on them. */
export function withValues(
  parts: PlanParts,
  { statement, text, read }: Prepared,
  { kinds }: Executed,
): MysqlStatement | Promise<void> | RefusedPlan {
  if (statement.typed !== true && !kinds.includes('issued')) return statement
  const reading = takeReading(parts, text, false, read.context, kinds)
  if (reading instanceof Promise) return reading
  return reading.plan.kind === 'unreadable' ? reading.plan : (reading.plan.statements[0] ?? statement)
}

export function renewNamed(parts: PlanParts, name: string, named: Named): Renewed {
  return renew(parts, named, true, (statements) => lastPrepared(statements, name))
}

/** A text may prepare a name more than once. */
export function lastPrepared(
  statements: readonly MysqlStatement[],
  name: string,
): MysqlStatement | undefined {
  const found = statements
    .flatMap(({ effects }) => effects)
    .findLast((effect) => effect.kind === 'prepare' && effect.name === name)
  return found?.kind === 'prepare' ? found.statement : undefined
}

/** Undefined: it is current now. */
function renew(
  parts: PlanParts,
  kept: { readonly text: string; statement: MysqlStatement; read: Moment },
  multiple: boolean,
  pick: (statements: readonly MysqlStatement[]) => MysqlStatement | undefined,
  parameters?: ParameterTypes,
): Renewed {
  const context = outdated(parts, kept.read)
  if (context === undefined) return undefined
  if (lexing(context) !== lexing(kept.read.context)) return CUT_ANEW
  const reading = takeReading(parts, kept.text, multiple, context, parameters)
  if (reading instanceof Promise) return reading
  if (reading.plan.kind === 'unreadable') return reading.plan
  const statement = pick(reading.plan.statements)
  if (statement === undefined) return { ...CUT_ANEW, why: 'what was prepared cannot be read any more' }
  kept.statement = statement
  kept.read = { context, epoch: parts.server.epoch }
  return undefined
}
