/** What fuzzing found, each played in many portions and delays. */
import { createDice } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eofPayload, packets, STATUS } from '../messages/index.js'
import * as ask from '../wire/requests.js'
import { anotherUser } from './another-user.js'
import * as say from './backend.js'
import { LAYOUTS, named } from './layout.js'
import { play, type Scenario } from './play.js'
import { asked } from './requests.js'
import { playSignIn } from './sign-ins.js'
import { createWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.close())

type Case = Partial<Pick<Scenario, 'masked' | 'instead' | 'layout'>>

async function played(
  contents: readonly Uint8Array[],
  { masked = false, ...more }: Case = {},
): Promise<readonly string[]> {
  const requests = contents.map((content) => asked(Buffer.from(content).toString('latin1'), content))
  const wrong = new Set<string>()
  for (let seed = 1; seed <= 25; seed += 1)
    for (const each of (await play(world, createDice(seed), { masked, requests, ending: 2, ...more })).wrong)
      wrong.add(each)
  return [...wrong]
}

const q = ask.query
const end = [q('rollback'), q('select 98')]
const { AUTOCOMMIT, MORE_RESULTS } = STATUS
/** In the place of a reply that is one OK. */
const insteadOfOk = (content: Uint8Array) => (reply: readonly Uint8Array[]) =>
  reply.length === 1 && reply[0]?.[4] === 0 ? packets(1, content) : concatBytes(reply)

test('W57 SHOW WARNINGS behind a refusal says nothing of changes that nobody tracks', async () => {
  expect(await played([q('use shop'), q('selec'), ask.fieldList('x'), q('show warnings'), ...end])).toEqual(
    [],
  )
})

test('W57 nor does it promise more results, when the text before it had failed in its midst', async () => {
  const failed = q("select 5; insert into notes values (5, 'twice')")
  expect(await played([failed, ask.fieldList('x'), q('show warnings'), ...end])).toEqual([])
})

test('W26 what was sent for an execution that is refused does not meet the next one', async () => {
  const prepare = ask.prepare('select ?')
  const bytes = [prepare, ask.longData(1, 0, 'long '), ask.execute(1)]
  const next = ask.execute(1, { parameters: [ask.string('abc')] })
  expect(await played([...bytes, next, ...end])).toEqual([])
})

test.each([
  ['a variable that was not to change', say.variableChange('session_track_schema', '0')],
  ['a length that lies', Uint8Array.of(0, 200, 1, 65)],
])('R23 W53 an OK that tells %s leaves an outcome', async (_what, changes) => {
  const instead = insteadOfOk(say.done(AUTOCOMMIT, 0, changes))
  for (const masked of [false, true])
    expect(await played([q('set @a = 1'), ...end], { masked, instead })).toEqual([])
})

test('W14 the OK of a command that has one answer promises no other', async () => {
  const instead = insteadOfOk(say.done(AUTOCOMMIT | MORE_RESULTS))
  expect(await played([ask.resetConnection, ask.ping, ...end], { instead })).toEqual([])
})

test('W35 definitions of a prepared statement are definitions, and end where they must', async () => {
  const [ok, eof] = [say.done(AUTOCOMMIT), eofPayload({ warnings: 0, status: AUTOCOMMIT })]
  for (const at of [1, 2, 3, 4, 5])
    for (const content of [ok, eof, say.textRow(['5'])]) {
      const instead = (reply: readonly Uint8Array[]) =>
        concatBytes(reply.map((each, index) => (index === at ? packets(at + 1, content) : each)))
      const prepare = ask.prepare('select id, body from notes where id = ?')
      expect(await played([prepare, ...end], { instead })).toEqual([])
    }
})

test('R23 behind unread code a name may have been prepared: the database says whether it was', async () => {
  const unknown = q('commit; execute p')
  expect(await played([q('call several()'), unknown, ask.resetConnection, unknown, ...end])).toEqual([])
  const behind = q('execute p; select 5')
  expect(await played([q('call several()'), behind, ask.resetConnection, behind, ...end])).toEqual([])
})

test.each(LAYOUTS.map((layout) => ({ layout, name: named(layout) })))(
  'W26 W57 a cursor, several results and a refusal are laid out as agreed: $name',
  async ({ layout }) => {
    const cursor = [ask.prepare('select id, body from notes'), ask.execute(1, { flags: 1 })]
    const several = q("set autocommit = 0; select 5; insert into notes values (5, 'twice')")
    const requests = [
      ...cursor,
      ask.fetchRows(1, 2),
      ask.fetchRows(1, 9),
      several,
      ask.setOption(1),
      q('selec'),
    ]
    for (const masked of [false, true])
      expect(
        await played([...requests, q('show warnings'), ask.setOption(0), ...end], { masked, layout }),
      ).toEqual([])
  },
)

test('R23 behind a text that nobody understands, too: it may be code that a later server knows', async () => {
  const behind = q('use shop; execute p')
  expect(await played([q('selec'), behind, ask.resetConnection, behind, ...end])).toEqual([])
  expect(await played([q('selec'), behind, ...end], { masked: true })).toEqual([])
})

test('W14 R24 an answer that was lost with its record is not followed by the next greeting', async () => {
  const shows = [asked('selec', q('selec')), asked('Q', q('select (select id from notes)'))]
  const requests = [...shows, ...anotherUser(true), ...end.map((each) => asked('end', each))]
  for (let seed = 1; seed <= 60; seed += 1) {
    const scenario: Scenario = { masked: false, requests, ending: 2, disturbance: 'spool fails' }
    expect((await play(world, createDice(seed), scenario)).wrong).toEqual([])
  }
})

test('W14 W15 commands before a change of user are answered first, those behind it are the new one’s', async () => {
  const before = [asked('begin', q('begin')), asked('vault', q('select id from vault'))]
  const behind = [
    asked('vault', q('select id from vault')),
    asked('people', q('select email, 5 from people')),
  ]
  const requests = [...before, ...anotherUser(true), ...behind, ...anotherUser(false), ...behind]
  for (let seed = 1; seed <= 25; seed += 1) {
    const { wrong, heard } = await play(world, createDice(seed), { masked: false, requests })
    expect(wrong).toEqual([])
    expect(heard.filter((each) => each.includes('sesame'))).toHaveLength(1)
  }
})

test('W15 R24 a client that leaves while it becomes somebody else leaves nothing behind', async () => {
  const requests = [...anotherUser(true), ...anotherUser(false), ...anotherUser(true)]
  for (const disturbance of ['client leaves', 'client resets', 'upstream leaves', 'upstream resets'] as const)
    for (let seed = 1; seed <= 60; seed += 1) {
      const scenario: Scenario = { masked: false, requests, disturbance }
      expect((await play(world, createDice(seed), scenario)).wrong, `${disturbance} ${seed}`).toEqual([])
    }
})

test('R30 what was spoiled on its way signs nobody in', async () => {
  for (let seed = 1; seed <= 40; seed += 1) expect((await playSignIn(createDice(seed))).wrong).toEqual([])
})
