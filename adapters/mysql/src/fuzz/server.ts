/** A small model of a server's protocol state (manual, "Command Phase"): the whole reply to each command. */
import { COM, okPayload } from '../messages/index.js'
import { cutPacket } from '../speaker/packets.js'
import * as say from './backend.js'
import { type Layout, OLD } from './layout.js'
import type { ModelEvents } from './parts.js'
import { createPreparedStatements } from './prepared.js'
import { createRunning } from './running.js'
import { createStanding } from './standing.js'
import { FIELD_LISTS } from './statements.js'
import { createTelling, type Viewer } from './telling.js'

export interface ModelServer {
  /** Bytes from the client. */
  hear(bytes: Uint8Array): void
  /** Replies since the last time: the packets of each. */
  take(): readonly Uint8Array[][]
  /** What comes is no command: a file was asked for. */
  readonly waitsForFile: boolean
  /** The client has said goodbye. */
  readonly over: boolean
}

export function createModelServer(
  viewer: Viewer | undefined,
  events: ModelEvents,
  layout: Layout = OLD,
): ModelServer {
  const standing = createStanding((changes) => events.onCommit(changes))
  const telling = createTelling(viewer, standing, layout)
  const parts = { viewer, events, standing, telling }
  const running = createRunning(parts)
  const prepared = createPreparedStatements(parts, running, layout)
  let kept: Buffer = Buffer.alloc(0)
  let replies: Uint8Array[][] = []
  let over = false

  const answer = (content: Buffer) => {
    const text = () => content.toString('utf8', 1)
    switch (content[0]) {
      case COM.QUIT:
        over = true
        return
      case COM.QUERY:
        return running.query(text())
      case COM.INIT_DB:
        return text() === 'shop' ? telling.ok(0, 0, say.schemaChange('shop')) : void telling.fail(1049)
      case COM.PING:
        return telling.ok()
      case COM.STATISTICS:
        return telling.payloads(Buffer.from('Uptime: 1'))
      case COM.FIELD_LIST: {
        const listed = FIELD_LISTS[content.toString('utf8', 1, content.indexOf(0, 1))]
        if (listed === undefined) return void telling.fail(1146)
        events.onRun(listed.meaning)
        return telling.fields(listed.fields)
      }
      case COM.SET_OPTION: {
        const option = content.readUInt16LE(1)
        if (option > 1) return void telling.fail(1047)
        running.multiple = option === 0
        return telling.end()
      }
      case COM.RESET_CONNECTION:
        standing.reset()
        prepared.reset()
        running.reset()
        return telling.payloads(okPayload({ status: standing.status }))
      case COM.STMT_PREPARE:
        return prepared.prepare(text())
      default:
        if (!prepared.answer(content)) telling.fail(1047)
    }
  }

  return {
    hear(bytes) {
      kept = Buffer.concat([kept, bytes])
      for (let packet = cutPacket(kept, 0); packet !== undefined && !over; packet = cutPacket(kept, 0)) {
        kept = kept.subarray(packet.end)
        telling.begin(packet.following)
        if (running.loading.waits) running.loading.take(packet)
        else {
          events.onCommand(packet.payload, packet.sequence)
          answer(packet.payload)
        }
        const reply = telling.take()
        if (reply.length > 0) replies.push(reply)
      }
    },
    take() {
      const taken = replies
      replies = []
      return taken
    },
    get over() {
      return over
    },
    get waitsForFile() {
      return running.loading.waits
    },
  }
}
