/** What fuzzing found, each played in many portions and delays. */

import { createDice, createMemorySocket, judgeRecords, leaveBy, settle } from '@gatehouse/adapter-contract'
import { concatBytes, createWire } from '@gatehouse/adapter-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn } from '../login/login.js'
import { B, CP, CS, c, DP, DS, d, E, H, header, P, Q, S } from '../wire/requests.js'
import * as say from './backend.js'
import { playSeed } from './fuzz.js'
import { play } from './play.js'
import { createModelServer } from './server.js'
import { openSession } from './session.js'
import { playSignIn } from './sign-ins.js'
import { COUNTED, type Counted, createWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.close())

interface Case {
  readonly masked?: boolean
  readonly counted?: Counted
  readonly outOfTurn?: Uint8Array
  readonly instead?: (reply: Uint8Array) => Uint8Array
}

async function played(
  bytes: readonly Uint8Array[],
  { masked = false, ...more }: Case = {},
): Promise<readonly string[]> {
  const requests = bytes.map((each) => ({ says: '', bytes: each }))
  const wrong = new Set<string>()
  for (let seed = 1; seed <= 60; seed += 1)
    for (const each of (await play(world, createDice(seed), { masked, requests, ending: ENDED, ...more }))
      .wrong)
      wrong.add(each)
  return [...wrong]
}

const bad = P('', 'selec')
const dup = [P('b', 'select 1'), P('b', 'select 2')]
const end = [S, Q('rollback'), Q('select 98')]
/** Answers to the last two of these. */
const ENDED = 6
const vault = 'select 1 from vault'

describe('names are what the server holds', () => {
  test.each<[string, readonly Uint8Array[]]>([
    [
      'a Query that was skipped drops no unnamed statement',
      [P('', 'commit'), ...dup, Q('begin'), S, DS(''), ...end],
    ],
    ['nor does a Parse that was skipped', [P('', 'commit'), DP('k'), P('', 'select 3'), S, DS(''), ...end]],
    ['a Parse that is refused drops it, in a segment', [P('', 'select 1'), bad, S, DS(''), ...end]],
    ['and between segments', [P('', 'select 1'), S, P('', vault), S, DS(''), ...end]],
    [
      'and nobody runs the older statement for it',
      [P('', 'select 1'), S, P('', vault), B(), E(), S, B(), E(), ...end],
    ],
    [
      'a Parse that is refused and skipped does not',
      [P('', 'select 1'), ...dup, P('', vault), S, DS(''), ...end],
    ],
    [
      'nor is one put back that a refused Parse behind it drops',
      [P('', 'select 1'), ...dup, CS(''), S, P('', vault), S, DS(''), B(), E(), ...end],
    ],
    ['a Close that was skipped closes nothing', [...dup, CS('b'), S, DS('b'), ...end]],
    [
      'nor for a Parse of the same name behind it',
      [...dup, CS('b'), S, P('b', 'select 3'), S, DS('b'), ...end],
    ],
    [
      'nor for two of them',
      [
        ...dup,
        CS('b'),
        S,
        P('b', 'select 3'),
        CS('b'),
        S,
        P('b', 'select 4'),
        S,
        B({ statement: 'b' }),
        E(),
        ...end,
      ],
    ],
    [
      'nor of a portal in a block',
      [
        ...[Q('begin'), P('a', 'select 5, id from notes'), B({ portal: 'k', statement: 'a' }), E('k', 1), S],
        ...[P('a', 'select 1'), CP('k'), S, DP('k'), Q('rollback to s'), ...end],
      ],
    ],
  ])('W3 %s', async (_name, bytes) => {
    expect(await played(bytes)).toEqual([])
  })
})

