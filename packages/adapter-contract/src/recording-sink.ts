/** A sink that remembers what it took and when, and that can be full, failing or held up. */
import type { AuditSink, Completed, Decided, SignedIn, Taking } from '@gatehouse/core'

/** Everything that the sink took, in order, and how it behaves from now on. */
export interface Evidence {
  readonly decided: Decided[]
  readonly completed: Completed[]
  readonly signedIn: SignedIn[]
  /** Every record and every `written` in the order of their happening. */
  readonly trail: ('decided' | 'completed' | 'signed-in' | 'written')[]
  full: boolean
  failing: boolean
  /** Nothing is confirmed until it is false again. */
  holding: boolean
}

export interface RecordingSink {
  readonly sink: AuditSink
  readonly evidence: Evidence
}

/** Callbacks come with the next turn of the loop, in order, as the real spool's do. */
export function createRecordingSink(): RecordingSink {
  let holding = false
  const held: (() => void)[] = []
  const evidence: Evidence = {
    decided: [],
    completed: [],
    signedIn: [],
    trail: [],
    full: false,
    failing: false,
    get holding() {
      return holding
    },
    set holding(value) {
      holding = value
      if (!holding) for (const confirm of held.splice(0)) setImmediate(confirm)
    },
  }
  const take = <Entry>(list: Entry[], entry: Entry, kind: Evidence['trail'][number]): Taking => {
    if (evidence.full) return 'full'
    list.push(entry)
    evidence.trail.push(kind)
    return 'taken'
  }
  const after = (then: (result: 'written' | 'failed') => void) => {
    const confirm = () => {
      if (!evidence.failing) evidence.trail.push('written')
      then(evidence.failing ? 'failed' : 'written')
    }
    if (holding) held.push(confirm)
    else setImmediate(confirm)
  }
  const sink: AuditSink = {
    decided: (record) => take(evidence.decided, record, 'decided'),
    completed: (record) => {
      evidence.completed.push(record)
      evidence.trail.push('completed')
      return 'taken'
    },
    signedIn: (record) => take(evidence.signedIn, record, 'signed-in'),
    afterDecisions: after,
    afterOutcomes: after,
  }
  return { sink, evidence }
}
