/** B: limits on bytes and on changed rows, and masks inside documents. */
import type { Clause } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same } from '../insist.js'
import { type Intent, read } from '../intent.js'
import * as policies from '../policies.js'
import { perform, rowsOf, stateAfter, type Theatre } from '../theatre.js'
import type { Troupe } from '../troupe.js'
import { DOCUMENT, SECRET } from '../world.js'
import { refusesCleanly } from './obligations.js'

const everyone = read('customers', ['id', 'email', 'note'])
const one = read('customers', ['id'], 2)
const absent =
  (feature: 'bytes' | 'affected' | 'keys', why: string) =>
  ({ manifest }: Troupe) =>
    manifest.honours[feature] ? undefined : why

/** What the rows hold, without what the protocol puts around it. */
const content = (rows: readonly (readonly (string | null)[])[]) =>
  rows.flat().reduce((sum, cell) => sum + Buffer.byteLength(cell ?? ''), 0)

/** More than one row holds, and less than all. */
const SOME = 100
const PLENTY = 1 << 20

/** Of every customer: four rows. */
const rewrite: Intent = { verb: 'update', relation: 'customers', fields: ['note'], value: 'rewritten' }
const CHANGED = 4

async function changes(theatre: Theatre, client: Client, limit: number, troupe: Troupe): Promise<void> {
  const { speaker } = troupe
  const text = theatre.teach(speaker.say(rewrite), { columns: [], rows: [], changed: CHANGED })
  for (const form of theatre.forms) {
    const what = `${form.name}, limit ${limit}`
    const { transactions } = speaker
    const kept = limit >= CHANGED
    if (kept && transactions === undefined) return
    // What may stand is taken back, so that the world is what it was.
    if (kept && transactions !== undefined) await client.ask(transactions.begin)
    const answer = await client.ask(text, form)
    same(answer.failure?.code, kept ? undefined : 'GH_ROW_LIMIT', `our code, ${what}`)
    if (answer.failure !== undefined)
      same(answer.failure.native, speaker.native('GH_ROW_LIMIT'), `the native code, ${what}`)
    if (kept && transactions !== undefined) await client.ask(transactions.rollback)
    else if (transactions !== undefined) same(await stateAfter(theatre, client, answer), 'idle', what)
    same((await client.ask(theatre.say(everyone), form)).rows, rowsOf(everyone), `the world after, ${what}`)
  }
}

interface Shown {
  readonly email: unknown
  readonly plan: unknown
  readonly deep: readonly { readonly email: unknown }[]
}

export const limits: readonly Clause[] = [
  {
    number: 'B5',
    title: 'byte limits end before the row that passes them, natively and cleanly',
    over: 'either',
    absent: absent('bytes', 'it counts no bytes'),
    async run(troupe) {
      const all = rowsOf(everyone)
      for (const limit of [1, SOME, PLENTY]) {
        await perform(troupe, { policy: policies.limited('bytes', limit) }, async (theatre) => {
          const client = await theatre.client()
          if (!troupe.manifest.honours.bytes) return refusesCleanly(theatre, client, everyone)
          for (const form of theatre.forms) {
            const what = `${form.name}, limit ${limit}`
            const { rows, failure } = await client.ask(theatre.say(everyone), form)
            same(rows, all.slice(0, rows.length), `rows, ${what}`)
            insist(content(rows) <= limit, `${content(rows)} bytes came, ${what}`)
            same(failure?.code, limit < PLENTY ? 'GH_ROW_LIMIT' : undefined, `our code, ${what}`)
            if (failure !== undefined)
              same(failure.native, troupe.speaker.native('GH_ROW_LIMIT'), `the native code, ${what}`)
            const next = await client.ask(theatre.say(one), form)
            if (limit > 1) same(next.rows, rowsOf(one), `rows of the next, ${what}`)
          }
        })
      }
    },
  },
  {
    number: 'B6',
    title: 'more changed rows than a limit allows change none',
    over: 'either',
    absent: absent('affected', 'it counts no changed rows'),
    async run(troupe) {
      for (const limit of [1, CHANGED - 1, CHANGED]) {
        await perform(troupe, { policy: policies.limited('affected', limit) }, async (theatre) => {
          const client = await theatre.client()
          if (!troupe.manifest.honours.affected) return refusesCleanly(theatre, client, rewrite)
          await changes(theatre, client, limit, troupe)
        })
      }
    },
  },
  {
    number: 'B7',
    title: 'keys inside documents are masked by their class, and nothing else of the document',
    over: 'either',
    absent: (troupe) =>
      troupe.speaker.document === undefined
        ? 'its speaker shows no documents'
        : absent('keys', 'it masks no keys inside documents')(troupe),
    async run(troupe) {
      const { document } = troupe.speaker
      if (document === undefined) return
      await perform(troupe, { policy: policies.keysMasked('email') }, async (theatre) => {
        const client = await theatre.client()
        const text = theatre.teach(document(DOCUMENT), {
          columns: [{ name: 'shown', kind: 'document' }],
          rows: [[DOCUMENT]],
        })
        for (const form of theatre.forms) {
          const { rows, failure } = await client.ask(text, form)
          insist(!Buffer.from(client.received()).includes(SECRET), `a key's value came through, ${form.name}`)
          if (!troupe.manifest.honours.keys) {
            same(failure?.code, 'GH_UNMASKABLE', `our code, ${form.name}`)
            continue
          }
          same(failure, undefined, `failure, ${form.name}`)
          const shown = JSON.parse(rows[0]?.[0] ?? '{}') as Shown
          same(Object.keys(shown).sort(), ['deep', 'email', 'plan'], `keys, ${form.name}`)
          same(shown.plan, 'gold', `an unmasked key, ${form.name}`)
          insist(shown.email !== SECRET && shown.deep[0]?.email !== SECRET, `a masked key, ${form.name}`)
        }
      })
    },
  },
]
