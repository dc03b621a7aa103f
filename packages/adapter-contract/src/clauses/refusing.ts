/** R: a refusal keeps bytes back, is native, true and silent, and costs nobody the connection. */
import type { Clause } from '../clause.js'
import { insist, same } from '../insist.js'
import { type Intent, read } from '../intent.js'
import * as policies from '../policies.js'
import { lastConnection, perform, quiet, rowsOf, stateAfter } from '../theatre.js'
import { ANN, type Troupe } from '../troupe.js'
import { WORLD } from '../world.js'

const fine = read('customers', ['id', 'note'])
const forbidden = read('payments', ['card'])
const guarded = ({ speaker }: Troupe) => ({ policy: policies.without(speaker, 'payments') })

const contains = (bytes: Uint8Array, text: string) => Buffer.from(bytes).includes(text)

export const refusing: readonly Clause[] = [
  {
    number: 'R1',
    title: 'a refused statement sends nothing of itself upstream',
    over: 'scripted',
    async run(troupe) {
      const { speaker } = troupe
      await perform(troupe, guarded(troupe), async (theatre) => {
        const client = await theatre.client()
        const upstream = lastConnection(theatre)
        const attempts: Intent[] = [
          forbidden,
          read('payments', ['id', 'note'], 2),
          { verb: 'update', relation: 'payments', fields: ['note'], value: 'x' },
          { verb: 'delete', relation: 'payments', fields: [] },
          ...speaker.ways.map((way) => ({
            ...read('orders', ['note']),
            other: { relation: 'payments', way } as const,
          })),
        ]
        const tryAll = async (when: string) => {
          for (const form of theatre.forms) {
            for (const intent of attempts) {
              const text = theatre.say(intent)
              const { failure } = await client.ask(text, form)
              insist(failure !== undefined, `not refused ${when}, ${form.name}: ${text}`)
              await quiet()
              insist(!contains(upstream.asked(), 'payments'), `its bytes went upstream ${when}: ${text}`)
            }
          }
        }
        await tryAll('when idle')
        const { transactions } = speaker
        if (transactions !== undefined) {
          await client.ask(transactions.begin)
          await tryAll('in a transaction')
          await client.ask(transactions.rollback)
        }
        for (const form of theatre.forms) {
          client.send(
            Buffer.concat([fine, forbidden, fine].map((intent) => speaker.ask(theatre.say(intent), form))),
          )
          for (let index = 0; index < 3; index += 1) await client.next()
          insist(
            !contains(upstream.asked(), 'payments'),
            `its bytes went upstream in a pipeline, ${form.name}`,
          )
        }
      })
    },
  },
  {
    number: 'R2',
    title: 'the client sees a native error with our code, rule and id',
    over: 'either',
    async run(troupe) {
      await perform(troupe, guarded(troupe), async (theatre) => {
        const client = await theatre.client()
        for (const form of theatre.forms) {
          const { failure, rows } = await client.ask(theatre.say(forbidden), form)
          same(failure?.code, 'GH_FORBIDDEN', 'our code')
          same(failure?.native, troupe.speaker.native('GH_FORBIDDEN'), 'the native code')
          same(failure?.fatal, false, 'fatal')
          same(rows, [], 'rows')
          const record = theatre.stage.evidence.decided.at(-1)
          insist(failure?.text.includes('guarded/no-payments') === true, 'the rule is not named')
          insist(failure.text.includes(record?.id ?? 'none'), 'the id of the record is not named')
        }
      })
    },
  },
  {
    number: 'R3',
    title: 'the next exchange on the same connection works',
    over: 'either',
    async run(troupe) {
      await perform(troupe, guarded(troupe), async (theatre) => {
        const client = await theatre.client()
        for (const first of theatre.forms) {
          for (const second of theatre.forms) {
            const refused = await client.ask(theatre.say(forbidden), first)
            insist(refused.failure !== undefined, 'not refused')
            const after = `${second.name} after a refusal of ${first.name}`
            const { rows, failure } = await client.ask(theatre.say(fine), second)
            same(failure, undefined, `failure, ${after}`)
            same(rows, rowsOf(fine), `rows, ${after}`)
          }
        }
      })
    },
  },
  {
    number: 'R4',
    title: 'what the client is told of its transaction is true',
    over: 'either',
    absent: ({ speaker }) => {
      if (speaker.transactions !== undefined) return undefined
      return speaker.carriedTransaction === undefined
        ? 'no transactions'
        : 'its servers say nothing of a transaction'
    },
    async run(troupe) {
      const { transactions } = troupe.speaker
      if (transactions === undefined) return
      await perform(troupe, guarded(troupe), async (theatre) => {
        const client = await theatre.client()
        for (const form of theatre.forms) {
          const idle = await client.ask(theatre.say(forbidden), form)
          same(
            await stateAfter(theatre, client, idle),
            'idle',
            `state after a refusal when idle, ${form.name}`,
          )
          same((await client.ask(transactions.begin)).state, 'open', 'state after begin')
          const refused = await client.ask(theatre.say(forbidden), form)
          const state = await stateAfter(theatre, client, refused)
          same(state, transactions.errorLeaves, `state after a refusal in a transaction, ${form.name}`)
          if (theatre.upstream !== undefined)
            same(state, lastConnection(theatre).state, `state told and state there, ${form.name}`)
          const next = await client.ask(theatre.say(fine), form)
          same(next.failure !== undefined, state === 'failed', `the next statement fails, ${form.name}`)
          same(next.failure?.code, undefined, 'a failure of the server is given as ours')
          same((await client.ask(transactions.rollback)).state, 'idle', 'state after rollback')
        }
      })
    },
  },
  {
    number: 'R5',
    title: 'no refusal repeats a value or a secret',
    over: 'either',
    async run(troupe) {
      const { speaker } = troupe
      await perform(troupe, guarded(troupe), async (theatre) => {
        const client = await theatre.client()
        const marker = 'marzipan-271828'
        const texts = [
          theatre.say({ verb: 'update', relation: 'payments', fields: ['card'], value: marker }),
          ...speaker.unreadable.map((text) => `${text} '${marker}'`),
        ]
        for (const form of theatre.forms) {
          for (const text of texts) {
            const { failure } = await client.ask(text, form)
            insist(failure?.code !== undefined, `not refused: ${text}`)
            for (const secret of [
              marker,
              ANN.password,
              ...WORLD.relations.payments.rows.map((row) => row[1]),
            ])
              insist(!failure.text.includes(secret as string), `a refusal repeats \`${secret}\``)
          }
        }
        const wrong = await theatre.arrive({ ...ANN, password: marker })
        insist(
          wrong.kind === 'turned-away' && !wrong.failure.text.includes(marker),
          'the refused sign-in repeats the password',
        )
      })
    },
  },
]
