/** Bypasses 12 and 13: cursors and portals share their names and end unsaid; what has ended must not stand for what took its name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { B, CP, DP, E, P, Q, S } from '../wire/requests.js'
import { createScene, type Scene } from './scene.js'
import { findTraces } from './traces.js'

let scene: Scene

beforeAll(async () => {
  scene = await createScene()
})
afterAll(async () => {
  await scene.close()
  expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
})

const CLEAR = 'select id from customers'
/** No column origin tells where it comes from. */
const HIDDEN = "select ssn || '' from customers"

/** As HIDDEN in all but what it shows: the server describes a portal by what it was bound to. */
const CITIES = "select city || '' from customers"

type Script = readonly (readonly Uint8Array[])[]

const declared = Q(`declare c cursor for ${CLEAR}`)
const bound = [P('x', CLEAR), B({ portal: 'c', statement: 'x' }), S]
const bindHidden = [P('y', HIDDEN), B({ portal: 'c', statement: 'y' }), S]
const declareHidden = Q(`declare c cursor for ${HIDDEN}`)
const fetch = [Q('fetch all from c')]
const execute = [E('c'), S]

/** How a name is freed without a word of it, and what is left open behind. */
const ENDS: Readonly<Record<string, { readonly before: Script; readonly after: Script }>> = {
  'ROLLBACK TO SAVEPOINT': { before: [[Q('begin')], [Q('savepoint s')]], after: [[Q('rollback to s')]] },
  'an error and ROLLBACK TO SAVEPOINT': {
    before: [[Q('begin')], [Q('savepoint s')]],
    after: [[Q('select 1 / 0')], [Q('rollback to s')]],
  },
  'COMMIT AND CHAIN': { before: [[Q('begin')]], after: [[Q('commit and chain')]] },
  'ROLLBACK AND CHAIN': { before: [[Q('begin')]], after: [[Q('rollback and chain')]] },
  'COMMIT and BEGIN in one text': { before: [[Q('begin')]], after: [[Q('commit; begin')]] },
  'COMMIT and BEGIN in one pipeline': {
    before: [[Q('begin')]],
    after: [[P('', 'commit'), B(), E(), P('', 'begin'), B(), E(), S]],
  },
  ROLLBACK: { before: [[Q('begin')]], after: [[Q('rollback')], [Q('begin')]] },
}

const SCRIPTS: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    Object.entries(ENDS).flatMap(([how, { before, after }]): [string, Script][] => [
      [
        `a cursor, ended by ${how}, then a portal that is fetched from`,
        [...before, [declared], ...after, bindHidden, fetch],
      ],
      [
        `a cursor, ended by ${how}, then a portal that is fetched from in one pipeline`,
        [
          ...before,
          [declared],
          ...after,
          [P('y', HIDDEN), B({ portal: 'c', statement: 'y' }), P('', 'fetch all c'), B(), DP(), E(), S],
        ],
      ],
      [
        `a portal, ended by ${how}, then a cursor that is executed`,
        [...before, bound, ...after, [declareHidden], execute],
      ],
      [
        `a portal that was described, ended by ${how}, then a cursor`,
        [
          ...before,
          [P('x', CLEAR), B({ portal: 'c', statement: 'x' }), DP('c'), S],
          ...after,
          [declareHidden],
          [DP('c'), E('c', 2), E('c'), S],
        ],
      ],
    ]),
  ),
  'a cursor WITH HOLD of a transaction that is rolled back': [
    [Q('begin')],
    [Q(`declare c cursor with hold for ${CLEAR}`)],
    [Q('rollback')],
    [Q('begin')],
    bindHidden,
    fetch,
  ],
  'a cursor WITH HOLD of one text that fails': [
    [Q(`declare c cursor with hold for ${CLEAR}; select 1 / 0`)],
    [Q('begin')],
    bindHidden,
    fetch,
  ],
  'a portal that fails to take the name of a cursor': [
    [Q('begin')],
    [declareHidden],
    [Q('savepoint s')],
    bound,
    [Q('rollback to s')],
    fetch,
  ],
  'a portal that is skipped with its pipeline': [
    [Q('begin')],
    [declareHidden],
    [Q('savepoint s')],
    [P('', 'select 1 / 0'), B(), E(), P('x', CLEAR), B({ portal: 'c', statement: 'x' }), S],
    [Q('rollback to s')],
    execute,
  ],
  'a portal of EXECUTE whose statement is prepared anew, then fetched from': [
    [Q(`prepare z as ${CITIES}`)],
    [Q('begin')],
    [P('x', 'execute z'), B({ portal: 'c', statement: 'x' }), S],
    [Q('deallocate z')],
    [Q(`prepare z as ${HIDDEN}`)],
    fetch,
  ],
  'a portal of FETCH whose cursor is declared anew, then fetched from': [
    [Q('begin')],
    [Q(`declare z cursor for ${CITIES}`)],
    [P('x', 'fetch all from z'), B({ portal: 'c', statement: 'x' }), S],
    [Q('close z')],
    [Q(`declare z cursor for ${HIDDEN}`)],
    fetch,
  ],
  'a cursor closed by the protocol': [[Q('begin')], [declared], [CP('c'), S], [declareHidden], execute],
}

async function play(door: 'reader' | 'watched' | 'unmasked', script: Script) {
  const attacker = await scene.open(door)
  const answers = []
  for (const frames of script) answers.push(await attacker.send(...frames))
  const received = attacker.received()
  await attacker.close()
  const rows = answers.flatMap((answer) => answer.rows)
  return { traces: findTraces(received, rows), count: rows.length }
}

describe.each(Object.entries(SCRIPTS))('%s', (name, script) => {
  test('shows what it runs masked', async () => {
    for (const door of ['reader', 'watched'] as const) {
      const { traces, count } = await play(door, script)
      expect(traces, door).toEqual([])
      expect(count).toBe(REFUSED.has(name) ? 0 : 3)
    }
  })

  test('unmasked', async () => {
    const { traces, count } = await play('unmasked', script)
    if (REFUSED.has(name)) expect(count).toBe(0)
    else expect(traces.length).toBeGreaterThan(0)
  })
})

/** To everyone: what was permitted is not what would run. */
const REFUSED: ReadonlySet<string> = new Set([
  'a portal of EXECUTE whose statement is prepared anew, then fetched from',
  'a portal of FETCH whose cursor is declared anew, then fetched from',
])

test.each([
  ['statements', [[P('q', CLEAR), P('p', 'execute q'), P('q', 'execute p'), B({ statement: 'p' }), E(), S]]],
  [
    'portals',
    [
      [Q('begin')],
      [
        P('x', CLEAR),
        B({ portal: 'c', statement: 'x' }),
        P('y', 'fetch all from c'),
        B({ portal: 'c', statement: 'y' }),
        E('c'),
        S,
      ],
      [Q('rollback')],
    ],
  ],
] as const)('names of %s that stand for each other end in an error', async (_, script) => {
  const attacker = await scene.open('reader')
  const answers = []
  for (const frames of script) answers.push(await attacker.send(...frames))
  expect(answers.map(({ error }) => error?.code).filter((code) => code !== undefined)).toHaveLength(1)
  expect((await attacker.run('select 1', 'simple')).error).toBeUndefined()
  await attacker.close()
})
