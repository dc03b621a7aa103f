/** Holds three truths against each other: what the database was given, what clients got, what the spool and its sink hold. */
import { join } from 'node:path'
import { readSpool } from '@gatehouse/audit'
import type { TopicReader } from '../end-to-end/follow-topic.js'
import type { SpoolRecord } from '../end-to-end/spool-records.js'
import { spoolFolders } from '../workers/station.js'
import { numbersIn } from './executed.js'

/**
 * How a client's call ended. `cut`: its connection, before the reply was whole; `unwritten`: refused because nothing
 * could be recorded; `aborted`: in a transaction of Postgres that had failed (25P02), where the server may turn a statement away
 * at its Parse, before anything of it is decided.
 */
export type Ending = 'done' | 'failed' | 'refused' | 'unwritten' | 'aborted' | 'cut'

export interface Truths {
  /** The numbers of statements that the database says it was given. */
  readonly executed: () => ReadonlySet<number>
  /** The data folder: each spool in it is read, as one chain. */
  readonly data: string
  /** By number; the clients' side. */
  readonly endings: ReadonlyMap<number, Ending>
  /** What they heard where it was not done. */
  readonly heard?: ReadonlyMap<number, string>
  readonly topic?: () => TopicReader
}

export interface Found {
  readonly executed: number
  readonly replied: number
  readonly records: number
  /** What the records say became of the statements of this number; none: it was never decided. */
  readonly outcomes: (number: number) => readonly string[]
}

interface Statement {
  readonly effects: Set<string>
  readonly outcomes: string[]
  readonly numbers: readonly number[]
}

/** What was found wrong, in words; `settled`: no session runs, so that every decision has its outcome. */
export type Reconcile = (
  settled?: boolean,
) => Promise<{ readonly faults: readonly string[]; readonly found: Found }>

const MOST = 20

