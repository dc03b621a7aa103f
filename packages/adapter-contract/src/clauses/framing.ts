/** F: what arrives in whatever portions means the same, and what lies about its length gets nowhere. */
import { type Clause, seeded } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same } from '../insist.js'
import { read } from '../intent.js'
import * as policies from '../policies.js'
import type { Answer } from '../speaker.js'
import { lastConnection, perform, quiet, rowsOf, type Theatre } from '../theatre.js'
import { LIMITS, type Troupe } from '../troupe.js'

/** What a client notices of an answer. */
export const noticed = ({ rows, failure, state }: Answer) => [rows, failure?.native, failure?.code, state]

const everyone = read('customers', ['id', 'email', 'note'])
const one = read('orders', ['id', 'note'], 2)
const secret = read('payments', ['card'])

/** A session with everything in it; returns all that can be seen of it from outside. */
async function session(troupe: Troupe, portion: (() => number) | undefined): Promise<unknown> {
  const { speaker } = troupe
  let seen: unknown
  const policy = policies.without(speaker, 'payments')
  await perform(troupe, { policy, ...(portion === undefined ? {} : { portion }) }, async (theatre) => {
    const client = await theatre.client()
    const answers: Answer[] = []
    for (const form of theatre.forms) {
      for (const intent of [everyone, secret, one]) answers.push(await client.ask(theatre.say(intent), form))
    }
    if (speaker.transactions !== undefined) {
      const { begin, rollback } = speaker.transactions
      for (const text of [begin, theatre.say(one), theatre.say(secret), rollback])
        answers.push(await client.ask(text))
    }
    const { decided, completed } = theatre.stage.evidence
    seen = {
      answers: answers.map(noticed),
      bytes: Buffer.from(speaker.comparable?.(client.received()) ?? client.received()).toString('latin1'),
      ran: theatre.upstream?.ran,
      decided: decided.map(({ statement, decision }) => [statement.text, decision.effect]),
      completed: completed.map(({ outcome }) => outcome),
    }
  })
  return seen
}

/** The gateway still serves others, and this session ran nothing. */
async function unharmed(theatre: Theatre, ran: number): Promise<void> {
  same(theatre.upstream?.ran.length ?? ran, ran, 'statements that ran upstream')
  const client = await theatre.client()
  same((await client.ask(theatre.say(one))).rows, rowsOf(one), 'rows of the next client')
  same(theatre.stage.faults, [], 'faults')
}

async function closes(client: Client): Promise<void> {
  await client.whenClosed()
  const { answers, malformed } = client.heard()
  same(malformed, undefined, 'what the client heard')
  insist(
    answers.every(({ failure }) => failure !== undefined),
    'an impossible frame was answered',
  )
}

/** Sends bytes on a session of its own and expects it to end. */
async function provokes(troupe: Troupe, attacks: readonly Uint8Array[]): Promise<void> {
  await perform(troupe, {}, async (theatre) => {
    for (const bytes of attacks) {
      const client = await theatre.client()
      client.send(bytes)
      await closes(client)
      if (theatre.upstream !== undefined)
        same(lastConnection(theatre).asked().length, 0, 'bytes that went upstream')
    }
    await unharmed(theatre, 0)
  })
}

/** Over the ceiling, whether a header counts or not. */
const OVER = LIMITS.message + 1

