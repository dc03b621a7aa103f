/** Rows as text, whatever their format: cells of the text protocol, and each type of the binary one. */
import { COLUMN_FLAG, type ColumnDefinition, type PacketReader, readPacket, TYPE } from '../messages/index.js'

export type Cells = readonly (string | null)[]

const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

/** Throws when the cells do not end where the row does. */
export function textCells(row: Uint8Array, columns: readonly ColumnDefinition[]): Cells {
  const reader = readPacket(row)
  const cells = columns.map(() => {
    const bytes = reader.lenencBytes()
    return bytes === null ? null : utf8(bytes)
  })
  if (reader.left !== 0) throw new Error('a row that is longer than its cells')
  return cells
}

/** A bitmap of ⌊(columns + 9) / 8⌋ bytes whose first two bits are unused, then the values (manual, "Binary Protocol Resultset Row"). */
export function binaryCells(row: Uint8Array, columns: readonly ColumnDefinition[]): Cells {
  const reader = readPacket(row)
  if (reader.u8() !== 0) throw new Error('a binary row that does not begin with 0')
  const bitmap = reader.bytes(Math.floor((columns.length + 9) / 8)).slice()
  const cells = columns.map((column, index) => {
    const bit = index + 2
    return ((bitmap[bit >> 3] as number) >> (bit & 7)) & 1 ? null : binaryCell(reader, column)
  })
  if (reader.left !== 0) throw new Error('a row that is longer than its cells')
  return cells
}

function binaryCell(reader: PacketReader, { type, flags }: ColumnDefinition): string | null {
  const unsigned = (flags & COLUMN_FLAG.UNSIGNED) !== 0
  const fixed = (size: number) => Buffer.from(reader.bytes(size))
  const whole = (size: number) => {
    const bytes = fixed(size)
    return String(unsigned ? bytes.readUIntLE(0, size) : bytes.readIntLE(0, size))
  }
  switch (type) {
    case TYPE.TINY:
      return whole(1)
    case TYPE.SHORT:
    case TYPE.YEAR:
      return whole(2)
    case TYPE.LONG:
    case TYPE.INT24:
      return whole(4)
    case TYPE.LONGLONG: {
      const bytes = fixed(8)
      return String(unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE())
    }
    case TYPE.FLOAT:
      return String(fixed(4).readFloatLE())
    case TYPE.DOUBLE:
      return String(fixed(8).readDoubleLE())
    case TYPE.DATE:
    case TYPE.DATETIME:
    case TYPE.TIMESTAMP:
      return moment(fixed(reader.u8()))
    case TYPE.TIME:
      return duration(fixed(reader.u8()))
    case TYPE.NULL:
      return null
    default: {
      const bytes = reader.lenencBytes()
      return bytes === null ? null : utf8(bytes)
    }
  }
}

const two = (value: number) => String(value).padStart(2, '0')

function moment(bytes: Buffer): string {
  if (![0, 4, 7, 11].includes(bytes.length)) throw new Error(`a date of ${bytes.length} bytes`)
  if (bytes.length === 0) return '0000-00-00'
  const date = `${String(bytes.readUInt16LE(0)).padStart(4, '0')}-${two(bytes[2] as number)}-${two(bytes[3] as number)}`
  if (bytes.length === 4) return date
  const [hours, minutes, seconds] = [...bytes.subarray(4, 7)].map(two)
  const micro = bytes.length === 11 ? `.${String(bytes.readUInt32LE(7)).padStart(6, '0')}` : ''
  return `${date} ${hours}:${minutes}:${seconds}${micro}`
}

function duration(bytes: Buffer): string {
  if (![0, 8, 12].includes(bytes.length)) throw new Error(`a time of ${bytes.length} bytes`)
  if (bytes.length === 0) return '00:00:00'
  const hours = bytes.readUInt32LE(1) * 24 + (bytes[5] as number)
  const micro = bytes.length === 12 ? `.${String(bytes.readUInt32LE(8)).padStart(6, '0')}` : ''
  return `${bytes[0] === 0 ? '' : '-'}${two(hours)}:${two(bytes[6] as number)}:${two(bytes[7] as number)}${micro}`
}
