/** What one conversation remembers: how texts are read, what is prepared, what the upstream owes, and the packets' numbers. */
import type { Completion, Definitions, PassedLimit } from '@gatehouse/adapter-kit'
import type { OutcomeStatus, Permit, SessionGate } from '@gatehouse/core'
import type { MysqlCatalog, MysqlContext, MysqlReader, MysqlStatement } from '@gatehouse/sql'
import { mayShowSecrets } from '../following/account-secrets.js'
import type { CellMask, RowMask } from '../masking/index.js'
import type { ColumnDefinition } from '../messages/index.js'
import type { Arriving, Packet } from '../reading/arriving.js'
import type { Told } from '../refusing.js'
import type { Owed } from './owed.js'
import { EVERY_VARIABLE, type VariableTrust } from './variables.js'

/** What names meant: a text read in the same moment means the same (R5). */
export interface Moment {
  readonly context: MysqlContext
  readonly epoch: number
}

/** By what texts are read now. */
export interface Rereading {
  readonly reader: MysqlReader
}

/** One permitted statement on its way through the server. */
export interface Run {
  readonly permit: Permit
  readonly statement: MysqlStatement
  readonly readAgainst: MysqlCatalog
  readonly readAt: number
  /** Whether its rows are read: some mask rule can bind this viewer, or they may hold what is shown to nobody. */
  readonly masked: boolean
  returned: number
  /** Bytes of the rows that were sent under a limit on them. */
  bytes: number
  affected: number
  /** Bytes of the client's file, from the moment that the upstream has asked for it. */
  uploaded: number | undefined
  over: PassedLimit | undefined
  /** Its outcome is recorded. */
  ended: boolean
}

/** By COM_STMT_PREPARE. */
export interface Prepared {
  /** The client's: counted here, from 1. */
  readonly id: number
  /** The upstream's own, which no client sees. */
  readonly upstream: number
  readonly text: string
  /** What it meant when it was last read. */
  statement: MysqlStatement
  read: Moment
  readonly parameters: number
  /** Two bytes for each parameter, as they were last sent. */
  types: Uint8Array | undefined
  /** Bytes of each parameter that came by COM_STMT_SEND_LONG_DATA; the first of them are kept. */
  readonly longData: Map<number, LongData>
  /** Until it is executed for the first time: what never runs is recorded too (R23). */
  foreseen: Permit | undefined
  cursor: Cursor | undefined
}

export interface LongData {
  size: number
  head: Uint8Array
}

/** Rows that wait for COM_STMT_FETCH. */
export interface Cursor {
  readonly run: Run
  readonly mask: RowMask | null
}

/** By PREPARE. */
export interface Named {
  readonly text: string
  statement: MysqlStatement
  read: Moment
}

/** Where in the upstream's reply to the command that is open. */
export interface Reply {
  phase: 'head' | 'file' | 'columns' | 'columns-end' | 'rows' | 'definitions'
  /** Definitions that still come. */
  left: number
  /** Definitions of the list behind this one. */
  behind: number
  columns: ColumnDefinition[]
  cells: (CellMask | undefined)[]
  /** Whose rows these are. */
  run: Run | undefined
  /** Null: rows need no mask. */
  mask: RowMask | null
  /** They are values that a procedure gives back: an OK follows, whatever the EOF behind them says (MySQL says no more). */
  given: boolean
  /** Rows pass unread: neither masked, nor counted against a limit, nor withheld. */
  clean: boolean
  /** The packet before was as long as packets can be: the next one goes on with it. */
  continues: boolean
  /** Rows that must be masked and span packets. */
  parts: Uint8Array[]
  size: number
  /** The client has had its answer: what still comes is not shown. */
  draining: boolean
  /** Number of the upstream's next packet, and of ours to the client. */
  upstream: number
  client: number
}

/** How replies are laid out for this client, and by that for its upstream. */
export interface Layout {
  /** DEPRECATE_EOF was agreed: no EOF behind definitions, and an OK that begins with 0xFE behind rows. */
  readonly short: boolean
  /** SESSION_TRACK was agreed with the client (with the upstream it always is). */
  readonly tracks: boolean
  /** MariaDB's EXTENDED_METADATA was agreed. */
  readonly extended: boolean
}

