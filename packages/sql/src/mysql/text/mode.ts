/** What decides how a server cuts a text into tokens, and whether Gatehouse reads texts under it at all. */

import type { MysqlFlavour } from '../catalog.js'
import { versionNumber } from '../versions.js'

export interface TextMode {
  readonly flavour: MysqlFlavour
  /** Major, minor, patch of the upstream: `/*!NNNNN` compares with it. */
  readonly version: readonly [number, number, number]
  /** @@sql_mode's words. */
  readonly sqlMode: readonly string[]
  /** character_set_client. */
  readonly charset: string
  /** Texts under ANSI_QUOTES are read only where the configuration says so. */
  readonly ansiQuotes?: 'accept'
}

/** A mode as the tokeniser uses it. */
export interface Rules {
  readonly mariadb: boolean
  /** The server's version as version comments write it: 101119, 90700. */
  readonly version: number
  readonly ansiQuotes: boolean
  readonly ignoreSpace: boolean
  readonly pipesAsConcat: boolean
  /** Letters beyond ASCII may stand outside quotes. */
  readonly letters: boolean
  /** Nothing beyond ASCII anywhere. */
  readonly asciiOnly: boolean
}

/** The character sets in which no byte of a longer character looks like a quote; whether their letters make names. */
const LETTERS: ReadonlyMap<string, boolean> = new Map([
  ['utf8mb4', true],
  ['utf8', true],
  ['utf8mb3', true],
  ['latin1', false],
  ['ascii', false],
  ['binary', false],
])

/** Modes under which the same text means something that no parser here knows. */
const REFUSED_MODES = new Set([
  'NO_BACKSLASH_ESCAPES',
  'HIGH_NOT_PRECEDENCE',
  'ORACLE',
  'MSSQL',
  'DB2',
  'POSTGRESQL',
  'MAXDB',
  'ANSI',
  'MYSQL323',
  'MYSQL40',
])

/** Modes that change what a statement does or answers, never how its text is read. */
const HARMLESS_MODES = new Set([
  'PIPES_AS_CONCAT',
  'IGNORE_SPACE',
  'ANSI_QUOTES',
  'REAL_AS_FLOAT',
  'ONLY_FULL_GROUP_BY',
  'NO_UNSIGNED_SUBTRACTION',
  'NO_DIR_IN_CREATE',
  'NO_KEY_OPTIONS',
  'NO_TABLE_OPTIONS',
  'NO_FIELD_OPTIONS',
  'NO_AUTO_VALUE_ON_ZERO',
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ALLOW_INVALID_DATES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'TRADITIONAL',
  'NO_AUTO_CREATE_USER',
  'NO_ENGINE_SUBSTITUTION',
  'PAD_CHAR_TO_FULL_LENGTH',
  'EMPTY_STRING_IS_NULL',
  'SIMULTANEOUS_ASSIGNMENT',
  'TIME_ROUND_FRACTIONAL',
  'TIME_TRUNCATE_FRACTIONAL',
])

const known = new WeakMap<TextMode, Rules | string>()

/** The rules, or the reason why nothing is read under this mode. */
export function rulesOf(mode: TextMode): Rules | string {
  let rules = known.get(mode)
  if (rules === undefined) {
    rules = readMode(mode)
    known.set(mode, rules)
  }
  return rules
}

function readMode(mode: TextMode): Rules | string {
  const version = readableVersion(mode.version)
  if (version === undefined || (mode.flavour !== 'mysql' && mode.flavour !== 'mariadb'))
    return "the server's version is not known"
  const letters = LETTERS.get(mode.charset.toLowerCase())
  if (letters === undefined) return `the character set \`${mode.charset}\` can hide the end of a string`
  const words = new Set(mode.sqlMode.map((word) => word.trim().toUpperCase()).filter((word) => word !== ''))
  // ANSI also sets its parts, as words of their own.
  if (mode.ansiQuotes === 'accept') words.delete('ANSI')
  for (const word of words) {
    if (word === 'ANSI_QUOTES' && mode.ansiQuotes !== 'accept')
      return 'sql_mode `ANSI_QUOTES` is not accepted here'
    if (REFUSED_MODES.has(word)) return `sql_mode \`${word}\` is not accepted here`
    if (!HARMLESS_MODES.has(word)) return `sql_mode \`${word}\` is not known`
  }
  return {
    mariadb: mode.flavour === 'mariadb',
    version,
    ansiQuotes: words.has('ANSI_QUOTES'),
    ignoreSpace: words.has('IGNORE_SPACE'),
    pipesAsConcat: words.has('PIPES_AS_CONCAT'),
    letters,
    asciiOnly: mode.charset.toLowerCase() === 'ascii',
  }
}

/** Undefined: MySQL before 5 and MariaDB before 10 are not read. */
function readableVersion(version: TextMode['version']): number | undefined {
  const fits = version.every((part) => Number.isInteger(part) && part >= 0 && part < 100) && version[0] >= 5
  return fits ? versionNumber(version) : undefined
}
