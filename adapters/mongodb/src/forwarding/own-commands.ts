/** Commands of the gateway's own, sent between the client's: what a refusal or a limit ends must end upstream too. */
import { Int32, Long, serialize, UUID } from 'bson'
import { documentValue, type Value } from '../bson/index.js'
import { writeOpMsg } from '../messages/index.js'
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
