/** N: reading what was said covers what was meant, however it was said. */
import type { Action, Decided } from '@gatehouse/core'
import type { Clause } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same } from '../insist.js'
import { type Intent, intents, read, uncovered } from '../intent.js'
import * as policies from '../policies.js'
import { perform, type Theatre } from '../theatre.js'

/** Records of what one text led to. Under a closed policy nothing of it runs. */
async function recordsOf(theatre: Theatre, client: Client, text: string): Promise<readonly Decided[]> {
  const { decided } = theatre.stage.evidence
  const before = decided.length
  await client.ask(text)
  return decided.slice(before)
}

const actionsOf = (records: readonly Decided[]): readonly Action[] =>
  records.flatMap(({ statement }) => statement.actions)

const samples: readonly Intent[] = [
  read('customers', ['id', 'email']),
  read('orders', ['note'], 2),
  { verb: 'insert', relation: 'orders', fields: ['id', 'note'], value: 'here' },
  { verb: 'update', relation: 'customers', fields: ['note'], id: 3, value: 'there' },
  { verb: 'update', relation: 'payments', fields: ['card'], value: 'everywhere' },
  { verb: 'delete', relation: 'payments', fields: [] },
]

export const normalising: readonly Clause[] = [
  {
    number: 'N1',
    title: 'reading what was said covers what was meant',
    over: 'either',
    async run({ speaker, ...troupe }) {
      await perform({ speaker, ...troupe }, { policy: policies.closed() }, async (theatre) => {
        const client = await theatre.client()
        for (const intent of intents([])) {
          const text = theatre.say(intent)
          const missing = uncovered(intent, actionsOf(await recordsOf(theatre, client, text)), speaker)
          insist(missing === undefined, `${missing} in the reading of: ${text}`)
        }
      })
    },
  },
  {
    number: 'N2',
    title: 'every relation of a join, subquery, CTE or stage is named',
    over: 'either',
    absent: ({ speaker }) => (speaker.ways.length === 0 ? 'one statement reads one relation' : undefined),
    async run({ speaker, ...troupe }) {
      await perform({ speaker, ...troupe }, { policy: policies.closed() }, async (theatre) => {
        const client = await theatre.client()
        for (const intent of intents(speaker.ways)) {
          if (intent.other === undefined) continue
          const text = theatre.say(intent)
          const missing = uncovered(intent, actionsOf(await recordsOf(theatre, client, text)), speaker)
          insist(missing === undefined, `${missing} in the reading of: ${text}`)
        }
      })
    },
  },
  {
    number: 'N3',
    title: 'several statements in one text give all their actions',
    over: 'either',
    absent: ({ speaker }) => (speaker.several === undefined ? 'one text holds one statement' : undefined),
    async run({ speaker, ...troupe }) {
      const { several } = speaker
      if (several === undefined) return
      await perform({ speaker, ...troupe }, { policy: policies.closed() }, async (theatre) => {
        const client = await theatre.client()
        const text = several(samples.map((intent) => theatre.say(intent)))
        const actions = actionsOf(await recordsOf(theatre, client, text))
        for (const intent of samples) {
          const missing = uncovered(intent, actions, speaker)
          insist(missing === undefined, `${missing} in the reading of: ${text}`)
        }
      })
    },
  },
  {
    number: 'N4',
    title: 'comments, case, quoting and whitespace do not change the reading',
    over: 'either',
    async run({ speaker, ...troupe }) {
      await perform({ speaker, ...troupe }, { policy: policies.closed() }, async (theatre) => {
        const client = await theatre.client()
        for (const intent of samples) {
          const text = theatre.say(intent)
          const plain = actionsOf(await recordsOf(theatre, client, text))
          for (const disguise of speaker.disguise(text))
            same(actionsOf(await recordsOf(theatre, client, disguise)), plain, `actions of: ${disguise}`)
        }
      })
    },
  },
  {
    number: 'N5',
    title: 'dynamic text is opaque, and what no grammar takes is refused',
    over: 'either',
    async run({ speaker, ...troupe }) {
      await perform({ speaker, ...troupe }, { policy: policies.understood() }, async (theatre) => {
        const client = await theatre.client()
        for (const text of speaker.opaque) {
          const { decided } = theatre.stage.evidence
          const before = decided.length
          const { failure } = await client.ask(text)
          insist(failure?.code !== undefined, `not refused: ${text}`)
          const records = decided.slice(before)
          insist(
            actionsOf(records).some(({ verb }) => verb === 'opaque') || failure.code === 'GH_UNREADABLE',
            `read as something known: ${text}`,
          )
        }
        for (const text of speaker.unreadable) {
          const { failure } = await client.ask(text)
          // A reader that has no grammar of the whole language cannot tell what is no statement from what it does not know.
          insist(
            failure?.code === 'GH_UNREADABLE' || failure?.code === 'GH_OPAQUE',
            `the refusal of: ${text} is ${failure?.code ?? 'none'}`,
          )
        }
        same(theatre.upstream?.ran.length ?? 0, 0, 'statements that ran')
      })
    },
  },
  {
    number: 'N6',
    title: 'prepared, then executed, reads the same as said directly',
    over: 'either',
    absent: ({ speaker }) =>
      speaker.forms.some(({ prepared }) => prepared) ? undefined : 'nothing can be prepared',
    async run({ speaker, ...troupe }) {
      await perform({ speaker, ...troupe }, {}, async (theatre) => {
        const client = await theatre.client()
        const { decided } = theatre.stage.evidence
        const safe: readonly Intent[] = [
          read('customers', ['id', 'email']),
          read('orders', ['note'], 2),
          { verb: 'update', relation: 'customers', fields: ['note'], id: 99, value: 'there' },
          { verb: 'delete', relation: 'payments', fields: [], id: 99 },
        ]
        for (const intent of safe) {
          const readings: (readonly Action[])[] = []
          for (const form of theatre.forms) {
            const before = decided.length
            await client.ask(theatre.say(intent), form)
            readings.push(actionsOf(decided.slice(before)))
          }
          for (const reading of readings) same(reading, readings[0], `actions of: ${theatre.say(intent)}`)
          insist((readings[0]?.length ?? 0) > 0, 'no action was recorded')
        }
      })
    },
  },
  {
    number: 'N7',
    title: 'records show a statement without its literals',
    over: 'either',
    async run(troupe) {
      await perform(troupe, { policy: policies.closed() }, async (theatre) => {
        const client = await theatre.client()
        const texts: string[] = []
        for (const [id, value] of [
          [271828, 'marzipan'],
          [314159, 'pumpernickel'],
        ] as const) {
          const intent: Intent = { verb: 'update', relation: 'orders', fields: ['note'], id, value }
          const [record] = await recordsOf(theatre, client, theatre.say(intent))
          const shown = record?.statement.text ?? ''
          insist(!shown.includes(String(id)) && !shown.includes(value), `a literal is recorded: ${shown}`)
          insist(shown !== '', 'the record has no text')
          texts.push(shown)
        }
        same(texts[0], texts[1], 'two texts that differ in literals alone, as recorded')
      })
    },
  },
]
