/** Expressions inside definitions, read as a query over the relation that they belong to. */
import type { Action } from '@gatehouse/core'
import { readQuery } from '../query/index.js'
import { isTree, type Tree } from '../tree.js'
import type { Reading } from './found.js'

export interface Row {
  readonly range: Tree
  readonly alias?: string
}

/** What expressions over these relations read and call when they are stored for later (R4). */
export function readOver(
  rows: readonly Row[],
  expressions: readonly unknown[],
  reading: Reading,
): readonly Action[] {
  const present = expressions.filter((expression) => expression !== undefined)
  if (present.length === 0) return []
  const select = {
    targetList: present.map((val) => ({ ResTarget: { val } })),
    fromClause: rows.map(({ range, alias }) => ({
      RangeVar: alias === undefined ? range : { ...range, alias: { aliasname: alias } },
    })),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  }
  return readQuery({ SelectStmt: select }, reading.analysis, { stored: true }).actions
}

/** What comparing values of the rows that stand already reads, as ORDER BY does: no permission of its own is needed. */
export function readCompared(
  range: Tree,
  expressions: readonly unknown[],
  reading: Reading,
): readonly Action[] {
  const present = expressions.filter((expression) => expression !== undefined)
  if (present.length === 0) return []
  const select = {
    targetList: [{ ResTarget: { val: { A_Const: { ival: { ival: 1 } } } } }],
    fromClause: [{ RangeVar: range }],
    sortClause: present.map((node) => ({
      SortBy: { node, sortby_dir: 'SORTBY_DEFAULT', sortby_nulls: 'SORTBY_NULLS_DEFAULT' },
    })),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  }
  return readQuery({ SelectStmt: select }, reading.analysis, { stored: true }).actions.map((each) =>
    each.verb === 'read' ? { ...each, derived: true } : each,
  )
}

/** What an expression over columns that do not stand in the catalog yet calls: columns count as constants. */
export function readCalls(expressions: readonly unknown[], reading: Reading): readonly Action[] {
  return readOver(
    [],
    expressions
      .filter((expression) => expression !== undefined)
      .map((expression) => withoutColumns(expression)),
    reading,
  )
}

function withoutColumns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutColumns(item))
  if (!isTree(value)) return value
  if ('ColumnRef' in value) return { A_Const: { isnull: true } }
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withoutColumns(inner)]))
}