export interface Memory {
  readonly gate: SessionGate
  readonly definitions: Definitions<MysqlCatalog> & Rereading
  /** What the packet was read against that waits for the gate's answer, and when. */
  readAgainst: MysqlCatalog
  readAt: number
  /** Whether what its replies show was read as it ran; undefined: nothing speaks against it. */
  confirming: Promise<boolean> | undefined
  /** Number of the first packet that was withheld because it was not. */
  refutedAt: number | undefined
  readonly layout: Layout
  /** How texts are read now. */
  context: MysqlContext
  /** What a reset goes back to. */
  readonly initial: MysqlContext
  /** Names of temporary objects that this session made; no catalog ever holds them. */
  readonly temporary: Set<string>
  /** Code that nobody has read has run. */
  unread: boolean
  /** What user variables may hold. */
  trust: VariableTrust
  /** How texts are read may have changed, and no OK has said how. */
  doubt: boolean
  /** Several statements may stand in one text. */
  multiple: boolean
  /** Status flags as the upstream last said them; `certain`: no error came since, which says none. */
  status: number
  certain: boolean
  exchange: number
  /** What is open upstream: one command at a time. */
  owed: Owed | undefined
  readonly reply: Reply
  /** A command of which parts have come, and one that is whole and waits. */
  arriving: Arriving | undefined
  arrived: Packet | undefined
  readonly prepared: Map<number, Prepared>
  /** The id of the newest. */
  preparedId: number
  /** Statement id −1. */
  last: Prepared | undefined
  readonly named: Map<string, Named>
  /** Code that nobody has read may have prepared names. */
  strange: boolean
  /** What SHOW WARNINGS says after a refusal; undefined: what the upstream says. */
  diagnostics: Told | undefined
  /** The text that went upstream last: what SHOW WARNINGS is about. */
  said: string
  /** The catalog is being read again after DDL. */
  refreshing: Promise<void> | undefined
  /** Another session of the same person wants this one gone. */
  killed: boolean
  waiters: (() => void)[]
  /** Outcomes of what was prepared and dropped unrun, for the next step to hand over. */
  forgotten: Completion[]
}

export interface Beginning {
  readonly layout: Layout
  readonly context: MysqlContext
  readonly status: number
  readonly multiple: boolean
  readonly definitions: Memory['definitions']
}

export function createMemory(
  gate: SessionGate,
  { layout, context, status, multiple, definitions }: Beginning,
): Memory {
  return {
    gate,
    definitions,
    readAgainst: definitions.catalog(),
    readAt: 0,
    confirming: undefined,
    refutedAt: undefined,
    layout,
    context,
    initial: context,
    temporary: new Set(),
    unread: false,
    trust: EVERY_VARIABLE,
    doubt: false,
    multiple,
    status,
    certain: true,
    exchange: 0,
    owed: undefined,
    reply: {
      phase: 'head',
      left: 0,
      behind: 0,
      columns: [],
      cells: [],
      run: undefined,
      mask: null,
      given: false,
      clean: false,
      continues: false,
      parts: [],
      size: 0,
      draining: false,
      upstream: 0,
      client: 0,
    },
    arriving: undefined,
    arrived: undefined,
    prepared: new Map(),
    preparedId: 0,
    last: undefined,
    named: new Map(),
    strange: false,
    diagnostics: undefined,
    said: '',
    refreshing: undefined,
    killed: false,
    waiters: [],
    forgotten: [],
  }
}

export function createRun(memory: Memory, permit: Permit, statement: MysqlStatement): Run {
  return {
    permit,
    statement,
    readAgainst: memory.readAgainst,
    readAt: memory.readAt,
    masked: memory.gate.masked || mayShowSecrets(statement),
    returned: 0,
    bytes: 0,
    affected: 0,
    uploaded: undefined,
    over: undefined,
    ended: false,
  }
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

interface Ending {
  readonly native?: string
  readonly limited?: true
}

const NO_MORE: Ending = {}

/** Its outcome, once. */
export function end(run: Run, status: OutcomeStatus, more: Ending = NO_MORE): readonly Completion[] {
  if (run.ended) return []
  run.ended = true
  const { permit, returned, uploaded } = run
  const affected = status === 'done' ? run.affected : 0
  const plain = { status, returned, affected }
  if (uploaded === undefined && more === NO_MORE) return [{ permit, outcome: plain }]
  return [
    {
      permit,
      outcome: {
        ...plain,
        ...(uploaded === undefined ? {} : { uploaded }),
        ...(more.native === undefined ? {} : { native: more.native }),
        ...(more.limited === undefined ? {} : { refusal: 'GH_ROW_LIMIT' as const }),
      },
    },
  ]
}
