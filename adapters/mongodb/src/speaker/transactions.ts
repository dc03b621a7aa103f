/** Transactions as commands carry them: by `lsid` and `txnNumber`, begun by the first of them (driver sessions and transactions specifications). */
import { randomUUID } from 'node:crypto'
import type { CarriedTransaction, TransactionState } from '@gatehouse/adapter-contract'
import { type Document, EJSON } from 'bson'
import { failed, OK } from './results.js'
import { textOf } from './texts.js'

/** A client's side: each in a session of its own. */
export function carriedTransaction(): CarriedTransaction {
  const carried = { lsid: { id: { $uuid: randomUUID() } }, txnNumber: 1, autocommit: false }
  let begun = false
  return {
    within(text) {
      const starts = begun ? {} : { startTransaction: true }
      begun = true
      return textOf({ ...(EJSON.parse(text) as Document), ...carried, ...starts })
    },
    commit: textOf({ commitTransaction: 1, ...carried }),
    rollback: textOf({ abortTransaction: 1, ...carried }),
  }
}

/** A server's: they are its sessions', whichever connection a command comes by. */
const open = new Set<string>()

const NO_SUCH = failed(251, 'NoSuchTransaction', 'there is no such transaction in progress')

export interface ServedTransactions {
  /** The answer, where the command is not to run; a transaction's end has no other. */
  arrive(command: Document): Document | undefined
  /** It has failed, and its transaction with it. */
  fail(command: Document): void
  /** Of the one that this connection heard of last. */
  readonly state: TransactionState
}

const nameOf = ({ lsid, txnNumber }: Document) => `${lsid?.id?.toString('hex')} ${txnNumber}`

export function createTransactions(): ServedTransactions {
  let last = ''
  return {
    arrive(command) {
      if (command.autocommit !== false) return undefined
      const name = nameOf(command)
      last = name
      if (command.startTransaction === true) open.add(name)
      if (!open.has(name)) return NO_SUCH
      if (command.commitTransaction === undefined && command.abortTransaction === undefined) return undefined
      open.delete(name)
      return OK
    },
    fail(command) {
      if (command.autocommit === false) open.delete(nameOf(command))
    },
    get state() {
      return open.has(last) ? 'open' : 'idle'
    },
  }
}
