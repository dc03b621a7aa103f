/** What the reading of a frame is lent, and what it holds until the gate has answered. */
import type { Forwarding, Reading } from '@gatehouse/adapter-kit'
import type { PostgresStatement } from '@gatehouse/sql'
import type { Moment, Portal, Prepared } from '../session/memory.js'
import type { BindFields } from './bind.js'
import type { PlanParts } from './statements.js'

/** What was read of the frame that now waits for the gate's answer. */
export type Pending =
  | { readonly kind: 'query'; readonly statements: readonly PostgresStatement[]; readonly text: string }
  | {
      readonly kind: 'parse'
      readonly name: string
      readonly statement: PostgresStatement
      readonly text: string
      readonly types: readonly number[]
      readonly moment: Moment
      readonly rest: Uint8Array
    }
  | {
      readonly kind: 'bind'
      readonly fields: BindFields
      readonly prepared: Prepared
      readonly statement: PostgresStatement
    }
  | {
      readonly kind: 'execute'
      readonly name: string
      readonly rows: number
      readonly statement: PostgresStatement
    }
  | {
      readonly kind: 'unreadable'
      readonly query: boolean
      readonly native?: { readonly code: string; readonly position?: number }
    }

export interface ReadingParts extends PlanParts {
  /** The catalog is being read again after DDL, of this session or another (R2). */
  readonly refreshing: () => Promise<void> | undefined
  readonly hold: (pending: Pending) => void
  /** A frame that carries no statement: bookkeeping, then it goes upstream. */
  readonly passed: (
    kind: 'describe' | 'execute' | 'close' | 'flush' | 'sync',
    target?: Target,
  ) => Forwarding | undefined
  readonly missing: (what: 'statement' | 'portal', name: string) => Reading
}

export type Target =
  | { readonly what: 'statement'; readonly name: string; readonly prepared: Prepared | undefined }
  | {
      readonly what: 'portal'
      readonly name: string
      readonly portal: Portal | undefined
      readonly rows: number
    }
