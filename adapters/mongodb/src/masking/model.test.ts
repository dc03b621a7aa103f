/** Masks in place against the same masks over decoded values: a plain model that knows nothing of bytes. */
import { createByteWriter } from '@gatehouse/adapter-kit'
import * as bson from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validateDocument } from '../bson/index.js'
import { compileMask, cutMask, type MaskNode, maskDocument, nullMask } from './index.js'

const redacting = compileMask({ mask: 'redact', classes: [], field: 'f', key: undefined, computed: false })
const MASKS = { redact: redacting, null: nullMask, cut: cutMask }
type Kind = keyof typeof MASKS

/** Strictest first. */
const ORDER: readonly Kind[] = ['cut', 'null', 'redact']

interface Plan {
  readonly kind?: Kind | undefined
  readonly children: Readonly<Record<string, Plan>>
}

function treeOf({ kind, children }: Plan): MaskNode {
  return {
    ...(kind === undefined ? {} : { mask: MASKS[kind] }),
    children: new Map(Object.entries(children).map(([name, plan]) => [name, treeOf(plan)])),
  }
}

interface Place {
  readonly kind: Kind | undefined
  readonly plan: Plan | undefined
}

function below({ kind, plan }: Place, name: string): Place {
  const child = plan !== undefined && Object.hasOwn(plan.children, name) ? plan.children[name] : undefined
  return { kind: ORDER.find((each) => each === child?.kind || each === kind), plan: child }
}

function stored(place: Place, name: string): Place {
  const literal = place.plan !== undefined && Object.hasOwn(place.plan.children, name)
  if (literal || !name.includes('.')) return below(place, name)
  return name.split('.').reduce<Place>((at, step, index) => {
    if (index > 0 && /^\d+$/.test(step)) return at
    return told(at, step) ? { kind: 'cut', plan: undefined } : below(at, step)
  }, place)
}

/** Below a mask names that the plan does not have could be data. */
function told({ kind, plan }: Place, name: string): boolean {
  if (kind === undefined) return false
  const child = (at: Plan | undefined, step: string) =>
    at !== undefined && Object.hasOwn(at.children, step) ? at.children[step] : undefined
  if (child(plan, name) !== undefined) return false
  return name.split('.').reduce(child, plan) === undefined
}

const CUT = Symbol('cut')

function model(value: unknown, place: Place): unknown {
  if (place.kind === 'null') return null
  if (place.kind === 'cut') return CUT
  if (Array.isArray(value)) return value.map((each) => model(each, place))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, each]) => [name, told(place, name) ? CUT : model(each, stored(place, name))] as const)
        .filter(([, each]) => each !== CUT),
    )
  if (place.kind !== 'redact' || value === null) return value
  if (typeof value === 'string') return '***'
  return typeof value === 'number' ? 0 : false
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'a.b', 'a.b.c', 'b.0.c', 'a.', '.a', '')
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string({ maxLength: 70 }),
      fc.integer({ min: -1000, max: 1000 }),
      fc.boolean(),
      fc.constant(null),
    ),
    tie('document'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
}))
const kind = fc.option(fc.constantFrom<Kind>('redact', 'redact', 'null', 'cut'), { nil: undefined })
const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record(
    {
      kind,
      children: fc.oneof(
        { maxDepth: 3 },
        fc.constant({}),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'a.b'), tie('plan'), { maxKeys: 3 }),
      ),
    },
    { requiredKeys: ['children'] },
  ),
})) as { plan: fc.Arbitrary<Plan> }

test('W88 W91 what is masked in place is what the model says, wherever the document stands', () => {
  fc.assert(
    fc.property(document, fc.dictionary(name, plan, { maxKeys: 4 }), fc.nat(9), (made, children, offset) => {
      const bytes = bson.serialize(made)
      const room = new Uint8Array(bytes.length + 2 * offset).fill(0xff)
      room.set(bytes, offset)
      const out = createByteWriter(8)
      out.length = 3
      const root = { children }
      maskDocument(room, offset, offset + bytes.length, treeOf(root), out)
      validateDocument(out.bytes, 3, out.length, { depth: 100, elements: 10_000 })
      const read = bson.deserialize(out.bytes.subarray(3, out.length))
      // Cutting leaves gaps in what names an array's elements; only their order counts.
      expect(JSON.stringify(read)).toBe(
        JSON.stringify(withoutCuts(model(made, { kind: undefined, plan: root }))),
      )
    }),
    { numRuns: 5000 },
  )
})

function withoutCuts(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== CUT).map(withoutCuts)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([each, inner]) => [each, withoutCuts(inner)]))
}
