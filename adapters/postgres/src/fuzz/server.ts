/** A small model of Postgres' protocol state (manual §54.2): what is owed for each message, and what is left standing. */
import * as say from './backend.js'
import { createSplitter, type Message } from './frames.js'
import { createStanding, type OnCommit, type Viewer } from './standing.js'
import { type Meaning, meaningsOf } from './statements.js'

export interface ModelServer {
  /** Bytes from the client. */
  hear(bytes: Uint8Array): void
  /** Answers that have been flushed since the last time. */
  take(): Uint8Array[]
  /** The client has broken the protocol, or said goodbye: nothing more is answered. */
  readonly over: 'broken' | 'goodbye' | undefined
  readonly status: 'I' | 'T' | 'E'
  /** Something came that whoever stands in between may judge otherwise: no data for a COPY that had failed by then, say. */
  readonly doubtful: boolean
}

export interface ModelEvents {
  /** A statement begins to run. */
  onRun(meaning: Meaning): void
  /** A text came that no grammar takes, or was prepared. */
  onText(text: string, meanings: readonly Meaning[] | undefined): void
  onMessage(message: Message): void
  /** What a transaction changed stands. */
  onCommit: OnCommit
}

const FRONTEND = 'QPBDECSHdcfXF'
const ENDINGS: ReadonlySet<string> = new Set(['commit', 'rollback', 'rollback-to'])

/** How many parameters and result formats a Bind has. */
function counts(bytes: Buffer, start: number): [values: number, formats: number] {
  let at = start + 2 + 2 * bytes.readUInt16BE(start)
  const values = bytes.readUInt16BE(at)
  at += 2
  for (let index = 0; index < values; index += 1) at += 4 + Math.max(0, bytes.readInt32BE(at))
  return [values, bytes.readUInt16BE(at)]
}