/** A client's chunks one by one, the spool silent until the last has come; what went upstream then. */
async function silent(before: readonly Uint8Array[], chunks: readonly Uint8Array[]): Promise<string> {
  const session = await openSession(world, { masked: false, counted: undefined, slowly: () => false })
  const server = createModelServer(undefined, { onRun() {}, onText() {}, onMessage() {}, onCommit() {} })
  const { client, upstream, confirmations, readings } = session
  const read = async (chunk: Uint8Array) => {
    client.deliver(chunk)
    for (let turn = 0; turn < 5; turn += 1) {
      await readings.shift()?.()
      await settle()
    }
  }
  const confirm = async () => {
    for (const written of confirmations.splice(0)) written()
    await settle()
  }
  for (const chunk of before) {
    await read(chunk)
    await confirm()
    for (const part of upstream.take()) server.hear(part)
    for (const said of server.take()) upstream.deliver(said)
    await settle()
  }
  for (const chunk of chunks) await read(chunk)
  for (let turn = 0; turn < 3; turn += 1) await confirm()
  const left = upstream.take()
  const wrong: string[] = []
  const serve = () => {
    for (const cancelled of session.cancels.splice(0)) cancelled()
  }
  await leaveBy(session, serve, wrong)
  judgeRecords(session, wrong)
  return [...left, ...upstream.take(), ...wrong.map((each) => Buffer.from(each))].join()
}

describe('no byte behind one that never leaves', () => {
  // What waits for its record is dropped when the session breaks: a Bind behind it would run what the name meant before.
  const waiting = concatBytes([P('b', 'select 1'), B({ statement: 'b' }), E()])
  const portal = [Q('begin'), P('a', 'rollback'), B({ portal: 'k', statement: 'a' }), S]
  const lies = [
    header('?', 4),
    header('Q', 0),
    header('Q', 0x7fff_ffff),
    concatBytes([header('p', 8), new Uint8Array(4)]),
  ]
  test.each<[string, readonly Uint8Array[], Uint8Array, readonly Uint8Array[]]>([
    [
      'of a named statement',
      [P('a', 'rollback'), S],
      concatBytes([CS('a'), P('a', 'select 2')]),
      [B({ statement: 'a' }), E()],
    ],
    ['of the unnamed one', [P('', 'rollback'), S], P('', 'select 2'), [B(), E()]],
    ['of an empty one', [P('', 'rollback'), S], P('', ''), [B(), E()]],
    ['of a portal', portal, concatBytes([CP('k'), B({ portal: 'k', statement: 'b' })]), [E('k')]],
    ['of a transaction', [], Q('begin'), [Q("insert into notes values (1, 'x')")]],
  ])('R23 %s', async (_name, before, dropped, behind) => {
    for (const lie of lies) {
      expect(await silent(before, [waiting, dropped, concatBytes([...behind, lie])])).toBe('')
      expect(await silent(before, [waiting, concatBytes([dropped, ...behind, lie])])).toBe('')
      expect(await silent(before, [waiting, dropped, ...behind, lie])).toBe('')
    }
  })

  test('R23 as the seeds had it', async () => {
    for (const seed of [286_696_186, 286_701_674]) {
      // What was read before is at hand, which is another order.
      await playSeed(world, 'orders', seed, 40)
      expect((await playSeed(world, 'broken', seed, 40)).wrong).toEqual([])
    }
  })
})

describe("SQL's CLOSE takes the protocol's portals", () => {
  const bound = [Q('begin'), P('b', 'select 1'), B({ portal: 'k', statement: 'b' })]
  test.each<[string, readonly Uint8Array[]]>([
    ['that were never run', [...bound, S, Q('close k'), Q('selec'), Q('fetch 1 from k'), ...end]],
    ['that were', [...bound, E('k'), Q('close k'), P('b', 'select 1'), S, Q('fetch 1 from k'), ...end]],
    [
      'and another may stand there',
      [...bound, S, Q('close k'), B({ portal: 'k', statement: 'b' }), E('k'), S, Q('close k'), ...end],
    ],
  ])('W3 R23 %s', async (_name, bytes) => {
    for (const masked of [false, true]) expect(await played(bytes, { masked })).toEqual([])
  })
})

describe('COPY', () => {
  test('W31 what follows a second COPY waits for it, not for the first', async () => {
    const copy = Q('copy notes from stdin')
    expect(await played([copy, d('x\n'), c, P('', vault), copy, B(), ...end])).toEqual([])
    expect(await played([copy, d('7\n'), c, P('', vault), copy, S, ...end])).toEqual([])
  })

  test('R1 a COPY that was prepared by the protocol runs masked by EXECUTE', async () => {
    for (const masked of [false, true])
      expect(await played([P('p', 'copy people to stdout'), Q('execute p'), ...end], { masked })).toEqual([])
  })
})

