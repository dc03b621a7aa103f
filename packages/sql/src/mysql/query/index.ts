/** Reading one query statement, or one expression, against the catalog. */

import { createLedger, toActions } from '../../lineage/mention.js'
import type { MysqlRelation } from '../catalog.js'
import type { MysqlAnalysis, QueryReading } from './analysis.js'
import { opaque } from './analysis.js'

export type { MysqlAnalysis, ParameterType, QueryReading } from './analysis.js'

export interface ReadOptions {
  /** The rows are stored (CREATE TABLE AS, CREATE VIEW, INTO @v, INTO OUTFILE): what they hold flows (R19). */
  readonly stored?: boolean
}

/** `statement`: `{Query}`, `{Insert}`, `{Update}` or `{Delete}`, as sqlparser gives it. Never throws. */
export function readQuery(
  _statement: unknown,
  analysis: MysqlAnalysis,
  _options: ReadOptions = {},
): QueryReading {
  return unread(analysis)
}

/** An expression alone: values of SET, arguments of CALL and EXECUTE, DO; `relation`: whose columns it may name. */
export function readExpression(
  _node: unknown,
  analysis: MysqlAnalysis,
  _relation?: MysqlRelation,
): QueryReading {
  return unread(analysis)
}

function unread(analysis: MysqlAnalysis): QueryReading {
  const ledger = createLedger()
  const env = {
    analysis,
    ledger,
    variables: new Set<string>(),
    command: 'SELECT',
    derived: false,
    ctes: undefined,
    outer: undefined,
    depth: 0,
    top: true,
    stored: false,
    parameters: new Map<object, number>(),
  }
  opaque(env, 'the statement is not understood')
  return { actions: toActions(ledger), outputs: 'unknown', collects: true, variables: [] }
}
