/** What one conversation remembers: names, portals, what is owed, and how the session reads names. */
import { type Completion, createLedger, type Definitions, type Ledger } from '@gatehouse/adapter-kit'
import type { OutcomeStatus, Permit, SessionGate } from '@gatehouse/core'
import type { Catalog, PostgresStatement, ReadingContext } from '@gatehouse/sql'
import type { CopyMask, RowMask } from '../masking/index.js'
import { IDLE } from '../messages.js'
import type { Ceilings } from '../reading/ceilings.js'
import { unsettles } from '../reading/settling.js'
import { beginDefining } from './defining.js'
import type { Owed } from './owed.js'
import { Portals } from './portals.js'
import type { Asked, Rereading } from './rereading.js'

/** A result's columns as RowDescription tells them. */
export interface Shape {
  readonly columns: readonly {
    readonly type: number
    /** Relation and attribute that the server names as origin; 0 for expressions. */
    readonly relation: number
    readonly attribute: number
    readonly format: number
  }[]
}

/** Where a prepared statement came from: a Parse, or a whole SQL PREPARE (`inner`). */
export interface Source {
  readonly text: string
  readonly types: readonly number[]
  readonly inner: boolean
}

/** What names meant: a text read in the same moment means the same (R5). */
export interface Moment {
  readonly context: ReadingContext
  readonly epoch: number
}

/** Rows that a result has given, and their bytes, for limits. */
export interface Tally {
  returned: number
  bytes: number
}

/** One permitted statement on its way through the server. */
export interface Run extends Tally {
  readonly permit: Permit
  readonly statement: PostgresStatement
  /** How names were read when it was permitted. */
  readonly read: ReadingContext
  readonly readAgainst: Catalog
  readonly readAt: number
  /** What it was read of; undefined: nothing that could be read again. */
  readonly asked: Asked | undefined
  /** By its first reply. */
  confirmed: boolean
  started: boolean
  /** Until it is answered nothing later is read. */
  unsettling: boolean
  /** Its outcome is recorded. */
  ended: boolean
  /** What it changes of the session is changed, by its first rows if it paused, or by a FETCH: its end does no more. */
  applied: boolean
  /** COPY FROM STDIN whose data the client has not finished. */
  copyOpen: boolean
  /** Undefined: not judged yet, which the first row makes up for. Null: rows pass unread. */
  mask: RowMask | null | undefined
  copy: CopyMask | undefined
  /** Of the cursor or portal that it fetches from. */
  readonly cursor: Tally | undefined
}

export interface Prepared {
  readonly name: string
  /** What it meant when it was last read. */
  statement: PostgresStatement
  readonly source: Source
  /** When that was; undefined: it must be read before it runs. */
  read: Moment | undefined
  readonly segment: number
  /** `sent`: upstream has not answered yet. */
  state: 'sent' | 'known' | 'failed'
  shape: Shape | undefined
  /** Until it is bound for the first time: what never runs is recorded too (R23). */
  foreseen: Permit | undefined
}

export interface Portal {
  readonly name: string
  readonly prepared: Prepared | undefined
  readonly run: Run
  readonly formats: readonly number[]
  readonly segment: number
  state: 'sent' | 'known' | 'failed'
  /** A Describe of it is on its way or answered. */
  described: boolean
  shape: Shape | undefined
}

/** A cursor that SQL declared. */
export interface Cursor extends Tally {
  readonly statement: PostgresStatement
  readonly hold: boolean
  /** The transaction that declared it is committed: it outlives later ones. */
  kept: boolean
}

export interface Memory {
  readonly gate: SessionGate
  readonly definitions: Definitions<Catalog> & Rereading
  /** What the frame was read against that waits for the gate's answer, and when. */
  readAgainst: Catalog
  readAt: number
  /** Whether what its replies show was read as it ran; undefined: nothing speaks against it. */
  confirming: Promise<boolean> | undefined
  readonly ledger: Ledger<Owed>
  readonly prepared: Map<string, Prepared>
  /**
   * Invariant: the server has one name for a portal and a cursor and gives it to neither while the other has it
   * (portalmem.c); so what took a name last is what it stands for, and a portal that is here was bound after the cursor.
   */
  readonly portals: Portals<Portal>
  readonly cursors: Map<string, Cursor>
  /** How names are read now, and what a rollback goes back to. */
  context: ReadingContext
  committed: ReadingContext
  /** What RESET and DISCARD ALL go back to. */
  readonly initial: ReadingContext
  /** Names of objects that this session defined and that only it can see until it commits. */
  defined: boolean
  /** Of ReadyForQuery: I, T or E. */
  status: number
  /** Extended messages were sent upstream since the last Sync; `unflushed`: since the last Flush or Sync. */
  unsynced: boolean
  unflushed: boolean
  /** Counts Syncs and Queries: what stands between two of them fails together. */
  segment: number
  exchange: number
  /** An error makes the server discard everything up to the next Sync, and so do we. */
  skipping: boolean
  /** Statements on their way that change how later ones are read. */
  unsettled: number
  /** A limit hangs in the balance: what follows must wait. */
  limiting: boolean
  /** COPY FROM STDIN is open upstream. */
  copyingIn: boolean
  /** Runs with `copyOpen`. */
  copiesOpen: number
  fatal: boolean
  /** An error came since the last ReadyForQuery. */
  failed: boolean
  /** The catalog is being read again after DDL. */
  refreshing: Promise<void> | undefined
  waiters: (() => void)[]
  /** Outcomes of what was prepared and dropped unrun, for the next step to hand over. */
  forgotten: Completion[]
  /** Name that no client's statement can have. */
  readonly poisonName: string
  readonly ceilings: Ceilings
  /** Bytes that its names take, by an estimate that only grows until it is made anew. */
  kept: number
}

