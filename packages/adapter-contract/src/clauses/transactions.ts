/** R and E: transactions, by texts of their own or carried by their commands, are recorded, and end as the server's own do. */
import type { Clause } from '../clause.js'
import type { Client } from '../client.js'
import { insist, same, until } from '../insist.js'
import { type Intent, read } from '../intent.js'
import * as policies from '../policies.js'
import type { Form } from '../speaker.js'
import { lastConnection, perform, rowsOf, type Theatre } from '../theatre.js'
import type { Troupe } from '../troupe.js'

/** The last: a server that keeps a new version behind the others gives them in the same order as before. */
const LAST = 3
const target = read('orders', ['note'], LAST)
const forbidden = read('payments', ['card'])
const fine = read('customers', ['id', 'note'])
/** Said by nothing else, so that it can fail by itself. */
const failing = read('orders', ['amount'], LAST)
const write = (value: string): Intent => ({
  verb: 'update',
  relation: 'orders',
  fields: ['note'],
  id: LAST,
  value,
})
const BEFORE = rowsOf(target)[0]?.[0] ?? ''

interface Course {
  /** Undefined: its first statement begins it. */
  readonly begin: string | undefined
  within(text: string): string
  readonly commit: string
  readonly rollback: string
}

const absent = ({ speaker, real }: Troupe) => {
  if (real?.without === 'transactions') return 'this server has no transactions'
  const none = speaker.transactions === undefined && speaker.carriedTransaction === undefined
  return none ? 'no transactions' : undefined
}

/** What an error of the server's own does to one. */
function leaves({ speaker }: Troupe): 'open' | 'failed' | 'over' {
  return speaker.transactions?.errorLeaves ?? 'over'
}

/** It has begun, where a text begins it. */
async function begin({ speaker }: Troupe, client: Client): Promise<Course> {
  const { transactions, carriedTransaction } = speaker
  if (transactions === undefined) {
    insist(carriedTransaction !== undefined, 'no transactions')
    return { begin: undefined, ...carriedTransaction() }
  }
  same((await client.ask(transactions.begin)).failure, undefined, 'a failure of its beginning')
  return { ...transactions, within: (text) => text }
}

const statements = ({ begin: text }: Course) => (text === undefined ? 2 : 3)

async function completed(troupe: Troupe, { stage }: Theatre, count: number, what: string): Promise<void> {
  const { evidence } = stage
  await until(troupe.patience, () => evidence.completed.length >= count, `outcomes, ${what}`)
  same(evidence.completed.length, evidence.decided.length, `decisions and outcomes, ${what}`)
}

/** What stands is asked of a real server; a scripted one keeps nothing. */
async function stands(theatre: Theatre, value: string, what: string): Promise<void> {
  if (theatre.upstream !== undefined) return
  const other = await theatre.client()
  same((await other.ask(theatre.say(target))).rows, [[value]], `what stands, ${what}`)
  other.leave()
}

async function restore(theatre: Theatre): Promise<void> {
  if (theatre.upstream !== undefined) return
  const other = await theatre.client()
  same((await other.ask(theatre.say(write(BEFORE)))).failure, undefined, 'a failure of restoring the world')
  other.leave()
}

const stateThere = (theatre: Theatre, wanted: string, what: string) => {
  if (theatre.upstream !== undefined) same(lastConnection(theatre).state, wanted, `the state there, ${what}`)
}

/** How one goes on in which something has failed: the codes of what comes next, and of its end. */
async function afterwards(troupe: Troupe, theatre: Theatre, form: Form, text: string) {
  const client = await theatre.client()
  const course = await begin(troupe, client)
  const first = await client.ask(course.within(theatre.say(write('kept'))), form)
  same(first.failure, undefined, `a failure before it, ${form.name}`)
  const { failure } = await client.ask(course.within(text), form)
  insist(failure !== undefined, `it does not fail, ${form.name}: ${text}`)
  const there = theatre.upstream === undefined ? undefined : lastConnection(theatre).state
  const next = await client.ask(course.within(theatre.say(fine)), form)
  const end = await client.ask(course.commit)
  stateThere(theatre, 'idle', `behind its end, ${form.name}`)
  client.leave()
  return { there, next: next.failure?.native, end: end.failure?.native }
}

