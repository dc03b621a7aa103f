/** The server's answers, built for the model: payloads in their order. */
import {
  type ColumnDefinition,
  columnDefinitionPayload,
  EOF,
  eofPayload,
  errPayload,
  lenenc,
  lenencString,
  okPayload,
  payload,
  TYPE,
  u16,
  u32,
  u64,
} from '../messages/index.js'
import type { Layout } from './layout.js'
import type { Field, Result } from './statements.js'

const empty = new Uint8Array(0)

export const failure = (code: number) => errPayload(code, `failed with ${code}`, 'HY000')

/** Session-state changes, as its own last field: 0 a variable, 1 the default database. */
export function done(status: number, affected = 0, changes: Uint8Array = empty): Uint8Array {
  return okPayload({ status, affected, tracks: true, changes })
}
export const variableChange = (name: string, value: string) =>
  payload([0], lenencString(payload(lenencString(name), lenencString(value))))
export const schemaChange = (name: string) => payload([1], lenencString(lenencString(name)))

/** What ends rows. */
export const end = (status: number, { short }: Layout, changes: Uint8Array = empty) =>
  short ? okPayload({ status, tracks: true, changes }, EOF) : eofPayload({ warnings: 0, status })

/** What ends definitions, where something does. */
const behind = (status: number, { short }: Layout) => (short ? [] : [eofPayload({ warnings: 0, status })])

export const head = ({ columns }: Result, status: number, layout: Layout): readonly Uint8Array[] => [
  payload(lenenc(columns.length)),
  ...columns.map((column) => columnDefinitionPayload(column, layout.extended)),
  ...behind(status, layout),
]

export const field = ({ column, value }: Field, { extended }: Layout) =>
  payload(
    columnDefinitionPayload(column, extended),
    value === undefined ? [] : value === null ? [0xfb] : lenencString(value),
  )

export const textRow = (cells: readonly string[]) => payload(...cells.map((cell) => lenencString(cell)))

export function binaryRow({ columns }: Result, cells: readonly string[]): Uint8Array {
  const bitmap = new Uint8Array((cells.length + 9) >> 3)
  const fields = cells.map((cell, index) =>
    columns[index]?.type === TYPE.LONGLONG ? u64(BigInt(cell)) : lenencString(cell),
  )
  return payload([0], bitmap, ...fields)
}

export const rowOf = (result: Result, cells: readonly string[], binary: boolean) =>
  binary ? binaryRow(result, cells) : textRow(cells)

export function prepared(
  id: number,
  parameters: number,
  result: Result | undefined,
  status: number,
  layout: Layout,
) {
  const columns = result?.columns ?? []
  const first = payload([0], u32(id), u16(columns.length), u16(parameters), [0], u16(0))
  const place = {
    ...{ schema: empty, table: empty, orgTable: empty, orgName: empty, name: Buffer.from('?') },
    ...{ charset: 63, length: 0, type: TYPE.VAR_STRING, flags: 0, decimals: 0 },
  }
  const list = (definitions: readonly ColumnDefinition[]) =>
    definitions.length === 0
      ? []
      : [
          ...definitions.map((each) => columnDefinitionPayload(each, layout.extended)),
          ...behind(status, layout),
        ]
  return [first, ...list(Array.from({ length: parameters }, () => place)), ...list(columns)]
}
