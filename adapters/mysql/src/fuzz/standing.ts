/** What stands in a session of the model: its transaction, its savepoints, and what one statement does to them. */
import { STATUS } from '../messages/index.js'
import type { Meaning } from './statements.js'

export interface Change {
  readonly form: string
  readonly rows: number
}

export interface Standing {
  /** Flags of an OK or EOF. */
  readonly status: number
  /** What PREPARE has named. */
  named: string | undefined
  /** ERR's number. */
  run(meaning: Meaning): number | undefined
  /** Rows that a statement has changed which is not over when it runs. */
  change(form: string, rows: number): void
  /** It has ended well: without a transaction it stands. */
  settle(): void
  /** COM_RESET_CONNECTION. */
  reset(): void
  /** Texts of the gateway's own bracket around a statement. */
  savepoint(name: string): void
  release(name: string): boolean
  back(name: string): boolean
  begin(): void
  commit(): void
  rollback(): void
}

/** `onCommit`: changes that stand from here on. */
export function createStanding(onCommit: (changes: readonly Change[]) => void): Standing {
  let open = false
  let autocommits = true
  let changed: Change[] = []
  let savepoints: { readonly name: string; readonly at: number }[] = []
  const close = () => {
    open = false
    changed = []
    savepoints = []
  }
  const commit = () => {
    if (changed.length > 0) onCommit(changed)
    close()
  }
  const find = (name: string) => savepoints.findIndex((each) => each.name === name)
  /** With autocommit off the first access opens a transaction. */
  const touch = () => {
    if (!autocommits) open = true
  }
  const standing: Standing = {
    named: undefined,
    get status() {
      return (open ? STATUS.IN_TRANS : 0) | (autocommits ? STATUS.AUTOCOMMIT : 0)
    },
    begin() {
      commit()
      open = true
    },
    commit,
    rollback: close,
    savepoint(name) {
      if (!open && autocommits) return
      savepoints = [...savepoints.filter((each) => each.name !== name), { name, at: changed.length }]
    },
    release(name) {
      const at = find(name)
      if (at < 0) return false
      savepoints = savepoints.slice(0, at)
      return true
    },
    back(name) {
      const at = find(name)
      const to = savepoints[at]
      if (to === undefined) return false
      savepoints = savepoints.slice(0, at + 1)
      changed = changed.slice(0, to.at)
      return true
    },
    change(form, rows) {
      changed = [...changed, { form, rows }]
    },
    settle() {
      if (!open && autocommits) commit()
    },
    reset() {
      close()
      autocommits = true
      standing.named = undefined
    },
    run({ verb, form, changes, fails, inner, sets, name = '' }) {
      if (verb === 'select' || verb === 'write' || verb === 'load') touch()
      if (fails !== undefined) return fails.code
      if (changes !== undefined) standing.change(form, changes)
      if (verb === 'begin') standing.begin()
      else if (verb === 'commit' || verb === 'define') commit()
      else if (verb === 'rollback') close()
      else if (verb === 'savepoint') standing.savepoint(name)
      else if (verb === 'release') return standing.release(name) ? undefined : 1305
      else if (verb === 'rollback-to') return standing.back(name) ? undefined : 1305
      else if (verb === 'prepare') standing.named = inner
      else if (verb === 'deallocate') {
        if (standing.named === undefined) return 1243
        standing.named = undefined
      } else if (sets?.[0] === 'autocommit') {
        if (sets[1] === 'ON' && !autocommits) commit()
        autocommits = sets[1] === 'ON'
      }
      return undefined
    },
  }
  return standing
}
