/** Stages that read other collections, and those that run several pipelines. */
import { elements, type Value } from '../../bson/index.js'
import { readFilter } from '../filter.js'
import { badValue } from '../unread.js'
import {
  isArray,
  isDocument,
  isString,
  membersOf,
  pathOf,
  wantArray,
  wantDocument,
  wantString,
} from '../values.js'
import { readExpression } from './expressions.js'
import { at, CONSTANT, documentOf, either, type Lineage, put } from './lineage.js'
import { checkVariable } from './paths.js'
import { member, stageMembers } from './reshaping.js'
import { bind, join, type Scope, within } from './scope.js'
import type { ReadStage, Walk } from './stage.js'

/** A collection by name, or `{db, coll}`. */
export function namedCollection(value: Value, scope: Scope, what: string): readonly [string, string] {
  if (isString(value)) return [scope.database, wantString(value, what)]
  const members = membersOf(wantDocument(value, what), what)
  for (const name of members.keys())
    if (name !== 'db' && name !== 'coll') throw badValue(`${what}: unknown option ${name}`)
  const database = members.get('db')
  const name = wantString(member(members, 'coll', what), `${what}.coll`)
  return [database === undefined ? scope.database : wantString(database, `${what}.db`), name]
}

function lookup(value: Value, scope: Scope, walk: Walk): Lineage {
  const members = stageMembers(value, '$lookup', [
    'from',
    'as',
    'localField',
    'foreignField',
    'let',
    'pipeline',
  ])
  const as = pathOf(wantString(member(members, 'as', '$lookup'), 'as'))
  const from = members.get('from')
  const [database, name] =
    from === undefined ? [scope.database, undefined] : namedCollection(from, scope, '$lookup')
  const inner: Scope = { ...scope, database }
  const foreign = name === undefined ? CONSTANT : walk.collection(database, name, inner)
  const local = members.get('localField')
  const remote = members.get('foreignField')
  if ((local === undefined) !== (remote === undefined))
    throw badValue('$lookup needs both localField and foreignField')
  if (local !== undefined && remote !== undefined) {
    const ours = at(scope.root, pathOf(wantString(local, 'localField')))
    join(scope, ours, at(foreign, pathOf(wantString(remote, 'foreignField'))))
  }
  const stages = members.get('pipeline')
  const found =
    stages === undefined
      ? foreign
      : walk.pipeline(stages, within(bind(inner, variablesOf(members.get('let'), scope)), foreign))
  scope.ledger.collects = true
  return put(scope.root, as, found)
}

/** `let` of a stage or a command. */
export function variablesOf(value: Value | undefined, scope: Scope): readonly (readonly [string, Lineage])[] {
  if (value === undefined) return []
  return [...elements(wantDocument(value, 'let'))].map(({ name, value: each }) => [
    checkVariable(name),
    readExpression(each, scope),
  ])
}

function graphLookup(value: Value, scope: Scope, walk: Walk): Lineage {
  const members = stageMembers(value, '$graphLookup', [
    'from',
    'startWith',
    'connectFromField',
    'connectToField',
    'as',
    'maxDepth',
    'depthField',
    'restrictSearchWithMatch',
  ])
  const [database, name] = namedCollection(member(members, 'from', '$graphLookup'), scope, '$graphLookup')
  const foreign = walk.collection(database, name, { ...scope, database })
  const field = (part: string): Lineage =>
    at(foreign, pathOf(wantString(member(members, part, '$graphLookup'), part)))
  const to = field('connectToField')
  join(scope, readExpression(member(members, 'startWith', '$graphLookup'), scope), to)
  join(scope, field('connectFromField'), to)
  const restriction = members.get('restrictSearchWithMatch')
  if (restriction !== undefined)
    readFilter(wantDocument(restriction, 'restrictSearchWithMatch'), within(scope, foreign))
  const depth = members.get('depthField')
  const found =
    depth === undefined ? foreign : put(foreign, pathOf(wantString(depth, 'depthField')), CONSTANT)
  scope.ledger.collects = true
  return put(scope.root, pathOf(wantString(member(members, 'as', '$graphLookup'), 'as')), found)
}

function unionWith(value: Value, scope: Scope, walk: Walk): Lineage {
  const members = isString(value)
    ? new Map([['coll', value]])
    : stageMembers(value, '$unionWith', ['coll', 'db', 'pipeline'])
  const coll = members.get('coll')
  const db = members.get('db')
  const database = db === undefined ? scope.database : wantString(db, '$unionWith.db')
  const inner: Scope = { ...scope, database }
  const foreign =
    coll === undefined ? CONSTANT : walk.collection(database, wantString(coll, '$unionWith.coll'), inner)
  const stages = members.get('pipeline')
  const found = stages === undefined ? foreign : walk.pipeline(stages, within(inner, foreign))
  return either([scope.root, found])
}

function facet(value: Value, scope: Scope, walk: Walk): Lineage {
  const children = new Map<string, Lineage>()
  for (const { name, value: stages } of elements(wantDocument(value, '$facet'))) {
    const known = children.get(name)
    const found = walk.pipeline(wantArray(stages, name), scope)
    children.set(name, known === undefined ? found : either([known, found]))
  }
  scope.ledger.collects = true
  return documentOf(children)
}

/** They rank what their pipelines find and leave the documents as they are. */
function fusion(value: Value, scope: Scope, walk: Walk): Lineage {
  const members = membersOf(wantDocument(value, 'fusion'), 'fusion')
  const input = membersOf(wantDocument(member(members, 'input', 'fusion'), 'input'), 'input')
  const found: Lineage[] = [scope.root]
  for (const { value: stages } of elements(wantDocument(member(input, 'pipelines', 'input'), 'pipelines'))) {
    if (!isArray(stages) || isDocument(stages)) throw badValue('a pipeline must be an array')
    found.push(walk.pipeline(stages, scope))
  }
  return either(found)
}

export const JOINING: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  ['$lookup', lookup],
  ['$graphLookup', graphLookup],
  ['$unionWith', unionWith],
  ['$facet', facet],
  ['$rankFusion', fusion],
  ['$scoreFusion', fusion],
])
