/** Table of the collations with which a client may come, and what stands for those that a server does not know. */
import type { MysqlFlavour } from '@gatehouse/sql'

export interface CharacterSet {
  /** In lower case. */
  readonly charset: string
  /** A collation's id that the upstream knows, 1 to 255. */
  readonly collation: number
}

export type CharacterSetReading =
  | ({ readonly kind: 'known' } & CharacterSet)
  /** Texts in it can't be read for sure. */
  | { readonly kind: 'refused'; readonly charset: string }

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** information_schema.COLLATIONS of MySQL 9.7 and MariaDB 10.11, ids up to 255: what a response has room for. */
const COLLATIONS: Readonly<Record<string, readonly number[]>> = {
  utf8mb4: [45, 46, ...range(224, 247), 255],
  utf8mb3: [33, 76, 83, ...range(192, 215), 223],
  latin1: [5, 8, 15, 31, 47, 48, 49, 94],
  ascii: [11, 65],
  binary: [63],
}

/**
 * Character sets that no text is read in: their characters hold bytes of ASCII that are none (big5, cp932, gbk, sjis,
 * gb18030, ucs2, utf16, utf32, swe7), or letters that the reader does not know.
 */
const REFUSED: Readonly<Record<string, readonly number[]>> = {
  big5: [1, 84],
  latin2: [2, 9, 21, 27, 77],
  dec8: [3, 69],
  cp850: [4, 80],
  hp8: [6, 72],
  koi8r: [7, 74],
  swe7: [10, 82],
  ujis: [12, 91],
  sjis: [13, 88],
  cp1251: [14, 23, 50, 51, 52],
  hebrew: [16, 71],
  tis620: [18, 89],
  euckr: [19, 85],
  latin7: [20, 41, 42, 79],
  koi8u: [22, 75],
  gb2312: [24, 86],
  greek: [25, 70],
  cp1250: [26, 34, 44, 66, 99],
  gbk: [28, 87],
  cp1257: [29, 58, 59],
  latin5: [30, 78],
  armscii8: [32, 64],
  ucs2: [35, 90, ...range(128, 151), 159],
  cp866: [36, 68],
  keybcs2: [37, 73],
  macce: [38, 43],
  macroman: [39, 53],
  cp852: [40, 81],
  utf16: [54, 55, ...range(101, 124)],
  utf16le: [56, 62],
  cp1256: [57, 67],
  utf32: [60, 61, ...range(160, 183)],
  geostd8: [92, 93],
  cp932: [95, 96],
  eucjpms: [97, 98],
  gb18030: [248, 249, 250],
}

const byId = (table: Readonly<Record<string, readonly number[]>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(table).flatMap(([charset, ids]) => ids.map((id) => [id, charset] as const)))

const KNOWN = byId(COLLATIONS)
const KNOWN_REFUSED = byId(REFUSED)

/** What MariaDB lacks: utf8mb4_0900_ai_ci and utf8mb3_tolower_ci. */
const FOR_MARIADB: ReadonlyMap<number, number> = new Map([
  [255, 45],
  [76, 33],
])

/** 0, and what nobody knows, is the gateway's own: utf8mb4. */
export function readCharacterSet(id: number, flavour: MysqlFlavour): CharacterSetReading {
  const refused = KNOWN_REFUSED.get(id)
  if (refused !== undefined) return { kind: 'refused', charset: refused }
  const charset = KNOWN.get(id)
  if (charset === undefined) return { kind: 'known', charset: 'utf8mb4', collation: 45 }
  const collation = flavour === 'mariadb' ? (FOR_MARIADB.get(id) ?? id) : id
  return { kind: 'known', charset, collation }
}
