/** The promise that every adapter keeps, played clause by clause; each clause's number is its test's name. */
import type { Manifest, OpenAdapter } from '@gatehouse/adapter-kit'
import type { ClauseNumber } from './clause.js'
import { CLAUSES } from './clauses/index.js'
import type { Speaker } from './speaker.js'
import type { Lent, Place, RealUpstream, Troupe } from './troupe.js'

export interface Production {
  readonly manifest: Manifest
  readonly speaker: Speaker
  /** Opens the adapter over a server that holds the world (world.ts); the account is the author's to choose. */
  readonly open: (place: Place) => Promise<OpenAdapter>
  /** A real server; left out: the speaker's actor, which shows every clause. */
  readonly real?: () => Promise<RealUpstream>
  /** Milliseconds that any one answer may take, on a busy machine; 30 000 unless said. */
  readonly patience?: number
  /** Bytes of rows for a reader that reads nothing; 32 MiB unless said. */
  readonly flood?: number
}

export interface ContractOptions extends Production {
  /** Of the test runner; any that has these two forms will do. */
  readonly describe: (name: string, body: () => void) => unknown
  readonly test: (name: string, body: () => Promise<void>, timeout?: number) => unknown
  /** Its hook behind the last test. Given, all clauses over a real server share an adapter, but for those that are about opening one. */
  readonly afterAll?: (body: () => Promise<void>) => unknown
}

export interface Verdict {
  readonly number: ClauseNumber
  readonly title: string
  /** `refuses`: the feature is absent, and what asks for it is refused cleanly. `unplayed`: not over this upstream. */
  readonly result: 'keeps' | 'refuses' | 'broken' | 'unplayed'
  /** What is absent, or how it is broken. */
  readonly why?: string
}

/** Registers one test per clause. The verdicts fill up as the tests run. */
export function runContract(options: ContractOptions): readonly Verdict[] {
  const verdicts: Verdict[] = []
  const over = options.real === undefined ? 'a scripted upstream' : 'a real server'
  const lent = options.real === undefined || options.afterAll === undefined ? undefined : lend(options.open)
  const troupe = once(() => assemble(options, lent))
  options.describe(`contract of ${options.manifest.name} over ${over}`, () => {
    if (lent !== undefined) options.afterAll?.(lent.close)
    for (const { number, title, over: needs } of CLAUSES) {
      if (needs === 'scripted' && options.real !== undefined) {
        verdicts.push({ number, title, result: 'unplayed' })
        continue
      }
      options.test(
        `${number} ${title}`,
        async () => {
          const verdict = await playClause(number, await troupe())
          verdicts.push(verdict)
          if (verdict.result === 'broken') throw new Error(`${number} ${title}: ${verdict.why}`)
        },
        120_000,
      )
    }
  })
  return verdicts
}

/** Plays clauses without a test runner, all unless named. They have a stage each, so that they are played together; E5 alone. */
export async function playContract(
  production: Production,
  numbers: readonly ClauseNumber[] = CLAUSES.map(({ number }) => number),
): Promise<readonly Verdict[]> {
  const troupe = await assemble(production)
  const together = numbers.filter((number) => number !== 'E5')
  const verdicts = await Promise.all(together.map((number) => playClause(number, troupe)))
  return numbers.includes('E5') ? [...verdicts, await playClause('E5', troupe)] : verdicts
}

async function assemble(production: Production, lent?: Lent): Promise<Troupe> {
  const { manifest, speaker, open, patience = 30_000, flood = 32 << 20 } = production
  return { manifest, speaker, open, lent, patience, flood, real: await production.real?.() }
}

async function playClause(wanted: ClauseNumber, troupe: Troupe): Promise<Verdict> {
  const clause = CLAUSES.find(({ number }) => number === wanted)
  if (clause === undefined) throw new TypeError(`no clause ${wanted}`)
  const { number, title } = clause
  if (clause.over === 'scripted' && troupe.real !== undefined) return { number, title, result: 'unplayed' }
  try {
    await clause.run(troupe)
  } catch (fault) {
    // What it did to the adapter is nobody else's.
    await troupe.lent?.close()
    return { number, title, result: 'broken', why: fault instanceof Error ? fault.message : String(fault) }
  }
  const absent = clause.absent?.(troupe)
  return absent === undefined
    ? { number, title, result: 'keeps' }
    : { number, title, result: 'refuses', why: absent }
}

function lend(open: Production['open']): Lent {
  let opened: Promise<OpenAdapter> | undefined
  return {
    borrow(place) {
      opened ??= open(place)
      return opened
    },
    async close() {
      const adapter = opened
      opened = undefined
      await (await adapter?.catch(() => undefined))?.close()
    },
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
