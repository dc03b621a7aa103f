import { describe, expect, test } from 'vitest'
import type { SessionGate } from './admission.js'
import { createGate, Permit } from './gate.js'
import { outcomeOf } from './refusal.js'
import {
  type SampleSink,
  sampleAction,
  samplePolicy,
  sampleSession,
  sampleSink,
  sampleStatement,
} from './sample.js'

const READERS = `
- {name: in, effect: permit, verbs: [connect]}
- {name: reads, effect: permit, verbs: [read], resources: ["shop.public.*"]}
- {name: holds, effect: hold, verbs: [delete]}
- {name: deletes, effect: permit, verbs: [delete, transaction]}`
const read = sampleStatement([sampleAction('read')])
const drop = sampleStatement([sampleAction('drop')], { command: 'DROP TABLE' })
const rollback = sampleStatement([sampleAction('transaction', 'shop')])

function open(
  policy = samplePolicy(READERS),
  sink = sampleSink(),
): { gate: SessionGate; sink: SampleSink; end: (r?: string) => void } {
  let id = 0
  const connection = createGate({
    policy: () => policy,
    sink,
    now: () => 7,
    newId: () => `id-${id++}`,
  }).connect(sampleSession())
  if (connection.kind !== 'permit') throw new Error(connection.refusal.message)
  return { gate: connection.gate, sink, end: connection.end }
}

async function permitsOf(
  gate: SessionGate,
  ...asks: Parameters<SessionGate['admit']>[0]
): Promise<readonly Permit[]> {
  const admission = await gate.admit(asks, 0, {})
  return admission.kind === 'permit' ? admission.permits : []
}

