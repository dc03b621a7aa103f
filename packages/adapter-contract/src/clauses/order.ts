/** O: every answer in its place, and nothing that was not asked for. */
import type { Clause } from '../clause.js'
import { insist, same, until } from '../insist.js'
import { read } from '../intent.js'
import * as policies from '../policies.js'
import { lastConnection, perform, quiet, rowsOf } from '../theatre.js'
import { ANN, BOB } from '../troupe.js'

const first = read('customers', ['id', 'email'])
const second = read('orders', ['id', 'note'])
const forbidden = read('payments', ['card'])

export const order: readonly Clause[] = [
  {
    number: 'O1',
    title: 'a refusal keeps its place among slow answers',
    over: 'either',
    async run(troupe) {
      const { speaker, patience } = troupe
      const policy = policies.without(speaker, 'payments')
      await perform(troupe, { policy }, async (theatre) => {
        const client = await theatre.client()
        for (const form of theatre.forms) {
          const upstream = theatre.upstream === undefined ? undefined : lastConnection(theatre)
          upstream?.hold()
          const before = client.size
          const intents = [first, forbidden, second, forbidden]
          client.send(Buffer.concat(intents.map((intent) => speaker.ask(theatre.say(intent), form))))
          if (upstream !== undefined) {
            await until(patience, () => upstream.held > 0, 'the first statement upstream')
            await quiet()
            same(client.size, before, `bytes for the client before any answer, ${form.name}`)
            upstream.release()
          }
          for (const intent of intents) {
            const { rows, failure } = await client.next()
            const refused = intent === forbidden
            same(
              failure?.code,
              refused ? 'GH_FORBIDDEN' : undefined,
              `the failure in its place, ${form.name}`,
            )
            same(rows, refused ? [] : rowsOf(intent), `the rows in their place, ${form.name}`)
          }
        }
      })
    },
  },
  {
    number: 'O2',
    title: 'replies never cross between exchanges or connections',
    over: 'either',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const clients = [await theatre.client(ANN), await theatre.client(BOB)]
        const intents = [
          [1, 2, 3, 4].map((id) => read('customers', ['id', 'email'], id)),
          [1, 2, 3].map((id) => read('orders', ['note', 'id'], id)),
        ]
        for (const upstream of theatre.upstream?.connections ?? []) upstream.hold()
        for (let round = 0; round < 5; round += 1) {
          for (const [index, client] of clients.entries()) {
            for (const intent of intents[index] ?? [])
              client.send(
                troupe.speaker.ask(theatre.say(intent), theatre.forms[round % theatre.forms.length] as never),
              )
          }
          await quiet()
        }
        for (const upstream of [...(theatre.upstream?.connections ?? [])].reverse()) upstream.release()
        for (let round = 0; round < 5; round += 1) {
          for (const [index, client] of clients.entries()) {
            for (const intent of intents[index] ?? [])
              same((await client.next()).rows, rowsOf(intent), `rows of client ${index}`)
          }
        }
      })
    },
  },
  {
    number: 'O3',
    title: 'what servers say unasked passes at any time',
    over: 'scripted',
    absent: ({ speaker }) => (speaker.unasked.length === 0 ? 'its servers say nothing unasked' : undefined),
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        const upstream = lastConnection(theatre)
        const expected: string[] = []
        for (const { bytes, says } of troupe.speaker.unasked) {
          upstream.send(bytes)
          expected.push(says)
          await until(
            troupe.patience,
            () => client.heard().unasked.length === expected.length || client.closed,
            'what was said when idle',
          )
          for (const form of theatre.forms) {
            upstream.hold()
            client.send(troupe.speaker.ask(theatre.say(first), form))
            await until(troupe.patience, () => upstream.held > 0, 'the statement upstream')
            upstream.send(bytes)
            upstream.release()
            upstream.send(bytes)
            expected.push(says, says)
            same((await client.next()).rows, rowsOf(first), `rows, ${form.name}`)
          }
        }
        await until(
          troupe.patience,
          () => client.heard().unasked.length >= expected.length || client.closed,
          'all that was said',
        )
        same(client.heard().unasked, expected, 'what the client heard unasked')
      })
    },
  },
  {
    number: 'O4',
    title: 'an upstream that speaks out of turn is cut off',
    over: 'scripted',
    async run(troupe) {
      await perform(troupe, {}, async (theatre) => {
        for (const bytes of troupe.speaker.outOfTurn) {
          const idle = await theatre.client()
          lastConnection(theatre).send(bytes)
          await idle.whenClosed()
          same(idle.heard().answers, [], 'answers to nothing')
          same(idle.heard().malformed, undefined, 'what the client heard')

          const busy = await theatre.client()
          const upstream = lastConnection(theatre)
          upstream.hold()
          busy.send(troupe.speaker.ask(theatre.say(first), theatre.forms[0] as never))
          await until(troupe.patience, () => upstream.held > 0, 'the statement upstream')
          upstream.release()
          upstream.send(bytes)
          await busy.whenClosed()
          insist(busy.heard().answers.length <= 1, 'an answer to nothing followed an answer')
          same(busy.heard().malformed, undefined, 'what the client heard')
        }
        same(theatre.stage.faults, [], 'faults')
        const next = await theatre.client()
        same((await next.ask(theatre.say(second))).rows, rowsOf(second), 'rows of the next client')
      })
    },
  },
]
