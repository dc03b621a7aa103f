/** DROP, RENAME, COMMENT, OWNER TO and the like, which take an object of any type. */
import type { Action, Verb } from '@gatehouse/core'
import { list, type Tree, text } from '../tree.js'
import { cascade, moved, onTree, renamed } from './change-relation.js'
import { define } from './create-relation.js'
import { action, type Found, type Reading, resource } from './found.js'
import { nameOf, object, rangeOf } from './names.js'
import { OBJECT_TYPES, type Place } from './object-types.js'
import { dropped } from './redefine.js'

interface Kind {
  readonly words: string
  readonly place: Place
}

function kindOf(type: unknown): Kind {
  const [words, place] = OBJECT_TYPES[text(type) ?? ''] ?? ['OBJECT', 'server']
  return { words, place }
}

/** The actions of one verb on one object of any type. */
export function onObject(
  verb: Verb,
  type: unknown,
  node: unknown,
  reading: Reading,
  command: string,
): readonly Action[] {
  const { words, place } = kindOf(type)
  const names = nameOf(node)
  const range = rangeOf(place === 'member' ? names.slice(0, -1) : names)
  if ((place === 'relation' || place === 'member') && range) return onTree(verb, range, reading, command)
  const name = names.at(-1) ?? words.toLowerCase()
  if (place === 'role') return [action(verb, resource('role', [name]), command)]
  if (place === 'server') {
    const kind = words === 'DATABASE' ? 'database' : 'object'
    return [action(verb, resource(kind, [name]), command)]
  }
  if (place === 'schema')
    return [action(verb, object(names, reading, isRoutine(words) ? 'routine' : 'object'), command)]
  const kind = words === 'SCHEMA' ? 'schema' : 'object'
  return [action(verb, resource(kind, [reading.catalog.database, name]), command)]
}

function isRoutine(words: string): boolean {
  return words === 'FUNCTION' || words === 'PROCEDURE' || words === 'ROUTINE' || words === 'AGGREGATE'
}

/** Names that mean something else afterwards; everything when the object holds or carries others. */
function redefined(type: unknown, node: unknown): readonly string[] {
  const { words, place } = kindOf(type)
  const names = nameOf(node)
  if (place === 'relation' || place === 'schema') return names.slice(-1)
  if (place === 'member') return names.slice(-2, -1)
  return place === 'role' || words === 'DATABASE' || words === 'TABLESPACE' ? [] : ['*']
}

export function readDrop(node: Tree, reading: Reading): Found {
  const type = node.removeType
  const command = `DROP ${kindOf(type).words}`
  const objects = list(node.objects)
  const cascades = node.behavior === 'DROP_CASCADE'
  const names = cascades ? ['*'] : objects.flatMap((each) => redefined(type, each))
  const ranges = RELATIONS.has(text(type) ?? '')
    ? objects.map((each) => rangeOf(nameOf(each))).filter((each) => each !== undefined)
    : []
  const told =
    ranges.length > 0 && ranges.length === objects.length ? dropped(ranges, cascades, reading) : undefined
  return {
    command,
    actions: [
      ...objects.flatMap((each) => onObject('drop', type, each, reading, command)),
      ...(told === undefined ? cascade('drop', node, reading, command) : []),
    ],
    effects: [told === undefined ? define(names) : { kind: 'define', temporary: false, ...told }],
  }
}

const RELATIONS: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
])

export function readRename(node: Tree, reading: Reading): Found {
  const type = node.renameType
  const command = `ALTER ${kindOf(type).words}`
  const onRelation = renamed(node, reading, command)
  if (onRelation) return onRelation
  const newname = text(node.newname) ?? ''
  const target = node.object ?? { String: { sval: text(node.subname) ?? '' } }
  const names = redefined(type, target)
  return {
    command,
    actions: onObject('alter', type, target, reading, command),
    effects: [define(names.length === 0 || names.includes('*') ? names : [...names, newname])],
  }
}

export function readSetSchema(node: Tree, reading: Reading): Found {
  const type = node.objectType
  const command = `ALTER ${kindOf(type).words}`
  const onRelation = moved(node, reading, command)
  if (onRelation) return onRelation
  const name = nameOf(node.object).at(-1) ?? ''
  const target = object([text(node.newschema) ?? '', name], reading)
  return {
    command,
    actions: [...onObject('alter', type, node.object, reading, command), action('create', target, command)],
    effects: [define(redefined(type, node.object))],
  }
}

/** A new owner has every privilege on the object. */
export function readOwner(node: Tree, reading: Reading): Found {
  const type = node.objectType
  const command = `ALTER ${kindOf(type).words}`
  const verbs = ['alter', 'grant'] as const
  return { command, actions: verbs.flatMap((verb) => onObject(verb, type, node.object, reading, command)) }
}

/** Whatever a comment gives a class by (R6): `gatehouse: pii`, `[pii]`. */
const CLASSIFYING = /gatehouse|\[/i

export function readComment(node: Tree, reading: Reading): Found {
  const type = node.objtype
  const { place } = kindOf(type)
  reading.analysis.literalMattered()
  const classifies = CLASSIFYING.test(text(node.comment) ?? '')
  const names = classifies && (place === 'relation' || place === 'member') ? redefined(type, node.object) : []
  return {
    command: 'COMMENT',
    actions: onObject('alter', type, node.object, reading, 'COMMENT'),
    effects: [define(names)],
  }
}

export function readSecurityLabel(node: Tree, reading: Reading): Found {
  const command = 'SECURITY LABEL'
  const verbs = ['alter', 'grant'] as const
  return {
    command,
    actions: verbs.flatMap((verb) => onObject(verb, node.objtype, node.object, reading, command)),
  }
}

export function readDependsOnExtension(node: Tree, reading: Reading): Found {
  const type = node.objectType
  const command = `ALTER ${kindOf(type).words}`
  const relation = node.relation === undefined ? node.object : { RangeVar: node.relation }
  const place = node.relation === undefined ? type : 'OBJECT_TABLE'
  return { command, actions: onObject('alter', place, relation, reading, command) }
}
