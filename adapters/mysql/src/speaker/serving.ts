/** A scripted server's commands: what each answers, and what a session remembers between them. */
import type { Play, Scene, TransactionState } from '@gatehouse/adapter-contract'
import type { MysqlFlavour } from '@gatehouse/sql'
import { CLIENT, COM, eofPayload, errPayload, okPayload, STATUS } from '../messages/index.js'
import { binaryRow, preparedPayloads, resultHead, schemaChange, textRow, variableChange } from './results.js'

export interface Serving {
  /** Payloads of the whole reply. */
  answer(content: Buffer): readonly Uint8Array[]
  readonly state: TransactionState
  readonly over: boolean
}

interface Prepared {
  readonly text: string
  readonly play: Play
  /** Rows that a cursor has given; undefined: none is open. */
  at: number | undefined
}

const LAST = 0xffffffff
const KNOWN =
  /^(select|with|insert|update|delete|replace|do|set|use|kill|start transaction|begin|commit|rollback|savepoint|release)\b/i
const OWN = /^(set|use|kill|do|start transaction|begin|commit|rollback|savepoint|release)\b/i

const SETTINGS: Readonly<Record<string, string>> = {
  sql_mode: 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_results: 'utf8mb4',
  collation_connection: 'utf8mb4_general_ci',
  time_zone: 'SYSTEM',
  autocommit: '1',
  max_allowed_packet: '16777216',
  lower_case_table_names: '0',
  wait_timeout: '28800',
}

const error = (code: number, state: string, message: string) => errPayload(code, message, state)