export function createModelServer(viewer: Viewer | undefined, events: ModelEvents): ModelServer {
  const splitter = createSplitter()
  let out: Uint8Array[] = []
  let flushed: Uint8Array[] = []
  let skipping = false
  let orphaned = false
  let doubtful = false
  let over: ModelServer['over']
  /** COPY FROM STDIN: how it goes on when it has ended, and the lines so far. */
  let copying: { readonly then: (failed: boolean) => void; lines: number } | undefined

  const tell = (bytes: Uint8Array) => out.push(bytes)
  const flush = () => {
    flushed.push(...out)
    out = []
  }
  const {
    standing,
    endTransaction,
    failBlock,
    change,
    shown,
    exits,
    returning,
    run,
    isRefused,
    isUncertain,
  } = createStanding(viewer, tell, events.onRun, events.onCommit)
  const { prepared, portals } = standing
  const fail = (code: string, text: string) => {
    tell(say.errorOf(code, text))
    flush()
    failBlock()
  }
  /** Of an extended message: the rest up to Sync is discarded. */
  const failExtended = (code: string, text: string) => {
    fail(code, text)
    skipping = true
  }
  const startCopy = (then: (failed: boolean) => void) => {
    tell(say.copyResponse('G', 2))
    flush()
    copying = { then, lines: 0 }
  }

  const query = (text: string) => {
    prepared.delete('')
    portals.delete('')
    const meanings = meaningsOf(text)
    events.onText(text, meanings)
    const end = () => {
      if (standing.status === 'I') endTransaction(true)
      tell(say.ready(standing.status))
      flush()
    }
    // Names behind the end of a transaction that has set search_path: a gateway may not know what they mean.
    const ends = meanings?.slice(0, -1).some(({ verb }) => ENDINGS.has(verb))
    if (ends && (standing.pathPending || meanings?.some(({ form }) => form.startsWith('set search_path'))))
      doubtful = true
    if (meanings !== undefined && isUncertain(meanings)) doubtful = true
    // A gateway decides a Query whole.
    const forbidden = viewer !== undefined && meanings !== undefined && isRefused(meanings)
    if (meanings === undefined || forbidden) {
      fail(forbidden ? '42501' : '42601', 'refused')
      return end()
    }
    if (meanings.length === 0) {
      tell(say.emptyQuery)
      return end()
    }
    const go = (index: number): void => {
      const meaning = meanings[index]
      if (meaning?.verb === 'copy-in' && standing.status !== 'E') {
        events.onRun(meaning)
        startCopy((failed) => (failed ? end() : go(index + 1)))
        return
      }
      const fault = meaning === undefined ? undefined : run(meaning, true, meanings.length > 1)
      if (fault !== undefined) fail(...fault)
      if (meaning === undefined || fault !== undefined) end()
      else go(index + 1)
    }
    go(0)
  }

  const copyData = ({ type, bytes }: Message) => {
    if (copying === undefined) return
    const { then } = copying
    const failCopy = (code: string, text: string) => {
      copying = undefined
      fail(code, text)
      then(true)
    }
    if (type === 'f') return failCopy('57014', 'COPY from stdin failed')
    if (type === 'c') {
      const { lines } = copying
      copying = undefined
      change('copy notes from stdin', lines)
      tell(say.commandComplete(`COPY ${lines}`))
      return then(false)
    }
    const text = bytes.subarray(5).toString('latin1')
    orphaned = text.includes('x')
    if (orphaned) return failCopy('22P02', 'invalid input syntax for type integer')
    copying.lines += text.split('\n').length - 1
  }

  const parse = (name: string, text: string) => {
    if (name === '') prepared.delete('')
    const meanings = meaningsOf(text)
    events.onText(text, meanings)
    const [meaning] = meanings ?? []
    if (meanings === undefined || meanings.length > 1) return failExtended('42601', 'syntax error')
    if (viewer !== undefined && meaning?.forbidden) return failExtended('42501', 'forbidden')
    if (standing.status === 'E' && meaning !== undefined && !exits(meaning))
      return failExtended('25P02', 'aborted')
    if (prepared.has(name)) return failExtended('42P05', 'prepared statement already exists')
    prepared.set(name, meaning)
    tell(say.parseComplete)
  }

  const bind = (name: string, source: string, values: number, formats: number) => {
    if (!prepared.has(source)) return failExtended('26000', 'prepared statement does not exist')
    const meaning = prepared.get(source)
    // Whether the server has dropped the unnamed portal before it failed a gateway cannot know: it takes it for dropped.
    const failBind = (code: string, text: string) => {
      if (viewer !== undefined && name === '') portals.delete('')
      failExtended(code, text)
    }
    if (values > 0) return failBind('08P01', 'bind message supplies parameters')
    if (standing.status === 'E' && meaning !== undefined && !exits(meaning))
      return failBind('25P02', 'aborted')
    if (name !== '' && portals.has(name)) return failExtended('42P03', 'portal already exists')
    const columns = returning(meaning)?.result?.columns.length ?? 0
    portals.set(name, { meaning, depth: standing.savepoints, position: 0, done: false })
    // Constants are folded when it is planned, which is now (exec_bind_message).
    if (meaning?.fails?.early) return failBind(meaning.fails.code, meaning.fails.text)
    if (formats > 1 && columns > 0 && formats !== columns)
      return failBind('08P01', 'bind message has too many result formats')
    tell(say.bindComplete)
  }

  const describe = (kind: string, name: string) => {
    const found = kind === 'S' ? prepared.has(name) : portals.has(name)
    if (!found) return failExtended(kind === 'S' ? '26000' : '34000', 'does not exist')
    const meaning = returning(kind === 'S' ? prepared.get(name) : portals.get(name)?.meaning)
    if (standing.status === 'E' && meaning !== undefined) return failExtended('25P02', 'aborted')
    if (kind === 'S') tell(say.noParameters)
    tell(meaning?.result === undefined ? say.noData : say.rowDescription(meaning.result.columns))
  }

  const execute = (name: string, most: number) => {
    const portal = portals.get(name)
    if (portal === undefined) return failExtended('34000', 'portal does not exist')
    const { meaning } = portal
    if (meaning === undefined) return void tell(say.emptyQuery)
    if (standing.status === 'E' && !exits(meaning)) return failExtended('25P02', 'aborted')
    const { result, fails, verb } = meaning
    if (verb === 'select' && result !== undefined) {
      if (!portal.done || portal.declared !== undefined) events.onRun(portal.declared ?? meaning)
      portal.done = true
      if (fails?.early) return failExtended(fails.code, fails.text)
      const rows = result.rows.slice(portal.position, most > 0 ? portal.position + most : undefined)
      for (const row of rows) tell(say.dataRow(shown(meaning, row)))
      portal.position += rows.length
      if (most > 0 && rows.length === most) return void tell(say.portalSuspended)
      if (fails !== undefined) return failExtended(fails.code, fails.text)
      return void tell(say.commandComplete(`SELECT ${rows.length}`))
    }
    if (portal.done) return failExtended('55000', 'portal cannot be run')
    portal.done = true
    if (verb === 'copy-in') {
      events.onRun(meaning)
      return startCopy((failed) => {
        skipping = failed
      })
    }
    const fault = run(meaning, false, false)
    if (fault !== undefined) failExtended(...fault)
  }

  const hearMessage = (message: Message) => {
    const { type, bytes } = message
    events.onMessage(message)
    if (type === 'X') {
      over = 'goodbye'
      return
    }
    if (!FRONTEND.includes(type)) {
      over = 'broken'
      return
    }
    if (type === 'c' || type === 'f') orphaned = false
    else if (orphaned && type !== 'd' && type !== 'H') doubtful = true
    const fields = bytes.subarray(5).toString('latin1').split('\0')
    const [first = '', second = ''] = fields
    if (copying !== undefined) {
      if ('dcf'.includes(type)) copyData(message)
      else if (!'HS'.includes(type)) over = 'broken'
      return
    }
    if (type === 'S') {
      skipping = false
      if (standing.status === 'I') endTransaction(true)
      tell(say.ready(standing.status))
      return flush()
    }
    if (skipping || 'dcf'.includes(type)) return
    const after = 5 + first.length + second.length + 2
    switch (type) {
      case 'Q':
        return query(first)
      case 'F':
        prepared.delete('')
        portals.delete('')
        fail('42501', 'no fast path')
        if (standing.status === 'I') endTransaction(true)
        tell(say.ready(standing.status))
        return flush()
      case 'P':
        return parse(first, second)
      case 'B':
        return bind(first, second, ...counts(bytes, after))
      case 'D':
        return describe(first.slice(0, 1), first.slice(1))
      case 'E':
        return execute(first, bytes.readInt32BE(bytes.length - 4))
      case 'C':
        if (first.startsWith('S')) prepared.delete(first.slice(1))
        else portals.delete(first.slice(1))
        return void tell(say.closeComplete)
      case 'H':
        return flush()
      default:
    }
  }

  return {
    hear(bytes) {
      if (over !== undefined) return
      for (const message of splitter.push(bytes)) if (over === undefined) hearMessage(message)
    },
    take() {
      const taken = flushed
      flushed = []
      return taken
    },
    get over() {
      return over
    },
    get status() {
      return standing.status
    },
    get doubtful() {
      return doubtful
    },
  }
}
