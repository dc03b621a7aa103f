/** The shape of policy files, as zod checks it and as the published JSON Schema states it. */
import { z } from 'zod'
import { VERBS } from '../action.js'
import { MASK_KINDS } from '../decision.js'

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/
const name = z.string().regex(NAME, 'expected letters, digits and dashes')
const some = <T extends z.ZodType>(item: T) =>
  z.array(item).min(1, 'expected at least one; leave the key out for all')
const text = z.string().min(1, 'expected some text')
const className = z.string().regex(NAME, 'expected the name of a class: letters, digits and dashes')
const condition = text.describe('A CEL expression that gives true or false.')
export const DURATION = /^[1-9][0-9]{0,8}(?:ms|s|m|h|d)$/
const duration = z.string().regex(DURATION, 'expected a duration such as `15m`')

const count = z
  .int()
  .min(1)
  .max(2 ** 53 - 1)
const SIZE = /^[1-9][0-9]{0,8}(?:B|KiB|MiB|GiB)$/

const who = {
  users: some(text)
    .describe('Names of people; `issuer:name` unless the issuer is the default one.')
    .optional(),
  groups: some(text)
    .describe('Names of groups; `issuer:name` unless the issuer is the default one.')
    .optional(),
  agents: some(text).describe('Names of agents; `*` alone for every agent.').optional(),
}
const what = {
  verbs: some(z.enum(VERBS)).optional(),
  resources: some(text).describe('Patterns of resources, e.g. `shop.public.*`.').optional(),
  fields: some(text).describe('Patterns of fields, e.g. `shop.public.staff.salary`.').optional(),
  classes: some(className).optional(),
}
const keys = { name, ...who, ...what, if: condition.optional(), unless: condition.optional() }

export const RULE_SHAPES = {
  permit: z.strictObject({ ...keys, effect: z.literal('permit') }),
  forbid: z.strictObject({ ...keys, effect: z.literal('forbid'), message: text.optional() }),
  hold: z.strictObject({
    ...keys,
    effect: z.literal('hold'),
    approvers: z
      .strictObject({
        groups: some(text).optional(),
        users: some(text).optional(),
        count: z.int().min(1).max(100).optional(),
        expires: duration.optional(),
      })
      .optional(),
    message: text.optional(),
  }),
  mask: z.strictObject({
    ...keys,
    effect: z.literal('mask'),
    with: z.enum(MASK_KINDS),
    probing: z
      .enum(['lookup', 'forbid', 'allow'])
      .describe(
        'What who sees the field masked may do with it: look it up by one equality, nothing, anything.',
      )
      .optional(),
    flow: z
      .enum(['same-class', 'forbid', 'allow'])
      .describe('Where its values may be moved and whether it may be written by who sees it masked.')
      .optional(),
    joinable: some(z.tuple([text, text]))
      .describe('Pairs of fields that may be joined by equality, besides declared foreign keys.')
      .optional(),
    message: text.optional(),
  }),
  limit: z.strictObject({
    ...keys,
    effect: z.literal('limit'),
    rows: count.describe('Rows that may come back.').optional(),
    affected: count.describe('Rows that one statement may change; with more, it changes none.').optional(),
    bytes: z
      .union([count, z.string().regex(SIZE, 'expected a size such as `10MiB`')])
      .describe('Bytes that the rows of one result may have.')
      .optional(),
  }),
} as const

export const ruleSchema = z.discriminatedUnion('effect', [
  RULE_SHAPES.permit,
  RULE_SHAPES.forbid,
  RULE_SHAPES.hold,
  RULE_SHAPES.mask,
  RULE_SHAPES.limit,
])

const apiVersion = z.literal('gatehouse/v1')

export const policyShape = z.strictObject({
  apiVersion,
  kind: z.literal('Policy'),
  metadata: z.strictObject({ name, owner: text.optional(), description: text.optional() }),
  match: z.record(text, some(z.string())).optional(),
  default: z.enum(['forbid', 'permit']).optional(),
  rules: z.array(ruleSchema),
})

export const classesShape = z.strictObject({
  apiVersion,
  kind: z.literal('Classes'),
  fields: z.record(text, z.array(className)),
})

export const functionsShape = z.strictObject({
  apiVersion,
  kind: z.literal('Functions'),
  functions: z.array(
    z.strictObject({
      name: text,
      body: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected `sha256:` and 64 hexadecimal digits'),
      verbs: z.array(z.enum(VERBS)),
      clean: z.boolean(),
    }),
  ),
})

const caseShape = z.strictObject({
  name: text.optional(),
  as: z.strictObject({
    user: text.optional(),
    groups: z.array(text).optional(),
    agent: text.optional(),
    issuer: text.optional(),
    claims: z.record(z.string(), z.unknown()).optional(),
    application: text.optional(),
  }),
  statement: text,
  expect: z.strictObject({
    effect: z.enum(['permit', 'forbid', 'hold']),
    masks: z.array(text).optional(),
    rules: z.array(text).optional(),
    code: text.optional(),
    rows: count.optional(),
    affected: count.optional(),
    bytes: count.optional(),
  }),
})

export const testShape = z.strictObject({
  apiVersion: apiVersion.optional(),
  kind: z.literal('PolicyTest').optional(),
  catalog: text.optional(),
  database: text.optional(),
  policies: some(text),
  labels: z.record(text, z.string()).optional(),
  now: z.iso.datetime({ offset: true }).optional(),
  cases: some(caseShape),
})

export type Rule = z.infer<typeof ruleSchema>
export type PolicyCase = z.infer<typeof caseShape>

/** JSON Schema (2020-12) of every kind of document, for editors; docs/policy.schema.json holds it. */
export function policySchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(z.union([policyShape, classesShape, functionsShape, testShape]), {
    io: 'input',
  })
  return {
    ...schema,
    $id: 'https://gatehouse.dev/schema/policy.v1.json',
    title: 'Gatehouse policy documents',
  }
}
