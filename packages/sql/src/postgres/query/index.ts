/** Reading one query statement, or one expression, against the catalog. */
import type { CatalogRelation } from '../../catalog.js'
import type { Columns } from '../../lineage/columns.js'
import { createLedger, type Ledger, toActions, use } from '../../lineage/mention.js'
import { single, within } from '../../lineage/scope.js'
import { toOutput } from '../../lineage/value.js'
import { type Tree, tree, unwrap } from '../tree.js'
import type { Analysis, Env, QueryReading } from './analysis.js'
import { opaque } from './analysis.js'
import { apart } from './document-path.js'
import { readValue } from './expression.js'
import { readFrom } from './from.js'
import { unknownNode } from './known-nodes.js'
import { readRelation } from './relation.js'
import { type MadeRoutine, parametersOf } from './routines/made.js'
import { readSelect } from './select.js'
import { readWrite } from './write.js'

export type { FunctionJudgement } from '../functions/judge.js'
export { judgeFunction } from '../functions/judge.js'
export type { Analysis, QueryReading } from './analysis.js'
export { resolveRelation, resolveType } from './names.js'
export type { MadeRoutine } from './routines/made.js'

export interface ReadOptions {
  /** The rows are stored (CREATE TABLE AS, SELECT INTO, CREATE VIEW): what they hold flows (R19). */
  readonly stored?: boolean
  /** In a table that later shows them by its columns' names alone. */
  readonly apart?: boolean
  /** Rows that it may name from outside: OLD and NEW of a rule. */
  readonly around?: readonly { readonly range: Tree; readonly alias: string }[]
  /** The routine whose body it stands in. */
  readonly within?: MadeRoutine
}

function envOf(analysis: Analysis, ledger: Ledger, command: string): Env {
  return {
    analysis,
    ledger,
    command,
    derived: false,
    ctes: undefined,
    outer: undefined,
    depth: 0,
    top: true,
    stored: false,
  }
}

/** What came of it, or, should the reader itself fail, an opaque action that says so: never a guess. */
function guarded(
  node: unknown,
  analysis: Analysis,
  command: string,
  read: (env: Env) => Columns,
): QueryReading {
  const ledger = createLedger()
  try {
    const { columns, open } = read(envOf(analysis, ledger, command))
    const strange = unknownNode(node)
    if (strange !== undefined) opaque(envOf(analysis, ledger, command), `\`${strange}\` is not understood`)
    const outputs = open === undefined && strange === undefined ? columns.map(toOutput) : 'unknown'
    const { collects, uncounted } = ledger
    if (uncounted !== undefined) analysis.uncounted?.(uncounted)
    return {
      actions: toActions(ledger),
      outputs,
      collects,
      ...(outputs === 'unknown' ? {} : { columns }),
    }
  } catch (fault) {
    const why = `the statement is not understood (${fault instanceof Error ? fault.message : 'unknown fault'})`
    opaque(envOf(analysis, ledger, command), why)
    return { actions: toActions(ledger), outputs: 'unknown', collects: true }
  }
}

function withRows({ around: rows, within: routine }: ReadOptions, env: Env): Env {
  if (routine) return { ...env, top: false, outer: within(parametersOf(routine, env), undefined) }
  if (rows === undefined) return env
  const items = rows.map(({ range, alias }) => ({ RangeVar: { ...range, alias: { aliasname: alias } } }))
  const namespace = readFrom(items, { ...env, top: false })
  for (const each of env.ledger.mentions) each.optional = true
  return { ...env, top: false, outer: within({ ...namespace, columns: [] }, undefined) }
}

/** `node`: a wrapped SelectStmt, InsertStmt, UpdateStmt, DeleteStmt or MergeStmt. Never throws. */
export function readQuery(node: unknown, analysis: Analysis, options: ReadOptions = {}): QueryReading {
  const found = unwrap(node)
  const type = found?.type ?? 'of no kind'
  if (type === 'SelectStmt' && found)
    return guarded(node, analysis, 'SELECT', (given) => {
      const env = withRows(options, given)
      const result = readSelect(found.node, env)
      const into = options.stored === true || tree(found.node.intoClause) !== undefined
      if (into)
        use(
          env,
          result.columns.map(({ value }) => (options.apart === true ? apart(value, env) : value)),
          'flow',
        )
      return result
    })
  return guarded(node, analysis, type.replace(/Stmt$/, '').toUpperCase(), (given) => {
    const env = withRows(options, given)
    const result = readWrite(type, found?.node ?? {}, env)
    if (options.stored === true)
      use(
        env,
        result.columns.map(({ value }) => (options.apart === true ? apart(value, env) : value)),
        'flow',
      )
    return result
  })
}

/** An expression alone: arguments of EXECUTE and CALL, values of SET; `relation`: whose columns it may name. */
export function readExpression(
  node: unknown,
  analysis: Analysis,
  relation?: CatalogRelation,
  routine?: MadeRoutine,
): QueryReading {
  return guarded(node, analysis, 'SELECT', (given) => {
    const env: Env = { ...given, top: false }
    const reading = relation && readRelation(relation, env, undefined, true)
    if (reading) for (const each of reading.mentions) each.optional = true
    const value = readValue(
      node,
      within(reading ? single(reading.item) : parametersOf(routine, env), undefined),
      env,
    )
    use(env, [value], 'argument')
    return { columns: [{ name: '?column?', value }] }
  })
}
