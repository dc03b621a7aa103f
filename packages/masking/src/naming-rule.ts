/** The form of a built-in naming rule. */
import type { TypeFamily } from './type-family.js'

export interface NamingRule {
  /** What `gatehouse classes` shows as the reason. */
  readonly name: string
  readonly gives: readonly string[]
  /** Word sequences that mean it, in whatever case and with whatever between the words; plurals included. */
  readonly phrases: readonly string[]
  /** Like phrases, but nothing may stand before them: too short or too common to be trusted at the end of a name. */
  readonly whole?: readonly string[]
  /** Ends of a single undivided word that mean it too: `customeremail`. */
  readonly endings?: readonly string[]
  /** Words that, directly before the phrase, make it something else: `server` address. */
  readonly notAfter?: readonly string[]
  /** Types that such a value can have; a boolean or a time is a fact about it. */
  readonly families: readonly TypeFamily[]
  /**
   * `person`: only beside an e-mail, phone or birth column of a relation that isn't about an organisation (R22).
   * `people`: there, or in a relation that is named after people. `anyone`: beside such a column, or a person's key.
   */
  readonly beside?: 'person' | 'people' | 'anyone'
  /** 0 … 1: how often such a name is what it seems. */
  readonly confidence: number
  /** `column` or `column type`; each is a test. */
  readonly positive: readonly string[]
  readonly negative: readonly string[]
}

export const TEXTS: readonly TypeFamily[] = ['text', 'json', 'binary', 'unknown']
export const CODES: readonly TypeFamily[] = [...TEXTS, 'integer', 'decimal']
