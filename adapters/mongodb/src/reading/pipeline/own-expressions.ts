/** Operators whose arguments are more than a list: conditions, loops, names, whole documents. */
import { elements, type Value } from '../../bson/index.js'
import { badValue } from '../unread.js'
import {
  firstName,
  isArray,
  isDocument,
  items,
  membersOf,
  wantArray,
  wantDocument,
  wantString,
} from '../values.js'
import {
  CONSTANT,
  childOf,
  compute,
  digest,
  documentOf,
  either,
  everything,
  type Lineage,
  partOf,
  at as placeAt,
  put,
  steered,
  unprovable,
  withoutGone,
} from './lineage.js'
import { readArrayToObject, readObjectToArray } from './object-arrays.js'
import { constantName, merged, named, type OwnReading, part, type Readers } from './operator-arguments.js'
import { checkVariable, currentOf } from './paths.js'
import { anythingVisible, bind, type Scope, spend, use } from './scope.js'

export const OWN_READINGS: ReadonlyMap<string, OwnReading> = new Map<string, OwnReading>([
  ['$literal', readLiteral],
  ['$const', readLiteral],
  ['$cond', readCond],
  ['$switch', readSwitch],
  ['$let', readLet],
  ['$map', readMap],
  ['$filter', readFilterArray],
  ['$reduce', readReduce],
  ['$getField', readGetField],
  ['$setField', readSetField],
  ['$unsetField', readUnsetField],
  ['$objectToArray', readObjectToArray],
  ['$arrayToObject', readArrayToObject],
  ['$mergeObjects', (value, scope, { read }) => read(value, scope)],
  ['$meta', readMeta],
  ['$function', (value, scope, { runCode }) => runCode('$function', membersOf(value, '$function'), scope)],
  ['$sortArray', readSortArray],
])

/** What is chosen shows what was asked. */
function choose(scope: Scope, conditions: readonly Lineage[], outcomes: readonly Lineage[]): Lineage {
  use(scope, conditions, 'filter')
  return steered(either(outcomes), conditions)
}

function readCond(value: Value, scope: Scope, { read }: Readers): Lineage {
  const parts = isArray(value)
    ? [...items(value)]
    : ['if', 'then', 'else'].map((name) => part(named(value, '$cond', ['if', 'then', 'else']), name, '$cond'))
  if (parts.length !== 3) throw badValue('Expression $cond takes exactly 3 arguments')
  const [condition = CONSTANT, ...outcomes] = parts.map((each) => read(each, scope))
  return choose(scope, [condition], outcomes)
}

function readSwitch(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$switch', ['branches', 'default'])
  const conditions: Lineage[] = []
  const outcomes: Lineage[] = []
  for (const branch of items(wantArray(part(members, 'branches', '$switch'), 'branches'))) {
    const parts = named(branch, '$switch', ['case', 'then'])
    conditions.push(read(part(parts, 'case', '$switch'), scope))
    outcomes.push(read(part(parts, 'then', '$switch'), scope))
  }
  const otherwise = members.get('default')
  if (otherwise !== undefined) outcomes.push(read(otherwise, scope))
  return choose(scope, conditions, outcomes)
}

function readLet(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$let', ['vars', 'in'])
  const variables: [string, Lineage][] = []
  for (const { name, value: each } of elements(wantDocument(part(members, 'vars', '$let'), 'vars'))) {
    variables.push([checkVariable(name), read(each, scope)])
  }
  return read(part(members, 'in', '$let'), bind(scope, merged(variables)))
}

function variable(members: ReadonlyMap<string, Value>, name: string, otherwise: string): string {
  const given = members.get(name)
  return given === undefined ? otherwise : checkVariable(wantString(given, name))
}

function readMap(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$map', ['input', 'as', 'in', 'arrayIndexAs'])
  const input = read(part(members, 'input', '$map'), scope)
  const inner = bind(scope, [
    [variable(members, 'as', 'this'), input],
    [variable(members, 'arrayIndexAs', 'IDX'), CONSTANT],
  ])
  const body = read(part(members, 'in', '$map'), inner)
  // How long the list is shows even where the body is a constant.
  return everything(body).length > 0 ? partOf(body) : either([body, compute([input])])
}

function readFilterArray(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$filter', ['input', 'as', 'cond', 'limit', 'arrayIndexAs'])
  const input = read(part(members, 'input', '$filter'), scope)
  const inner = bind(scope, [
    [variable(members, 'as', 'this'), input],
    [variable(members, 'arrayIndexAs', 'IDX'), CONSTANT],
  ])
  const condition = read(part(members, 'cond', '$filter'), inner)
  use(scope, [condition], 'filter')
  const limit = members.get('limit')
  if (limit !== undefined) use(scope, [read(limit, scope)], 'argument')
  return partOf(input)
}

