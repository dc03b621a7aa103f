/** CREATE and ALTER of objects that hold no rows: types, operators, servers, extensions, publications and the rest. */
import type { Action, Verb } from '@gatehouse/core'
import { as, list, nodes, type Tree, text, tree, words } from '../tree.js'
import { comparedByDomain } from './compared-rows.js'
import { define, ELSEWHERE } from './create-relation.js'
import { readCalls } from './expressions.js'
import { action, type Found, opaque, type Reading, resource } from './found.js'
import { nameOf, newRelation, object, relation } from './names.js'

/** An object in a schema, named by a list of words; its name means something else afterwards. */
export function inSchema(
  verb: Verb,
  command: string,
  member: string,
): (node: Tree, reading: Reading) => Found {
  return (node, reading) => {
    const names = namesIn(node[member])
    return {
      command,
      actions: [action(verb, object(names, reading), command)],
      effects: [define(names.slice(-1))],
    }
  }
}

/** A list of words, or one node that has a name. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return words(value) ?? value.flatMap((each) => nameOf(each))
  const bare = tree(value)
  return nameOf(value).length > 0 ? nameOf(value) : (words(bare?.objname) ?? words(bare?.names) ?? [])
}

/** An object directly in the database. Everything may mean something else afterwards, unless `meaning` is false. */
export function inDatabase(
  verb: Verb,
  command: string,
  member: string,
  meaning = true,
): (node: Tree, reading: Reading) => Found {
  return (node, reading) => {
    const name = text(node[member]) ?? namesIn(node[member]).join('.')
    const target = resource('object', [reading.catalog.database, name === '' ? command.toLowerCase() : name])
    return { command, actions: [action(verb, target, command)], effects: meaning ? [define(['*'])] : [] }
  }
}

export function readCompositeType(node: Tree, reading: Reading): Found {
  const range = tree(node.typevar) ?? {}
  const command = 'CREATE TYPE'
  return {
    command,
    actions: [action('create', newRelation(range, reading), command)],
    effects: [define([text(range.relname)])],
  }
}

/** A domain's checks run wherever a value of it is made. */
export function readDomain(node: Tree, reading: Reading): Found {
  const creates = node.domainname !== undefined
  const command = creates ? 'CREATE DOMAIN' : 'ALTER DOMAIN'
  const names = words(creates ? node.domainname : node.typeName) ?? []
  const constraints = creates ? list(node.constraints) : [node.def]
  const checks = constraints.flatMap((each) => {
    const constraint = as(each, 'Constraint')
    return constraint ? [constraint.raw_expr] : creates ? [] : [each]
  })
  return {
    command,
    actions: [
      action(creates ? 'create' : 'alter', object(names, reading), command),
      ...readCalls(checks, reading),
      ...(creates ? [] : comparedByDomain(node, reading, command)),
    ],
    effects: [define(names.slice(-1))],
  }
}

/** CREATE AGGREGATE, OPERATOR, TYPE, COLLATION, TEXT SEARCH …: code that runs under the name. */
export function readDefine(node: Tree, reading: Reading): Found {
  const kind = (text(node.kind) ?? 'OBJECT_TYPE').slice('OBJECT_'.length)
  const command = `CREATE ${kind.replace('TS', 'TEXT SEARCH ')}`
  const names = words(node.defnames) ?? []
  const code: Action[] = list(node.definition).flatMap((each) => {
    const type = as(as(each, 'DefElem')?.arg, 'TypeName')
    const routine = words(type?.names)
    return routine && CODE.has(text(as(each, 'DefElem')?.defname) ?? '')
      ? [action('call', object(routine, reading, 'routine'), command, { functions: [routine.join('.')] })]
      : []
  })
  const target = object(names, reading, kind === 'AGGREGATE' ? 'routine' : 'object')
  return {
    command,
    actions: [action('create', target, command), ...code],
    effects: [define(names.slice(-1))],
  }
}

const CODE = new Set(
  'procedure function sfunc finalfunc combinefunc serialfunc deserialfunc msfunc minvfunc mfinalfunc restrict join input output receive send typmod_in typmod_out analyze subscript canonical subtype_diff init lexize start gettoken end headline lextypes template parser'.split(
    ' ',
  ),
)

/** A cast runs a function wherever the types meet. */
export function readCreateCast(node: Tree, reading: Reading): Found {
  const command = 'CREATE CAST'
  const routine = words(tree(node.func)?.objname)
  const target = resource('object', [reading.catalog.database, 'cast'])
  return {
    command,
    actions: [
      action('create', target, command),
      ...(routine
        ? [action('call', object(routine, reading, 'routine'), command, { functions: [routine.join('.')] })]
        : []),
    ],
    effects: [define(['*'])],
  }
}

/** A publication sends what its relations hold to whoever subscribes. */
export function readPublication(node: Tree, reading: Reading): Found {
  const creates = node.action === undefined
  const command = creates ? 'CREATE PUBLICATION' : 'ALTER PUBLICATION'
  const name = text(node.pubname) ?? ''
  const ranges = nodes(node.pubobjects, 'PublicationObjSpec').flatMap((each) => {
    const range = tree(tree(each.pubtable)?.relation)
    return range ? [range] : []
  })
  const schemas = list(node.pubobjects).some((each) => as(each, 'PublicationObjSpec')?.pubtable === undefined)
  const whole = node.for_all_tables === true || schemas
  const everything = resource('relation', [reading.catalog.database, '*', '*'])
  return {
    command,
    actions: [
      action(creates ? 'create' : 'alter', resource('object', [reading.catalog.database, name]), command),
      ...ranges.map((range) =>
        action('export', relation(range, reading).resource, command, { fields: 'unknown' }),
      ),
      ...(whole ? [action('export', everything, command, { fields: 'unknown' })] : []),
    ],
  }
}

/** A server or mapping reaches another database, with credentials. */
export function readForeign(
  verb: 'create' | 'alter' | 'drop',
  command: string,
  member: string,
): (node: Tree, reading: Reading) => Found {
  const found = inDatabase(verb, command, member)
  return (node, reading) => {
    const { actions, ...rest } = found(node, reading)
    return { ...rest, actions: [...actions, ...actions.map((each) => ({ ...each, verb: 'admin' as const }))] }
  }
}

export function readImportForeignSchema(node: Tree, reading: Reading): Found {
  const command = 'IMPORT FOREIGN SCHEMA'
  const found = readForeign('create', command, 'local_schema')(node, reading)
  return { ...found, actions: [...found.actions, opaque(reading, command, ELSEWHERE)] }
}
