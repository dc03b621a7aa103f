/** Rows and column definitions for the tests of masking, written and read by the manual alone. */
import { expect } from 'vitest'
import { type ColumnDefinition, lenenc, lenencString, payload, readPacket, TYPE } from '../messages/index.js'

export type Value = Uint8Array | null

const none = new Uint8Array(0)

export function column(type: number, parts: Partial<ColumnDefinition> = {}): ColumnDefinition {
  const names = { schema: none, table: none, orgTable: none, name: none, orgName: none }
  return { ...names, charset: 45, length: 40, type, flags: 0, decimals: 0, ...parts }
}

const WIDTHS: Readonly<Record<number, number>> = {
  [TYPE.TINY]: 1,
  [TYPE.SHORT]: 2,
  [TYPE.YEAR]: 2,
  [TYPE.INT24]: 4,
  [TYPE.LONG]: 4,
  [TYPE.FLOAT]: 4,
  [TYPE.LONGLONG]: 8,
  [TYPE.DOUBLE]: 8,
}

export function textRow(values: readonly Value[]): Uint8Array {
  return payload(...values.map((value) => (value === null ? [0xfb] : lenencString(value))))
}

export function binaryRow(columns: readonly ColumnDefinition[], values: readonly Value[]): Uint8Array {
  const bitmap = new Uint8Array(Math.floor((values.length + 9) / 8))
  const fields: Uint8Array[] = []
  for (const [at, value] of values.entries()) {
    if (value === null) {
      const byte = Math.floor((at + 2) / 8)
      bitmap[byte] = (bitmap[byte] ?? 0) | (1 << ((at + 2) % 8))
    } else if (WIDTHS[columns[at]?.type ?? 0] === value.length) fields.push(value)
    else fields.push(payload(lenenc(value.length), value))
  }
  return payload([0], bitmap, ...fields)
}

export function readTextRow(row: Uint8Array, count: number): Value[] {
  const reader = readPacket(row)
  const values = Array.from({ length: count }, () => reader.lenencBytes()?.slice() ?? null)
  expect(reader.left).toBe(0)
  return values
}

export function readBinaryRow(row: Uint8Array, columns: readonly ColumnDefinition[]): Value[] {
  const reader = readPacket(row)
  expect(reader.u8()).toBe(0)
  const bitmap = reader.bytes(Math.floor((columns.length + 9) / 8))
  const values = columns.map(({ type }, at) => {
    if ((((bitmap[Math.floor((at + 2) / 8)] ?? 0) >> ((at + 2) % 8)) & 1) === 1) return null
    const width = WIDTHS[type]
    return width === undefined ? (reader.lenencBytes()?.slice() ?? null) : reader.bytes(width).slice()
  })
  expect(reader.left).toBe(0)
  return values
}