export const framing: readonly Clause[] = [
  {
    number: 'F1',
    title: 'one byte at a time changes nothing',
    over: 'either',
    async run(troupe) {
      const whole = await session(troupe, undefined)
      same(await session(troupe, () => 1), whole, 'a session by single bytes')
      const random = seeded(7)
      same(await session(troupe, () => 1 + Math.floor(random() * 9)), whole, 'a session by odd portions')
    },
  },
  {
    number: 'F2',
    title: 'many frames in one chunk are many frames',
    over: 'either',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        const intents = [1, 2, 3, 4].flatMap((id) => [
          read('customers', ['email'], id),
          read('orders', ['note'], id),
        ])
        for (const form of theatre.forms) {
          const asked = intents.map((intent) => troupe.speaker.ask(theatre.say(intent), form))
          client.send(Buffer.concat(asked))
          for (const intent of intents) same((await client.next()).rows, rowsOf(intent), `rows, ${form.name}`)
        }
      })
    },
  },
  {
    number: 'F3',
    title: 'a frame split inside its header is the same frame',
    over: 'either',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        const bytes = Buffer.from(troupe.speaker.ask(theatre.say(one), theatre.forms[0] as never))
        for (let split = 1; split <= troupe.speaker.header; split += 1) {
          client.send(bytes.subarray(0, split))
          await quiet()
          client.send(bytes.subarray(split))
          same((await client.next()).rows, rowsOf(one), `rows after a split at ${split}`)
          client.send(Buffer.concat([bytes, bytes.subarray(0, split)]))
          same((await client.next()).rows, rowsOf(one), `rows before a split at ${split}`)
          await quiet()
          client.send(bytes.subarray(split))
          same((await client.next()).rows, rowsOf(one), `rows of a second frame, split at ${split}`)
        }
      })
    },
  },
  {
    number: 'F4',
    title: 'a declared length over the ceiling closes before anything is buffered',
    over: 'either',
    async run(troupe) {
      const lengths = [OVER + troupe.speaker.header, 0x3fff_ffff, 0x7fff_ffff]
      await provokes(
        troupe,
        lengths.map((length) => troupe.speaker.declare(length)),
      )
    },
  },
  {
    number: 'F5',
    title: 'a frame over the ceiling that arrives whole gets nowhere',
    over: 'either',
    async run(troupe) {
      const { speaker } = troupe
      const size = OVER + speaker.header
      const header = Buffer.from(speaker.declare(size))
      await provokes(troupe, [Buffer.concat([header, Buffer.alloc(size - header.length, 0x20)])])
      await perform(troupe, {}, async (theatre) => {
        for (const form of theatre.forms) {
          const client = await theatre.client()
          const long = theatre.say({
            verb: 'update',
            relation: 'orders',
            fields: ['note'],
            id: 99,
            value: 'x'.repeat(LIMITS.statement + 2048),
          })
          const ran = theatre.upstream?.ran.length
          client.send(speaker.ask(long, form))
          const answer = await client.next().catch(() => undefined)
          insist(
            answer === undefined || answer.failure?.code === 'GH_TOO_LARGE',
            'a statement over its ceiling was not refused as such',
          )
          same(theatre.upstream?.ran.length, ran, 'statements that ran')
        }
      })
    },
  },
  {
    number: 'F6',
    title: 'headers that cannot be close: zero and negative lengths, numbers out of order',
    over: 'either',
    async run(troupe) {
      await provokes(troupe, troupe.speaker.impossible)
    },
  },
  {
    number: 'F7',
    title: 'random bytes never throw past the relay and never reach upstream',
    over: 'scripted',
    async run(troupe) {
      const random = seeded(20260701)
      await perform(troupe, {}, async (theatre) => {
        for (let round = 0; round < 40; round += 1) {
          const client = await theatre.client()
          const noise = Uint8Array.from({ length: 1 + Math.floor(random() * 400) }, () =>
            Math.floor(random() * 256),
          )
          client.send(noise)
          await quiet()
          same(lastConnection(theatre).asked().length, 0, `bytes upstream of noise ${round}`)
          client.reset()
          const other = await theatre.client()
          for (let frame = 0; frame < 4; frame += 1) other.send(troupe.speaker.garble(random))
          await quiet()
          other.reset()
        }
        const permits = theatre.stage.evidence.decided.filter(({ decision }) => decision.effect === 'permit')
        const { length } = theatre.upstream?.ran ?? []
        insist(length <= permits.length, `${length} statements ran, ${permits.length} were permitted`)
        await unharmed(theatre, length)
      })
    },
  },
]
