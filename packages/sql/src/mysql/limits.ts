/** What one text may hold, and what a reader of MySQL may spend. */
import { DEFAULT_READING_LIMITS, type ReadingLimits } from '../reading/limits.js'
import { TEXT_CEILING } from './text/canonical.js'
import { DEFAULT_TEXT_LIMITS, type TextLimits } from './text/limits.js'

export interface MysqlTextLimits extends TextLimits {
  /** Bytes of one text. */
  readonly bytes: number
}

export interface MysqlReaderLimits extends MysqlTextLimits, ReadingLimits {}

export const DEFAULT_MYSQL_READER_LIMITS: MysqlReaderLimits = {
  ...DEFAULT_TEXT_LIMITS,
  ...DEFAULT_READING_LIMITS,
  bytes: TEXT_CEILING,
}
