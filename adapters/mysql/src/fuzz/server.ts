/** A small model of a server's protocol state (manual, "Command Phase"): the whole reply to each command. */
import { REDACTED } from '@gatehouse/masking'
import { COM, okPayload, packets, STATUS } from '../messages/index.js'
import { cutPacket } from '../speaker/packets.js'
import * as say from './backend.js'
import { type Layout, OLD } from './layout.js'
import { AFTER_RESET } from './session.js'
import { type Change, createStanding } from './standing.js'
import { type Meaning, meaningOf, meaningsOf, parametersOf, type Result } from './statements.js'
import { type Sent, valuesOf } from './values.js'

/** Who asks, when the model plays gateway and server in one; undefined: it is the server alone. */
export interface Viewer {
  readonly masked: boolean
  /** Whether the gateway passes on a text that the model has no meaning for: code that nobody has read. */
  readonly passes?: (text: string) => boolean
}

/** Variables that clients are told of. */
const TOLD: ReadonlySet<string> = new Set(['autocommit'])

export interface ModelServer {
  /** Bytes from the client. */
  hear(bytes: Uint8Array): void
  /** Replies since the last time: the packets of each. */
  take(): readonly Uint8Array[][]
  /** The client has said goodbye. */
  readonly over: boolean
}

export interface ModelEvents {
  onCommand(payload: Buffer, sequence: number): void
  /** A statement begins to run. */
  onRun(meaning: Meaning): void
  onText(text: string, meanings: readonly Meaning[] | undefined): void
  onCommit(changes: readonly Change[]): void
}

interface Prepared {
  readonly meaning: Meaning
  readonly sent: Sent
  cursor: { readonly result: Result; at: number } | undefined
}

const LAST = 0xffffffff
const OWN = '`gatehouse bracket`'
const STATE = /^SELECT DATABASE\(\), @@sql_mode/

