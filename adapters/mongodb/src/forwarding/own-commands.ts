/** Commands of the gateway's own, sent between the client's: what a refusal or a limit ends must end upstream too. */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { Long, serialize, UUID } from 'bson'
import { createDocumentWriter, documentValue, findValue, SUBTYPE, type Value } from '../bson/index.js'
import { writeOpMsg } from '../messages/index.js'
import type { Guard } from '../session/guarding.js'
import { type Memory, nextRequestId, type Owed } from '../session/memory.js'

export interface OwnCommand {
  readonly bytes: Uint8Array
  readonly owed: Owed
}

const NO_SEQUENCES: ReadonlyMap<string, readonly Value[]> = new Map()

/** `client`: what the client gets when it is answered. */
function own(memory: Memory, command: object, client: Uint8Array | undefined): OwnCommand {
  const requestId = nextRequestId(memory)
  const body = documentValue(serialize(command))
  const bytes = writeOpMsg({ requestId, responseTo: 0, flags: 0, body, sequences: NO_SEQUENCES })
  return { bytes, owed: { kind: 'own', requestId, client } }
}

/** Parameters of the API: a transaction has them at its end as at its beginning, or the server refuses to end it (Stable API). */
const API: readonly string[] = ['apiVersion', 'apiStrict', 'apiDeprecationErrors']

/** `of`: a command of the transaction. `client`: what the client gets when it is over. */
export function abortTransaction(
  memory: Memory,
  guard: Guard,
  of: Value,
  client: Uint8Array | undefined,
): OwnCommand {
  const requestId = nextRequestId(memory)
  return {
    bytes: ending('abortTransaction', requestId, guard, of, API),
    owed: { kind: 'own', requestId, client },
  }
}

/** With the client's `writeConcern`, which a transaction has at its end alone. */
export function commitTransaction(
  memory: Memory,
  guard: Guard,
  of: Value,
): { readonly bytes: Uint8Array; readonly requestId: number } {
  const requestId = nextRequestId(memory)
  return { bytes: ending('commitTransaction', requestId, guard, of, [...API, 'writeConcern']), requestId }
}

function ending(
  name: string,
  requestId: number,
  { session, number }: Guard,
  of: Value,
  carried: readonly string[],
): Uint8Array {
  const out = createByteWriter(512)
  const writer = createDocumentWriter(out).begin().int32(name, 1)
  writer.begin('lsid').binary('id', SUBTYPE.UUID, session).end()
  writer.int64('txnNumber', number).boolean('autocommit', false)
  for (const each of carried) {
    const value = findValue(of, each)
    if (value !== undefined) writer.raw(each, value)
  }
  writer.string('$db', 'admin').end()
  const body = documentValue(out.bytes, 0, out.length)
  return writeOpMsg({ requestId, responseTo: 0, flags: 0, body, sequences: NO_SEQUENCES })
}

export function killCursor(
  memory: Memory,
  cursor: {
    readonly upstream: bigint
    readonly database: string
    readonly collection: string
    readonly session: string
  },
  client: Uint8Array | undefined,
): OwnCommand {
  const { upstream, database, collection, session } = cursor
  return own(
    memory,
    {
      killCursors: collection,
      cursors: [Long.fromBigInt(upstream)],
      ...(session === '' ? {} : { lsid: { id: new UUID(session) } }),
      $db: database,
    },
    client,
  )
}