export const inTransactions: readonly Clause[] = [
  {
    number: 'R6',
    title: 'a transaction is recorded from its beginning to its end, and stands or falls as it is told',
    over: 'either',
    absent,
    async run(troupe) {
      if (absent(troupe) !== undefined) return
      await perform(troupe, { policy: policies.open() }, async (theatre) => {
        const client = await theatre.client()
        const upstream = theatre.upstream === undefined ? undefined : lastConnection(theatre)
        const { evidence } = theatre.stage
        for (const form of theatre.forms) {
          for (const end of ['rollback', 'commit'] as const) {
            const what = `${end}, ${form.name}`
            const before = evidence.decided.length
            const course = await begin(troupe, client)
            const { failure } = await client.ask(course.within(theatre.say(write('kept'))), form)
            same(failure, undefined, `a failure in it, ${what}`)
            same(upstream?.state, upstream && 'open', `the state there, ${what}`)
            same((await client.ask(course[end])).failure, undefined, `a failure of its end, ${what}`)
            same(upstream?.state, upstream && 'idle', `the state there behind it, ${what}`)
            await completed(troupe, theatre, before + statements(course), what)
            const own = evidence.completed.slice(before)
            same(own.length, statements(course), `statements, ${what}`)
            for (const { outcome } of own) same(outcome.status, 'done', `an outcome, ${what}`)
            const verbs = own.map(({ decided }) => decided.statement.actions.map(({ verb }) => verb))
            same(verbs.at(-1), ['transaction'], `what its end is recorded as, ${what}`)
            if (course.begin !== undefined)
              same(verbs[0], ['transaction'], `what its beginning is recorded as, ${what}`)
            await stands(theatre, end === 'commit' ? 'kept' : BEFORE, what)
            if (end === 'commit') await restore(theatre)
          }
        }
      })
    },
  },
  {
    number: 'R7',
    title: "a refusal does to its transaction what the server's own error does",
    over: 'either',
    absent,
    async run(troupe) {
      if (absent(troupe) !== undefined) return
      const left = leaves(troupe)
      await perform(troupe, { policy: policies.without(troupe.speaker, 'payments') }, async (theatre) => {
        for (const form of theatre.forms) {
          const refused = await afterwards(troupe, theatre, form, theatre.say(forbidden))
          same(refused.next !== undefined, left !== 'open', `what comes next fails, ${form.name}`)
          same(refused.end !== undefined, left === 'over', `its end fails, ${form.name}`)
          await stands(theatre, left === 'open' ? 'kept' : BEFORE, `behind a refusal, ${form.name}`)
          await restore(theatre)
          if (theatre.upstream === undefined) continue
          const text = theatre.teach(theatre.say(failing), { columns: [], rows: [], failure: 'it cannot' })
          const own = await afterwards(troupe, theatre, form, text)
          same(refused, own, `a refusal and an error, ${form.name}`)
        }
      })
    },
  },
]

/** A real server needs a moment to notice. */
async function fallsBack(troupe: Troupe, theatre: Theatre): Promise<void> {
  const other = await theatre.client()
  const started = performance.now()
  for (;;) {
    const { rows } = await other.ask(theatre.say(target))
    if (rows[0]?.[0] === BEFORE) return other.leave()
    insist(performance.now() - started < troupe.patience, 'what a lost client wrote stands')
  }
}

export const lost: Clause = {
  number: 'E6',
  title: 'a client that vanishes in a transaction leaves none of it standing',
  over: 'either',
  absent,
  async run(troupe) {
    if (absent(troupe) !== undefined) return
    await perform(troupe, {}, async (theatre) => {
      for (const form of theatre.forms) {
        const client = await theatre.client()
        const upstream = theatre.upstream === undefined ? undefined : lastConnection(theatre)
        const course = await begin(troupe, client)
        const { failure } = await client.ask(course.within(theatre.say(write('lost'))), form)
        same(failure, undefined, `a failure in it, ${form.name}`)
        client.leave()
        const { evidence, sessions } = theatre.stage
        await until(troupe.patience, () => sessions.size === 0, `the end of the session, ${form.name}`)
        same(evidence.completed.length, evidence.decided.length, `decisions and outcomes, ${form.name}`)
        if (upstream === undefined) await fallsBack(troupe, theatre)
        else {
          await until(troupe.patience, () => upstream.closed, 'the end of the upstream connection')
          same(upstream.state, 'open', `the state in which its connection ended, ${form.name}`)
        }
        if (course.begin !== undefined) continue
        // It is its session's: whoever has that session ends it, once.
        const heir = await theatre.client()
        same((await heir.ask(course.rollback)).failure, undefined, `a failure of the heir's, ${form.name}`)
        insist(
          (await heir.ask(course.commit)).failure !== undefined,
          `what was ended is committed, ${form.name}`,
        )
        heir.leave()
        await until(troupe.patience, () => sessions.size === 0, `the end of the heir's session, ${form.name}`)
      }
    })
  },
}
