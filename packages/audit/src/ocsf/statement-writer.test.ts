import type { Decision, Statement } from '@gatehouse/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completed, permitted, read, type Seen, seen, session, statement, textIn } from '../sample-records.js'
import { createStatementWriter } from './statement-writer.js'

const origin = { instance: 'gw-1', chain: 'gw-1/c', version: '0.1.0' }
const writer = () => createStatementWriter(origin)

/** The constraints of OCSF 1.8.0, class 6005. */
function expectValid6005(record: Seen): void {
  const activity = record.activity_id as number
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99]).toContain(activity)
  if (activity === 99) expect(record.activity_name).toEqual(expect.any(String))
  expect(record).toMatchObject({
    category_uid: 6,
    class_uid: 6005,
    type_uid: 600500 + activity,
    time: expect.any(Number),
    metadata: {
      version: '1.8.0',
      product: { name: 'Gatehouse', vendor_name: 'Gatehouse' },
      profiles: ['security_control'],
      uid: expect.any(String),
      sequence: expect.any(Number),
    },
    actor: { user: { uid: expect.any(String) }, session: { uid: expect.any(String) } },
    database: { name: expect.any(String), type_id: expect.any(Number) },
    query_info: { query_string: expect.any(String), uid: expect.any(String) },
  })
  expect([0, 1, 2, 3, 4, 5, 6, 99]).toContain(record.severity_id)
  expect([0, 1, 2, 99]).toContain(record.status_id)
  expect([0, 1, 2, 3, 4, 99]).toContain(record.action_id)
  const source = record.src_endpoint as Record<string, unknown>
  expect(source.ip ?? source.name).toEqual(expect.any(String))
  for (const name of ['time', 'severity_id']) expect(Number.isInteger(record[name])).toBe(true)
}

describe('R23 two records per statement', () => {
  const one = writer()
  const decision = seen(one.decision(permitted, 7))
  const outcome = seen(one.outcome(completed(permitted), 8))

  test('R23 both are OCSF 1.8.0 class 6005 and name the same statement under different ids', () => {
    expectValid6005(decision)
    expectValid6005(outcome)
    expect((decision.query_info as { uid: string }).uid).toBe(permitted.id)
    expect((outcome.query_info as { uid: string }).uid).toBe(permitted.id)
    expect(decision.metadata.uid).toBe(`${permitted.id}-d`)
    expect(outcome.metadata.uid).toBe(`${permitted.id}-o`)
    expect([decision.metadata.sequence, outcome.metadata.sequence]).toEqual([7, 8])
    expect(decision.metadata.correlation_uid).toBe(session.id)
    expect(outcome.metadata.correlation_uid).toBe(session.id)
  })

  test('R23 they say how long this very text was, and tell it apart by what its reader says of it', () => {
    const told = { ...permitted, statement: { ...permitted.statement, identity: 'find customers by ?' } }
    const statementIn = (record: Seen) => record.unmapped.gatehouse.statement as Record<string, unknown>
    const all = [permitted, { ...permitted, bytes: 4711 }, { ...told, bytes: 3 }].flatMap((decided) => [
      statementIn(seen(one.decision(decided, 7))),
      statementIn(seen(one.outcome(completed(decided), 8))),
    ])
    const { bytes } = permitted.statement
    expect(all.map((each) => each.bytes)).toEqual([bytes, bytes, 4711, 4711, 3, 3])
    const prints = all.map(({ fingerprint }) => fingerprint)
    expect(prints[0]).toBe(prints[2])
    expect(prints[4]).not.toBe(prints[0])
    expect(prints[4]).toMatch(/^[0-9a-f]{32}$/)
  })

  test('R23 they say who, what, under which rules and how it ended', () => {
    expect(decision).toMatchObject({
      severity_id: 2,
      action_id: 4,
      disposition_id: 1,
      message: 'alice: SELECT shop.public.customers: permitted, 1 columns masked',
      src_endpoint: { ip: '10.1.2.3', port: 52311 },
      table: { name: 'shop.public.customers' },
      policy: { name: 'production/analysts-read', version: 'sha256:abc' },
      unmapped: {
        gatehouse: {
          phase: 'decision',
          exchange: 3,
          position: 0,
          upstream: { host: 'db.internal', port: 5432, account: 'gatehouse' },
          session: { listener: 'orders', labels: { environment: 'production' } },
          actions: [
            {
              verb: 'read',
              resource: 'shop.public.customers',
              certainty: 'exact',
              fields: [
                { name: 'email', uses: ['output'], classes: ['pii'] },
                { name: 'id', uses: ['lookup'], classes: [] },
              ],
            },
          ],
          decision: {
            effect: 'permit',
            rules: ['production/analysts-read', 'production/pii'],
            masks: [{ index: 0, output: 'email', with: 'partial', rule: 'production/pii' }],
            rows: { limit: 1000 },
          },
        },
      },
    })
    expect(outcome).toMatchObject({
      status_id: 1,
      status_code: '00000',
      duration: 41,
      start_time: permitted.at,
      unmapped: { gatehouse: { phase: 'outcome', outcome: { status: 'done', returned: 1, affected: 0 } } },
    })
  })

  test('R10 what the client claims stands apart from what was verified', () => {
    expect(decision.unmapped.gatehouse.claimed).toEqual({
      login: 'alice',
      application: 'psql',
      tags: { ticket: 'OPS-1' },
    })
    const { claimed: _, ...verified } = decision.unmapped.gatehouse
    expect(JSON.stringify({ actor: decision.actor, verified })).not.toContain('psql')
  })

  test('R26 neither parameter values nor claims of the identity get in', () => {
    expect(JSON.stringify(decision)).not.toContain('alice@corp.example')
  })
})

