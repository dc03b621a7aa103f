/** What the model does with a text: its statements run one after the other, those of the gateway's own too. */
import { STATUS } from '../messages/index.js'
import * as say from './backend.js'
import { createLoading, type Loading } from './loading.js'
import type { RunningParts } from './parts.js'
import { AFTER_RESET } from './session.js'
import { filled, type Meaning, meaningOf, meaningsOf } from './statements.js'

/** Variables that clients are told of. */
const TOLD: ReadonlySet<string> = new Set(['autocommit'])
const OWN = '`gatehouse bracket`'
const STATE = /^SELECT DATABASE\(\), @@sql_mode/

export interface Running {
  /** Several statements may stand in one text. */
  multiple: boolean
  query(text: string): void
  /** False: the reply has ended in an error. */
  run(asked: Meaning, binary: boolean, more: number, values: readonly string[]): boolean
  readonly loading: Loading
  /** What its own refusals look like, when it plays the gateway, too. */
  isRefused(meaning: Meaning): boolean
  /** COM_RESET_CONNECTION. */
  reset(): void
}

export function createRunning(parts: RunningParts): Running {
  const { viewer, events, standing, telling } = parts
  const loading = createLoading(parts)
  let mode = ''
  /** What unread code has prepared nobody knows, nor whether names from before it still mean the same. */
  let called = false
  let named = false
  const unread = () => {
    called = true
    named = false
  }
  const isRefused = ({ forbidden }: Meaning) => viewer?.masked === true && forbidden === true

  const changesOf = ({ verb, sets }: Meaning) => {
    if (verb === 'use') return say.schemaChange('shop')
    if (sets === undefined || (viewer !== undefined && !TOLD.has(sets[0]))) return undefined
    return say.variableChange(...sets)
  }
  const run = (asked: Meaning, binary: boolean, more: number, values: readonly string[]): boolean => {
    const inner = asked.verb === 'execute' ? meaningOf(standing.named ?? '') : undefined
    events.onRun(asked)
    if (asked.verb === 'execute' && inner === undefined) return telling.fail(1243)
    const meaning = inner ?? asked
    const { verb, result, fails, changes, sets } = meaning
    if (verb === 'call') unread()
    else if (verb === 'prepare' || verb === 'deallocate') named = verb === 'prepare'
    const failed = standing.run(meaning)
    if (failed !== undefined && (fails === undefined || fails.early)) return telling.fail(failed)
    if (result === undefined) {
      standing.settle()
      if (sets?.[0] === 'sql_mode') mode = sets[1]
      telling.ok(more, changes, changesOf(meaning))
      return true
    }
    const told = filled(result, values)
    const again = verb === 'call' ? STATUS.MORE_RESULTS : more
    telling.rows(told, binary, again)
    if (failed !== undefined && verb !== 'call') return telling.fail(failed)
    standing.settle()
    telling.end(again)
    if (verb !== 'call') return true
    if (failed !== undefined) return telling.fail(failed)
    telling.rows(told, binary, again)
    telling.end(again)
    telling.ok(more)
    return true
  }

  /** False: there is no such savepoint. */
  const bracket: Readonly<Record<string, () => unknown>> = {
    'START TRANSACTION': standing.begin,
    COMMIT: standing.commit,
    ROLLBACK: standing.rollback,
    [`SAVEPOINT ${OWN}`]: () => standing.savepoint(OWN),
    [`RELEASE SAVEPOINT ${OWN}`]: () => standing.release(OWN),
    [`ROLLBACK TO SAVEPOINT ${OWN}`]: () => standing.back(OWN),
  }
  /** What the gateway says for itself. */
  const own = (text: string): boolean => {
    const done = bracket[text]
    if (done !== undefined) done() === false ? telling.fail(1305) : telling.ok()
    else if (text === AFTER_RESET) telling.ok()
    else if (STATE.test(text)) {
      const [id] = meaningOf('select 1')?.result?.columns ?? []
      const columns = id === undefined ? [] : Array.from({ length: 5 }, () => id)
      telling.rows({ columns, rows: [['shop', mode, 'utf8mb4', '*', '1']], masked: [] }, false, 0)
      telling.end()
    } else return false
    return true
  }

  /** A name that nothing before has given: looked for before any of the text runs. */
  const runsUnknown = (meanings: readonly Meaning[]) => {
    let known = called || standing.named !== undefined
    return meanings.some(({ verb }) => {
      known ||= verb === 'prepare'
      return verb === 'execute' && !known
    })
  }
  /** What it runs may be anything: only unread code can have prepared it. */
  const namesUnread = (meanings: readonly Meaning[]) =>
    called && !named && !meanings.some(({ verb }) => verb === 'prepare')
  /** What the gateway answers in the server's place; undefined: it runs. */
  const refusalOf = (meanings: readonly Meaning[]): number | undefined => {
    if (meanings.some(isRefused)) return 1142
    // A file among others is nobody's, and from whom none is taken none is asked for.
    const loads = meanings.some(({ verb }) => verb === 'load')
    if (loads && (meanings.length > 1 || viewer?.files === false)) return 1148
    // What unread code leaves behind nobody knows before it has run: nothing behind it is read.
    const call = meanings.findIndex(
      ({ verb }) => verb === 'call' || (verb === 'execute' && namesUnread(meanings)),
    )
    if (viewer !== undefined && call >= 0 && call < meanings.length - 1) return 1142
    return viewer !== undefined && runsUnknown(meanings) ? 1243 : undefined
  }

  const running: Running = {
    multiple: true,
    loading,
    run,
    isRefused,
    query(text) {
      if (viewer === undefined && own(text)) return
      const meanings = meaningsOf(text)
      events.onText(text, meanings)
      if (meanings === undefined) {
        if (viewer?.passes?.(text) === true) unread()
        return void telling.fail(1064)
      }
      if (meanings.length === 0) return void telling.fail(1065)
      if (meanings.length > 1 && !running.multiple) return void telling.fail(1064)
      const refusal = refusalOf(meanings)
      if (refusal !== undefined) return void telling.fail(refusal)
      if (meanings[0]?.verb === 'load') {
        // What no catalog has may have triggers that nobody has read.
        if (meanings[0].fails !== undefined) unread()
        return loading.ask(meanings[0])
      }
      for (const [index, meaning] of meanings.entries()) {
        const more = index < meanings.length - 1 ? STATUS.MORE_RESULTS : 0
        if (!run(meaning, false, more, [])) return
      }
    },
    reset() {
      running.multiple = true
      called = false
      mode = ''
    },
  }
  return running
}
