/** Select lists: `*` spread out, and every column named as the server names it (FigureColname). */

import type { Columns } from '../../lineage/columns.js'
import type { Scope } from '../../lineage/scope.js'
import { type Column, lazy } from '../../lineage/value.js'
import { as, list, type Tree, text, tree, unwrap, word, words } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { readOutput, readValue } from './expression.js'
import { findQualified } from './reference.js'

/** The server refuses more (htup_details.h, MaxTupleAttributeNumber); a few stars over each other's columns make millions. */
const MOST_COLUMNS = 1664

/** The columns of a target list; evaluated when asked for if `lazily`. */
export function readTargets(nodes: unknown, scope: Scope, env: Env, lazily: boolean): Columns {
  const columns: Column[] = []
  let open: string | undefined
  for (const each of list(nodes)) {
    const target = as(each, 'ResTarget')
    const expression = target?.val
    const star = spread(expression, scope, env)
    if (columns.length + (star?.columns.length ?? 1) > MOST_COLUMNS) {
      const why = `a select list has more than ${MOST_COLUMNS} columns`
      opaque(env, why)
      return { columns: [], open: why }
    }
    if (star) {
      columns.push(...star.columns)
      open ??= star.open
      continue
    }
    const name = text(target?.name) ?? figureName(expression)
    if (lazily) columns.push(lazy(name, () => readOutput(expression, scope, env)))
    else columns.push({ name, value: readOutput(expression, scope, env) })
  }
  return open === undefined ? { columns } : { columns, open }
}

/** What `*`, `t.*` and `(composite).*` stand for; undefined for anything else. */
export function spread(expression: unknown, scope: Scope, env: Env): Columns | undefined {
  const reference = as(expression, 'ColumnRef')
  const fields = list(reference?.fields)
  if (reference && as(fields.at(-1), 'A_Star')) {
    if (fields.length === 1)
      return { columns: scope.columns, ...(scope.open === undefined ? {} : { open: scope.open }) }
    const parts = fields.slice(0, -1).map((field) => word(field) ?? '')
    const item = findQualified(parts, scope, env)
    if (item) return { columns: item.columns, ...(item.open === undefined ? {} : { open: item.open }) }
    const why = `\`${parts.join('.')}\` is not in FROM`
    opaque(env, why)
    return { columns: [], open: why }
  }
  const steps = list(as(expression, 'A_Indirection')?.indirection)
  if (!as(steps.at(-1), 'A_Star')) return undefined
  const indirection = as(expression, 'A_Indirection')
  const row = readValue(
    steps.length === 1
      ? indirection?.arg
      : { A_Indirection: { ...indirection, indirection: steps.slice(0, -1) } },
    scope,
    env,
  )
  if (row.row && row.unprovable === undefined) return { columns: row.row }
  return { columns: row.row ?? [], open: row.unprovable ?? 'the fields of a composite value are not known' }
}

const VALUE_NAMES: Readonly<Record<string, string>> = {
  CoalesceExpr: 'coalesce',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
}

const OPERATION_NAMES: Readonly<Record<string, string>> = {
  IS_GREATEST: 'greatest',
  IS_LEAST: 'least',
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
}

function figureName(expression: unknown): string {
  return figure(expression)?.name ?? '?column?'
}

/** A weak name gives way to what is around it. */
function figure(expression: unknown): { name: string; weak?: true } | undefined {
  const found = unwrap(expression)
  if (!found) return undefined
  const { type, node } = found
  switch (type) {
    case 'ColumnRef':
      return named(
        list(node.fields)
          .map((field) => word(field))
          .findLast((part) => part !== undefined),
      )
    case 'A_Indirection':
      return (
        named(
          list(node.indirection)
            .map((step) => word(step))
            .findLast((part) => part !== undefined),
        ) ?? figure(node.arg)
      )
    case 'FuncCall':
      return named(words(node.funcname)?.at(-1))
    case 'A_Expr':
      return node.kind === 'AEXPR_NULLIF' ? { name: 'nullif' } : undefined
    case 'TypeCast': {
      const inner = figure(node.arg)
      if (inner && !inner.weak) return inner
      const name = words(tree(node.typeName)?.names)?.at(-1)
      return name === undefined ? inner : { name, weak: true }
    }
    case 'CollateClause':
      return figure(node.arg)
    case 'CaseExpr': {
      const inner = figure(node.defresult)
      return inner && !inner.weak ? inner : { name: 'case', weak: true }
    }
    case 'SubLink':
      return sublinkName(node)
    case 'SQLValueFunction':
    case 'MinMaxExpr':
    case 'XmlExpr':
    case 'JsonFuncExpr':
      return named(OPERATION_NAMES[text(node.op) ?? ''])
    default:
      return named(Object.hasOwn(VALUE_NAMES, type) ? VALUE_NAMES[type] : undefined)
  }
}

function named(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name }
}

function sublinkName(node: Tree): { name: string; weak?: true } | undefined {
  if (node.subLinkType === 'EXISTS_SUBLINK') return { name: 'exists' }
  if (node.subLinkType === 'ARRAY_SUBLINK') return { name: 'array' }
  if (node.subLinkType !== 'EXPR_SUBLINK') return undefined
  // By then the server has named the subquery's own column, if only `?column?`.
  return { name: firstName(as(node.subselect, 'SelectStmt')) }
}

function firstName(select: Tree | undefined): string {
  if (select?.larg) return firstName(as(select.larg, 'SelectStmt') ?? tree(select.larg))
  if (select?.valuesLists) return 'column1'
  const target = as(list(select?.targetList)[0], 'ResTarget')
  return text(target?.name) ?? figureName(target?.val)
}
