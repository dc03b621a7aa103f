/** Commands for tests, by the manual's names: payloads, which `RawClient.command` numbers from 0. */
import {
  COM,
  type Field,
  lenencString,
  nulString,
  packets,
  payload,
  TYPE,
  u16,
  u24,
  u32,
  u64,
} from '../messages/index.js'
import { attributeBlock } from '../speaker/handshake.js'

export const query = (text: string | Uint8Array) => payload([COM.QUERY], Buffer.from(text))
export const initDb = (name: string) => payload([COM.INIT_DB], Buffer.from(name))
export const fieldList = (table: string, wildcard = '') =>
  payload([COM.FIELD_LIST], nulString(table), Buffer.from(wildcard))
export const processKill = (id: number) => payload([COM.PROCESS_KILL], u32(id))
/** 0: several statements in one text are allowed from now on; 1: they are not. */
export const setOption = (option: number) => payload([COM.SET_OPTION], u16(option))
export const ping = payload([COM.PING])
export const statistics = payload([COM.STATISTICS])
export const processInfo = payload([COM.PROCESS_INFO])
export const resetConnection = payload([COM.RESET_CONNECTION])
export const quit = payload([COM.QUIT])

export const prepare = (text: string) => payload([COM.STMT_PREPARE], Buffer.from(text))
export const closeStatement = (id: number) => payload([COM.STMT_CLOSE], u32(id))
export const resetStatement = (id: number) => payload([COM.STMT_RESET], u32(id))
export const fetchRows = (id: number, count: number) => payload([COM.STMT_FETCH], u32(id), u32(count))
export const longData = (id: number, parameter: number, data: string | Uint8Array) =>
  payload([COM.STMT_SEND_LONG_DATA], u32(id), u16(parameter), Buffer.from(data))

/** MariaDB: the statement that was prepared last. */
export const LAST_PREPARED = 0xffffffff

export interface Parameter {
  readonly type: number
  readonly unsigned?: boolean
  /** As it stands in the packet, its length included; null for NULL; undefined when it was sent as long data. */
  readonly value: Uint8Array | null | undefined
}

export const string = (value: string | Uint8Array): Parameter => ({
  type: TYPE.VAR_STRING,
  value: lenencString(typeof value === 'string' ? value : Buffer.from(value)),
})
export const bigint = (value: number | bigint): Parameter => ({
  type: TYPE.LONGLONG,
  value: Uint8Array.from(u64(BigInt.asUintN(64, BigInt(value)))),
})
export const double = (value: number): Parameter => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return { type: TYPE.DOUBLE, value: bytes }
}
export const NULL: Parameter = { type: TYPE.NULL, value: null }
/** Its value went before in COM_STMT_SEND_LONG_DATA. */
export const SENT: Parameter = { type: TYPE.BLOB, value: undefined }

export interface Execution {
  readonly flags?: number
  readonly parameters?: readonly Parameter[]
  /** False: the types are those of last time. */
  readonly types?: boolean
}

export const READ_ONLY_CURSOR = 1

export function execute(id: number, { flags = 0, parameters = [], types = true }: Execution = {}) {
  const head: Field[] = [[COM.STMT_EXECUTE], u32(id), [flags], u32(1)]
  if (parameters.length === 0) return payload(...head)
  const bitmap = new Uint8Array(Math.floor((parameters.length + 7) / 8))
  for (const [index, { value }] of parameters.entries())
    if (value === null) bitmap[index >> 3] = (bitmap[index >> 3] as number) | (1 << (index & 7))
  return payload(
    ...head,
    bitmap,
    [types ? 1 : 0],
    ...(types ? parameters.map(({ type, unsigned }): Field => [type, unsigned === true ? 0x80 : 0]) : []),
    ...parameters.flatMap(({ value }) => (value === null || value === undefined ? [] : [value])),
  )
}

export interface NewUser {
  readonly user: string
  readonly proof: Uint8Array
  readonly database?: string
  readonly collation?: number
  readonly plugin?: string
  readonly attributes?: readonly (readonly [string, string])[]
}

export const changeUser = ({
  user,
  proof,
  database = '',
  collation = 45,
  plugin = '',
  attributes,
}: NewUser) =>
  payload(
    [COM.CHANGE_USER],
    nulString(user),
    [proof.length],
    proof,
    nulString(database),
    u16(collation),
    nulString(plugin),
    ...(attributes === undefined ? [] : [attributeBlock(attributes)]),
  )

/** A command by its number alone, or with what follows it. */
export const command = (code: number, ...rest: readonly Field[]) => payload([code], ...rest)
/** A payload as a client sends it: numbered from 0. */
export const sent = (content: Uint8Array, sequence = 0) => packets(sequence, content)
/** A header that lies: whatever length, whatever number. */
export const header = (length: number, sequence = 0) => Uint8Array.from([...u24(length), sequence & 255])
