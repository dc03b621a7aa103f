/** Pipelines that nobody thought of: whatever the server answers to them, the gateway answers, message by message. */
import { concatBytes } from '@gatehouse/adapter-kit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, CP, CS, c, DP, DS, d, E, f, H, P, PBE, Q, S } from './requests.js'
import { describeMessages, rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({ schema: 'create table scratch(n int);' })
})
afterAll(() => house.close())

const TEXTS = [
  'select 1',
  'select id, label from items where id < 4 order by id',
  'select 1/0',
  'select 1/(id - 2) from items order by id',
  'selec',
  '',
  "select 'x'::int",
  'insert into scratch values (1)',
  'insert into scratch values (2), (3) returning n',
  'update scratch set n = n where false',
  'begin',
  'commit',
  'rollback',
  'savepoint s',
  'rollback to s',
  'release s',
  'prepare p as select id from items where id < 3 order by id',
  'deallocate p',
  'declare k cursor for select id from items order by id',
  'close k',
  'set intervalstyle to iso_8601',
  'show work_mem',
  'select 1; select 2',
  'begin; select 3',
  'select 4; select 1/0; select 5',
  'copy (select id from items where id < 3 order by id) to stdout',
]
/** Their names are looked up when they run, by the gateway as they are bound: by Query alone the answers come in one place. */
const REFERRING = ['execute p', 'execute a', 'fetch 2 from k', 'fetch 1 from a', 'move 1 in k']
const NAMES = ['', 'a', 'b', 'p', 'k']