export function createServing(
  scene: Scene,
  agreed: {
    readonly flavour: MysqlFlavour
    readonly capabilities: number
    readonly database: string | undefined
  },
): Serving {
  const { flavour } = agreed
  const tracks = (agreed.capabilities & CLIENT.SESSION_TRACK) !== 0
  const several = (agreed.capabilities & CLIENT.MULTI_STATEMENTS) !== 0
  const settings = new Map(Object.entries(SETTINGS))
  const prepared = new Map<number, Prepared>()
  let { database } = agreed
  let open = false
  let over = false
  /** Of the statement that was prepared last; 0 when that failed: then nothing is the last one. */
  let latest = 0
  let ids = 0

  const status = (more = 0) => STATUS.AUTOCOMMIT | (open ? STATUS.IN_TRANS : 0) | more
  const ok = (more = 0, changes?: Uint8Array, affected = 0) =>
    okPayload({ affected, status: status(more), tracks, ...(changes === undefined ? {} : { changes }) })

  /** What changes the session or stops another, and yields no rows. */
  const runOwn = (text: string, more: number): Uint8Array => {
    const [, word = '', rest = ''] = /^(\w+)\s*(.*)$/s.exec(text) ?? []
    const verb = word.toLowerCase()
    if (verb === 'begin' || verb === 'start') open = true
    if (verb === 'commit' || (verb === 'rollback' && !/^to\b/i.test(rest))) open = false
    if (verb === 'use') {
      database = rest.replaceAll('`', '')
      return ok(more, schemaChange(database))
    }
    const assigned = verb === 'set' ? /^(?:session\s+)?(\w+)\s*=\s*'?([^',]*)'?$/i.exec(rest) : null
    if (assigned === null) return ok(more)
    const [, name = '', value = ''] = assigned
    settings.set(name.toLowerCase(), value)
    return ok(more, variableChange(name.toLowerCase(), value))
  }

  /** `SELECT DATABASE(), @@name …`: what whoever signs in asks. */
  const aboutItself = (text: string): Play | undefined => {
    const list = /^select\s+((?:database\(\)|@@\w+)(?:\s*,\s*(?:database\(\)|@@\w+))*)$/i.exec(text)?.[1]
    if (list === undefined) return undefined
    const items = list.split(',').map((item) => item.trim())
    const cells = items.map((item) =>
      item.startsWith('@@') ? (settings.get(item.slice(2).toLowerCase()) ?? null) : (database ?? null),
    )
    return { columns: items.map((name) => ({ name, kind: 'text' })), rows: [cells] }
  }

  const rowsOf = (play: Play, binary: boolean) =>
    play.rows.map((row) => (binary ? binaryRow(play, row) : textRow(row)))

  /** One statement's result; ends in an ERR where the play does. */
  const result = (play: Play, binary: boolean, more: number): readonly Uint8Array[] => {
    const rows =
      play.columns.length === 0 ? [] : [...resultHead(play, status(more), flavour), ...rowsOf(play, binary)]
    if (play.failure !== undefined) return [...rows, error(1644, '45000', play.failure)]
    return rows.length === 0
      ? [ok(more, undefined, play.changed)]
      : [...rows, eofPayload({ warnings: 0, status: status(more) })]
  }

  const query = (whole: string): readonly Uint8Array[] => {
    const texts = whole.split(/;\s*/).filter((text) => text.trim() !== '')
    if (texts.length === 0) return [error(1065, '42000', 'Query was empty')]
    if (texts.length > 1 && !several) return [error(1064, '42000', 'You have an error in your SQL syntax')]
    const out: Uint8Array[] = []
    for (const [index, each] of texts.entries()) {
      const text = each.trim()
      const more = index < texts.length - 1 ? STATUS.MORE_RESULTS : 0
      if (!KNOWN.test(text)) return [...out, error(1064, '42000', 'You have an error in your SQL syntax')]
      const itself = aboutItself(text)
      if (itself === undefined && !/^(set|kill)\b/i.test(text)) scene.ran(text)
      if (OWN.test(text)) out.push(runOwn(text, more))
      else {
        const play = itself ?? scene.play(text)
        out.push(...result(play, false, more))
        if (play.failure !== undefined) return out
      }
    }
    return out
  }

  const prepare = (text: string): readonly Uint8Array[] => {
    latest = 0
    if (!KNOWN.test(text.trim())) return [error(1064, '42000', 'You have an error in your SQL syntax')]
    ids += 1
    latest = ids
    const play = scene.play(text.trim())
    prepared.set(latest, { text: text.trim(), play, at: undefined })
    return preparedPayloads(latest, play, status(), flavour)
  }

  const execute = (id: number, flags: number): readonly Uint8Array[] => {
    const found = prepared.get(id === LAST ? latest : id)
    if (found === undefined) return [error(1243, 'HY000', 'Unknown prepared statement handler')]
    const { text, play } = found
    scene.ran(text)
    if (OWN.test(text)) return [runOwn(text, 0)]
    found.at = undefined
    if ((flags & 1) === 0 || play.columns.length === 0 || play.failure !== undefined)
      return result(play, true, 0)
    found.at = 0
    const head = resultHead(play, status(), flavour).slice(0, -1)
    return [...head, eofPayload({ warnings: 0, status: status(STATUS.CURSOR_EXISTS) })]
  }

  const fetch = (id: number, count: number): readonly Uint8Array[] => {
    const found = prepared.get(id === LAST ? latest : id)
    if (found?.at === undefined) return [error(1421, 'HY000', 'The statement has no open cursor')]
    const rows = rowsOf(found.play, true).slice(found.at, found.at + count)
    found.at += rows.length
    // Like a server that must read on to know: the last row is known as such when one more was asked for.
    const ended = rows.length < count
    if (ended) found.at = undefined
    const more = ended ? STATUS.LAST_ROW_SENT : STATUS.CURSOR_EXISTS
    return [...rows, eofPayload({ warnings: 0, status: status(more) })]
  }

  return {
    answer(content) {
      const code = content[0]
      const id = content.length < 5 ? 0 : content.readUInt32LE(1)
      switch (code) {
        case COM.QUIT:
          over = true
          return []
        case COM.QUERY:
          return query(content.toString('utf8', 1))
        case COM.STMT_PREPARE:
          return prepare(content.toString('utf8', 1))
        case COM.STMT_EXECUTE:
          return execute(id, content[5] ?? 0)
        case COM.STMT_FETCH:
          return fetch(id, content.readUInt32LE(5))
        case COM.STMT_CLOSE:
          prepared.delete(id)
          return []
        case COM.STMT_SEND_LONG_DATA:
          return []
        case COM.STMT_RESET:
        case COM.PING:
        case COM.PROCESS_KILL:
          return [ok()]
        case COM.INIT_DB:
          database = content.toString('utf8', 1)
          return [ok(0, schemaChange(database))]
        case COM.RESET_CONNECTION:
          prepared.clear()
          open = false
          return [ok()]
        case COM.SET_OPTION:
          return [eofPayload({ warnings: 0, status: status() })]
        case COM.STATISTICS:
          return [Buffer.from('Uptime: 1  Threads: 1')]
        default:
          return [error(1047, '08S01', 'Unknown command')]
      }
    },
    get state() {
      return open ? 'open' : 'idle'
    },
    get over() {
      return over
    },
  }
}
