/** Commands of the gateway's own, sent between the client's: what a refusal or a limit ends must end upstream too. */
import { createByteWriter } from '@gatehouse/adapter-kit'
import { Int32, Long, serialize, UUID } from 'bson'
import { createDocumentWriter, documentValue, type Value } from '../bson/index.js'
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

export function abortTransaction(
  memory: Memory,
  session: Uint8Array,
  number: bigint,
  client: Uint8Array | undefined,
): OwnCommand {
  return own(
    memory,
    {
      abortTransaction: new Int32(1),
      lsid: { id: new UUID(session) },
      txnNumber: Long.fromBigInt(number),
      autocommit: false,
      $db: 'admin',
    },
    client,
  )
}

/** `writeConcern`: the client's, which a transaction has at its end alone. */
export function commitTransaction(
  memory: Memory,
  { session, number }: Guard,
  writeConcern: Value | undefined,
): { readonly bytes: Uint8Array; readonly requestId: number } {
  const requestId = nextRequestId(memory)
  const own = serialize({
    commitTransaction: new Int32(1),
    lsid: { id: new UUID(session) },
    txnNumber: Long.fromBigInt(number),
    autocommit: false,
    $db: 'admin',
  })
  const out = createByteWriter(own.length + 256)
  const writer = createDocumentWriter(out)
    .begin()
    .elements(own, 4, own.length - 1)
  if (writeConcern !== undefined) writer.raw('writeConcern', writeConcern)
  writer.end()
  const body = documentValue(out.bytes, 0, out.length)
  const bytes = writeOpMsg({ requestId, responseTo: 0, flags: 0, body, sequences: NO_SEQUENCES })
  return { bytes, requestId }
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
