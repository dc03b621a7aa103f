import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIELD_USES, VERBS } from '../action.js'
import { MASK_KINDS } from '../decision.js'
import {
  decideFor,
  sampleAction,
  sampleField,
  sampleOutput,
  samplePolicy,
  sampleSource,
  sampleStatement,
} from '../sample.js'

const CLASSES = ['email', 'pii', 'salary', 'secret']
const PATHS = ['shop.public.customers', 'shop.public.orders', 'shop.hr.pay', 'shop.pg_catalog.pg_class']
const PATTERNS = [...PATHS, '**', 'shop.*.*', 'shop.public.*', 'shop.hr.*']
const CONDITIONS = [
  'action.unfiltered',
  'identity.claims.x == 1',
  'action.estimatedRows > 5',
  'true',
  '"pii" in action.classes',
]

const some = <T>(items: readonly T[]) => fc.subarray([...items], { minLength: 1 })
const maybe = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((v) => `${key}: ${JSON.stringify(v)}`),
    { nil: '' },
  )
const keys = (...each: fc.Arbitrary<string>[]) =>
  fc.tuple(...each).map((all) => all.filter((key) => key !== '').join(', '))

const what = [
  maybe('verbs', some(VERBS)),
  maybe('resources', some(PATTERNS)),
  maybe('if', fc.constantFrom(...CONDITIONS)),
]
const restricted = keys(
  ...what,
  maybe('classes', some(CLASSES)),
  maybe('fields', some(['**.x', 'shop.public.customers.y', 'shop.hr.**'])),
)
const rule = fc.oneof(
  keys(...what).map((k) => `effect: permit, ${k}`),
  restricted.map((k) => `effect: forbid, ${k}`),
  restricted.map((k) => `effect: hold, ${k}`),
  fc
    .tuple(restricted, fc.constantFrom(...MASK_KINDS))
    .map(([k, kind]) => `effect: mask, with: "${kind}", ${k}`),
)
const rules = fc.array(rule, { maxLength: 6 })
const field = fc
  .tuple(fc.constantFrom('x', 'y', 'z'), some(FIELD_USES), fc.subarray(CLASSES))
  .map(([name, uses, classes]) => sampleField(name, uses, classes))
const action = fc
  .tuple(
    fc.constantFrom(...VERBS),
    fc.constantFrom(...PATHS),
    fc.option(fc.array(field, { maxLength: 3 })),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([verb, path, fields, unfiltered, derived]) => {
    // System catalogs are never classified (R22).
    const system = path.includes('.pg_catalog.')
    const known = fields?.map((each) => (system ? { ...each, classes: [] } : each))
    return sampleAction(verb, path, { fields: known ?? 'unknown', unfiltered, derived })
  })
const source = fc
  .tuple(fc.constantFrom('x', 'y', 'z'), fc.subarray(CLASSES), fc.constantFrom(...PATHS))
  .map(([name, classes, path]) => sampleSource(name, classes, path))
const output = fc
  .tuple(fc.array(source, { maxLength: 2 }), fc.boolean())
  .map(([sources, proven]) => sampleOutput('o', sources, proven ? {} : { unprovable: 'why' }))
const statement = fc
  .tuple(fc.array(action, { maxLength: 3 }), fc.option(fc.array(output, { maxLength: 3 })))
  .map(([actions, outputs]) => sampleStatement(actions, { outputs: outputs ?? 'unknown' }))

const policyOf = (bodies: readonly string[]) =>
  samplePolicy(bodies.length === 0 ? '[]' : bodies.map((body, i) => `- {name: r${i}, ${body}}`).join('\n'))
const strictness = (mask: { with: (typeof MASK_KINDS)[number] } | undefined): number =>
  mask ? MASK_KINDS.length - MASK_KINDS.indexOf(mask.with) : 0

describe('properties of deciding', () => {
  test('a forbid rule that names nothing wins over every other rule', () => {
    fc.assert(
      fc.property(rules, statement, (bodies, asked) => {
        const decision = decideFor(policyOf([...bodies, 'effect: forbid']), asked).decision
        expect(decision.effect).toBe('forbid')
      }),
    )
  })

  test('adding a restriction never permits what was refused, nor lifts a mask', () => {
    fc.assert(
      fc.property(
        rules,
        restricted,
        fc.constantFrom('forbid', 'hold', 'mask, with: redact'),
        statement,
        (bodies, k, effect, asked) => {
          const before = decideFor(policyOf(bodies), asked).decision
          const after = decideFor(policyOf([...bodies, `effect: ${effect}, ${k}`]), asked).decision
          if (before.effect !== 'permit') expect(after.effect).not.toBe('permit')
          if (before.effect !== 'permit' || after.effect !== 'permit') return
          before.masks.forEach((mask, i) => {
            expect(strictness(after.masks[i])).toBeGreaterThanOrEqual(strictness(mask))
          })
          expect(strictness(after.maskAll)).toBeGreaterThanOrEqual(strictness(before.maskAll))
        },
      ),
    )
  })

  test('adding a permit never unmasks', () => {
    fc.assert(
      fc.property(rules, keys(...what), statement, (bodies, k, asked) => {
        const before = decideFor(policyOf(bodies), asked).decision
        const after = decideFor(policyOf([...bodies, `effect: permit, ${k}`]), asked).decision
        if (before.effect !== 'permit' || after.effect !== 'permit') return
        expect(after.masks.map((mask) => mask?.with)).toEqual(before.masks.map((mask) => mask?.with))
        expect(after.maskAll).toEqual(before.maskAll)
      }),
    )
  })

  test('R8 knowing less about the fields never permits more', () => {
    fc.assert(
      fc.property(rules, action, (bodies, known) => {
        const decide = (fields: typeof known.fields) =>
          decideFor(policyOf(bodies), sampleStatement([{ ...known, fields }])).decision
        const answers = { known: decide(known.fields), unknown: decide('unknown') }
        if (answers.known.effect === 'forbid') expect(answers.unknown.effect).toBe('forbid')
        if (answers.known.effect === 'hold') expect(answers.unknown.effect).not.toBe('permit')
      }),
    )
  })

  test('the order of rules changes neither effect nor masks', () => {
    fc.assert(
      fc.property(rules, statement, (bodies, asked) => {
        const one = decideFor(policyOf(bodies), asked).decision
        const other = decideFor(policyOf([...bodies].reverse()), asked).decision
        expect(other.effect).toBe(one.effect)
        if (one.effect === 'permit' && other.effect === 'permit') {
          expect(other.masks.map((mask) => mask?.with)).toEqual(one.masks.map((mask) => mask?.with))
        }
      }),
    )
  })
})
