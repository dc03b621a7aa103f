/** A scripted Postgres server: simple and extended protocol, portals with row limits, errors that skip to Sync. */
import type { Actor, Play, Scene, TransactionState } from '@gatehouse/adapter-contract'
import { concatBytes, readInt32, readUint16, text, utf8 } from '@gatehouse/adapter-kit'
import {
  authenticationOk,
  BACKEND,
  cstring,
  errorResponse,
  FRONTEND,
  int16,
  int32,
  message,
  parameterStatus,
  readyForQuery,
  STARTUP,
} from '../messages.js'
import { oidOf, relations, typeOf } from './catalog.js'

interface Portal {
  readonly source: string
  readonly play: Play
  readonly binary: boolean
  at: number
}

const KNOWN = /^\s*(select|with|insert|update|delete|table|begin|commit|rollback)\b/i
const STATUS: Readonly<Record<TransactionState, number>> = { idle: 0x49, open: 0x54, failed: 0x45 }
const PARAMETERS = [
  parameterStatus('server_version', '18.0'),
  parameterStatus('client_encoding', 'UTF8'),
  parameterStatus('standard_conforming_strings', 'on'),
]

const error = (code: string, said: string) => errorResponse({ severity: 'ERROR', code, message: said })

export function rowDescription(play: Play, binary: boolean): Uint8Array {
  const columns = play.columns.map(({ name, kind, relation }) => {
    const found = relation === undefined ? undefined : relations.find(({ oid }) => oid === oidOf(relation))
    const attribute = found?.columns.findIndex((column) => column.name === name) ?? -1
    return concatBytes([
      cstring(name),
      int32(found?.oid ?? 0),
      int16(attribute + 1),
      int32(typeOf(kind)),
      int16(-1),
      int32(-1),
      int16(binary ? 1 : 0),
    ])
  })
  return message(BACKEND.RowDescription, int16(columns.length), ...columns)
}

export function dataRow(play: Play, row: readonly (string | null)[], binary: boolean): Uint8Array {
  const cells = row.map((cell, index) => {
    if (cell === null) return int32(-1)
    const number = binary && play.columns[index]?.kind === 'integer'
    const bytes = number ? int32(Number(cell)) : utf8(cell)
    return concatBytes([int32(bytes.length), bytes])
  })
  return message(BACKEND.DataRow, int16(cells.length), ...cells)
}

/** Client messages and their bodies, cut by hand: the actor must not share the adapter's eyes. */
function strings(body: Uint8Array): readonly string[] {
  return text(body).split('\0')
}

