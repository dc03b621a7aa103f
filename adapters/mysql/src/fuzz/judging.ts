/** What the model of the server was made to do, held against what was permitted: each run by its own decision, once. */
import { COM } from '../messages/index.js'
import type { ModelEvents } from './parts.js'
import type { FuzzSession } from './session.js'
import type { Meaning } from './statements.js'
import { type Counted, LIMITS, plain, type World } from './world.js'

const UPSTREAM: ReadonlySet<number> = new Set([
  ...[COM.QUERY, COM.INIT_DB, COM.PING, COM.STATISTICS, COM.SET_OPTION, COM.RESET_CONNECTION],
  COM.FIELD_LIST,
  ...[COM.STMT_PREPARE, COM.STMT_EXECUTE, COM.STMT_FETCH, COM.STMT_RESET, COM.STMT_CLOSE],
  ...[COM.STMT_SEND_LONG_DATA, COM.QUIT],
])

export interface JudgingParts {
  readonly world: World
  readonly session: FuzzSession
  readonly counted: Counted | undefined
  /** Of the server: nobody knows then what the gateway was made to believe. */
  readonly lies: boolean
  readonly wrong: string[]
  onFrame(): void
}

/** The events of each session of a connection, by whether its viewer is masked. */
export function createJudging({ world, session, counted, lies, wrong, onFrame }: JudgingParts) {
  const permits = new Map<string, number>()
  let seen = 0
  const consume = ({ form }: Meaning) => {
    for (; seen < session.decided.length; seen += 1) {
      const { statement, decision } = session.decided[seen] as (typeof session.decided)[number]
      const text = plain(statement.text)
      if (decision.effect === 'permit') permits.set(text, (permits.get(text) ?? 0) + 1)
    }
    const text = world.redacted(form) ?? '?'
    const left = permits.get(text) ?? 0
    if (left > 0) permits.set(text, left - 1)
    else wrong.push(`ran without a permit: ${form}`)
  }
  return (isMasked: boolean | undefined): ModelEvents => ({
    onCommand: (content, sequence) => {
      onFrame()
      if (!UPSTREAM.has(content[0] ?? -1)) wrong.push(`a command ${content[0]} went upstream`)
      if (sequence !== 0) wrong.push(`a command with number ${sequence} went upstream`)
    },
    onFile: (sequence, expected) => {
      onFrame()
      if (sequence !== expected) wrong.push(`part ${sequence} of a file in the place of ${expected}`)
    },
    onText: (text, meanings) => {
      if (isMasked && meanings?.some(({ forbidden }) => forbidden)) wrong.push(`went upstream: ${text}`)
    },
    onRun: consume,
    onCommit: (changes) => {
      const over = changes.find(({ rows }) => rows > LIMITS.affected)
      if (counted === 'affected' && over !== undefined && !lies)
        wrong.push(`${over.rows} changed rows were committed: ${over.form}`)
    },
  })
}
