/** Attacks on the relay itself, by the toy protocol: floods, deaths at every turn, a sink that gives out half-way. */
import type { Conversation } from '@gatehouse/adapter-kit'
import { describe, expect, test } from 'vitest'
import { until } from './insist.js'
import { read } from './intent.js'
import * as policies from './policies.js'
import { around } from './saboteurs/saboteur.js'
import { openToy, toyManifest } from './saboteurs/toy/adapter.js'
import { toySpeaker } from './saboteurs/toy/speaker.js'
import { lastConnection, perform, quiet, rowsOf, type Theatre, type TheatreOptions } from './theatre.js'
import type { Troupe } from './troupe.js'

const troupe: Troupe = {
  manifest: toyManifest,
  speaker: toySpeaker,
  open: async (place) => openToy(place),
  real: undefined,
  lent: undefined,
  patience: 30_000,
  flood: 16 << 20,
}
const [form] = toySpeaker.forms
const fine = read('customers', ['id', 'email'])
const forbidden = read('payments', ['card'])
const guarded = { policy: policies.without(toySpeaker, 'payments') }
const stageOf = (options: TheatreOptions, act: (theatre: Theatre) => Promise<void>) =>
  perform(troupe, options, act)

describe('floods', () => {
  test.each([
    ['refused', forbidden],
    ['permitted', fine],
  ])(
    'R30 a client that reads nothing and sends %s statements for ever is held back',
    async (_, intent) => {
      // Long answers, so that few statements fill every buffer.
      const long = 'why not '.repeat(400)
      const policy = policies.policyOf('wordy', [
        { name: 'everything', effect: 'permit', verbs: ['connect', 'read'] },
        { name: 'no-payments', effect: 'forbid', resources: ['shop.payments'], message: long },
      ])
      await stageOf({ policy }, async (theatre) => {
        const client = await theatre.client()
        client.pause()
        const text = `${theatre.say(intent)}${' '.repeat(1_000)}`
        theatre.teach(text, { columns: [{ name: 'id', kind: 'text' }], rows: [[long]] })
        const ask = toySpeaker.ask(text, form)
        const batch = Buffer.concat(Array(100).fill(ask))
        const total = 64 << 20
        let sent = 0
        let still = 0
        let last = -1
        let before = -1
        await until(
          troupe.patience * 3,
          () => {
            if (client.unsent < 1 << 20 && sent < total) {
              client.send(batch)
              sent += batch.length
            }
            still = client.unsent === last && sent === before ? still + 1 : 0
            last = client.unsent
            before = sent
            return still > 200 || sent >= total
          },
          'the stall',
        )
        expect(sent).toBeLessThan(total)
        const other = await theatre.client()
        expect((await other.ask(theatre.say(fine))).rows).toEqual(rowsOf(fine))
        client.resume()
        const count = sent / ask.length
        await until(troupe.patience * 3, () => client.unsent === 0, 'the rest of the statements')
        await until(
          troupe.patience * 3,
          () => theatre.stage.evidence.completed.length >= count,
          'an outcome for each of them',
        )
        expect(client.closed).toBe(false)
      })
    },
    120_000,
  )

  test('two thousand statements in one breath, some refused, are answered in their places', async () => {
    await stageOf(guarded, async (theatre) => {
      const client = await theatre.client()
      const intents = Array.from({ length: 2_000 }, (_, index) =>
        index % 7 === 3 ? forbidden : read('customers', ['email'], (index % 4) + 1),
      )
      client.send(
        Buffer.concat(
          intents.map((intent, index) => {
            const spoken = toySpeaker.forms[index % 3] ?? form
            return toySpeaker.ask(theatre.say(intent), spoken)
          }),
        ),
      )
      for (const intent of intents) {
        const { rows, failure } = await client.next()
        expect(failure?.code).toBe(intent === forbidden ? 'GH_FORBIDDEN' : undefined)
        expect(rows).toEqual(intent === forbidden ? [] : rowsOf(intent))
      }
    })
  })
})

