/** B: what a permit obliges to is kept in every form, or the statement is refused. */
import type { Clause } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same } from '../insist.js'
import { type Intent, type Result, read } from '../intent.js'
import * as policies from '../policies.js'
import type { Form } from '../speaker.js'
import { perform, rowsOf, stateAfter, type Theatre } from '../theatre.js'
import type { Troupe } from '../troupe.js'
import { type RelationName, WORLD } from '../world.js'

const everyone = read('customers', ['id', 'email', 'note'])
const orders = read('orders', ['id', 'amount', 'note'])
const fine = read('orders', ['id', 'note'])

const secretsOf = (relation: RelationName, field: string): readonly string[] => {
  const { columns, rows } = WORLD.relations[relation]
  const place = columns.findIndex(({ name }) => name === field)
  return rows.map((row) => row[place] as string)
}

/** The obligation is refused in every form, natively, and what it does not bind goes on. */
export async function refusesCleanly(theatre: Theatre, client: Client, intent: Intent): Promise<void> {
  for (const form of theatre.forms) {
    const { failure, rows } = await client.ask(theatre.say(intent), form)
    same(failure?.code, 'GH_UNMASKABLE', `our code, ${form.name}`)
    same(failure?.fatal, false, `fatal, ${form.name}`)
    same(rows, [], `rows, ${form.name}`)
  }
}

/** Rows in which `place` is masked and all else is as it was. */
function maskedOnly(shown: Result['rows'], intent: Intent, place: number, what: string): void {
  const original = rowsOf(intent)
  same(shown.length, original.length, `number of rows, ${what}`)
  for (const [index, row] of shown.entries()) {
    const kept = original[index] ?? []
    for (const [column, cell] of row.entries()) {
      if (column !== place) same(cell, kept[column], `an unmasked cell, ${what}`)
      else insist(cell !== kept[column], `a masked cell shows its value, ${what}`)
    }
  }
}

async function hidden(
  theatre: Theatre,
  client: Client,
  text: string,
  form: Form,
  secrets: readonly string[],
): Promise<void> {
  await client.ask(text, form)
  const received = Buffer.from(client.received())
  for (const secret of secrets)
    insist(!received.includes(secret), `\`${secret}\` came through, ${form.name}: ${text}`)
  same(theatre.stage.faults, [], 'faults')
}

const absentMask = ({ manifest }: Troupe) => (manifest.honours.mask ? undefined : 'it masks nothing')
const absentRows = ({ manifest }: Troupe) => (manifest.honours.rows ? undefined : 'it counts no rows')

export const obligations: readonly Clause[] = [
  {
    number: 'B1',
    title: 'a mask changes what it names and nothing else',
    over: 'either',
    absent: absentMask,
    async run(troupe) {
      const policy = policies.masked(troupe.speaker, [['customers', 'email']])
      await perform(troupe, { policy }, async (theatre) => {
        const client = await theatre.client()
        if (!troupe.manifest.honours.mask) return refusesCleanly(theatre, client, everyone)
        for (const form of theatre.forms) {
          const { rows, failure } = await client.ask(theatre.say(everyone), form)
          same(failure, undefined, `failure, ${form.name}`)
          maskedOnly(rows, everyone, 1, form.name)
          const moved = read('customers', ['email', 'id'])
          maskedOnly((await client.ask(theatre.say(moved), form)).rows, moved, 0, form.name)
          same(
            (await client.ask(theatre.say(fine), form)).rows,
            rowsOf(fine),
            `rows of another, ${form.name}`,
          )
        }
      })
    },
  },
  {
    number: 'B2',
    title: 'an obligation that cannot be kept refuses',
    over: 'either',
    async run(troupe) {
      const { speaker, manifest } = troupe
      const policy = policies.masked(speaker, [['customers', 'email']])
      await perform(troupe, { policy }, async (theatre) => {
        const client = await theatre.client()
        const secrets = secretsOf('customers', 'email')
        const rows = secrets.map((secret) => [secret])
        const texts = speaker
          .wrapped('customers', 'email')
          .map((text) => theatre.teach(text, { columns: [{ name: 'shown', kind: 'text' }], rows }))
        for (const form of theatre.forms) {
          for (const text of [theatre.say(everyone), ...texts])
            await hidden(theatre, client, text, form, secrets)
        }
      })
      if (manifest.honours.rows) return
      await perform(troupe, { policy: policies.limited('rows', 2) }, async (theatre) =>
        refusesCleanly(theatre, await theatre.client(), everyone),
      )
    },
  },
  {
    number: 'B3',
    title: 'masks hold for text and binary forms, for numbers and for text',
    over: 'either',
    absent: absentMask,
    async run(troupe) {
      const { speaker } = troupe
      for (const kind of ['redact', 'null', 'partial', 'hash'] as const) {
        const policy = policies.masked(
          speaker,
          [
            ['customers', 'email'],
            ['orders', 'amount'],
          ],
          kind,
        )
        await perform(troupe, { policy }, async (theatre) => {
          const client = await theatre.client()
          if (!troupe.manifest.honours.mask) return refusesCleanly(theatre, client, orders)
          for (const form of theatre.forms) {
            const what = `${form.name}, ${kind}`
            maskedOnly((await client.ask(theatre.say(everyone), form)).rows, everyone, 1, what)
            maskedOnly((await client.ask(theatre.say(orders), form)).rows, orders, 1, what)
            same(client.heard().malformed, undefined, `what the client heard, ${what}`)
          }
        })
      }
    },
  },
  {
    number: 'B4',
    title: 'row limits end to the row, natively and cleanly',
    over: 'either',
    absent: absentRows,
    async run(troupe) {
      const { speaker, manifest } = troupe
      const all = rowsOf(everyone)
      for (const limit of [1, 2, all.length - 1, all.length, all.length + 1]) {
        await perform(troupe, { policy: policies.limited('rows', limit) }, async (theatre) => {
          const client = await theatre.client()
          if (!manifest.honours.rows) return refusesCleanly(theatre, client, everyone)
          for (const form of theatre.forms) {
            const what = `${form.name}, limit ${limit}`
            const answer = await client.ask(theatre.say(everyone), form)
            const { rows, failure } = answer
            same(rows, all.slice(0, limit), `rows, ${what}`)
            same(failure?.code, limit < all.length ? 'GH_ROW_LIMIT' : undefined, `our code, ${what}`)
            if (failure !== undefined)
              same(failure.native, speaker.native('GH_ROW_LIMIT'), `the native code, ${what}`)
            if (speaker.transactions !== undefined)
              same(await stateAfter(theatre, client, answer), 'idle', `state, ${what}`)
            const one = read('customers', ['id'], 2)
            same((await client.ask(theatre.say(one), form)).rows, rowsOf(one), `rows of the next, ${what}`)
          }
        })
      }
    },
  },
]