export function createModelServer(
  viewer: Viewer | undefined,
  events: ModelEvents,
  layout: Layout = OLD,
): ModelServer {
  const standing = createStanding((changes) => events.onCommit(changes))
  const prepared = new Map<number, Prepared>()
  let kept: Buffer = Buffer.alloc(0)
  let replies: Uint8Array[][] = []
  let reply: Uint8Array[] = []
  let next = 1
  let last: number | undefined
  let ids = 0
  let multiple = true
  let mode = ''
  let over = false
  /** What unread code has prepared nobody knows, nor whether names from before it still mean the same. */
  let called = false
  let named = false
  const unread = () => {
    called = true
    named = false
  }

  const tell = (...contents: readonly Uint8Array[]) => {
    for (const content of contents) {
      reply.push(packets(next, content))
      next = (next + 1) & 255
    }
  }
  const ok = (more = 0, affected = 0, changes?: Uint8Array) =>
    tell(
      say.done(standing.status | more, affected, viewer === undefined || layout.tracks ? changes : undefined),
    )
  const fail = (code: number) => {
    tell(say.failure(code))
    return false
  }
  const shown = ({ rows, masked }: Result) =>
    viewer?.masked === true
      ? rows.map((row) => row.map((cell, index) => (masked.includes(index) ? REDACTED : cell)))
      : rows
  const rows = (result: Result, binary: boolean, more: number) => {
    tell(...say.head(result, standing.status | more, layout))
    tell(...shown(result).map((row) => say.rowOf(result, row, binary)))
  }
  /** What its own refusals look like, when it plays the gateway, too. */
  const isRefused = ({ forbidden }: Meaning) => viewer?.masked === true && forbidden === true

  /** False: the reply has ended in an error. */
  const run = (asked: Meaning, binary: boolean, more: number, values: readonly string[]): boolean => {
    const inner = asked.verb === 'execute' ? meaningOf(standing.named ?? '') : undefined
    events.onRun(asked)
    if (asked.verb === 'execute' && inner === undefined) return fail(1243)
    const meaning = inner ?? asked
    const { verb, result, fails, changes, sets } = meaning
    if (verb === 'call') unread()
    else if (verb === 'prepare' || verb === 'deallocate') named = verb === 'prepare'
    const failed = standing.run(meaning)
    if (failed !== undefined && (fails === undefined || fails.early)) return fail(failed)
    if (result === undefined) {
      standing.settle()
      const changed =
        verb === 'use'
          ? say.schemaChange('shop')
          : sets === undefined || (viewer !== undefined && !TOLD.has(sets[0]))
            ? undefined
            : say.variableChange(...sets)
      if (sets?.[0] === 'sql_mode') mode = sets[1]
      ok(more, changes, changed)
      return true
    }
    const told = filled(result, values)
    const again = verb === 'call' ? STATUS.MORE_RESULTS : more
    rows(told, binary, again)
    if (failed !== undefined && verb !== 'call') return fail(failed)
    standing.settle()
    tell(say.end(standing.status | again, layout))
    if (verb !== 'call') return true
    if (failed !== undefined) return fail(failed)
    rows(told, binary, again)
    tell(say.end(standing.status | again, layout))
    ok(more)
    return true
  }

  /** False: there is no such savepoint. */
  const bracket: Readonly<Record<string, () => unknown>> = {
    'START TRANSACTION': standing.begin,
    COMMIT: standing.commit,
    ROLLBACK: standing.rollback,
    [`SAVEPOINT ${OWN}`]: () => standing.savepoint(OWN),
    [`RELEASE SAVEPOINT ${OWN}`]: () => standing.release(OWN),
    [`ROLLBACK TO SAVEPOINT ${OWN}`]: () => standing.back(OWN),
  }
  /** What the gateway says for itself. */
  const own = (text: string): boolean => {
    const done = bracket[text]
    if (done !== undefined) done() === false ? fail(1305) : ok()
    else if (text === AFTER_RESET) ok()
    else if (STATE.test(text)) {
      const [id] = meaningOf('select 1')?.result?.columns ?? []
      const columns = id === undefined ? [] : Array.from({ length: 5 }, () => id)
      tell(...say.head({ columns, rows: [], masked: [] }, standing.status, layout))
      tell(say.textRow(['shop', mode, 'utf8mb4', '*', '1']), say.end(standing.status, layout))
    } else return false
    return true
  }

  /** A name that nothing before has given: looked for before any of the text runs. */
  const runsUnknown = (meanings: readonly Meaning[]) => {
    let known = called || standing.named !== undefined
    return meanings.some(({ verb }) => {
      known ||= verb === 'prepare'
      return verb === 'execute' && !known
    })
  }
  /** What it runs may be anything: only unread code can have prepared it. */
  const namesUnread = (meanings: readonly Meaning[]) =>
    called && !named && !meanings.some(({ verb }) => verb === 'prepare')
  const query = (text: string) => {
    if (viewer === undefined && own(text)) return
    const meanings = meaningsOf(text)
    events.onText(text, meanings)
    if (meanings === undefined) {
      if (viewer?.passes?.(text) === true) unread()
      return void fail(1064)
    }
    if (meanings.length === 0) return void fail(1065)
    if (meanings.length > 1 && !multiple) return void fail(1064)
    if (meanings.some(isRefused)) return void fail(1142)
    // What unread code leaves behind nobody knows before it has run: nothing behind it is read.
    const call = meanings.findIndex(
      ({ verb }) => verb === 'call' || (verb === 'execute' && namesUnread(meanings)),
    )
    if (viewer !== undefined && call >= 0 && call < meanings.length - 1) return void fail(1142)
    if (viewer !== undefined && runsUnknown(meanings)) return void fail(1243)
    for (const [index, meaning] of meanings.entries()) {
      const more = index < meanings.length - 1 ? STATUS.MORE_RESULTS : 0
      if (!run(meaning, false, more, [])) return
    }
  }
  const prepare = (text: string) => {
    last = undefined
    const meanings = meaningsOf(text)
    events.onText(text, meanings)
    const [meaning] = meanings ?? []
    if (meanings?.length === 0) return void fail(1065)
    if (meaning === undefined || meanings?.length !== 1) return void fail(1064)
    if (isRefused(meaning)) return void fail(1142)
    ids += 1
    last = ids
    prepared.set(ids, { meaning, sent: { types: undefined, long: new Map() }, cursor: undefined })
    tell(...say.prepared(ids, parametersOf(meaning), meaning.result, standing.status, layout))
  }
  const execute = (content: Buffer, { meaning, sent }: Prepared, statement: Prepared) => {
    const values = valuesOf(content, parametersOf(meaning), sent)
    sent.long.clear()
    if (values === undefined) return void fail(1210)
    statement.cursor = undefined
    const { result, fails } = meaning
    if (content[5] === 0 || result === undefined || fails !== undefined)
      return void run(meaning, true, 0, values)
    events.onRun(meaning)
    standing.run(meaning)
    standing.settle()
    statement.cursor = { result: filled(result, values), at: 0 }
    const status = standing.status | STATUS.CURSOR_EXISTS
    tell(...say.head(result, status, layout), ...(layout.short ? [say.end(status, layout)] : []))
  }
  const fetch = (content: Buffer, statement: Prepared) => {
    const { cursor } = statement
    if (cursor === undefined) return void fail(1421)
    const most = content.readUInt32LE(5)
    const all = shown(cursor.result)
    const part = all.slice(cursor.at, cursor.at + most)
    cursor.at += part.length
    tell(...part.map((row) => say.rowOf(cursor.result, row, true)))
    const ends = cursor.at >= all.length
    if (ends) statement.cursor = undefined
    tell(say.end(standing.status | (ends ? STATUS.LAST_ROW_SENT : STATUS.CURSOR_EXISTS), layout))
  }

  const answer = (content: Buffer) => {
    const command = content[0]
    const text = () => content.toString('utf8', 1)
    const id = content.length < 5 ? 0 : content.readUInt32LE(1)
    const statement = prepared.get(id === LAST ? (last ?? 0) : id)
    switch (command) {
      case COM.QUIT:
        over = true
        return
      case COM.QUERY:
        return query(text())
      case COM.INIT_DB:
        return text() === 'shop' ? ok(0, 0, say.schemaChange('shop')) : void fail(1049)
      case COM.PING:
        return ok()
      case COM.STATISTICS:
        return tell(Buffer.from('Uptime: 1'))
      case COM.SET_OPTION: {
        const option = content.readUInt16LE(1)
        if (option > 1) return void fail(1047)
        multiple = option === 0
        return tell(say.end(standing.status, layout))
      }
      case COM.RESET_CONNECTION:
        standing.reset()
        prepared.clear()
        last = undefined
        multiple = true
        called = false
        mode = ''
        return tell(okPayload({ status: standing.status }))
      case COM.STMT_PREPARE:
        return prepare(text())
      case COM.STMT_EXECUTE:
        return statement === undefined ? void fail(1243) : execute(content, statement, statement)
      case COM.STMT_FETCH:
        return statement === undefined ? void fail(1243) : fetch(content, statement)
      case COM.STMT_RESET:
        if (statement === undefined) return void fail(1243)
        statement.cursor = undefined
        statement.sent.long.clear()
        return ok()
      case COM.STMT_CLOSE:
        if (id === LAST) prepared.delete(last ?? 0)
        else prepared.delete(id)
        if (statement !== undefined && (id === LAST || id === last)) last = undefined
        return
      case COM.STMT_SEND_LONG_DATA: {
        const index = content.readUInt16LE(5)
        if (statement === undefined || index >= parametersOf(statement.meaning)) return
        const before = statement.sent.long.get(index) ?? ''
        statement.sent.long.set(index, before + content.toString('utf8', 7))
        return
      }
      default:
        fail(1047)
    }
  }

  return {
    hear(bytes) {
      kept = Buffer.concat([kept, bytes])
      for (let packet = cutPacket(kept, 0); packet !== undefined && !over; packet = cutPacket(kept, 0)) {
        kept = kept.subarray(packet.end)
        next = packet.following
        events.onCommand(packet.payload, packet.sequence)
        answer(packet.payload)
        if (reply.length > 0) replies.push(reply)
        reply = []
      }
    },
    take() {
      const taken = replies
      replies = []
      return taken
    },
    get over() {
      return over
    },
  }
}

/** `?` shows the first value. */
function filled(result: Result, [value = '']: readonly string[]): Result {
  return { ...result, rows: result.rows.map((row) => row.map((cell) => (cell === '?' ? value : cell))) }
}
