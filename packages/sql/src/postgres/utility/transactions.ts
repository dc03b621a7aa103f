/** BEGIN, COMMIT, SAVEPOINT and their like; two-phase commit is administration (R13). */
import type { Effect } from '../plan.js'
import { type Tree, text } from '../tree.js'
import { action, database, type Found, type Reading } from './found.js'

type What = Extract<Effect, { kind: 'transaction' }>['what']

const PLAIN: Readonly<Record<string, readonly [command: string, what: What, reserve: boolean]>> = {
  TRANS_STMT_BEGIN: ['BEGIN', 'begin', false],
  TRANS_STMT_START: ['START TRANSACTION', 'begin', false],
  TRANS_STMT_COMMIT: ['COMMIT', 'commit', true],
  TRANS_STMT_ROLLBACK: ['ROLLBACK', 'rollback', true],
  TRANS_STMT_SAVEPOINT: ['SAVEPOINT', 'savepoint', false],
  TRANS_STMT_RELEASE: ['RELEASE', 'release', true],
  TRANS_STMT_ROLLBACK_TO: ['ROLLBACK', 'rollback-to', true],
}

const TWO_PHASE: Readonly<Record<string, readonly [command: string, what: What | undefined]>> = {
  TRANS_STMT_PREPARE: ['PREPARE TRANSACTION', 'commit'],
  TRANS_STMT_COMMIT_PREPARED: ['COMMIT PREPARED', undefined],
  TRANS_STMT_ROLLBACK_PREPARED: ['ROLLBACK PREPARED', undefined],
}

export function readTransaction(node: Tree, reading: Reading): Found {
  const kind = text(node.kind) ?? 'TRANS_STMT_BEGIN'
  const plain = PLAIN[kind]
  if (plain) {
    const [command, what, reserve] = plain
    const name = text(node.savepoint_name)
    return {
      command,
      actions: [action('transaction', database(reading), command)],
      effects: [{ kind: 'transaction', what, ...(name === undefined ? {} : { name }) }],
      reserve,
    }
  }
  const [command, what] = TWO_PHASE[kind] ?? ['PREPARE TRANSACTION', undefined]
  return {
    command,
    actions: [action('admin', database(reading), command)],
    effects: what === undefined ? [] : [{ kind: 'transaction', what }],
  }
}
