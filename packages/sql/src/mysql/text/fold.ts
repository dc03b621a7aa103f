/** Names as both servers compare them where case does not count: letter by letter, by their own table of lower cases. */
import type { MysqlFlavour } from '../catalog.js'
import { type MysqlVersion, versionNumber } from '../versions.js'

/**
 * First and last of where JavaScript and both servers know the same lower cases (measured, all 65,536 tried). The servers' table is
 * of an older Unicode: they know none of Georgian's capitals, for one. The Kelvin sign is left out, since it is a k to them.
 */
const AGREED: readonly (readonly [number, number])[] = [
  [0x80, 0x12f],
  [0x131, 0x21f],
  [0x386, 0x3ce],
  [0x400, 0x481],
  [0x490, 0x4bf],
  [0x531, 0x556],
  [0x1e00, 0x1e95],
  [0x1ea0, 0x1ef9],
  [0x1f00, 0x1fff],
  [0x2126, 0x2129],
  [0x212b, 0x212b],
  [0x2160, 0x216f],
  [0x24b6, 0x24cf],
  [0xff21, 0xff3a],
]

/** MariaDB compares names by their upper cases since 11.5 (utf8mb3_general1400_as_ci), where more letters are one. */
const BY_UPPER_CASE = 110_500

export interface Comparing {
  readonly mariadb: boolean
  /** As version comments write it: 101119, 90700. */
  readonly version: number
}

/** How the server of a catalog compares. */
export function comparingOf({
  flavour,
  version,
}: {
  readonly flavour: MysqlFlavour
  readonly version: MysqlVersion
}): Comparing {
  return { mariadb: flavour === 'mariadb', version: versionNumber(version) }
}

export function comparesByUpperCase({ mariadb, version }: Comparing): boolean {
  return mariadb && version >= BY_UPPER_CASE
}

/** Whether the server may hold for another letter, or for the same, what `fold` does not: then no name may have it. */
export function foldsOtherwise(code: number, comparing: Comparing): boolean {
  if (code < 128) return false
  const letter = String.fromCharCode(code)
  const lower = letter.toLowerCase()
  if (lower !== letter && !AGREED.some(([from, to]) => code >= from && code <= to)) return true
  return comparesByUpperCase(comparing) && letter.toUpperCase().toLowerCase() !== lower
}

/** Whether a name has such a letter. */
export function hasStrangeLetter(name: string, comparing: Comparing): boolean {
  for (let at = 0; at < name.length; at++) if (foldsOtherwise(name.charCodeAt(at), comparing)) return true
  return false
}

const BEYOND = /[^\0-\x7f]/

/** Letter by letter: over a whole word JavaScript makes another sigma of the last one. */
export function fold(name: string): string {
  if (!BEYOND.test(name)) return name.toLowerCase()
  let folded = ''
  for (const letter of name) folded += letter.toLowerCase()
  return folded
}