export function createActor(scene: Scene): Actor {
  let rest: Uint8Array = new Uint8Array()
  let state: TransactionState = 'idle'
  let signedIn = false
  let over = false
  let skipping = false
  const prepared = new Map<string, string>()
  const portals = new Map<string, Portal>()

  /** The server's own objection to a text; undefined when it runs. */
  const objection = (source: string): Uint8Array | undefined => {
    if (source.trim() !== '' && !KNOWN.test(source)) return error('42601', 'syntax error')
    if (state === 'failed' && !/^\s*(commit|rollback)/i.test(source))
      return error('25P02', 'current transaction is aborted')
    return undefined
  }
  const tag = (source: string, rows: number, changed = 0) => {
    const command = source.trim().split(/\s/)[0]?.toUpperCase() ?? ''
    if (command === 'BEGIN') state = 'open'
    if (command === 'COMMIT' || command === 'ROLLBACK') state = 'idle'
    const counted =
      command === 'INSERT'
        ? `INSERT 0 ${changed}`
        : /^(UPDATE|DELETE)$/.test(command)
          ? `${command} ${changed}`
          : command
    const said = /^(SELECT|WITH|TABLE)$/.test(command) ? `SELECT ${rows}` : counted
    return message(BACKEND.CommandComplete, cstring(said))
  }
  const fail = (response: Uint8Array) => {
    if (state === 'open') state = 'failed'
    return response
  }

  const runQuery = (whole: string): readonly Uint8Array[] => {
    const out: Uint8Array[] = []
    const sources = whole.split(/;\s*/).filter((part) => part.trim() !== '')
    if (sources.length === 0) out.push(message(BACKEND.EmptyQueryResponse))
    for (const source of sources) {
      const objected = objection(source)
      if (objected !== undefined) {
        out.push(fail(objected))
        break
      }
      scene.ran(source)
      const play = scene.play(source)
      if (play.columns.length > 0) out.push(rowDescription(play, false))
      for (const row of play.rows) out.push(dataRow(play, row, false))
      if (play.failure !== undefined) {
        out.push(fail(error('22000', play.failure)))
        break
      }
      out.push(tag(source, play.rows.length, play.changed))
    }
    return [...out, readyForQuery(STATUS[state])]
  }

  const runExecute = (portal: Portal, most: number): readonly Uint8Array[] => {
    const { play, source, binary } = portal
    if (source.trim() === '') return [message(BACKEND.EmptyQueryResponse)]
    if (portal.at === 0) scene.ran(source)
    const end = most === 0 ? play.rows.length : Math.min(play.rows.length, portal.at + most)
    const rows = play.rows.slice(portal.at, end).map((row) => dataRow(play, row, binary))
    portal.at = end
    // The server learns that there is no more only when it is asked for one more row than there is.
    if (most > 0 && rows.length === most) return [...rows, message(BACKEND.PortalSuspended)]
    if (play.failure !== undefined) {
      skipping = true
      return [...rows, fail(error('22000', play.failure))]
    }
    return [...rows, tag(source, rows.length, play.changed)]
  }

  const extended = (type: number, body: Uint8Array): readonly Uint8Array[] => {
    const [first = '', second = ''] = strings(body)
    const object = (response: Uint8Array) => {
      skipping = true
      return [fail(response)]
    }
    switch (type) {
      case FRONTEND.Parse: {
        const objected = objection(second)
        if (objected !== undefined) return object(objected)
        if (first !== '' && prepared.has(first)) return object(error('42P05', 'already exists'))
        prepared.set(first, second)
        return [message(BACKEND.ParseComplete)]
      }
      case FRONTEND.Bind: {
        const source = prepared.get(second)
        if (source === undefined) return object(error('26000', 'no such statement'))
        const objected = objection(source)
        if (objected !== undefined) return object(objected)
        portals.set(first, { source, play: scene.play(source), binary: bindsBinary(body), at: 0 })
        return [message(BACKEND.BindComplete)]
      }
      case FRONTEND.Describe: {
        const name = first.slice(1)
        const portal = portals.get(name)
        const source = prepared.get(name)
        const play = first.startsWith('P')
          ? portal?.play
          : source === undefined
            ? undefined
            : scene.play(source)
        if (play === undefined) return object(error('26000', 'nothing of that name'))
        const shape =
          play.columns.length === 0
            ? message(BACKEND.NoData)
            : rowDescription(play, first.startsWith('P') && portal?.binary === true)
        return first.startsWith('P') ? [shape] : [message(BACKEND.ParameterDescription, int16(0)), shape]
      }
      case FRONTEND.Execute: {
        const portal = portals.get(first)
        if (portal === undefined) return object(error('34000', 'no such portal'))
        return runExecute(portal, readInt32(body, body.length - 4))
      }
      case FRONTEND.Close:
        if (first.startsWith('S')) prepared.delete(first.slice(1))
        else portals.delete(first.slice(1))
        return [message(BACKEND.CloseComplete)]
      default:
        return []
    }
  }

  const answer = (type: number, body: Uint8Array): readonly Uint8Array[] => {
    if (type === FRONTEND.Terminate) over = true
    if (type === FRONTEND.Sync) {
      skipping = false
      if (state === 'idle') portals.clear()
      return [readyForQuery(STATUS[state])]
    }
    if (skipping || over) return []
    return type === FRONTEND.Query ? runQuery(strings(body)[0] ?? '') : extended(type, body)
  }

  const start = (packet: Uint8Array): readonly Uint8Array[] => {
    if (readInt32(packet, 4) === STARTUP.cancel) {
      over = true
      return []
    }
    signedIn = true
    const key = message(BACKEND.BackendKeyData, int32(4711), int32(815))
    return [authenticationOk, ...PARAMETERS, key, readyForQuery(STATUS.idle)]
  }

  return {
    push(chunk) {
      const out: Uint8Array[] = []
      rest = concatBytes([rest, chunk])
      for (;;) {
        const header = signedIn ? 1 : 0
        if (over || rest.length < header + 4) break
        const size = header + readInt32(rest, header)
        if (rest.length < size) break
        const packet = rest.slice(0, size)
        rest = rest.slice(size)
        out.push(...(signedIn ? answer(packet[0] as number, packet.subarray(5)) : start(packet)))
      }
      return concatBytes(out)
    },
    get signedIn() {
      return signedIn
    },
    get state() {
      return state
    },
    get over() {
      return over
    },
  }
}

/** The last format of a Bind: result formats stand at its end (manual §54.7). */
function bindsBinary(body: Uint8Array): boolean {
  return readUint16(body, body.length - 2) === 1 && readUint16(body, body.length - 4) === 1
}
