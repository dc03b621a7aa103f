/** The audit sink with a count kept of every decision that passes into it. */
import type { AuditSink } from '@gatehouse/core'
import { decisionLabel, type ListenerFigures } from './listener-figures.js'

/** An exchange counts once, by the decision of its first statement. */
export function countedSink(
  sink: AuditSink,
  figuresOf: (listener: string) => ListenerFigures | undefined,
): AuditSink {
  return {
    ...sink,
    decided(record, reserve) {
      const figures = figuresOf(record.session.listener)
      if (figures !== undefined) {
        const label = decisionLabel(record)
        figures.statements[label] += 1
        if (record.position === 0) figures.exchanges[label] += 1
      }
      return sink.decided(record, reserve)
    },
  }
}
