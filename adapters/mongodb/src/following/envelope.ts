/** Replies as messages: what stands around the one document, read and written without a look inside it. */
import type { Frame, Outbox } from '@gatehouse/adapter-kit'
import { documentValue, int32At, putInt32, type Value } from '../bson/index.js'
import { writeReply } from '../greeting/dialogue.js'
import { HEADER, OPCODE, type OpMsg, putHeader, readOpMsg } from '../messages/index.js'
import { frameBytes } from '../session/arriving.js'

/** Of the header, the flags and the kind of the only section. */
export const BEFORE_BODY = HEADER + 5
/** Documents of the deepest nesting stand a few levels down in a reply. */
const CEILINGS = { depth: 220, documentDepth: 220, elements: 48_000_000, documents: 0 }

/**
 * Its document's length is held against the frame; what stands inside is checked by whoever walks it. Throws `GH_WIRE`, also
 * for a wrong checksum.
 */
export function readReply(frame: Frame): Pick<OpMsg, 'responseTo' | 'flags' | 'body'> {
  const bytes = frameBytes(frame)
  const bare = bytes.length > BEFORE_BODY && int32At(bytes, HEADER) === 0 && bytes[HEADER + 4] === 0
  if (!bare) return readOpMsg(bytes, CEILINGS)
  return { responseTo: int32At(bytes, 8), flags: 0, body: documentValue(bytes, BEFORE_BODY, bytes.length) }
}

/**
 * The reply with this body to the client's request: the frame itself, where the body is its own and nothing but it; a body of
 * ours that begins at `BEFORE_BODY` has its room before it.
 */
export function sendReply(frame: Frame, flags: number, body: Value, requestId: number, out: Outbox): void {
  const own = flags === 0 && body.source.buffer === frame.buffer.buffer && isWhole(frame, body)
  if (!own && body.start === BEFORE_BODY && body.source.buffer !== frame.buffer.buffer) {
    out.write(around(body, requestId))
    return
  }
  if (!own) {
    out.write(writeReply(requestId, body.source.subarray(body.start, body.end)))
    return
  }
  putInt32(frame.buffer, frame.start + 4, 0)
  putInt32(frame.buffer, frame.start + 8, requestId)
  out.pass(frame.buffer, frame.start, frame.end)
}

/** The message whose body was written with room before it. */
function around({ source, end }: Value, responseTo: number): Uint8Array {
  putHeader(source, 0, { length: end, requestId: 0, responseTo, opCode: OPCODE.MSG })
  putInt32(source, HEADER, 0)
  source[HEADER + 4] = 0
  return source.subarray(0, end)
}

function isWhole({ buffer, start, end }: Frame, body: Value): boolean {
  const from = body.source.byteOffset + body.start
  return (
    from === buffer.byteOffset + start + BEFORE_BODY && body.end - body.start === end - start - BEFORE_BODY
  )
}