const PASSES = 4

function readReduce(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$reduce', ['input', 'initialValue', 'in', 'as', 'valueAs', 'arrayIndexAs'])
  const input = read(part(members, 'input', '$reduce'), scope)
  const initial = read(part(members, 'initialValue', '$reduce'), scope)
  const body = part(members, 'in', '$reduce')
  const pass = (so: Lineage): Lineage =>
    read(
      body,
      bind(scope, [
        [variable(members, 'as', 'this'), input],
        [variable(members, 'valueAs', 'value'), so],
        [variable(members, 'arrayIndexAs', 'IDX'), CONSTANT],
      ]),
    )
  let so = initial
  for (let count = 0; count < PASSES; count++) {
    const next = either([so, pass(so)])
    if (digest(next) === digest(so)) return partOf(count === 0 ? either([so, compute([input])]) : so)
    so = next
  }
  const all = compute([input, initial, so])
  return unprovable('$reduce makes documents of which nobody can say what is in them', [all, pass(all)])
}

/** A name that no constant gives can be any. */
function readGetField(value: Value, scope: Scope, { read }: Readers): Lineage {
  const isNamed = isDocument(value) && firstName(value)?.startsWith('$') !== true
  const members = isNamed ? named(value, '$getField', ['field', 'input']) : new Map([['field', value]])
  const field = part(members, 'field', '$getField')
  const input = members.get('input')
  const from = input === undefined ? currentOf(scope) : read(input, scope)
  const name = constantName(field)
  if (name !== undefined) return fieldNamed(from, name)
  const asked = read(field, scope)
  use(scope, [asked], 'argument')
  use(scope, [from], 'argument')
  return unprovable('the name of a field is worked out when it runs', [from, asked])
}

/** A name with dots in it is one name here; what stands under the path of that spelling is taken for it too. */
function fieldNamed(from: Lineage, name: string): Lineage {
  if (name === '') return unprovable('a field without a name', [from])
  const exact = withoutGone(childOf(from, name))
  return name.includes('.') ? either([exact, placeAt(from, name.split('.'))]) : exact
}

function readSetField(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$setField', ['field', 'input', 'value'])
  const input = read(part(members, 'input', '$setField'), scope)
  const set = read(part(members, 'value', '$setField'), scope)
  const name = constantName(part(members, 'field', '$setField'))
  if (name === undefined) throw badValue('$setField requires a constant field name')
  return put(input, [name], set)
}

/** The copies elsewhere stay. */
function readUnsetField(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$unsetField', ['field', 'input'])
  const input = read(part(members, 'input', '$unsetField'), scope)
  const name = constantName(part(members, 'field', '$unsetField'))
  if (name === undefined) throw badValue('$unsetField requires a constant field name')
  return put(input, [name], { ...CONSTANT, gone: true })
}

/** Its names say with what a document is compared. */
function readLiteral(value: Value, scope: Scope): Lineage {
  spend(scope)
  if (isArray(value)) return either([...items(value)].map((item) => readLiteral(item, scope)))
  if (!isDocument(value)) return CONSTANT
  const parts = [...elements(value)].map(
    ({ name, value: inner }) => [name, readLiteral(inner, scope)] as const,
  )
  return parts.length === 0 ? CONSTANT : documentOf(merged(parts))
}

const SCORES: ReadonlySet<string> = new Set([
  'textScore',
  'searchScore',
  'vectorSearchScore',
  'score',
  'randVal',
  'geoNearDistance',
])

/** Scores tell of what was searched, and that is a use of its own; the others hold values. */
function readMeta(value: Value, scope: Scope): Lineage {
  const kind = wantString(value, '$meta')
  if (SCORES.has(kind)) return CONSTANT
  // The `_id` itself, where the collection is clustered by it.
  if (kind === 'recordId') return compute([placeAt(scope.root, ['_id'])])
  const everywhere = anythingVisible(scope)
  return unprovable(`$meta ${kind} can hold values of any field`, [everywhere])
}

function readSortArray(value: Value, scope: Scope, { read }: Readers): Lineage {
  const members = named(value, '$sortArray', ['input', 'sortBy'])
  const input = read(part(members, 'input', '$sortArray'), scope)
  const by = part(members, 'sortBy', '$sortArray')
  if (isDocument(by))
    for (const { name } of elements(by)) use(scope, [placeAt(input, name.split('.'))], 'order')
  else use(scope, [input], 'order')
  return partOf(input)
}