test.each<[Decision, object]>([
  [
    { effect: 'forbid', rules: ['p/no'], code: 'GH_FORBIDDEN', message: 'no', hint: 'ask' },
    {
      status_id: 2,
      action_id: 2,
      disposition_id: 2,
      unmapped: { gatehouse: { decision: { code: 'GH_FORBIDDEN', hint: 'ask' } } },
    },
  ],
  [
    { effect: 'hold', rules: ['p/hold'], approvers: ['dba'], message: 'ask a dba' },
    {
      action_id: 2,
      disposition_id: 14,
      unmapped: { gatehouse: { decision: { effect: 'hold', approvers: ['dba'] } } },
    },
  ],
  [
    {
      effect: 'permit',
      rules: ['p/all'],
      masks: [],
      maskAll: { with: 'redact', rule: 'p/pii', field: '*' },
    },
    { action_id: 4, unmapped: { gatehouse: { decision: { mask_all: { with: 'redact', field: '*' } } } } },
  ],
  [
    { effect: 'permit', rules: [], masks: [] },
    { action_id: 1, disposition_id: 1, policy: { name: 'default' } },
  ],
])('a decision of each kind is valid and says itself (%#)', (decision, expected) => {
  const record = seen(writer().decision({ ...permitted, decision }, 1))
  expectValid6005(record)
  expect(record).toMatchObject(expected)
})

test.each([
  ['done', 1, 1],
  ['failed', 2, 27],
  ['refused', 2, 2],
  ['skipped', 99, 1],
  ['unexecuted', 99, 1],
  ['cut', 99, 1],
  ['unknown', 0, 1],
] as const)('R23 an outcome that is %s has status %i', (status, id, disposition) => {
  const record = seen(writer().outcome(completed(permitted, { status }), 1))
  expectValid6005(record)
  expect(record).toMatchObject({ status_id: id, disposition_id: disposition })
})

test('R26 a text over 16 KiB is cut at a character and says so; actions are not', () => {
  const fields = Array.from({ length: 900 }, (_, at) => ({
    name: `column_${at}`,
    uses: ['output'],
    classes: ['pii'],
  }))
  const long = {
    ...statement,
    text: '🦊'.repeat(9000),
    actions: [{ ...read, fields }],
  } as unknown as Statement
  const record = seen(writer().decision({ ...permitted, statement: long }, 1))
  const { query_string: shown } = record.query_info as { query_string: string }
  expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(16 * 1024)
  expect(Buffer.byteLength(shown)).toBeGreaterThan(16 * 1024 - 8)
  expect(shown).toBe('🦊'.repeat(shown.length / 2))
  expect(record.metadata).toMatchObject({ is_truncated: true, untruncated_size: 36 })
  const [action] = record.unmapped.gatehouse.actions as { fields: unknown[] }[]
  expect(action?.fields).toHaveLength(900)
})

test('R27 whatever a client sends, a record is printable ASCII in one line after its envelope', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (odd, tag) => {
      const hostile = `${odd}\u202e\u2066\u0000\u009b31m\u2028"\\\n\ud800`
      const pieces = writer().decision(
        {
          ...permitted,
          id: hostile,
          statement: { ...statement, text: hostile, command: hostile },
          session: { ...session, login: hostile, id: hostile, listener: hostile },
          claimed: { application: hostile, tags: { [tag]: hostile } },
        },
        1,
      )
      const body = textIn(pieces)
      expect(body.split('\n')).toHaveLength(2)
      expect(body.replace('\n', '')).toMatch(/^[\x20-\x7e]+$/)
      expect(
        (seen(pieces).query_info as { query_string: string }).query_string.replaceAll('\ud800', '\ufffd'),
      ).toBe(hostile.replaceAll('\ud800', '\ufffd'))
    }),
  )
})

test('a session, statement or decision that changes is written anew', () => {
  const one = writer()
  one.decision(permitted, 1)
  const other = { ...permitted, session: { ...session, listener: 'other' }, policyRevision: 'sha256:def' }
  expect(seen(one.decision(other, 2))).toMatchObject({
    policy: { version: 'sha256:def' },
    unmapped: { gatehouse: { session: { listener: 'other' } } },
  })
  const shared = { ...permitted, statement: { ...statement, outputs: [] } }
  expect(seen(one.decision(shared, 3)).unmapped.gatehouse.decision).toMatchObject({ masks: [{ index: 0 }] })
  expect(seen(one.decision(shared, 3)).unmapped.gatehouse.decision).not.toMatchObject({
    masks: [{ output: 'email' }],
  })
})
