/** A: the record comes before the bytes, is complete, and says which policy spoke. */
import type { Clause } from '../clause.js'
import { insist, same, until } from '../insist.js'
import { read } from '../intent.js'
import * as policies from '../policies.js'
import { lastConnection, perform, quiet, rowsOf, type Theatre } from '../theatre.js'
import { BOB } from '../troupe.js'

const everyone = read('customers', ['id', 'email'])
/** Said by no other clause, so that it can be watched by itself. */
const notes = read('customers', ['note', 'email'])
const forbidden = read('payments', ['card'])

/** Every decision has exactly one outcome, in one way or another. */
async function balanced(theatre: Theatre, patience: number): Promise<void> {
  const { decided, completed } = theatre.stage.evidence
  await until(patience, () => completed.length >= decided.length, 'an outcome for each decision')
  const ids = completed.map((record) => record.decided.id).sort()
  same(ids, decided.map(({ id }) => id).sort(), 'decisions and outcomes')
}

export const audit: readonly Clause[] = [
  {
    number: 'A1',
    title: 'the decision is written before the first byte upstream, the outcome before the last frame',
    over: 'scripted',
    async run(troupe) {
      const { patience } = troupe
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        const { evidence } = theatre.stage
        const upstream = lastConnection(theatre)
        const watch = async (bytes: Uint8Array, what: string) => {
          const before = upstream.asked().length
          const decisions = evidence.decided.length
          evidence.holding = true
          client.send(bytes)
          await until(patience, () => evidence.decided.length > decisions, `a decision, ${what}`)
          await quiet()
          same(upstream.asked().length, before, `bytes upstream while the decision is not written, ${what}`)
          upstream.hold()
          evidence.holding = false
          await until(patience, () => upstream.held > 0, `the statement upstream, ${what}`)
          evidence.holding = true
          upstream.release()
          await until(
            patience,
            () => evidence.completed.length > decisions || client.waiting > 0,
            `an outcome, ${what}`,
          )
          await quiet()
          same(client.waiting, 0, `answers while the outcome is not written, ${what}`)
          evidence.holding = false
          same((await client.next()).rows, rowsOf(notes), `rows, ${what}`)
        }
        for (const form of theatre.forms) {
          await watch(await client.ready(theatre.say(notes), form), form.name)
          const again = client.again(form)
          if (again !== undefined) await watch(again, `${form.name}, repeated`)
        }
      })
    },
  },
  {
    number: 'A2',
    title: 'a full sink refuses, and a failing one lets nothing through',
    over: 'either',
    async run(troupe) {
      const { speaker } = troupe
      await perform(troupe, {}, async (theatre) => {
        const client = await theatre.client()
        const { evidence } = theatre.stage
        for (const form of theatre.forms) {
          const ran = theatre.upstream?.ran.length
          evidence.full = true
          const { failure } = await client.ask(theatre.say(everyone), form)
          same(failure?.code, 'GH_AUDIT_UNAVAILABLE', `our code, ${form.name}`)
          same(failure?.native, speaker.native('GH_AUDIT_UNAVAILABLE'), `the native code, ${form.name}`)
          same(theatre.upstream?.ran.length, ran, 'statements that ran')
          // A disk that fails takes nothing and confirms nothing: whoever had nothing under way is refused, and stays.
          evidence.failing = true
          const again = (await client.ask(theatre.say(everyone), form)).failure
          same(again?.code, 'GH_AUDIT_UNAVAILABLE', `our code while the disk fails, ${form.name}`)
          same(theatre.upstream?.ran.length, ran, 'statements that ran while the disk fails')
          evidence.failing = false
          const arrival = await theatre.arrive(BOB)
          same(arrival.kind, 'turned-away', 'a sign-in that cannot be recorded')
          evidence.full = false
          same((await client.ask(theatre.say(everyone), form)).rows, rowsOf(everyone), `rows, ${form.name}`)
        }
        const ran = theatre.upstream?.ran.length
        evidence.failing = true
        client.send(speaker.ask(theatre.say(everyone), theatre.forms[0] as never))
        await client.whenClosed()
        same(theatre.upstream?.ran.length, ran, 'statements that ran though their record failed')
        evidence.failing = false
      })
    },
  },
  {
    number: 'A3',
    title: 'each execution yields one decision and one outcome',
    over: 'either',
    async run(troupe) {
      const { speaker, patience } = troupe
      const policy = policies.without(speaker, 'payments')
      await perform(troupe, { policy }, async (theatre) => {
        const client = await theatre.client()
        const { decided, completed } = theatre.stage.evidence
        const expect = async (count: number, status: string, what: string) => {
          await until(patience, () => completed.length >= count, `the outcome of ${what}`)
          same(decided.length, count, `decisions after ${what}`)
          same(completed.length, count, `outcomes after ${what}`)
          same(completed.at(-1)?.outcome.status, status, `the outcome of ${what}`)
        }
        let count = 0
        for (const form of theatre.forms) {
          await client.ask(theatre.say(everyone), form)
          await expect(++count, 'done', `a read, ${form.name}`)
          same(completed.at(-1)?.outcome.returned, rowsOf(everyone).length, `rows recorded, ${form.name}`)
          const again = client.again(form)
          if (again !== undefined) {
            client.send(again)
            same((await client.next()).rows, rowsOf(everyone), `rows of a repetition, ${form.name}`)
            await expect(++count, 'done', `a repetition, ${form.name}`)
          }
          await client.ask(theatre.say(forbidden), form)
          await expect(++count, 'refused', `a refusal, ${form.name}`)
          if (theatre.upstream !== undefined) {
            const failing = theatre.say(read('orders', ['id', 'note', 'amount'], 3))
            theatre.teach(failing, { columns: [], rows: [], failure: 'not today' })
            const { failure } = await client.ask(failing, form)
            insist(
              failure !== undefined && failure.code === undefined,
              'the failure of the server is not its own',
            )
            await expect(++count, 'failed', `a failure, ${form.name}`)
          }
        }
        const { several } = speaker
        if (several !== undefined) {
          const text = several([theatre.say(everyone), theatre.say(everyone)])
          theatre.teach(text, { columns: [], rows: [] })
          await client.ask(text)
          count += 2
          await until(patience, () => completed.length >= count, 'the outcomes of two statements')
          same(
            decided.slice(-2).map(({ position }) => position),
            [0, 1],
            'their positions',
          )
        }
        await balanced(theatre, patience)
      })
    },
  },
  {
    number: 'A4',
    title: 'a dropped connection still completes what ran',
    over: 'scripted',
    async run(troupe) {
      const { patience } = troupe
      await perform(troupe, {}, async (theatre) => {
        for (const form of theatre.forms) {
          const client = await theatre.client()
          const upstream = lastConnection(theatre)
          const ask = await client.ready(theatre.say(everyone), form)
          const before = theatre.stage.evidence.completed.length
          upstream.hold()
          client.send(Buffer.concat([ask, ask]))
          await until(patience, () => upstream.held > 0, 'the statement upstream')
          await quiet()
          client.reset()
          await balanced(theatre, patience)
          const statuses = theatre.stage.evidence.completed.slice(before).map(({ outcome }) => outcome.status)
          insist(
            statuses.includes('cut') && !statuses.includes('done'),
            `outcomes of what was dropped are ${statuses.join(', ')}, ${form.name}`,
          )
          await until(patience, () => upstream.closed, 'the end of the upstream connection')
        }
      })
    },
  },
  {
    number: 'A5',
    title: 'records carry the policy revision in force',
    over: 'either',
    async run(troupe) {
      const { speaker } = troupe
      const before = policies.open()
      const after = policies.policyOf('later', [
        { name: 'reading', effect: 'permit', verbs: ['connect', 'read', 'transaction'] },
      ])
      const last = policies.closed()
      await perform(troupe, { policy: before }, async (theatre) => {
        const client = await theatre.client()
        const { decided } = theatre.stage.evidence
        for (const form of theatre.forms) {
          const revisions = [before, after].map(({ revision }) => revision)
          theatre.stage.usePolicy(before)
          const from = decided.length
          await client.ask(theatre.say(everyone), form)
          theatre.stage.usePolicy(after)
          const once = client.again(form) ?? speaker.ask(theatre.say(everyone), form)
          client.send(once)
          await client.next()
          same(
            decided.slice(from).map(({ policyRevision }) => policyRevision),
            revisions,
            `revisions, ${form.name}`,
          )
          theatre.stage.usePolicy(last)
          client.send(once)
          insist(
            (await client.next()).failure?.code !== undefined,
            `a new policy does not bind, ${form.name}`,
          )
        }
      })
    },
  },
]
