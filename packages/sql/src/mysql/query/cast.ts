/** CAST, CONVERT and BINARY: which conversions can neither fail nor warn (R16). */
import { compute, type Value } from '../../lineage/value.js'
import { UNIVERSAL } from '../functions/charsets.js'
import { argue, type Env, opaque, type Scope } from './analysis.js'
import { somewhere } from './document-path.js'
import { readValue } from './expression.js'
import { familyOf, TYPE } from './known-types.js'
import { partsOf } from './names.js'
import { type Tree, variant } from './tree.js'

/** What a cast gives, by the parser's name of the type; `fails`: depending on the value it warns, with the value. */
const TARGETS: Readonly<Record<string, { readonly type?: number; readonly fails: boolean }>> = {
  Signed: { type: TYPE.integer, fails: true },
  SignedInteger: { type: TYPE.integer, fails: true },
  Unsigned: { type: TYPE.integer, fails: true },
  UnsignedInteger: { type: TYPE.integer, fails: true },
  Integer: { type: TYPE.integer, fails: true },
  Int: { type: TYPE.integer, fails: true },
  Year: { type: TYPE.integer, fails: true },
  Decimal: { type: TYPE.decimal, fails: true },
  Dec: { type: TYPE.decimal, fails: true },
  Numeric: { type: TYPE.decimal, fails: true },
  Double: { type: TYPE.float, fails: true },
  DoublePrecision: { type: TYPE.float, fails: true },
  Float: { type: TYPE.float, fails: true },
  Real: { type: TYPE.float, fails: true },
  Date: { type: TYPE.date, fails: true },
  Time: { type: TYPE.time, fails: true },
  Datetime: { type: TYPE.datetime, fails: true },
  JSON: { type: TYPE.json, fails: true },
  Char: { type: TYPE.string, fails: false },
  Nchar: { type: TYPE.string, fails: false },
  Varchar: { type: TYPE.string, fails: false },
  Character: { type: TYPE.string, fails: false },
  Binary: { type: TYPE.bytes, fails: false },
}

function converted(value: Value, dataType: unknown, env: Env): Value {
  const found = variant(dataType)
  const target = found && Object.hasOwn(TARGETS, found.type) ? TARGETS[found.type] : undefined
  if (!found || !target) {
    argue(env, [value])
    if (found?.type === 'Custom') return compute([value])
    opaque(env, 'the type of a cast is not understood')
    return compute([value])
  }
  // A length cuts, with a warning that quotes; bytes may be no characters.
  const cut = found.node != null || (target.type === TYPE.string && familyOf(value.type) === 'bytes')
  if (target.fails || cut || value.type === undefined) argue(env, [value])
  return { ...compute([value], target.type), same: new Set() }
}

/** Nothing with keys passes a number or a date, and a document keeps them. */
const KEEPS =
  /^(JSON|Signed|Unsigned|Int|Integer|.*Integer|Year|Dec|Decimal|Numeric|Double|Float|Real|Date|Time|Datetime)/

export function readCast(node: Tree, scope: Scope, env: Env): Value {
  const given = readValue(node.expr, scope, env)
  const keeps = KEEPS.test(variant(node.data_type)?.type ?? '')
  const value = keeps ? given : somewhere(given, env)
  if (node.kind !== 'Cast' || node.array === true || node.format != null)
    opaque(env, 'a cast is not understood')
  return converted(value, node.data_type, env)
}

/** CONVERT(x, type) and CONVERT(x USING charset). */
export function readConvert(node: Tree, scope: Scope, env: Env): Value {
  const given = readValue(node.expr, scope, env)
  const value = KEEPS.test(variant(node.data_type)?.type ?? '') ? given : somewhere(given, env)
  if (node.is_try === true || node.target_before_value === true) opaque(env, 'CONVERT is not understood')
  const charset = node.charset == null ? undefined : partsOf(node.charset)?.at(-1)?.value
  if (node.charset == null) return converted(value, node.data_type, env)
  const safe =
    charset !== undefined && UNIVERSAL.has(charset.toLowerCase()) && familyOf(value.type) === 'string'
  if (!safe) argue(env, [value])
  return { ...compute([value], TYPE.string), same: new Set() }
}

/** A type as a column of JSON_TABLE has it. */
export function typeOfCast(dataType: unknown): number | undefined {
  const found = variant(dataType)
  return found && Object.hasOwn(TARGETS, found.type) ? TARGETS[found.type]?.type : undefined
}
