/** A name in an expression: a column, a whole row, a field of a composite, or a function in attribute notation. */

import { use } from '../../lineage/mention.js'
import { columnOf, findColumn, findItem, type Item, type Scope, wholeRow } from '../../lineage/scope.js'
import { compute, either, unprovable, type Value } from '../../lineage/value.js'
import { TYPE } from '../functions/builtin-types.js'
import { as, list, type Tree, word } from '../tree.js'
import { type Env, opaque } from './analysis.js'
import { applyFunction, isFunctionName } from './call.js'
import { keyOf, narrow, POSITION, somewhere } from './document-path.js'
import { readValue } from './expression.js'

/** `node`: the reference itself. A qualified name whose qualifier is in no FROM is another error than a column's. */
function missing(node: Tree, names: readonly string[], from: boolean, env: Env): Value {
  const name = names.join('.')
  env.analysis.unknownName(name)
  const why = `column \`${name}\` is not in the catalog`
  opaque(env, why)
  const column = names.at(-1) ?? ''
  const shown = names.length === 1 ? `"${name}"` : name
  env.analysis.missing?.(node, {
    ...(from
      ? { code: '42703', message: `column ${shown} does not exist` }
      : { code: '42P01', message: `missing FROM-clause entry for table "${names.at(-2) ?? ''}"` }),
    why,
    column,
  })
  return unprovable(why)
}

/** The item of a name's qualifying parts: `t`, `schema.t`, `database.schema.t`. */
export function findQualified(parts: readonly string[], scope: Scope, env: Env): Item | undefined {
  if (parts.length === 1) return findItem(scope, parts[0] ?? '')
  if (parts.length === 3 && parts[0] !== env.analysis.catalog.catalog.database) return undefined
  return findItem(scope, parts.at(-1) ?? '', parts.at(-2))
}

export function readReference(node: Tree, scope: Scope, env: Env): Value {
  const fields = list(node.fields)
  const star = as(fields.at(-1), 'A_Star') !== undefined
  const parts = fields.slice(0, star ? -1 : undefined).map((field) => word(field))
  if (parts.length === 0 || parts.some((part) => part === undefined)) {
    const why = 'a bare * stands where one value belongs'
    opaque(env, why)
    return unprovable(why)
  }
  const names = parts as string[]
  if (star) {
    const item = findQualified(names, scope, env)
    return item ? wholeRow(item) : missing(node, [...names, '*'], false, env)
  }
  const name = names.at(-1) ?? ''
  if (names.length === 1) {
    const column = findColumn(scope, name)
    if (column && column.unprovable === undefined) return column
    const item = findItem(scope, name)
    if (item) return column ? either([column, wholeRow(item)]) : wholeRow(item)
    return column ?? missing(node, names, true, env)
  }
  const item = findQualified(names.slice(0, -1), scope, env)
  if (!item) return missing(node, names, false, env)
  return columnOf(item, name) ?? attribute(wholeRow(item), name, env) ?? missing(node, names, true, env)
}

/** `s.upper` means `upper(s)` where `s` has no such column. */
function attribute(row: Value, name: string, env: Env): Value | undefined {
  return isFunctionName(name, env) ? applyFunction([name], [row], env) : undefined
}

/** A field of a composite value; what it is made of when its fields are not known. */
export function project(row: Value, name: string): Value {
  const found = row.row?.filter((column) => column.name === name).map((column) => column.value) ?? []
  if (found.length === 0) return compute([row])
  const value = either(found)
  return row.unprovable === undefined ? value : { ...value, how: 'computed', unprovable: row.unprovable }
}

/**
 * `(e).f` means `f(e)` where `e` has no such field (parse_func.c, ParseFuncOrColumn): always for what is no composite, so
 * that a function which nobody vetted is not taken for a field.
 */
function isCalled(value: Value, name: string, env: Env): boolean {
  const scalar = value.row === undefined && value.foreign !== true && value.type !== TYPE.record
  return scalar || isFunctionName(name, env)
}

export function readIndirection(node: Tree, scope: Scope, env: Env): Value {
  let value = readValue(node.arg, scope, env)
  for (const step of list(node.indirection)) {
    const field = word(step)
    const indices = as(step, 'A_Indices')
    if (field !== undefined) {
      const known = value.row?.some((column) => column.name === field)
      value =
        known || !isCalled(value, field, env) ? project(value, field) : applyFunction([field], [value], env)
    } else if (indices) {
      const bounds = [indices.lidx, indices.uidx].filter((each) => each !== undefined)
      const key = keyOf(indices.uidx)
      const narrowed = key === undefined ? undefined : narrow(value, [key], true, env)
      const positions = bounds.map((each) => readValue(each, scope, env))
      use(env, positions, 'argument')
      const position = bounds.length === 1 && as(indices.uidx, 'A_Const')?.ival !== undefined
      const listed = position ? narrow(value, [POSITION], true, env) : undefined
      value =
        narrowed ??
        listed ??
        compute([bounds.length > 1 || position ? value : somewhere(value, env), ...positions])
    } else if (!as(step, 'A_Star')) {
      const why = 'an indirection is not understood'
      opaque(env, why)
      value = unprovable(why, [value])
    }
  }
  return value
}
