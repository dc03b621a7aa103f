/** `$jsonSchema`: which fields its keywords ask about (MongoDB manual, "$jsonSchema", available keywords). */
import { elements, type Value } from '../bson/index.js'
import { at, either, type Lineage } from './pipeline/lineage.js'
import { type Scope, spend, use } from './pipeline/scope.js'
import { isArray, isDocument, items, truth, wantArray, wantDocument, wantString } from './values.js'

/** Asked of the value itself. */
const OF_VALUE: ReadonlySet<string> = new Set([
  'enum',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
])
/** The document is one: only of its fields does this say anything. */
const OF_TYPE: ReadonlySet<string> = new Set(['bsonType', 'type'])
const SAYING_NOTHING: ReadonlySet<string> = new Set(['title', 'description'])
const OF_ALL: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])
const OF_ELEMENTS: ReadonlySet<string> = new Set(['items', 'additionalItems'])

/** Records what is asked of the scope's documents. */
export function readJsonSchema(schema: Value, scope: Scope): void {
  readSchema(wantDocument(schema, '$jsonSchema'), scope.root, scope)
}

function readSchema(schema: Value, here: Lineage, scope: Scope): void {
  spend(scope)
  for (const { name, value } of elements(schema)) readKeyword(name, value, here, scope)
}

function readKeyword(name: string, value: Value, here: Lineage, scope: Scope): void {
  if (SAYING_NOTHING.has(name)) return
  if (OF_TYPE.has(name)) {
    if (here !== scope.root) ask(scope, here)
  } else if (OF_VALUE.has(name)) ask(scope, here)
  else if (name === 'properties') {
    for (const { name: of, value: inner } of elements(wantDocument(value, name)))
      readSchema(wantDocument(inner, of), fieldOf(here, of), scope)
  } else if (name === 'required') {
    for (const each of items(wantArray(value, name))) ask(scope, fieldOf(here, wantString(each, name)))
  } else if (name === 'dependencies') readDependencies(wantDocument(value, name), here, scope)
  else if (OF_ALL.has(name)) {
    for (const each of items(wantArray(value, name))) readSchema(wantDocument(each, name), here, scope)
  } else if (name === 'not') readSchema(wantDocument(value, name), here, scope)
  else if (OF_ELEMENTS.has(name)) readElements(value, here, scope)
  // Whatever else it may have is permitted, and nothing is asked.
  else if (name === 'additionalProperties' && truth(value) === true) return
  // Names that it does not list, how many there are, and what is not known here, are asked of all that stands there.
  else ask(scope, here)
}

function ask(scope: Scope, here: Lineage): void {
  use(scope, [here], 'filter')
}

/** Servers may take a name with dots for a path. */
function fieldOf(here: Lineage, name: string): Lineage {
  return name.includes('.') ? either([at(here, [name]), at(here, name.split('.'))]) : at(here, [name])
}

/** Each field, and the names or the schema that follow from its being there. */
function readDependencies(all: Value, here: Lineage, scope: Scope): void {
  for (const { name, value } of elements(all)) {
    ask(scope, fieldOf(here, name))
    if (isArray(value)) for (const each of items(value)) ask(scope, fieldOf(here, wantString(each, name)))
    else readSchema(wantDocument(value, name), here, scope)
  }
}

/** A list's elements stand where the list stands. */
function readElements(value: Value, here: Lineage, scope: Scope): void {
  ask(scope, here)
  if (isDocument(value)) readSchema(value, here, scope)
  else if (isArray(value))
    for (const each of items(value)) readSchema(wantDocument(each, 'items'), here, scope)
}
