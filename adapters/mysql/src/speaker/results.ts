/** What a scripted server says of a play: payloads of a result set in text or binary, of a prepared statement, of changes. */
import type { Play } from '@gatehouse/adapter-contract'
import type { MysqlFlavour } from '@gatehouse/sql'
import {
  columnDefinitionPayload,
  eofPayload,
  lenenc,
  lenencString,
  payload,
  TYPE,
  u16,
  u32,
} from '../messages/index.js'

const TEXT = 45
const BINARY = 63
/** MySQL has a type for documents; MariaDB's are texts. */
const KINDS = {
  integer: { type: TYPE.LONG, charset: BINARY, length: 11 },
  text: { type: TYPE.VAR_STRING, charset: TEXT, length: 800 },
  document: { type: TYPE.JSON, charset: BINARY, length: 0xffffffff },
} as const
const LONG_TEXT = { type: TYPE.LONG_BLOB, charset: TEXT, length: 0xffffffff } as const

const bytes = (text: string) => Buffer.from(text)

export function definitions(play: Play, flavour: MysqlFlavour): readonly Uint8Array[] {
  return play.columns.map(({ name, kind, relation }) =>
    columnDefinitionPayload({
      schema: bytes(relation === undefined ? '' : 'shop'),
      table: bytes(relation ?? ''),
      orgTable: bytes(relation ?? ''),
      name: bytes(name),
      orgName: bytes(relation === undefined ? '' : name),
      ...(kind === 'document' && flavour === 'mariadb' ? LONG_TEXT : KINDS[kind]),
      flags: 0,
      decimals: 0,
    }),
  )
}

export function textRow(row: readonly (string | null)[]): Uint8Array {
  return payload(...row.map((cell) => (cell === null ? [0xfb] : lenencString(cell))))
}

export function binaryRow(play: Play, row: readonly (string | null)[]): Uint8Array {
  const bitmap = new Uint8Array(Math.floor((row.length + 9) / 8))
  for (const [index, cell] of row.entries()) {
    const bit = index + 2
    if (cell === null) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7))
  }
  const cells = row.flatMap((cell, index) => {
    if (cell === null) return []
    return [play.columns[index]?.kind === 'integer' ? u32(Number(cell)) : lenencString(cell)]
  })
  return payload([0], bitmap, ...cells)
}

/** Count, definitions and their EOF. */
export function resultHead(play: Play, status: number, flavour: MysqlFlavour): readonly Uint8Array[] {
  return [
    payload(lenenc(play.columns.length)),
    ...definitions(play, flavour),
    eofPayload({ warnings: 0, status }),
  ]
}

/** COM_STMT_PREPARE_OK of a statement without parameters. */
export function preparedPayloads(
  id: number,
  play: Play,
  status: number,
  flavour: MysqlFlavour,
): readonly Uint8Array[] {
  const head = payload([0], u32(id), u16(play.columns.length), u16(0), [0], u16(0))
  if (play.columns.length === 0) return [head]
  return [head, ...definitions(play, flavour), eofPayload({ warnings: 0, status })]
}

/** Session-state changes (manual, "Session State Information"): 0 a variable, 1 the default database. */
export const variableChange = (name: string, value: string) =>
  payload([0], lenencString(payload(lenencString(name), lenencString(value))))
export const schemaChange = (name: string) => payload([1], lenencString(lenencString(name)))