describe('gate', () => {
  test('records the decision before it hands out a permit, and the outcome once', async () => {
    const { gate, sink } = open()
    const [permit] = await permitsOf(gate, { statement: read })
    expect(sink.decisions.map(({ id }) => id)).toEqual([permit?.decided.id])
    if (!permit) return
    gate.complete(permit, outcomeOf('done'))
    gate.complete(permit, outcomeOf('cut'))
    expect(sink.outcomes.map(({ outcome }) => outcome.status)).toEqual(['done'])
  })

  test('what would be permitted is told without a record', () => {
    const { gate, sink } = open()
    expect(gate.wouldPermit(read)).toBe(true)
    expect(gate.wouldPermit(drop)).toBe(false)
    expect(sink.decisions).toEqual([])
    expect(sink.outcomes).toEqual([])
  })

  test('a permit cannot be forged by shape, prototype or construction', async () => {
    const { gate } = open()
    const [permit] = await permitsOf(gate, { statement: read })
    expect(Permit.minted(permit)).toBe(true)
    const { prototype } = Permit
    const forged = Object.create(prototype, { decided: { value: permit?.decided } })
    expect(Permit.minted(forged)).toBe(false)
    expect(Permit.minted({ ...permit })).toBe(false)
    expect(Permit.minted(structuredClone({ decided: 1 }))).toBe(false)
    expect(() => gate.complete(forged, outcomeOf('done'))).toThrow('not a permit')
    expect(() => Object.assign(permit ?? {}, { permission: {} })).toThrow()
  })

  test('R23 one refusal refuses the exchange: both records for the refused, `unexecuted` for its siblings', async () => {
    const { gate, sink } = open()
    const admission = await gate.admit([{ statement: read }, { statement: drop }, { statement: read }], 4, {})
    expect(admission).toMatchObject({
      kind: 'refusal',
      refusal: { code: 'GH_FORBIDDEN', id: sink.decisions[1]?.id },
    })
    expect(sink.decisions.map(({ exchange, position }) => [exchange, position])).toEqual([
      [4, 0],
      [4, 1],
      [4, 2],
    ])
    expect(sink.outcomes.map(({ outcome }) => outcome.status)).toEqual([
      'unexecuted',
      'refused',
      'unexecuted',
    ])
  })

  test('R23 positions go on counting within one exchange', async () => {
    const { gate, sink } = open()
    await gate.admit([{ statement: read }], 2, {})
    await gate.admit([{ statement: read }], 2, {})
    await gate.admit([{ statement: read }], 3, {})
    expect(sink.decisions.map(({ exchange, position }) => `${exchange}.${position}`)).toEqual([
      '2.0',
      '2.1',
      '3.0',
    ])
  })

  test('R24 a full spool refuses, gives back what it had permitted, and lets ROLLBACK use the reserve', async () => {
    const { gate, sink } = open()
    sink.room = 1
    const admission = await gate.admit([{ statement: read }, { statement: read }], 0, {})
    expect(admission).toMatchObject({ kind: 'refusal', refusal: { code: 'GH_AUDIT_UNAVAILABLE' } })
    expect(sink.outcomes.map(({ outcome }) => outcome.status)).toEqual(['unexecuted'])
    expect(await permitsOf(gate, { statement: rollback, reserve: true })).toHaveLength(1)
    expect(await permitsOf(gate, { statement: rollback })).toHaveLength(0)
  })

  test('a full spool lets nobody in', () => {
    const sink = sampleSink(0)
    const gate = createGate({ policy: () => samplePolicy(READERS), sink, now: () => 1, newId: () => 'x' })
    expect(gate.connect(sampleSession())).toMatchObject({
      kind: 'refusal',
      refusal: { code: 'GH_AUDIT_UNAVAILABLE' },
    })
  })

  test('a hold is refused with the approval code', async () => {
    const { gate, sink } = open()
    const admission = await gate.admit([{ statement: sampleStatement([sampleAction('delete')]) }], 0, {})
    expect(admission).toMatchObject({ kind: 'refusal', refusal: { code: 'GH_APPROVAL', rule: 'p/holds' } })
    expect(sink.decisions[0]?.decision.effect).toBe('hold')
  })

  test('foreseeing records a refusal at once, and what never ran when that is certain', async () => {
    const { gate, sink } = open()
    const foreseen = await gate.foresee({ statement: read }, 0, {})
    expect(foreseen).toMatchObject({ kind: 'permit', permits: [{ scope: 'foreseen' }] })
    if (foreseen.kind === 'permit' && foreseen.permits[0])
      gate.complete(foreseen.permits[0], outcomeOf('unexecuted'))
    // R23: what was prepared and never ran has both records, written when that is certain.
    expect(sink.outcomes.map(({ outcome }) => outcome.status)).toEqual(['unexecuted'])
    expect(await gate.foresee({ statement: drop }, 0, {})).toMatchObject({ kind: 'refusal' })
    expect([sink.decisions.length, sink.outcomes.length]).toEqual([2, 2])
  })

  test('what could not be read is recorded too', () => {
    const { gate, sink } = open()
    const refusal = gate.refuse(read, 0, 'GH_UNREADABLE', 'a second statement hides in a comment')
    expect(refusal).toMatchObject({ code: 'GH_UNREADABLE', message: 'a second statement hides in a comment' })
    expect(sink.decisions[0]?.decision).toMatchObject({ effect: 'forbid', code: 'GH_UNREADABLE' })
    expect(sink.outcomes[0]?.outcome).toMatchObject({ status: 'refused', refusal: 'GH_UNREADABLE' })
  })

  test('sign-in is decided by `connect` and recorded either way, its end once', () => {
    const { sink, end } = open()
    end('client left')
    end()
    expect(sink.signIns.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['signed-in', undefined],
      ['ended', 'client left'],
    ])
    const denied = sampleSink()
    const gate = createGate({
      policy: () => samplePolicy('[]'),
      sink: denied,
      now: () => 1,
      newId: () => 'x',
    })
    expect(gate.connect(sampleSession())).toMatchObject({ kind: 'refusal', refusal: { code: 'GH_CONNECT' } })
    expect(denied.signIns).toMatchObject([{ kind: 'refused', refusal: 'GH_CONNECT' }])
  })

  test('a new policy binds open sessions from their next statement, `connect` included', async () => {
    let policy = samplePolicy(READERS)
    const sink = sampleSink()
    const connection = createGate({ policy: () => policy, sink, now: () => 1, newId: () => 'x' }).connect(
      sampleSession(),
    )
    if (connection.kind !== 'permit') throw new Error('refused')
    const { gate } = connection
    expect(await permitsOf(gate, { statement: read })).toHaveLength(1)
    policy = samplePolicy('- {name: in, effect: permit, verbs: [connect]}')
    expect(await permitsOf(gate, { statement: read })).toHaveLength(0)
    expect(sink.decisions[1]?.policyRevision).toBe(policy.revision)
    expect(sink.decisions[1]?.policyRevision).not.toBe(sink.decisions[0]?.policyRevision)
    policy = samplePolicy('- {name: reads, effect: permit, verbs: [read]}')
    const one = await gate.admit([{ statement: sampleStatement([]) }], 9, {})
    expect(one).toMatchObject({ kind: 'refusal', refusal: { code: 'GH_CONNECT' } })
  })

  test('R5 decisions that read the moment are not kept', async () => {
    let now = 0
    const policy = samplePolicy(`
- {name: in, effect: permit, verbs: [connect]}
- {name: early, effect: permit, verbs: [read], if: now < timestamp("2026-01-01T00:00:00Z")}`)
    const connection = createGate({
      policy: () => policy,
      sink: sampleSink(),
      now: () => now,
      newId: () => 'x',
    }).connect(sampleSession())
    if (connection.kind !== 'permit') throw new Error('refused')
    expect(await permitsOf(connection.gate, { statement: read })).toHaveLength(1)
    now = Date.UTC(2027, 0, 1)
    expect(await permitsOf(connection.gate, { statement: read })).toHaveLength(0)
  })
})
