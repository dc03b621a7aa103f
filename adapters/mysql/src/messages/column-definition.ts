/** Column definitions, and the types of cells that they name (protocol manual, "Column Definition"). */

import { GatehouseError } from '@gatehouse/core'
import { readPacket } from './packet-reader.js'
import { lenencString, payload, u16, u32 } from './packet-writer.js'

export interface ColumnDefinition {
  readonly schema: Uint8Array
  /** Alias; `orgTable` is the table's own name, empty for expressions. */
  readonly table: Uint8Array
  readonly orgTable: Uint8Array
  readonly name: Uint8Array
  readonly orgName: Uint8Array
  /** Collation's id; 63 is binary. */
  readonly charset: number
  /** Display length in bytes. */
  readonly length: number
  readonly type: number
  readonly flags: number
  readonly decimals: number
  /** MariaDB says that the text is JSON: clients parse it. */
  readonly json?: true
}

/** What EXTENDED_METADATA says of JSON: kind 1, a format, of four letters. */
const JSON_FORMAT = '\u0001\u0004json'

/** `extended`: MariaDB's EXTENDED_METADATA was agreed. Throws `GH_WIRE`. What COM_FIELD_LIST adds at the end is left unread. */
export function readColumnDefinition(
  buffer: Uint8Array,
  start: number,
  end: number,
  extended = false,
): ColumnDefinition {
  const reader = readPacket(buffer, start, end)
  // A copy: a Buffer's `slice` is a view, and definitions outlive their packet.
  const field = () => new Uint8Array(reader.lenencBytes() ?? [])
  field()
  const [schema, table, orgTable, name, orgName] = [field(), field(), field(), field(), field()]
  const more = extended ? Buffer.from(reader.lenencBytes() ?? []).toString('latin1') : ''
  reader.lenenc()
  const charset = reader.u16()
  const length = reader.u32()
  const type = reader.u8()
  const flags = reader.u16()
  const decimals = reader.u8()
  return {
    schema,
    table,
    orgTable,
    name,
    orgName,
    charset,
    length,
    type,
    flags,
    decimals,
    ...(more.includes(JSON_FORMAT) ? { json: true } : {}),
  } as ColumnDefinition
}

/** Catalog, schema, table, its own name, name, its own name. */
const STRINGS = 6
/** Bytes of the fixed fields: character set, length, type, flags, decimals, filler. */
const FIXED = 12

/**
 * Where a definition ends in the packet: behind its fixed fields. What COM_FIELD_LIST adds stands there. `extended`: as in reading. Throws
 * `GH_WIRE` where it is none.
 */
export function definitionEnd(buffer: Uint8Array, start: number, end: number, extended: boolean): number {
  const reader = readPacket(buffer, start, end)
  for (let strings = extended ? STRINGS + 1 : STRINGS; strings > 0; strings -= 1) {
    const length = reader.lenenc()
    if (length === null) throw fault('a name that is NULL')
    reader.skip(length)
  }
  if (reader.lenenc() !== FIXED) throw fault('fixed fields of another length')
  reader.skip(FIXED)
  return reader.at
}

const fault = (what: string) => new GatehouseError('GH_WIRE', `a column definition with ${what}`)

/** `extended`: as in reading; nothing more is said then. */
export function columnDefinitionPayload(column: ColumnDefinition, extended = false): Uint8Array {
  return payload(
    lenencString('def'),
    lenencString(column.schema),
    lenencString(column.table),
    lenencString(column.orgTable),
    lenencString(column.name),
    lenencString(column.orgName),
    extended ? [0] : [],
    [0x0c],
    u16(column.charset),
    u32(column.length),
    [column.type],
    u16(column.flags),
    [column.decimals, 0, 0],
  )
}

/** enum_field_types. */
export const TYPE = {
  DECIMAL: 0,
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  NULL: 6,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  YEAR: 13,
  NEWDATE: 14,
  VARCHAR: 15,
  BIT: 16,
  VECTOR: 242,
  JSON: 245,
  NEWDECIMAL: 246,
  ENUM: 247,
  SET: 248,
  TINY_BLOB: 249,
  MEDIUM_BLOB: 250,
  LONG_BLOB: 251,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
  GEOMETRY: 255,
} as const

export const COLUMN_FLAG = { NOT_NULL: 1, UNSIGNED: 0x20, BINARY: 0x80 } as const
export const BINARY_CHARSET = 63
