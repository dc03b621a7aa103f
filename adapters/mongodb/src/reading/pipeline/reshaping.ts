/** Stages that make other documents of each document. */
import type { Value } from '../../bson/index.js'
import { readFilter } from '../filter.js'
import { badValue } from '../unread.js'
import { isString, membersOf, pathOf, wantDocument, wantString } from '../values.js'
import { readExpression } from './expressions.js'
import { at, CONSTANT, compute, documentOf, either, type Lineage, put } from './lineage.js'
import { addFields, readProjection, unset } from './projection.js'
import { type Scope, use } from './scope.js'
import type { ReadStage } from './stage.js'

/** A required member of a stage. */
export function member(members: ReadonlyMap<string, Value>, name: string, stage: string): Value {
  const found = members.get(name)
  if (found === undefined) throw badValue(`${stage} needs '${name}'`)
  return found
}

/** The members of a stage of which others are not known. */
export function stageMembers(
  value: Value,
  stage: string,
  allowed: readonly string[],
): ReadonlyMap<string, Value> {
  const members = membersOf(wantDocument(value, stage), stage)
  for (const name of members.keys())
    if (!allowed.includes(name)) throw badValue(`unrecognized option to ${stage}: ${name}`)
  return members
}

function replaceRoot(value: Value, scope: Scope): Lineage {
  return readExpression(
    member(stageMembers(value, '$replaceRoot', ['newRoot']), 'newRoot', '$replaceRoot'),
    scope,
  )
}

function unwind(value: Value, { root }: Scope): Lineage {
  const members = isString(value)
    ? new Map([['path', value]])
    : stageMembers(value, '$unwind', ['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'])
  const path = wantString(member(members, 'path', '$unwind'), 'path')
  if (!path.startsWith('$')) throw badValue('path option to $unwind stage should be prefixed with a $')
  pathOf(path.slice(1))
  const index = members.get('includeArrayIndex')
  return index === undefined ? root : put(root, pathOf(wantString(index, 'includeArrayIndex')), CONSTANT)
}

/** The condition is asked at every level of a document, so a name in it is a name at any level. */
function redact(value: Value, scope: Scope): Lineage {
  const asked = readExpression(value, scope)
  if (asked.taint.length > 0 || asked.places.length > 0) use(scope, [scope.root], 'filter')
  return scope.root
}

function geoNear(value: Value, scope: Scope): Lineage {
  const members = stageMembers(value, '$geoNear', [
    'near',
    'distanceField',
    'spherical',
    'maxDistance',
    'minDistance',
    'query',
    'distanceMultiplier',
    'includeLocs',
    'key',
    'uniqueDocs',
    'limit',
    'num',
  ])
  const key = members.get('key')
  const place = key === undefined ? scope.root : at(scope.root, pathOf(wantString(key, 'key')))
  use(scope, [place], 'filter')
  const query = members.get('query')
  if (query !== undefined) readFilter(wantDocument(query, 'query'), scope)
  let found = scope.root
  const distance = members.get('distanceField')
  if (distance !== undefined)
    found = put(found, pathOf(wantString(distance, 'distanceField')), compute([place]))
  const locations = members.get('includeLocs')
  if (locations !== undefined) found = put(found, pathOf(wantString(locations, 'includeLocs')), place)
  return found
}

function changeStream(value: Value, scope: Scope): Lineage {
  const { root } = scope
  const members = stageMembers(value, '$changeStream', [
    'fullDocument',
    'fullDocumentBeforeChange',
    'resumeAfter',
    'startAfter',
    'startAtOperationTime',
    'showExpandedEvents',
    'allChangesForCluster',
    'showSystemEvents',
  ])
  const key = at(root, ['_id'])
  // A token names a document by its key, and whether there is such a change is an answer.
  if (members.has('resumeAfter') || members.has('startAfter')) use(scope, [key], 'filter')
  const free = [
    'operationType',
    'ns',
    'to',
    'clusterTime',
    'wallTime',
    'txnNumber',
    'lsid',
    'collectionUUID',
    'nsType',
  ]
  const told: (readonly [string, Lineage])[] = free.map((name) => [name, CONSTANT])
  const names: Lineage = { ...root, named: true }
  const update = documentOf(
    new Map<string, Lineage>([
      ['updatedFields', { ...root, dotted: true }],
      ['removedFields', names],
      [
        'truncatedArrays',
        documentOf(
          new Map<string, Lineage>([
            ['field', names],
            ['newSize', CONSTANT],
          ]),
        ),
      ],
      ['disambiguatedPaths', names],
    ]),
  )
  return documentOf(
    new Map<string, Lineage>([
      ...told,
      // A resume token holds the document's key in readable form.
      ['_id', compute([key])],
      ['documentKey', either([root, documentOf(new Map([['_id', key]]))])],
      ['fullDocument', root],
      ['fullDocumentBeforeChange', root],
      ['updateDescription', update],
      ['operationDescription', { ...CONSTANT, unprovable: 'the description of a change can hold values' }],
      ['stateBeforeChange', { ...CONSTANT, unprovable: 'the description of a change can hold values' }],
      ['splitEvent', CONSTANT],
    ]),
  )
}

export const RESHAPING: ReadonlyMap<string, ReadStage> = new Map<string, ReadStage>([
  ['$project', (value, scope) => readProjection(value, scope, false)],
  ['$addFields', addFields],
  ['$set', addFields],
  ['$unset', unset],
  ['$replaceRoot', replaceRoot],
  ['$replaceWith', readExpression],
  ['$unwind', unwind],
  ['$redact', redact],
  ['$geoNear', geoNear],
  ['$changeStream', changeStream],
  ['$changeStreamSplitLargeEvent', (_, { root }) => root],
])