describe('deaths', () => {
  test('a client that goes while its decision is not written: nothing of it runs', async () => {
    await stageOf({}, async (theatre) => {
      const client = await theatre.client()
      const { evidence, sessions } = theatre.stage
      evidence.holding = true
      client.send(toySpeaker.ask(theatre.say(fine), form))
      await until(troupe.patience, () => evidence.decided.length === 1, 'the decision')
      client.reset()
      await quiet()
      evidence.holding = false
      await until(troupe.patience, () => sessions.size === 0, 'the end of the session')
      expect(theatre.upstream?.ran).toEqual([])
      expect(evidence.completed.map(({ outcome }) => outcome.status)).toEqual(['cut'])
    })
  })

  test('an upstream that goes while a decision is not written', async () => {
    await stageOf({}, async (theatre) => {
      const client = await theatre.client()
      const { evidence, sessions } = theatre.stage
      evidence.holding = true
      client.send(toySpeaker.ask(theatre.say(fine), form))
      await until(troupe.patience, () => evidence.decided.length === 1, 'the decision')
      lastConnection(theatre).destroy()
      await quiet()
      evidence.holding = false
      await client.whenClosed()
      expect(client.heard().farewell?.code).toBe('GH_UPSTREAM')
      await until(troupe.patience, () => sessions.size === 0, 'the end of the session')
      expect(evidence.completed.map(({ outcome }) => outcome.status)).toEqual(['cut'])
    })
  })

  test('a drain while a decision is not written lets the statement finish', async () => {
    await stageOf({}, async (theatre) => {
      const client = await theatre.client()
      const { evidence } = theatre.stage
      evidence.holding = true
      client.send(toySpeaker.ask(theatre.say(fine), form))
      await until(troupe.patience, () => evidence.decided.length === 1, 'the decision')
      theatre.stage.drain()
      await quiet()
      evidence.holding = false
      expect((await client.next()).rows).toEqual(rowsOf(fine))
      await client.whenClosed()
      expect(client.heard().farewell?.code).toBe('GH_DRAINING')
    })
  })
})

test('a drain while a statement is still being read lets it finish, be it permitted or refused', async () => {
  for (const intent of [fine, forbidden]) {
    let readable: () => void = () => {}
    let asked = false
    const slow = {
      conversation: (right: Conversation) =>
        around(right, {
          read(frame) {
            if (asked) return right.read(frame)
            asked = true
            return {
              kind: 'wait',
              ready: new Promise<void>((resolve) => {
                readable = resolve
              }),
            }
          },
        }),
    }
    await perform({ ...troupe, open: async (place) => openToy(place, slow) }, guarded, async (theatre) => {
      const client = await theatre.client()
      client.send(toySpeaker.ask(theatre.say(intent), form))
      await until(troupe.patience, () => asked, 'the reading')
      theatre.stage.drain()
      await quiet()
      readable()
      const { failure } = await client.next()
      expect(failure?.code).toBe(intent === fine ? undefined : 'GH_FORBIDDEN')
      await client.whenClosed()
      expect(client.heard().farewell?.code).toBe('GH_DRAINING')
      expect(theatre.stage.evidence.completed).toHaveLength(1)
    })
  }
})

describe('a sink that gives out', () => {
  test('R24 full in the middle of a pipeline: what came before runs, the rest is refused in its place', async () => {
    await stageOf({}, async (theatre) => {
      const client = await theatre.client()
      const upstream = lastConnection(theatre)
      const ask = toySpeaker.ask(theatre.say(fine), form)
      upstream.hold()
      client.send(ask)
      await until(troupe.patience, () => upstream.held > 0, 'the statement upstream')
      theatre.stage.evidence.full = true
      client.send(Buffer.concat([ask, ask]))
      await quiet()
      upstream.release()
      expect((await client.next()).rows).toEqual(rowsOf(fine))
      for (let index = 0; index < 2; index += 1)
        expect((await client.next()).failure?.code).toBe('GH_AUDIT_UNAVAILABLE')
      expect(theatre.upstream?.ran).toHaveLength(1)
      theatre.stage.evidence.full = false
      expect((await client.ask(theatre.say(fine))).rows).toEqual(rowsOf(fine))
    })
  })

  test('R24 failing before a decision is written: the client is told natively, nothing runs', async () => {
    await stageOf({}, async (theatre) => {
      const client = await theatre.client()
      theatre.stage.evidence.failing = true
      client.send(toySpeaker.ask(theatre.say(fine), form))
      await client.whenClosed()
      expect(client.heard().farewell?.code).toBe('GH_AUDIT_UNAVAILABLE')
      expect(theatre.upstream?.ran).toEqual([])
    })
  })

  test('R24 failing in the middle of a row: no word is put into the half of it', async () => {
    await stageOf({}, async (theatre) => {
      const probe = await theatre.client()
      const upstream = lastConnection(theatre)
      const ask = toySpeaker.ask(theatre.say(fine), form)
      upstream.hold()
      probe.send(ask)
      await until(troupe.patience, () => upstream.held > 0, 'the statement upstream')
      const size = upstream.held
      for (let cut = 1; cut < size; cut += 5) {
        theatre.stage.evidence.failing = false
        const client = await theatre.client()
        const own = lastConnection(theatre)
        own.hold()
        client.send(ask)
        await until(troupe.patience, () => own.held > 0, 'the statement upstream')
        own.release(cut)
        await until(troupe.patience, () => own.unsent === 0, 'a part of the reply')
        await quiet()
        theatre.stage.evidence.failing = true
        own.release()
        await client.whenClosed()
        const { answers, malformed, farewell, rest } = client.heard()
        expect({ cut, answers, malformed }).toEqual({ cut, answers: [], malformed: undefined })
        expect(farewell !== undefined && rest > 0).toBe(false)
        // A farewell inside a half row would be read as a part of that row.
        expect(Buffer.from(client.received()).includes('GH_')).toBe(farewell !== undefined)
      }
      theatre.stage.evidence.failing = false
    })
  })
})
