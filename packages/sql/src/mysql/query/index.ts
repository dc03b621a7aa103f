/** Reading one query statement, or one expression, against the catalog. */
import type { Columns } from '../../lineage/columns.js'
import { createLedger, type Ledger, toActions, touch, use } from '../../lineage/mention.js'
import { EMPTY, single } from '../../lineage/scope.js'
import { toOutput } from '../../lineage/value.js'
import type { MysqlRelation } from '../catalog.js'
import type { Env, MysqlAnalysis, QueryReading } from './analysis.js'
import { argue, opaque } from './analysis.js'
import { withCtes } from './cte.js'
import { readValue } from './expression.js'
import { readInsert } from './insert.js'
import { numberParameters } from './parameters.js'
import { readRelation } from './relation.js'
import { type Result, readQueryNode } from './select.js'
import { as, isTree, stranger, type Tree, tree, variant } from './tree.js'
import { readDelete, readUpdate } from './write.js'

export { judgeFunction } from '../functions/judge.js'
export type { MysqlAnalysis, QueryReading } from './analysis.js'
export { isSystemSchema, type ResolvedRelation, relationResource, resolveRelation } from './names.js'

export interface ReadOptions {
  /** The rows are stored (CREATE TABLE AS, CREATE VIEW, INTO @v, INTO OUTFILE): what they hold flows (R19). */
  readonly stored?: boolean
}

function envOf(analysis: MysqlAnalysis, ledger: Ledger, command: string, node: unknown): Env {
  return {
    analysis,
    ledger,
    variables: new Set(),
    command,
    derived: false,
    ctes: undefined,
    outer: undefined,
    depth: 0,
    top: true,
    stored: false,
    parameters: Array.isArray(analysis.parameterTypes) ? numberParameters(node) : new Map(),
  }
}

/** What came of it, or, should the reader itself fail, an opaque action that says so: never a guess. */
function guarded(
  node: unknown,
  analysis: MysqlAnalysis,
  command: string,
  read: (env: Env) => Result,
): QueryReading {
  const ledger = createLedger()
  const env = envOf(analysis, ledger, command, node)
  const rest = () => ({
    collects: ledger.collects,
    variables: [...env.variables].sort(),
    ...(ledger.uncounted === undefined ? {} : { uncounted: ledger.uncounted }),
  })
  try {
    const { columns, open, kept } = read(env)
    if (assigns(node)) spill(ledger)
    const outputs = open === undefined ? (kept ? [] : columns.map(toOutput)) : 'unknown'
    return { actions: toActions(ledger), outputs, ...rest() }
  } catch (fault) {
    const why = `the statement is not understood (${fault instanceof Error ? fault.message : 'unknown fault'})`
    opaque(env, why)
    return { actions: toActions(ledger), outputs: 'unknown', ...rest(), collects: true }
  }
}

/** Whether `:=` stands anywhere: it binds so loosely that the parser's grouping says little of what it assigns. */
function assigns(node: unknown): boolean {
  const open: unknown[] = [node]
  while (open.length > 0) {
    const next = open.pop()
    if (Array.isArray(next)) open.push(...next)
    else if (isTree(next)) {
      if (next.op === 'Assignment') return true
      for (const inner of Object.values(next)) if (typeof inner === 'object') open.push(inner)
    }
  }
  return false
}

/** What a statement with `:=` reads may all end in the variable. */
function spill(ledger: Ledger): void {
  for (const found of ledger.mentions)
    if (found.verb === 'read')
      for (const [name, { classes }] of [...found.fields]) touch(found, name, classes, 'flow')
}

const COMMANDS: Readonly<Record<string, string>> = {
  Query: 'SELECT',
  Insert: 'INSERT',
  Update: 'UPDATE',
  Delete: 'DELETE',
}

function readStatement(type: string, node: Tree, env: Env): Result {
  if (type === 'Insert')
    return readInsert(node, { ...env, command: node.replace_into === true ? 'REPLACE' : 'INSERT' })
  if (type === 'Update') return readUpdate(node, { ...env, command: 'UPDATE' })
  if (type === 'Delete') return readDelete(node, { ...env, command: 'DELETE' })
  const body = variant(node.body)
  const inner = tree(as(body?.node, body?.type ?? ''))
  // WITH … UPDATE and its like: a write as the body of a query.
  if (body && inner && /^(Insert|Update|Delete)$/.test(body.type)) {
    if (stranger(node, 'with body') !== undefined) {
      opaque(env, 'a write in a query is not understood')
      return { columns: [], open: 'a write in a query is not understood' }
    }
    return readStatement(
      body.type,
      inner,
      withCtes(node.with, { ...env, command: COMMANDS[body.type] ?? env.command }),
    )
  }
  return readQueryNode(node, env)
}

/** `statement`: `{Query}`, `{Insert}`, `{Update}` or `{Delete}`, as sqlparser gives it. Never throws. */
export function readQuery(
  statement: unknown,
  analysis: MysqlAnalysis,
  options: ReadOptions = {},
): QueryReading {
  const found = variant(statement)
  const members = tree(found?.node)
  const command = found && Object.hasOwn(COMMANDS, found.type) ? COMMANDS[found.type] : undefined
  return guarded(statement, analysis, command ?? 'SELECT', (env) => {
    if (!found || !members || command === undefined) {
      const why = `statement \`${found?.type ?? 'of no kind'}\` is not understood here`
      opaque(env, why)
      return { columns: [], open: why }
    }
    const result = readStatement(found.type, members, env)
    if (options.stored === true) use(env, values(result), 'flow')
    return result
  })
}

function values({ columns }: Columns) {
  return columns.map((column) => column.value)
}

/** An expression alone: values of SET, arguments of CALL and EXECUTE, DO; `relation`: whose columns it may name. */
export function readExpression(
  node: unknown,
  analysis: MysqlAnalysis,
  relation?: MysqlRelation,
): QueryReading {
  return guarded(node, analysis, 'SELECT', (given) => {
    const env: Env = { ...given, top: false }
    const reading = relation && readRelation(relation, env, undefined)
    if (reading) for (const each of reading.mentions) each.optional = true
    const value = readValue(node, { ...(reading ? single(reading.item) : EMPTY), outer: undefined }, env)
    argue(env, [value])
    return { columns: [{ name: '', value }] }
  })
}
