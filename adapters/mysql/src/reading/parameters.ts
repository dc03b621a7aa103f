/** The parameters of COM_STMT_EXECUTE: every declared length must add up to the packet (protocol manual, "COM_STMT_EXECUTE"). */
import { text } from '@gatehouse/adapter-kit'
import { GatehouseError, isIssuedMask } from '@gatehouse/core'
import type { ParameterType } from '@gatehouse/sql'
import { readPacket, TYPE } from '../messages/index.js'
import type { LongData } from '../session/memory.js'

export interface Executed {
  readonly flags: number
  /** Two bytes for each parameter: type, and 0x80 where unsigned. */
  readonly types: Uint8Array | undefined
  /** As rules may read them. */
  readonly values: readonly (string | null)[]
  /** What the reader is told of each. */
  readonly kinds: readonly ParameterType[]
}

type Reader = ReturnType<typeof readPacket>
type Read = (reader: Reader, unsigned: boolean) => string

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** Of up to 32 bits. */
const integer =
  (read: (reader: Reader) => number, bits: number): Read =>
  (reader, unsigned) => {
    const value = read(reader)
    return String(unsigned ? value : (value << (32 - bits)) >> (32 - bits))
  }

const float =
  (bytes: 4 | 8): Read =>
  (reader) => {
    const raw = reader.bytes(bytes)
    const view = new DataView(raw.buffer, raw.byteOffset, bytes)
    return String(bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true))
  }

const string: Read = (reader) => {
  const bytes = reader.lenencBytes()
  if (bytes === null) throw fault('NULL where a value must stand')
  return text(bytes)
}

const pad = (value: number, size = 2) => String(value).padStart(size, '0')
const fraction = (reader: Reader) => `.${pad(reader.u32(), 6)}`

/** Length 0, 4, 7 or 11. */
const moment: Read = (reader) => {
  const length = reader.u8()
  if (length === 0) return '0000-00-00'
  if (length !== 4 && length !== 7 && length !== 11) throw fault('a moment of an impossible length')
  const date = `${pad(reader.u16(), 4)}-${pad(reader.u8())}-${pad(reader.u8())}`
  if (length === 4) return date
  const time = `${date} ${pad(reader.u8())}:${pad(reader.u8())}:${pad(reader.u8())}`
  return length === 7 ? time : time + fraction(reader)
}

/** Length 0, 8 or 12. */
const time: Read = (reader) => {
  const length = reader.u8()
  if (length === 0) return '00:00:00'
  if (length !== 8 && length !== 12) throw fault('a time of an impossible length')
  const sign = reader.u8() === 1 ? '-' : ''
  const days = reader.u32()
  const hours = reader.u8() + days * 24
  const shown = `${sign}${pad(hours)}:${pad(reader.u8())}:${pad(reader.u8())}`
  return length === 8 ? shown : shown + fraction(reader)
}

const TYPES: ReadonlyMap<number, Read> = new Map<number, Read>([
  [TYPE.TINY, integer((reader) => reader.u8(), 8)],
  [TYPE.SHORT, integer((reader) => reader.u16(), 16)],
  [TYPE.YEAR, integer((reader) => reader.u16(), 16)],
  [TYPE.LONG, integer((reader) => reader.u32(), 32)],
  [TYPE.INT24, integer((reader) => reader.u32(), 32)],
  [TYPE.LONGLONG, (reader, unsigned) => String(unsigned ? reader.u64() : BigInt.asIntN(64, reader.u64()))],
  [TYPE.FLOAT, float(4)],
  [TYPE.DOUBLE, float(8)],
  [TYPE.DATE, moment],
  [TYPE.DATETIME, moment],
  [TYPE.TIMESTAMP, moment],
  [TYPE.TIME, time],
  ...[
    TYPE.DECIMAL,
    TYPE.NEWDECIMAL,
    TYPE.VARCHAR,
    TYPE.VAR_STRING,
    TYPE.STRING,
    TYPE.TINY_BLOB,
    TYPE.MEDIUM_BLOB,
    TYPE.LONG_BLOB,
    TYPE.BLOB,
    TYPE.BIT,
    TYPE.ENUM,
    TYPE.SET,
    TYPE.JSON,
    TYPE.GEOMETRY,
    TYPE.VECTOR,
  ].map((type): [number, Read] => [type, string]),
])

const KINDS: ReadonlyMap<number, ParameterType> = new Map<number, ParameterType>([
  ...[TYPE.TINY, TYPE.SHORT, TYPE.INT24, TYPE.LONG, TYPE.LONGLONG].map((type): [number, ParameterType] => [
    type,
    'integer',
  ]),
  [TYPE.DECIMAL, 'decimal'],
  [TYPE.NEWDECIMAL, 'decimal'],
  // Those in the character set of the connection; as a BLOB it would be compared byte by byte.
  [TYPE.VARCHAR, 'string'],
  [TYPE.VAR_STRING, 'string'],
  [TYPE.STRING, 'string'],
])

/** `long`: its value came by COM_STMT_SEND_LONG_DATA, whatever type it is bound as. */
function kindOf(type: number, value: string | null, long: boolean): ParameterType {
  if (value === null) return 'other'
  if ((long || TYPES.get(type) === string) && isIssuedMask(value)) return 'issued'
  if (long) return 'other'
  if (type === TYPE.DOUBLE) return Number.isSafeInteger(Number(value)) ? 'whole' : 'other'
  return KINDS.get(type) ?? 'other'
}

/** A bound type with this mark has no value in the packet. */
const NULL_TYPE = TYPE.NULL

export const WRONG_ARGUMENTS = 'Incorrect arguments to mysqld_stmt_execute'

/**
 * `start` is behind the statement's id. Throws `GH_WIRE` when anything does not add up: a server would read the rest as
 * it likes. `known`: types as they were last sent.
 */
export function readExecute(
  buffer: Uint8Array,
  start: number,
  end: number,
  parameters: number,
  known: Uint8Array | undefined,
  longData: ReadonlyMap<number, LongData>,
): Executed {
  const reader = readPacket(buffer, start, end)
  const flags = reader.u8()
  // Cursors are 1, 2 and 4; more would say that the packet is laid out otherwise.
  if (flags > 7) throw fault('flags that nobody agreed to')
  if (reader.u32() !== 1) throw fault('an iteration count other than 1')
  // What stands behind it is read by nobody where there are no parameters.
  if (parameters === 0) return { flags, types: undefined, values: [], kinds: [] }
  const nulls = reader.bytes((parameters + 7) >> 3)
  const bound = reader.u8()
  if (bound > 1) throw fault('a flag that is neither 0 nor 1')
  const types = bound === 1 ? reader.bytes(parameters * 2) : known
  if (types === undefined) throw fault('parameters whose types were never sent')
  const values: (string | null)[] = []
  const kinds: ParameterType[] = []
  for (let index = 0; index < parameters; index += 1) {
    const long = longData.get(index)
    const type = types[index * 2] as number
    if (long !== undefined) values.push(text(long.head))
    else if (((nulls[index >> 3] as number) >> (index & 7)) & 1 || type === NULL_TYPE) values.push(null)
    else {
      const read = TYPES.get(type)
      if (read === undefined) throw fault(`a parameter of type ${type}`)
      values.push(read(reader, ((types[index * 2 + 1] as number) & 0x80) !== 0))
    }
    kinds.push(kindOf(type, values[index] ?? null, long !== undefined))
  }
  if (reader.left !== 0) throw fault('bytes behind the last parameter')
  return { flags, types, values, kinds }
}
