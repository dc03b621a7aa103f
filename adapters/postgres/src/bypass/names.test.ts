/** Bypass 13: names of statements and portals that the gateway and the server could tell apart otherwise. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { B, CP, CS, E, P, Q, S } from '../wire/requests.js'
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
afterEach(() => scene.restore())

const CLEAR = 'select id from customers'
/** No column origin tells where it comes from. */
const HIDDEN = "select ssn || '' from customers"
const LONG = 'n'.repeat(63)
/** U+FEFF, which a decoder may take for a mark and drop. */
const MARK = '\ufeff'

type Script = (text: string) => readonly (readonly Uint8Array[])[]

/** Each ends by running the given text under a name that a careless reader takes for that of CLEAR. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  'a statement whose name is longer than what the server keeps of it': (text) => [
    [P(`${LONG}a`, CLEAR), S],
    [CS(`${LONG}b`), P(`${LONG}c`, text), S],
    [B({ statement: `${LONG}a` }), E(), S],
  ],
  'a long name, freed by DEALLOCATE': (text) => [
    [P(`${LONG}a`, CLEAR), S],
    [Q(`deallocate ${LONG}`)],
    [Q(`prepare ${LONG} as ${text}`)],
    [B({ statement: `${LONG}a` }), E(), S],
  ],
  'a portal with a long name': (text) => [
    [Q('begin')],
    [
      P('x', CLEAR),
      P('y', text),
      B({ portal: `${LONG}a`, statement: 'x' }),
      CP(`${LONG}b`),
      B({ portal: `${LONG}c`, statement: 'y' }),
      E(`${LONG}a`),
      S,
    ],
    [Q('commit')],
  ],
  'a statement whose name begins with U+FEFF': (text) => [
    [P(`${MARK}p`, text), S],
    [P('p', CLEAR), S],
    [B({ statement: `${MARK}p` }), E(), S],
  ],
  'a portal whose name begins with U+FEFF': (text) => [
    [
      P('x', CLEAR),
      P('y', text),
      B({ portal: `${MARK}q`, statement: 'y' }),
      B({ portal: 'q', statement: 'x' }),
      E(`${MARK}q`),
      S,
    ],
  ],
  'U+FEFF beside the unnamed statement': (text) => [
    [P(MARK, text), P('', CLEAR), B({ statement: MARK }), E(), S],
  ],
}

async function play(door: 'reader' | 'unmasked', script: ReturnType<Script>) {
  const attacker = await scene.open(door)
  const answers = []
  for (const frames of script) answers.push(await attacker.send(...frames))
  const received = attacker.received()
  await attacker.close()
  const rows = answers.flatMap((answer) => answer.rows)
  return { traces: findTraces(received, rows), tags: answers.flatMap(({ tags }) => tags) }
}

describe.each(Object.entries(SCRIPTS))('%s', (_, script) => {
  test('shows what it runs masked', async () => {
    expect((await play('reader', script(HIDDEN))).traces).toEqual([])
    expect((await play('unmasked', script(HIDDEN))).traces.length).toBeGreaterThan(0)
  })

  test('R23 is recorded as what it ran', async () => {
    const { completed } = scene.stages.unmasked.evidence
    const before = completed.length
    const { tags } = await play('unmasked', script('delete from orders'))
    expect(tags).toContain('DELETE 30')
    const done = completed
      .slice(before)
      .filter(({ outcome }) => outcome.affected > 0)
      .map(({ decided, outcome }) => [decided.statement.actions[0]?.verb, outcome.affected])
    expect(done).toEqual([['delete', 30]])
  })
})

test.each(['é'.repeat(32), `${'n'.repeat(62)}é`])(
  'a long name beyond ASCII is refused, for where it is cut depends on the encoding of the server: %s',
  async (name) => {
    const attacker = await scene.open('unmasked')
    const { error } = await attacker.send(P(name, CLEAR), S)
    expect(error?.code).toBe('08P01')
    await attacker.close()
  },
)
