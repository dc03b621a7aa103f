/**
 * A limit on changed rows (R21): the statement runs inside a transaction of the gateway's own, or a savepoint where the
 * session has one open, and is kept when its count is known.
 */
import { type PassedLimit, utf8 } from '@gatehouse/adapter-kit'
import { COM, errPayload, payload, STATUS } from '../messages/index.js'
import { limitTold, toldPayload } from '../refusing.js'
import { applyEffects, applyFailed } from '../session/effects.js'
import { end, type Memory, type Run } from '../session/memory.js'
import { type Next, own, type Statements } from '../session/owed.js'

interface BracketParts {
  readonly memory: Memory
  readonly onDefined: () => void
}

const query = (text: string) => payload([COM.QUERY], utf8(text))

/** No client's savepoint is called so. */
const NAME = '`gatehouse bracket`'

const COMMANDS = {
  transaction: { begin: ['START TRANSACTION'], keep: ['COMMIT'], undo: ['ROLLBACK'] },
  savepoint: {
    begin: [`SAVEPOINT ${NAME}`],
    keep: [`RELEASE SAVEPOINT ${NAME}`],
    undo: [`ROLLBACK TO SAVEPOINT ${NAME}`, `RELEASE SAVEPOINT ${NAME}`],
  },
} as const

/** What must go upstream first; the statement follows when it is answered. */
export function openBracket(
  memory: Memory,
  content: Uint8Array,
  owed: Omit<Statements, 'bracket'>,
): Extract<Next, { kind: 'command' }> {
  const begin = (): Next => {
    const { status } = memory
    const alone = (status & STATUS.AUTOCOMMIT) !== 0 && (status & STATUS.IN_TRANS) === 0
    const kind = alone ? 'transaction' : 'savepoint'
    const statement: Next = { kind: 'command', content, owed: { ...owed, bracket: { kind } } }
    return own(COMMANDS[kind].begin.map(query), owed.runs, () => statement, failed)
  }
  const failed = (error: Uint8Array): Next => ({
    kind: 'answer',
    client: error,
    completions: owed.runs.flatMap((run) => end(run, 'failed')),
  })
  // After an error only another answer says whether a transaction is open.
  const first = memory.certain ? begin() : own([payload([COM.PING])], owed.runs, begin, failed)
  if (first.kind !== 'command') throw new TypeError('a bracket that sends nothing')
  return first
}

/** Kept when its count is within the limit, undone otherwise. `shown`: the client's answer, for a status. */
export function closeBracket(
  { memory, onDefined }: BracketParts,
  owed: Statements,
  run: Run,
  shown: (status: number) => Uint8Array,
): Next {
  const commands = COMMANDS[owed.bracket?.kind ?? 'transaction']
  const { over } = run
  if (over !== undefined) return undoLimited(memory, commands.undo, run, over)
  return own(
    commands.keep.map(query),
    [run],
    () => {
      const completions = end(run, 'done')
      applyEffects(memory, run, owed.text, onDefined)
      return { kind: 'answer', client: shown(memory.status), completions }
    },
    (error) => ({ kind: 'answer', client: told(memory, error), completions: end(run, 'failed') }),
  )
}

function undoLimited(memory: Memory, undo: readonly string[], run: Run, over: PassedLimit): Next {
  const answer = (): Next => {
    const limit = limitTold(over, run.permit.decided.id)
    memory.diagnostics = limit
    const completions = end(run, 'failed', { native: '1644', limited: true })
    return { kind: 'answer', client: toldPayload(limit), completions }
  }
  // What cannot be undone by ROLLBACK is over with its connection; the server says no to none of these but a lost one.
  return own(undo.map(query), [run], answer, answer)
}

/** The statement failed by itself: its bracket is taken away, then the client is told. */
export function undoBracket(
  { memory, onDefined }: BracketParts,
  owed: Statements,
  run: Run,
  shown: Uint8Array,
  native: string,
): Next {
  const answer = (): Next => {
    applyFailed(memory, run, onDefined)
    if (run.over === undefined)
      return { kind: 'answer', client: shown, completions: end(run, 'failed', { native }) }
    const client = toldPayload(limitTold(run.over, run.permit.decided.id))
    return { kind: 'answer', client, completions: end(run, 'failed', { native, limited: true }) }
  }
  // A deadlock has taken the savepoint with it: what is told stays the same.
  return own(COMMANDS[owed.bracket?.kind ?? 'transaction'].undo.map(query), [run], answer, answer)
}

/** A commit may quote data in its error, too. */
function told(memory: Memory, error: Uint8Array): Uint8Array {
  return memory.gate.masked ? errPayload(1180, 'the transaction could not be committed', 'HY000') : error
}