const name = fc.constantFrom(...NAMES)
const text = fc.constantFrom(...TEXTS)
const portal = fc.constantFrom('', 'a', 'k')
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, text).map(([n, t]) => ({ says: `P(${n}: ${t})`, bytes: P(n, t) })) },
  {
    weight: 4,
    arbitrary: fc.tuple(portal, name, fc.constantFrom([], [1])).map(([p, n, formats]) => ({
      says: `B(${p} ← ${n} ${formats})`,
      bytes: B({ portal: p, statement: n, formats }),
    })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(portal, fc.constantFrom(0, 0, 1, 2))
      .map(([p, rows]) => ({ says: `E(${p}, ${rows})`, bytes: E(p, rows) })),
  },
  { weight: 2, arbitrary: text.map((t) => ({ says: `PBE(${t})`, bytes: PBE(t) })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...TEXTS, ...REFERRING).map((t) => ({ says: `Q(${t})`, bytes: Q(t) })),
  },
  { weight: 3, arbitrary: fc.constant({ says: 'S', bytes: S }) },
  { weight: 1, arbitrary: fc.constant({ says: 'H', bytes: H }) },
  { weight: 1, arbitrary: name.map((n) => ({ says: `DS(${n})`, bytes: DS(n) })) },
  { weight: 1, arbitrary: portal.map((p) => ({ says: `DP(${p})`, bytes: DP(p) })) },
  { weight: 1, arbitrary: name.map((n) => ({ says: `CS(${n})`, bytes: CS(n) })) },
  { weight: 1, arbitrary: portal.map((p) => ({ says: `CP(${p})`, bytes: CP(p) })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(concatBytes([d('7\n8\n'), c]), concatBytes([d('x\n'), c]), f('no'))
      .map((data) => ({ says: 'Q(copy in)', bytes: concatBytes([S, Q('copy scratch from stdin'), data]) })),
  },
)

/** What came up to the marker: types, tags, codes and rows. */
async function transcript(client: RawClient, bytes: Uint8Array): Promise<string> {
  client.send(bytes, S, Q('rollback'), Q('deallocate all'), Q("select 'the marker'"))
  const heard = []
  for (;;) {
    const some = await client.until('Z')
    heard.push(...some)
    if (rowsOf(some).some(([cell]) => cell === 'the marker')) break
  }
  return `${describeMessages(heard)} ${JSON.stringify(rowsOf(heard))}`
}

/** Names that this session never heard of are refused by the gateway itself, where the server says that they are not there. */
function likened(expected: string, actual: string): string {
  const words = actual.split(' ')
  return expected
    .split(' ')
    .map((word, index) => (/^E:\w+$/.test(word) && words[index] === 'E:42501' ? 'E:42501' : word))
    .join(' ')
}

describe('pipelines at random', () => {
  test('W3 are answered as the server answers them, in one write or in many', async () => {
    const run = async (steps: readonly { readonly says: string; readonly bytes: Uint8Array }[]) => {
      const whole = concatBytes(steps.map(({ bytes }) => bytes))
      const direct = await house.direct()
      const expected = await transcript(direct, whole)
      await direct.close()
      const client = await house.client()
      const actual = await transcript(client, whole)
      await client.close()
      const sent = steps.map(({ says }) => says).join(' ')
      expect(`${sent} → ${actual}`).toBe(`${sent} → ${likened(expected, actual)}`)
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), run), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: false,
    })
  })

  // An expression has no origin that the server would name: what was read of the text alone decides what is masked.
  const SHOWN = ['email', 'city'].map((column) => `select upper(${column}) from customers`)
  const aliased = fc.constantFrom(
    ...SHOWN,
    ...SHOWN.map((shown) => `prepare p as ${shown}`),
    ...SHOWN.map((shown) => `declare k cursor for ${shown}`),
    ...SHOWN.map((shown) => `declare h cursor with hold for ${shown}`),
    ...[
      'execute p',
      'execute a',
      'fetch 2 from k',
      'fetch 2 from h',
      'fetch 1 from a',
      'fetch backward 1 from k',
    ],
    ...[
      'deallocate p',
      'deallocate all',
      'close k',
      'close all',
      'discard all',
      'begin',
      'commit',
      'rollback',
    ],
    ...['savepoint s', 'rollback to s', 'select 1/0', 'select 1'],
  )
  const names = fc.constantFrom('', 'a', 'p', 'k')
  const portals = fc.constantFrom('', 'a', 'k')
  const oneOf = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(names, aliased).map(([n, t]) => ({ says: `P(${n}: ${t})`, bytes: P(n, t) })),
    },
    {
      weight: 5,
      arbitrary: fc
        .tuple(portals, names)
        .map(([p, n]) => ({ says: `B(${p} ← ${n})`, bytes: B({ portal: p, statement: n }) })),
    },
    { weight: 5, arbitrary: portals.map((p) => ({ says: `E(${p})`, bytes: E(p, 1) })) },
    { weight: 4, arbitrary: aliased.map((t) => ({ says: `PBE(${t})`, bytes: PBE(t) })) },
    { weight: 4, arbitrary: aliased.map((t) => ({ says: `Q(${t})`, bytes: Q(t) })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(aliased, aliased)
        .map(([t, u]) => ({ says: `Q(${t}; ${u})`, bytes: Q(`${t}; ${u}`) })),
    },
    { weight: 4, arbitrary: fc.constant({ says: 'S', bytes: S }) },
    { weight: 1, arbitrary: portals.map((p) => ({ says: `DP(${p})`, bytes: DP(p) })) },
    { weight: 1, arbitrary: names.map((n) => ({ says: `DS(${n})`, bytes: DS(n) })) },
    { weight: 1, arbitrary: names.map((n) => ({ says: `CS(${n})`, bytes: CS(n) })) },
    { weight: 1, arbitrary: portals.map((p) => ({ says: `CP(${p})`, bytes: CP(p) })) },
  )

  test('W37 never show a masked value, whatever names come to mean while they are on their way', async () => {
    const run = async (steps: readonly { readonly says: string; readonly bytes: Uint8Array }[]) => {
      const client = await house.client('ann')
      client.send(
        concatBytes(steps.map(({ bytes }) => bytes)),
        S,
        Q('rollback'),
        Q('discard all'),
        Q("select 'the marker'"),
      )
      const heard: string[] = []
      while (!heard.some((each) => each.includes('the marker'))) {
        const { type, body } = await client.next()
        if (type !== 'E') heard.push(body.toString('latin1'))
        if (type === 'E' && body.includes('FATAL')) break
      }
      await client.close()
      expect(
        `${steps.map(({ says }) => says).join(' ')} → ${heard.filter((each) => each.includes('USER')).join()}`,
      ).toMatch(/→ $/)
    }
    await fc.assert(fc.asyncProperty(fc.array(oneOf, { minLength: 3, maxLength: 20 }), run), {
      numRuns: RUNS,
      seed: SEED,
    })
  })

  test('W3 and every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(house.stage.faults).toEqual([])
  })
})

const RUNS = Number(process.env.GATEHOUSE_WIRE_RUNS ?? 40)
const SEED = Number(process.env.GATEHOUSE_WIRE_SEED ?? 53)