export function createMemory(
  gate: SessionGate,
  context: ReadingContext,
  poisonName: string,
  ceilings: Ceilings,
  definitions: Memory['definitions'],
): Memory {
  return {
    gate,
    definitions,
    readAgainst: definitions.catalog(),
    readAt: 0,
    confirming: undefined,
    ledger: createLedger<Owed>(),
    prepared: new Map(),
    portals: new Portals(),
    cursors: new Map(),
    context,
    committed: context,
    initial: context,
    defined: false,
    status: IDLE,
    unsynced: false,
    unflushed: false,
    segment: 0,
    exchange: 0,
    skipping: false,
    unsettled: 0,
    limiting: false,
    copyingIn: false,
    copiesOpen: 0,
    fatal: false,
    failed: false,
    refreshing: undefined,
    waiters: [],
    forgotten: [],
    poisonName,
    ceilings,
    kept: 0,
  }
}

export function createRun(
  memory: Memory,
  permit: Permit,
  statement: PostgresStatement,
  asked: Asked | undefined,
  cursor?: Tally,
): Run {
  return {
    permit,
    statement,
    read: memory.context,
    readAgainst: memory.readAgainst,
    readAt: memory.readAt,
    asked,
    confirmed: false,
    returned: 0,
    bytes: 0,
    started: false,
    unsettling: false,
    ended: false,
    applied: false,
    copyOpen: false,
    // Rows are read only for viewers whom some mask rule can bind.
    mask: memory.gate.masked ? undefined : null,
    copy: undefined,
    cursor,
  }
}

/** The statement that the next reply belongs to. */
export function currentRun(memory: Memory): Run | undefined {
  const head = memory.ledger.head
  if (head?.kind === 'execute') return head.portal.run
  return head?.kind === 'query' ? head.runs[head.index] : undefined
}

/** The statement that an error belongs to: one whose commit is awaited, too. */
export function answering(memory: Memory): Run | undefined {
  const { head } = memory.ledger
  return head?.kind === 'sync' ? head.held?.run : currentRun(memory)
}

/** Something was answered: whoever waits may look again. */
export function wake(memory: Memory): void {
  if (memory.waiters.length === 0) return
  const woken = memory.waiters
  memory.waiters = []
  for (const resolve of woken) resolve()
}

/** Resolves at the next answer. */
export function nextAnswer(memory: Memory): Promise<void> {
  return new Promise((resolve) => memory.waiters.push(resolve))
}

/** The run goes upstream: what it unsettles, and the data that the client owes it. */
export function start(memory: Memory, run: Run): void {
  if (run.started) return
  run.started = true
  run.unsettling = unsettles(memory, run.statement)
  if (run.unsettling) memory.unsettled += 1
  beginDefining(memory, run.statement)
  if (run.statement.copy?.direction === 'in') {
    run.copyOpen = true
    memory.copiesOpen += 1
  }
}

/** False when its outcome is recorded already. */
export function end(memory: Memory, run: Run): boolean {
  if (run.ended) return false
  run.ended = true
  closeCopy(memory, run)
  if (run.unsettling) memory.unsettled -= 1
  return true
}

export function closeCopy(memory: Memory, run: Run): void {
  if (!run.copyOpen) return
  run.copyOpen = false
  memory.copiesOpen -= 1
}

/** A prepared statement is dropped, or failed to be prepared: if it was never bound, that is its outcome. */
export function forget(
  memory: Memory,
  prepared: Prepared | undefined,
  status: OutcomeStatus = 'unexecuted',
  native?: string,
): void {
  const permit = prepared?.foreseen
  if (prepared === undefined || permit === undefined) return
  prepared.foreseen = undefined
  const outcome = { status, returned: 0, affected: 0, ...(native === undefined ? {} : { native }) }
  memory.forgotten.push({ permit, outcome })
}
