/** Tries to kill the reader through its own front door: it always answers, in time, and reads the next statement right. */
import { startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReader } from '../analysis.js'
import { grammarOf, loadParser } from '../grammar.js'
import { createDice } from '../oracle/dice.js'
import type { Plan, PostgresReader, ReadingContext } from '../plan.js'
import { createPostgresReader } from '../reader.js'
import { DEFAULT_TEXT_LIMITS } from '../text/limits.js'
import { SAMPLE } from '../utility/sample.js'
import { monsters, seeds } from './monsters.js'
import { mutate } from './mutate.js'

const long = process.env.GATEHOUSE_LONG === '1'
const seed = Number(process.env.GATEHOUSE_SEED ?? (long ? Date.now() % 1_000_000 : 7))
const COUNT = long ? 50_000 : 1000
const context: ReadingContext = { searchPath: ['public'], overlay: [], account: 'gatehouse' }
const GOOD = 'select ssn from people where id = 1'

describe.each([15, 18])('the reader of Postgres %i', (major) => {
  let reader: PostgresReader
  let right: Plan
  let fresh = 0
  beforeAll(async () => {
    reader = await createPostgresReader({ major, catalog: SAMPLE, accounts: ['gatehouse'] })
    right = await reader.read(GOOD, [], context)
  })
  afterAll(() => reader?.close())

  /** The good statement, unlike any text or shape before. */
  async function stillReads(): Promise<void> {
    const plan = await reader.read(GOOD.replace('ssn', `ssn as c${fresh++}`), [], context)
    expect(plan).toMatchObject({ kind: 'read', statements: [{ outputs: [{ how: 'copied' }] }] })
    if (plan.kind === 'read' && right.kind === 'read')
      expect(plan.statements[0]?.actions).toEqual(right.statements[0]?.actions)
  }

  test('R30 answers whatever it is sent', async () => {
    const dice = createDice(seed + major)
    const kinds = { read: 0, unreadable: 0 }
    const odd: { text: string; why: string }[] = []
    for (let done = 0; done < COUNT; done += 50) {
      const texts = Array.from({ length: 50 }, () => mutate(dice))
      const plans = await Promise.all(texts.map((text) => reader.read(text, [], context)))
      plans.forEach((plan, at) => {
        kinds[plan.kind]++
        if (plan.kind === 'unreadable' && FAILED.test(plan.why))
          odd.push({ text: texts[at] ?? '', why: plan.why })
      })
      if (done % 500 === 0) await stillReads()
    }
    console.log(`fuzz: Postgres ${major}, seed ${seed}, ${JSON.stringify(kinds)}`)
    await stillReads()
    // A parser that must be replaced is no safety matter, but a cheap way to hold others up.
    expect(odd.slice(0, 3)).toEqual([])
    expect(Math.min(kinds.read, kinds.unreadable)).toBeGreaterThan(COUNT / 50)
  }, 3_600_000)

  test('R30 answers monsters, and reads on', async () => {
    const some = [...monsters(), ...seeds()].filter((_, at) => long || at % 6 === major % 6)
    const plans = await Promise.all(some.map(([, text]) => reader.read(text, [], context)))
    for (const plan of plans) expect(['read', 'unreadable']).toContain(plan.kind)
    await stillReads()
  }, 600_000)

  test('R30 what is read beside monsters does not wait for them', async () => {
    const [, [, text = ''] = []] = monsters()
    const order: string[] = []
    // All of them are sent first: were there one queue, the small ones could only come last.
    const large = Array.from({ length: LARGE }, async (_, at) => {
      await reader.read(`${text}${' '.repeat(900_000 + at)}`, [], context)
      order.push('large')
    })
    await stillReads()
    order.push('small')
    await Promise.all(large)
    expect(order.indexOf('small')).toBeLessThan(LARGE)
  }, 300_000)
})

/** So many that a busy machine does not read them all before it comes to a small text. */
const LARGE = 8

describe.each([15, 18] as const)('Postgres %i itself', (major) => {
  test('R7 calls a syntax error whatever the reader does', async () => {
    const parser = await loadParser(grammarOf(major))
    const limits = DEFAULT_TEXT_LIMITS
    const reading = createReader({ parser, catalog: SAMPLE, reviewed: [], accounts: [], limits })
    const server = await startPostgres({ major })
    const dice = createDice(seed)
    const accepted: string[] = []
    let rejected = 0
    let client = await connect(server.url)
    for (let done = 0; done < COUNT; done++) {
      const text = mutate(dice)
      // The protocol ends a text at NUL, and no encoding has half a character.
      if (text.includes('\0') || !text.isWellFormed()) continue
      const { plan } = reading.analyse(text, [], context)
      if (plan.kind !== 'unreadable' || plan.syntax === undefined) continue
      rejected++
      const code = await client.query(text).then(
        () => 'done',
        (error: { code?: string }) => error.code ?? 'gone',
      )
      if (code === 'gone') client = await connect(server.url)
      else if (!SYNTAX.has(code)) accepted.push(`${code} ${plan.why}: ${text}`)
    }
    await client.end().catch(() => undefined)
    await server.stop()
    expect(accepted.slice(0, 3)).toEqual([])
    expect(rejected).toBeGreaterThan(COUNT / 4)
  }, 3_600_000)
})

/** Codes of the lexer's and the grammar's complaints. */
const SYNTAX: ReadonlySet<string> = new Set([
  '42601',
  '42622',
  '22P02',
  '22025',
  '22P06',
  '0A000',
  '42P01',
  '22021',
])

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('set statement_timeout = 1000')
  return client
}

const FAILED = /parser failed|too long to read|could not be started/