describe('R23 every decision has its outcome', () => {
  const suspended = [P('a', 'select 3, id from notes'), B({ statement: 'a' }), E('', 1)]
  test('of a suspended portal whose place a failing Bind was to take', async () => {
    expect(await played([...suspended, B({ statement: 'a', formats: [0, 0, 0] }), ...end])).toEqual([])
  })

  test('of what was closed or replaced when the session ends before the answer', async () => {
    // Nothing comes after PortalSuspended.
    const instead = (reply: Uint8Array) => {
      const at = Buffer.from(reply).indexOf(say.portalSuspended)
      return reply.subarray(0, at < 0 ? 0 : at + say.portalSuspended.length)
    }
    expect(await played([...suspended, B({ statement: 'a' }), S], { instead })).toEqual([])
    expect(await played([...suspended, CP(''), S], { instead })).toEqual([])
  })

  test('of a Query that the server forgets to answer', async () => {
    const instead = (reply: Uint8Array) => (reply.includes('C'.charCodeAt(0)) ? say.ready('I') : reply)
    expect(await played([Q('begin'), Q('select 1'), Q('select 2')], { instead })).toEqual([])
  })
})

test('W9 a CopyDone when nothing is owed ends the session', async () => {
  expect(await played([Q('select 1')], { outOfTurn: say.copyDone })).toEqual([])
})

describe.each(COUNTED)('under a limit on %s', (counted) => {
  const change = "update notes set body = 'x' where id = 5"
  test.each<[string, readonly Uint8Array[]]>([
    [
      'W3 a Query behind what failed is skipped, and ends nothing',
      [E('k'), Q('select 2'), Q(change), P('', 'begin'), B(), E(), ...end],
    ],
    [
      'W3 skipped, it leaves the unnamed statement',
      [P('', 'select 1'), S, E('k'), Q('select 2'), S, B(), E(), S, DS(''), ...end],
    ],
    [
      'W3 a Query drops the unnamed portal, and leaves none of ours',
      [Q('begin'), P('', 'select 1'), B(), Q(change), DP(''), S, Q('select 5'), E(), ...end],
    ],
    [
      'R23 of a portal that a failed Query left alone',
      [P('', 'begin'), B(), E(), B(), Q('select 1 from'), Q(change), Q('select 5'), ...end],
    ],
    [
      'W3 leaves the unnamed portal to a Query that fails unplanned',
      [P('', 'begin'), B(), E(), E('k'), S, Q('select 2'), DP(''), S, Q('selec'), DP(''), S, ...end],
    ],
    ['W31 a Flush in COPY is nothing', [Q('copy notes from stdin'), H, d('7\n'), H, c, ...end]],
    [
      'W31 nor is it by the extended protocol',
      [P('', 'copy notes from stdin'), B(), E(), H, d('7\n'), H, c, ...end],
    ],
  ])('%s', async (_name, bytes) => {
    for (const masked of [false, true]) expect(await played(bytes, { counted, masked })).toEqual([])
  })
})

describe('R30 a sign-in upstream ends at', () => {
  const [answered, ready] = [header('R', 8), say.ready('I')]
  const proven = concatBytes([answered, new Uint8Array(4)])
  test.each([
    ['an answer without a kind', [header('R', 4), ready]],
    ['a key without a process', [proven, header('K', 4), ready]],
    ['a process without a key', [proven, header('K', 8), new Uint8Array(4), ready]],
  ])('%s', async (_name, said) => {
    const server = createMemorySocket()
    const account = { user: 'gw', password: 'p', database: 'shop', applicationName: 'x', settings: new Map() }
    const signedIn = logIn(createWire(server.socket), account, (size) => new Uint8Array(size))
    server.deliver(concatBytes(said))
    server.finish()
    await expect(signedIn).rejects.toMatchObject({ code: 'GH_WIRE' })
    await expect(signedIn).rejects.not.toThrow('closed the connection')
  })
})

test('R30 what was spoiled on its way signs nobody in', async () => {
  for (let seed = 1; seed <= 40; seed += 1) expect((await playSignIn(createDice(seed))).wrong).toEqual([])
})
