/** Literals, and what may stand before one. */
import { isIssuedMask } from '@gatehouse/core'
import { CONSTANT, constantOf, heavier, unprovable, type Value } from '../../lineage/value.js'
import { CHARSETS, UNIVERSAL } from '../functions/charsets.js'
import { ofBits } from '../issued-literal.js'
import type { ParameterType } from '../plan.js'
import type { Env, Scope } from './analysis.js'
import { readValue, strange } from './expression.js'
import { TYPE } from './known-types.js'
import { nameOf } from './names.js'
import { list, stranger, type Tree, text, variant } from './tree.js'

const BOUND: Readonly<Record<ParameterType, number | undefined>> = {
  string: TYPE.string,
  issued: undefined,
  integer: TYPE.integer,
  whole: TYPE.integer,
  decimal: TYPE.decimal,
  other: undefined,
}

/** A parameter can be bound as anything unless the adapter says as what. */
function parameter(node: Tree, env: Env): Value {
  const { parameterTypes: types } = env.analysis
  const number = env.parameters.get(node)
  const type = number === undefined || types === 'open' ? undefined : types?.[number]
  const value = heavier(constantOf(type && BOUND[type]), 4)
  return type === 'issued' ? { ...value, issued: true } : value
}

/** R19: what looks like a mask is not to be stored as if it were data. */
function issued(value: Value, held: string | undefined): Value {
  return held !== undefined && isIssuedMask(held) ? { ...value, issued: true } : value
}

export function readLiteral(node: Tree, env: Env): Value {
  const found = variant(node.value)
  const strangeMember = stranger(node, 'value')
  if (strangeMember !== undefined || !found) return strange('a literal is not understood', env)
  switch (found.type) {
    case 'Number': {
      const digits = text(list(found.node)[0]) ?? ''
      if (/^\d+$/.test(digits)) return { ...constantOf(TYPE.integer), position: true }
      return constantOf(/e/i.test(digits) ? TYPE.float : TYPE.decimal)
    }
    case 'SingleQuotedString':
    case 'DoubleQuotedString':
    case 'NationalStringLiteral':
      return issued(constantOf(TYPE.string), text(found.node))
    case 'HexStringLiteral':
      return issued(CONSTANT, Buffer.from(text(found.node) ?? '', 'hex').toString())
    case 'SingleQuotedByteStringLiteral':
    case 'DoubleQuotedByteStringLiteral':
      return issued(CONSTANT, ofBits(text(found.node) ?? ''))
    case 'Boolean':
      return constantOf(TYPE.bool)
    case 'Null':
      return CONSTANT
    case 'Placeholder':
      return readPlaceholder(node, text(found.node) ?? '', env)
    default:
      return strange(`literal \`${found.type}\` is not understood`, env)
  }
}

/** The parser shows a user variable whose name is in quotes as one. */
function readPlaceholder(node: Tree, name: string, env: Env): Value {
  if (name === '?') return parameter(node, env)
  if (name.startsWith('@')) return unprovable(`what user variable \`${name}\` holds is not known`)
  return strange('a placeholder is not understood', env)
}

/** An introducer; a word that is none makes the literal behind it an alias, and so says nothing of this value. */
export function readPrefixed(node: Tree, scope: Scope, env: Env): Value {
  const charset = nameOf(node.prefix)?.value.toLowerCase().replace(/^_/, '') ?? ''
  if (stranger(node, 'prefix value') !== undefined || !CHARSETS.has(charset))
    return strange('what stands before a literal is not understood', env)
  const value = readValue(node.value, scope, env)
  return charset === 'binary' || !UNIVERSAL.has(charset)
    ? { ...CONSTANT, how: value.how, ...(value.issued ? { issued: true } : {}) }
    : value
}
