/** Stopping what runs for a client that has gone: its session is killed, or the operation that bears its id (mongodb.md §4, §6). */
import type { Cancellation } from '@gatehouse/adapter-kit'
import { Int32, UUID } from 'bson'
import { elements, findValue, TYPE, type Value } from '../bson/index.js'
import type { Running } from '../session/parts.js'
import { type Asking, logIn, type UpstreamLogin } from './login.js'

export function createCancellation(login: UpstreamLogin, running: Running): Cancellation {
  return {
    async speak(upstream) {
      const { asking } = await logIn(upstream, login)
      const { session } = running
      if (session !== undefined) await asking.ask({ killSessions: [{ id: new UUID(session) }], $db: 'admin' })
      else await killById(asking, running.id)
    },
  }
}

/** The id stands in the operation's comment. */
async function killById(asking: Asking, id: string): Promise<void> {
  const reply = await asking.ask({
    aggregate: new Int32(1),
    pipeline: [
      { $currentOp: {} },
      { $match: { 'command.comment.gatehouse.id': id } },
      { $project: { opid: 1 } },
    ],
    cursor: {},
    $db: 'admin',
  })
  const cursor = findValue(reply, 'cursor')
  const batch = cursor?.type === TYPE.DOCUMENT ? findValue(cursor, 'firstBatch') : undefined
  if (batch?.type !== TYPE.ARRAY) return
  for (const { value } of elements(batch)) {
    const opid = value.type === TYPE.DOCUMENT ? findValue(value, 'opid') : undefined
    const op = opid === undefined ? undefined : plainValue(opid)
    if (op !== undefined) await asking.ask({ killOp: new Int32(1), op, $db: 'admin' })
  }
}

/** An int32, or `shard:id` of a router. */
function plainValue({ type, source, start, end }: Value): Int32 | string | undefined {
  const view = new DataView(source.buffer, source.byteOffset + start, end - start)
  if (type === TYPE.INT32) return new Int32(view.getInt32(0, true))
  if (type === TYPE.STRING) return Buffer.from(source.subarray(start + 4, end - 1)).toString()
  return undefined
}
