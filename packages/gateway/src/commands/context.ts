/** What every command is handed. */
import type { Terminal } from '../terminal.js'

export interface Context {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
}