export function createReconcile(truths: Truths): Reconcile {
  const records = new Map<string, string>()
  /** By the statement's own id. */
  const statements = new Map<string, Statement>()
  const byNumber = new Map<number, Statement[]>()
  /** Ids of what could not be read: their text is in no record (R26), so that they are counted. */
  const unread = new Set<string>()
  /** By the spool's folder. */
  const last = new Map<string, number>()

  const take = (spool: string, json: string, sequence: number, faults: string[]) => {
    const { metadata, query_info: query, unmapped } = JSON.parse(json) as SpoolRecord
    const before = last.get(spool)
    if (before !== undefined && sequence !== before + 1)
      faults.push(`\`${spool}\` goes from ${before} to ${sequence}`)
    last.set(spool, sequence)
    if (records.has(metadata.uid)) faults.push(`the spool holds ${metadata.uid} twice`)
    records.set(metadata.uid, json)
    if (query === undefined) return
    const { phase, decision, outcome } = unmapped.gatehouse
    let statement = statements.get(query.uid)
    if (statement === undefined) {
      statement = { effects: new Set(), outcomes: [], numbers: [...new Set(numbersIn(json))] }
      statements.set(query.uid, statement)
      for (const number of statement.numbers)
        byNumber.set(number, [...(byNumber.get(number) ?? []), statement])
    }
    if (phase === 'outcome' && outcome?.status === 'refused' && statement.numbers.length === 0)
      unread.add(query.uid)
    if (phase === 'outcome') statement.outcomes.push(outcome?.status ?? '')
    else statement.effects.add(decision?.effect ?? '')
  }

  const permitted = (number: number) => byNumber.get(number)?.some(({ effects }) => effects.has('permit'))
  const has = (number: number, ...statuses: readonly string[]) =>
    byNumber.get(number)?.some(({ outcomes }) => outcomes.some((status) => statuses.includes(status)))

  /** Invariant: who got a reply whole reads in the records what it said. */
  const told = (number: number, ending: Ending): string | undefined => {
    if (ending === 'cut') return undefined
    if (ending === 'done' && !has(number, 'done')) return 'was answered and has no outcome `done`'
    if (ending === 'failed' && !has(number, 'failed')) return 'failed and has no outcome `failed`'
    if (ending === 'aborted' && byNumber.has(number) && !has(number, 'failed', 'skipped'))
      return 'came too late in its transaction and has no outcome `failed`'
    if (ending === 'refused' && byNumber.has(number) && !has(number, 'refused'))
      return 'was refused and has no outcome `refused`'
    return undefined
  }

  /** What was not seen yet, in order. What a small spool let go once it was acknowledged is taken from the topic. */
  const fresh = async (spool: string) => {
    const from = (last.get(spool) ?? 0) + 1
    const found = new Map<number, string>()
    let chain: string | undefined
    for await (const { json, sequence } of readSpool(spool, { from })) {
      found.set(sequence, json)
      chain ??= (JSON.parse(json) as SpoolRecord).metadata.log_provider
    }
    const oldest = Math.min(...found.keys())
    for (const { sequence, value } of truths.topic?.().messages ?? [])
      if (sequence >= from && sequence < oldest && value.includes(`"log_provider":${JSON.stringify(chain)}`))
        found.set(sequence, value)
    return [...found].sort(([a], [b]) => a - b)
  }

  return async (settled = true) => {
    const faults: string[] = []
    // Read before the spool: whatever stands there was recorded before.
    const answered = [...truths.endings]
    const given = new Set(truths.executed())
    for (const spool of spoolFolders(truths.data))
      for (const [sequence, json] of await fresh(spool)) take(spool, json, sequence, faults)
    for (const number of given)
      if (!permitted(number))
        faults.push(`statement ${number} reached the database without a recorded permit`)
    for (const [number, ending] of answered) {
      const fault = told(number, ending)
      if (fault !== undefined)
        faults.push(
          `statement ${number} ${fault}: ${byNumber.get(number)?.map(({ outcomes }) => outcomes)} (heard: ${truths.heard?.get(number)})`,
        )
      if (ending === 'done' && !given.has(number))
        faults.push(`statement ${number} was answered and never reached the database`)
      if ((ending === 'refused' || ending === 'unwritten') && given.has(number))
        faults.push(`statement ${number} was refused and reached the database`)
    }
    const nameless = answered.filter(([number, ending]) => ending === 'refused' && !byNumber.has(number))
    if (nameless.length > unread.size)
      faults.push(`${nameless.length} statements were refused unread, ${unread.size} are recorded`)
    for (const [id, { effects, outcomes, numbers }] of statements) {
      if (effects.size !== 1) faults.push(`statement ${id} (${numbers}) has ${effects.size} decisions`)
      if (outcomes.length > 1 || (settled && outcomes.length === 0))
        faults.push(`statement ${id} (${numbers}) has ${outcomes.length} outcomes: ${outcomes}`)
    }
    if (truths.topic !== undefined) faults.push(...against(records, truths.topic()))
    const replied = answered.filter(([, ending]) => ending !== 'cut').length
    return {
      faults: faults.slice(0, MOST),
      found: {
        executed: given.size,
        replied,
        records: records.size,
        outcomes: (number) => byNumber.get(number)?.flatMap(({ outcomes }) => outcomes) ?? [],
      },
    }
  }
}

/** At least once, and the same each time; nothing that the spool does not hold. */
function against(records: ReadonlyMap<string, string>, topic: TopicReader): string[] {
  const faults: string[] = []
  const arrived = new Set<string>()
  for (const { uid, value } of topic.messages) {
    arrived.add(uid)
    const json = records.get(uid)
    if (json === undefined) faults.push(`the topic holds ${uid}, the spool does not`)
    else if (json !== value) faults.push(`${uid} differs between spool and topic`)
  }
  for (const uid of records.keys()) if (!arrived.has(uid)) faults.push(`the topic lacks ${uid}`)
  return faults
}

export const spoolOf = (folder: string) => join(folder, 'var', 'spool')
