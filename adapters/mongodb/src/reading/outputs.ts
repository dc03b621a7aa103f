/** From where values come to what a reply shows: outputs with their sources, and the shape that places them (R16). */
import type { Field, Output, Source } from '@gatehouse/core'
import { type Collection, fieldName } from '../catalog/catalog.js'
import { fieldsUnder, namesUnder } from './known-fields.js'
import { classesOf, type Draft, type Ledger, touch } from './ledger.js'
import { everything, exactChild, type Lineage, type Place } from './pipeline/lineage.js'
import { ANYTHING } from './pipeline/scope.js'
import type { Origin, Shape } from './read-command.js'

export interface Shown {
  readonly ledger: Ledger
  readonly outputs: Output[]
}

/** Known names that are listed; whatever else a document holds is judged by its origin when it is met. */
const MOST_OUTPUTS = 1000
const MOST_LEVELS = 12

/** `name`: of the output, as people read it; empty for the document itself. */
export function show(shown: Shown, value: Lineage, name: readonly string[] = []): Shape {
  if (name.length === 0 && shown.outputs.length === 0) {
    const whole = showWhole(shown, value)
    if (whole !== undefined) return whole
  }
  return showAt(shown, value, name)
}

function showAt(shown: Shown, value: Lineage, name: readonly string[]): Shape {
  if (value.counted)
    return { output: add(shown, { name: label(name), how: 'counted', sources: [] }), free: true }
  if (value.unprovable !== undefined) {
    return { output: showUnprovable(shown, value, name, value.unprovable), free: true }
  }
  const output = value.taint.length > 0 ? showComputed(shown, value, name) : showCopied(shown, value, name)
  const children = new Map<string, Shape>()
  for (const child of namesIn(shown, value, name)) {
    const beneath = exactChild(value, child)
    // What was taken away is not listed: should it stand there all the same, it is judged by where it came from.
    if (!beneath.gone) children.set(child, showAt(shown, beneath, [...name, child]))
  }
  const how = value.taint.length > 0 ? 'computed' : 'copied'
  const origins = value.places.map((place) => originOf(place, how))
  for (const { read, path } of value.places)
    if (path.length === 0) touch(shown.ledger, read, [ANYTHING], 'output')
  const documents = output === undefined && origins.length === 0 && isClosed(value) && value.mixed !== true
  const nothing = output === undefined && children.size === 0 && origins.length === 0 && !isClosed(value)
  return {
    ...(output === undefined ? {} : { output }),
    ...(children.size === 0 ? {} : { children }),
    ...(origins.length === 0 ? {} : { origins }),
    ...(nothing || (value.taint.length > 0 && origins.length === 0) ? { free: true } : {}),
    ...(documents ? { documents: true } : {}),
    ...(value.dotted ? { dotted: true } : {}),
    ...(value.named ? { named: true } : {}),
  }
}

/** A document of listed names, all of which were taken away. */
function isClosed({ children }: Lineage): boolean {
  return children.size > 0
}

function originOf({ read, path }: Place, how: Origin['how']): Origin {
  return { resource: read.resource.path, path, how }
}

/** What is listed beneath it: what the command says, then what is known of the collections. */
function namesIn({ outputs }: Shown, value: Lineage, name: readonly string[]): ReadonlySet<string> {
  const names = new Set(value.children.keys())
  if (name.length >= MOST_LEVELS) return names
  for (const { read, path } of value.places) {
    for (const each of namesUnder(read.collection, path)) {
      if (outputs.length + names.size < MOST_OUTPUTS) names.add(each)
    }
  }
  return names
}

function showCopied(shown: Shown, value: Lineage, name: readonly string[]): number | undefined {
  const fields = value.places.filter(({ path }) => path.length > 0)
  if (fields.length === 0) return undefined
  return add(shown, {
    name: label(name),
    how: 'copied',
    sources: fields.map((place) => sourceOf(shown, place)),
  })
}

/** Worked out from fields and all that stands under them. */
function showComputed(shown: Shown, value: Lineage, name: readonly string[]): number {
  const whole = everything(value).find(({ path }) => path.length === 0)
  if (whole !== undefined) return showUnprovable(shown, value, name, 'it is worked out from whole documents')
  return add(shown, { name: label(name), how: 'computed', sources: deepSources(shown, value) })
}

function showUnprovable(shown: Shown, value: Lineage, name: readonly string[], why: string): number {
  return add(shown, {
    name: label(name),
    how: 'computed',
    sources: deepSources(shown, value),
    unprovable: why,
  })
}

function deepSources(shown: Shown, value: Lineage): readonly Source[] {
  const sources = new Map<string, Source>()
  const put = (place: Place): void => {
    const source = sourceOf(shown, place)
    sources.set(`${source.resource}\0${source.field}`, source)
  }
  for (const place of everything(value)) {
    if (place.path.length > 0) put(place)
    for (const { path } of fieldsUnder(place.read.collection, place.path)) put({ read: place.read, path })
    if (place.path.length === 0) touch(shown.ledger, place.read, [ANYTHING], 'output')
  }
  return [...sources.values()]
}

function sourceOf({ ledger }: Shown, { read, path }: Place): Source {
  touch(ledger, read, path, 'output')
  return {
    resource: read.resource.path.join('.'),
    field: fieldName(path),
    classes: classesOf(ledger, read, path),
  }
}

function add({ outputs }: Shown, output: Output): number {
  outputs.push(output)
  return outputs.length - 1
}

function label(name: readonly string[]): string {
  return name.length === 0 ? '$$ROOT' : name.join('.')
}

interface Whole {
  readonly outputs: readonly Output[]
  readonly shape: Shape
  readonly fields: readonly Field[]
}

const wholes = new WeakMap<Collection, Whole>()

/** Documents as they are stored, which most commands ask for: worked out once for each state of the catalog. */
function showWhole(shown: Shown, value: Lineage): Shape | undefined {
  const [place] = value.places
  const { collection } = place?.read ?? {}
  if (place === undefined || collection === undefined || place.path.length > 0 || value.places.length > 1) {
    return undefined
  }
  if (
    value.children.size > 0 ||
    value.taint.length > 0 ||
    value.unprovable !== undefined ||
    value.dotted ||
    value.named
  ) {
    return undefined
  }
  let known = wholes.get(collection)
  if (known === undefined) {
    known = workOut(shown.ledger, place.read, value)
    wholes.set(collection, known)
  }
  shown.outputs.push(...known.outputs)
  place.read.shown = known.fields
  return known.shape
}

function workOut(ledger: Ledger, read: Draft, value: Lineage): Whole {
  const aside: Draft = { ...read, fields: new Map() }
  const outputs: Output[] = []
  const shape = showAt({ ledger, outputs }, { ...value, places: [{ read: aside, path: [] }] }, [])
  const fields = [...aside.fields].map(([name, { classes }]) => ({
    name,
    uses: ['output'] as const,
    classes,
  }))
  return { outputs, shape, fields }
}
