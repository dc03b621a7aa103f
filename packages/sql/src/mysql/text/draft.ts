/** A canonical text in the making: what is written of it, and what stands before. */
import type { ColumnNames } from './column-names.js'
import type { Cursor } from './cursor.js'
import type { Split } from './statements.js'

export interface Draft {
  readonly cursor: Cursor
  out: string
  /** Its last character; a space when there is none. (To ask a string that was put together would be to copy it.) */
  last: number
  /** Up to here the text stands in `out`; what follows is added in one piece when something must be replaced. */
  written: number
  /** The token before: a comment is none. */
  before: number
  beforeStart: number
  beforeEnd: number
  beforeDotted: boolean
  /** The word before the dot before: only letters behind the dot keep a keyword from being one. */
  qualifierStart: number
  qualifierEnd: number
  /** White space or a comment stands between the two. */
  gap: boolean
  /** The text had a comment at all. */
  commented: boolean
  /** It had one since the last token. */
  commentsBehind: boolean
  readonly tags: Map<string, string>
  tagsLeft: number
  readonly split: Split
  readonly names: ColumnNames
}
