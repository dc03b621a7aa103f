/** Whether a column's values fit into another column as they are: neither cut, converted nor rounded (R19). */
import type { MysqlColumn } from '../catalog.js'
import { UNIVERSAL } from '../functions/charsets.js'

/** Bytes that texts hold at the most (MySQL manual 13.7). */
const BYTES: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
}
/** Bytes of one character at the most. */
const WIDEST = 4

const INTEGERS: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
}

interface Kind {
  readonly word: string
  readonly length: number
  readonly unsigned: boolean
}

function kindOf(type: string): Kind {
  const [, word = '', length] = /^(\w+)(?:\((\d+)\))?/.exec(type.toLowerCase()) ?? []
  return { word, length: Number(length ?? 1), unsigned: /\bunsigned\b/i.test(type) }
}

export function fits(from: MysqlColumn, to: MysqlColumn): boolean {
  if (!sameLetters(from.collation, to.collation)) return false
  if (from.type.toLowerCase() === to.type.toLowerCase()) return true
  const [own, wanted] = [kindOf(from.type), kindOf(to.type)]
  const [small, large] = [INTEGERS[own.word], INTEGERS[wanted.word]]
  if (small !== undefined && large !== undefined) return own.unsigned === wanted.unsigned && small <= large
  return fitsText(own, wanted, from.collation === to.collation)
}

function fitsText(own: Kind, wanted: Kind, asBytes: boolean): boolean {
  const [text, room] = [BYTES[own.word], BYTES[wanted.word]]
  // CHAR loses the blanks at the end.
  const letters = own.word === 'char' || (own.word === 'varchar' && wanted.word !== 'char')
  const held = text ?? (letters ? own.length : undefined)
  if (held === undefined) return false
  if (room !== undefined) return (text !== undefined && asBytes ? held : held * WIDEST) <= room
  return (wanted.word === 'varchar' || (wanted.word === 'char' && letters)) && held <= wanted.length
}

/** Every character of the one set is in the other. */
function sameLetters(from: string | undefined, to: string | undefined): boolean {
  const [own, wanted] = [from, to].map((name) => name?.split('_')[0]?.toLowerCase())
  return own === wanted || (own !== undefined && wanted !== undefined && UNIVERSAL.has(wanted))
}
