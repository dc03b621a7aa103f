/** What the parts of the model share: whom they tell, and whose session it is. */
import type { Change, Standing } from './standing.js'
import type { Meaning } from './statements.js'
import type { Telling, Viewer } from './telling.js'

export interface ModelEvents {
  onCommand(payload: Buffer, sequence: number): void
  /** A statement begins to run. */
  onRun(meaning: Meaning): void
  onText(text: string, meanings: readonly Meaning[] | undefined): void
  onCommit(changes: readonly Change[]): void
  /** A packet of a file, and the number that it should have. */
  onFile(sequence: number, expected: number): void
}

export interface RunningParts {
  readonly viewer: Viewer | undefined
  readonly events: ModelEvents
  readonly standing: Standing
  readonly telling: Telling
}
