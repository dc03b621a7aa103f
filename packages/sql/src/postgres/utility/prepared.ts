/** PREPARE, EXECUTE, DEALLOCATE, DECLARE, FETCH, MOVE, CLOSE: names that stand for statements of the session. */
import { isIssuedMask } from '@gatehouse/core'
import { readExpression } from '../query/index.js'
import { as, list, type Tree, text, tree, walk, words } from '../tree.js'
import type { Found, Reading } from './found.js'

const HOLD = 0x20 // CURSOR_OPT_HOLD, parsenodes.h

/** Preparing runs nothing: what the statement does is decided when it is executed. */
export function readPrepare(node: Tree, reading: Reading): Found {
  const name = text(node.name) ?? ''
  const types = list(node.argtypes).map((type) => typeOid(type, reading))
  const statement = reading.inner(node.query, types)
  return {
    command: 'PREPARE',
    actions: [],
    effects: [{ kind: 'prepare', name, statement, source: reading.source }],
    ...(statement.never === undefined ? {} : { never: statement.never }),
  }
}

const BUILT_IN: Readonly<Record<string, number>> = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  float4: 700,
  float8: 701,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
}

/** OID of a plain built-in type; 0, which means not known, for any other. */
function typeOid(type: unknown, reading: Reading): number {
  const node = as(type, 'TypeName')
  const name = words(node?.names)
  const last = name?.at(-1)
  if (!node || !name || last === undefined || list(node.arrayBounds).length > 0) return 0
  const shadowed = name.length === 1 && reading.catalog.types.some((known) => known.name === last)
  if (shadowed || (name.length > 1 && name[0] !== 'pg_catalog')) return 0
  return Object.hasOwn(BUILT_IN, last) ? (BUILT_IN[last] ?? 0) : 0
}

export function readExecute(node: Tree, reading: Reading): Found {
  const name = text(node.name) ?? ''
  const actions = list(node.params).flatMap(
    (parameter) => readExpression(parameter, reading.analysis).actions,
  )
  let issued = false
  walk(node.params, (type, constant) => {
    issued ||= type === 'A_Const' && isIssuedMask(text(tree(constant.sval)?.sval) ?? '')
  })
  const refersTo = { kind: 'prepared' as const, name, ...(issued ? { issued: true as const } : {}) }
  return { command: 'EXECUTE', actions, outputs: 'unknown', refersTo }
}

export function readDeallocate(node: Tree): Found {
  const name = text(node.name)
  const all = node.isall === true || name === undefined
  const command = all ? 'DEALLOCATE ALL' : 'DEALLOCATE'
  return { command, actions: [], effects: [{ kind: 'deallocate', name: all ? undefined : name }] }
}

/** Opening a cursor starts its query, and WITH HOLD runs it whole at commit: it needs what the query needs. */
export function readDeclare(node: Tree, reading: Reading): Found {
  const name = text(node.portalname) ?? ''
  const options = typeof node.options === 'number' ? node.options : 0
  const statement = reading.inner(node.query, [])
  const never =
    statement.effects.length > 0
      ? 'a cursor may not change settings: when it does cannot be known'
      : statement.never
  return {
    command: 'DECLARE CURSOR',
    actions: statement.actions,
    collects: statement.collects,
    uncounted: 'a cursor does not say how many rows its query changes',
    effects: [{ kind: 'declare', name, hold: (options & HOLD) !== 0, statement }],
    ...(never === undefined ? {} : { never }),
  }
}

export function readFetch(node: Tree): Found {
  const name = text(node.portalname) ?? ''
  const move = node.ismove === true
  return {
    command: move ? 'MOVE' : 'FETCH',
    actions: [],
    uncounted: 'a cursor does not say how many rows its query changes',
    outputs: move ? [] : 'unknown',
    refersTo: { kind: 'cursor', name },
  }
}

export function readClose(node: Tree): Found {
  const name = text(node.portalname)
  return {
    command: name === undefined ? 'CLOSE ALL' : 'CLOSE',
    actions: [],
    effects: [{ kind: 'close', name }],
    reserve: true,
  }
}
