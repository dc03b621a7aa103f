import { readFileSync } from 'node:fs'
import type { SignedIn } from '@gatehouse/core'
import { describe, expect, test } from 'vitest'
import {
  completed,
  permitted,
  read,
  type Seen,
  seen,
  session,
  signedIn,
  statement,
  textIn,
} from '../sample-records.js'
import { noteRecord } from './note-writer.js'
import { signInRecord, tallyRecord } from './sign-in-writer.js'
import { createStatementWriter } from './statement-writer.js'
import { unknownOutcome } from './unknown-outcome.js'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly $defs?: Readonly<Record<string, Schema>>
}

const path = new URL('../../../../docs/audit-record.schema.json', import.meta.url)
const published = JSON.parse(readFileSync(path, 'utf8')) as Schema

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** The keywords that our schema uses. Unknown members are faults here: what we write must be published. */
function faults(schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref !== undefined) {
    const target = published.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return target === undefined ? [`${at}: no ${schema.$ref}`] : faults(target, value, at)
  }
  if (schema.oneOf !== undefined) {
    const each = schema.oneOf.map((one) => faults(one, value, at))
    const fitting = each.filter((found) => found.length === 0).length
    return fitting === 1 ? [] : [`${at}: fits ${fitting} of oneOf`, ...each.flat()]
  }
  if ('const' in schema && schema.const !== value)
    return [`${at}: ${String(value)} is not ${String(schema.const)}`]
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${String(value)} is not listed`]
  if (schema.type !== undefined && schema.type !== typeOf(value))
    return [`${at}: ${typeOf(value)} is no ${schema.type}`]
  if (schema.items !== undefined) {
    return (value as unknown[]).flatMap((item, index) =>
      faults(schema.items as Schema, item, `${at}[${index}]`),
    )
  }
  if (schema.type !== 'object') return []
  const members = value as Readonly<Record<string, unknown>>
  const missing = (schema.required ?? [])
    .filter((name) => !(name in members))
    .map((name) => `${at}: no ${name}`)
  const inside = Object.entries(members).flatMap(([name, member]) => {
    const known = schema.properties?.[name] ?? schema.additionalProperties
    return known === undefined ? [`${at}: ${name} is not published`] : faults(known, member, `${at}.${name}`)
  })
  return [...missing, ...inside]
}

const origin = { instance: 'gw-1', chain: 'gw-1/c', version: '0.1.0' }
const writer = createStatementWriter(origin)
const agent = { ...session, identity: { ...session.identity, agent: 'reporter', onBehalfOf: 'alice' } }
const opaque = { ...read, verb: 'opaque', fields: 'unknown', why: 'dynamic SQL', derived: true } as const
const { session: _, ...stranger } = signedIn
const refused: SignedIn = { ...stranger, kind: 'refused', refusal: 'GH_SIGN_IN', reason: 'wrong audience' }

const records: readonly (readonly [string, Seen])[] = [
  ['a decision', seen(writer.decision(permitted, 1))],
  ['an outcome', seen(writer.outcome(completed(permitted), 2))],
  ['an unknown outcome', seen([unknownOutcome(textIn(writer.decision(permitted, 1)), 5, 3)])],
  ['an agent’s', seen(writer.decision({ ...permitted, session: agent }, 1))],
  [
    'an opaque one',
    seen(writer.decision({ ...permitted, statement: { ...statement, actions: [opaque] } }, 1)),
  ],
  [
    'one that needs its path',
    seen(
      writer.decision(
        {
          ...permitted,
          statement: {
            ...statement,
            actions: [{ ...read, resource: { ...read.resource, path: ['a.b', 'c'] } }],
          },
        },
        1,
      ),
    ),
  ],
  [
    'a long one',
    seen(writer.decision({ ...permitted, statement: { ...statement, text: 'x'.repeat(20_000) } }, 1)),
  ],
  [
    'a forbidden one',
    seen(
      writer.decision(
        {
          ...permitted,
          decision: { effect: 'forbid', rules: [], code: 'GH_OPAQUE', message: 'm', hint: 'h' },
        },
        1,
      ),
    ),
  ],
  [
    'a held one',
    seen(
      writer.decision(
        { ...permitted, decision: { effect: 'hold', rules: ['a/b'], approvers: ['dba'], message: 'm' } },
        1,
      ),
    ),
  ],
  ['a sign-in', seen([signInRecord(signedIn, 1, origin)])],
  ['a failed sign-in', seen([signInRecord(refused, 1, origin)])],
  ['an ending', seen([signInRecord({ ...signedIn, kind: 'ended', refusal: 'GH_ENDED' }, 1, origin)])],
  ['over a socket path', seen([signInRecord({ ...refused, peer: { address: '', port: 0 } }, 1, origin)])],
  [
    'a tally',
    seen([
      tallyRecord(
        { id: 't', source: '2001:db8:1:2::', count: 3, from: 1, to: 2, listener: 'o', protocol: 'postgres' },
        1,
        origin,
      ),
    ]),
  ],
  [
    'a note',
    seen([
      noteRecord(
        { kind: 'dropped', message: 'm', facts: { from: 1, to: 2, segments: 1, head: 'x' } },
        'n',
        1,
        1,
        origin,
      ),
    ]),
  ],
]

describe('docs/audit-record.schema.json', () => {
  test.each(records)('%s is as published', (_name, record) => {
    expect(faults(published, record, '$')).toEqual([])
  })

  test('finds what is missing, of another type, or not published', () => {
    const record = records[0]?.[1] as Seen
    const { severity_id: _severity, ...rest } = record
    const found = faults(published, { ...rest, time: 'now', extra: 1 }, '$').join('\n')
    expect(found).toMatch(/no severity_id/)
    expect(found).toMatch(/time: string is no integer/)
    expect(found).toMatch(/extra is not published/)
  })
})

test('OCSF 1.8.0, class 3002: what it requires is there', () => {
  for (const [name, record] of records.filter(([, { class_uid }]) => class_uid === 3002)) {
    const activity = record.activity_id as number
    expect(record, name).toMatchObject({
      category_uid: 3,
      type_uid: 300200 + activity,
      user: { name: expect.any(String) },
      service: { name: expect.any(String) },
    })
  }
})

test('R10 a failed sign-in shows what was claimed as claimed, and no verified identity', () => {
  const record = seen([signInRecord(refused, 1, origin)])
  expect(record).toMatchObject({
    status_detail: 'wrong audience',
    user: { type_id: 0 },
    unmapped: { gatehouse: { phase: 'refused', claimed: { login: 'alice', database: 'shop' } } },
  })
  expect(record.actor).toBeUndefined()
})
