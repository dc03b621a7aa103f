/** One message of the client's as a command: what is said of its session, its transaction and its cursor. */
import type { Frame } from '@gatehouse/adapter-kit'
import { elements, readBoolean, readName, TYPE, type Value } from '../bson/index.js'
import { FLAG, type OpMsg } from '../messages/index.js'
import type { Command } from '../reading/read-command.js'
import { sessionIdIn } from './lsid.js'

export interface Arrived {
  readonly requestId: number
  readonly flags: number
  /** Wants no answer (`w: 0`). */
  readonly silent: boolean
  readonly command: Command
  /** The client's own session id, 16 bytes. */
  readonly session: Uint8Array | undefined
  readonly transaction: { readonly number: bigint; readonly starts: boolean } | undefined
  /** It has a `txnNumber`: of a transaction, or of a write that may be tried again. */
  readonly numbered: boolean
  readonly comment: Value | undefined
  /** Why it can't be carried: what is said of the session is not what a driver says. */
  readonly fault: string | undefined
}

export const frameBytes = ({ buffer, start, end }: Frame): Uint8Array => buffer.subarray(start, end)

/** Each name counts once, the first time: a command with a name twice is refused by whoever reads it. */
export function arrive({ requestId, flags, body, sequences }: OpMsg): Arrived {
  let name = ''
  let database = ''
  let lsid: Value | undefined
  let number: Value | undefined
  let autocommit: boolean | undefined
  let starts = false
  let isOdd = false
  let comment: Value | undefined
  for (const element of elements(body)) {
    const { value } = element
    if (name === '') name = element.name
    switch (element.name) {
      case '$db':
        if (value.type === TYPE.STRING && database === '') database = readName(value)
        break
      case 'lsid':
        lsid ??= value
        break
      case 'txnNumber':
        number ??= value
        break
      case 'autocommit':
        if (value.type === TYPE.BOOLEAN) autocommit ??= readBoolean(value)
        else isOdd = true
        break
      case 'startTransaction':
        if (value.type === TYPE.BOOLEAN) starts ||= readBoolean(value)
        else isOdd = true
        break
      case 'comment':
        comment ??= value
    }
  }
  const session = lsid === undefined ? undefined : sessionIdIn(lsid)
  let fault: string | undefined
  if (lsid !== undefined && session === undefined) fault = 'lsid holds more than the id of a session'
  if (number !== undefined && (number.type !== TYPE.INT64 || session === undefined))
    fault = 'txnNumber is no int64, or comes without a session'
  if (autocommit === true || ((starts || autocommit === false) && number === undefined))
    fault = 'a transaction without its number, or with autocommit'
  if (isOdd) fault = 'autocommit or startTransaction that is no boolean'
  return {
    requestId,
    flags,
    silent: (flags & FLAG.MORE_TO_COME) !== 0,
    command: { name, database, body, sequences },
    session,
    transaction:
      fault === undefined && autocommit === false && number !== undefined
        ? { number: int64(number), starts }
        : undefined,
    numbered: number !== undefined,
    comment,
    fault,
  }
}

function int64({ source, start }: Value): bigint {
  return new DataView(source.buffer, source.byteOffset + start, 8).getBigInt64(0, true)
}
