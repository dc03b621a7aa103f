/** A scripted upstream: a real TCP server that plays the speaker's actor and remembers every byte that arrived. */
import { createServer, type Socket } from 'node:net'
import type { Actor, Play, Speaker, TransactionState } from './speaker.js'

export interface UpstreamConnection {
  /** Everything that arrived, sign-in included. */
  received(): Uint8Array
  /** Of it, what arrived after the sign-in, and after the client was told that it is in. */
  asked(): Uint8Array
  /** The client has been told: whatever the gateway set up by itself has arrived. */
  entered(): void
  readonly signedIn: boolean
  readonly state: TransactionState
  /** Replies wait from now on. */
  hold(): void
  /** The replies that wait are sent, `bytes` of them or all, and later ones no longer wait unless some are left. */
  release(bytes?: number): void
  readonly held: number
  send(bytes: Uint8Array): void
  /** Bytes that the gateway's side has taken. */
  readonly taken: number
  readonly unsent: number
  /** A message is half sent when this returns. */
  destroy(): void
  readonly closed: boolean
}

export interface ScriptedUpstream {
  readonly port: number
  readonly connections: readonly UpstreamConnection[]
  /** Texts that were run, over all connections, in order. */
  readonly ran: readonly string[]
  readonly plays: Map<string, Play>
  close(): Promise<void>
}

const SLICE = 64 * 1024
const NOTHING: Play = { columns: [], rows: [] }

export async function startUpstream(speaker: Speaker): Promise<ScriptedUpstream> {
  const connections: UpstreamConnection[] = []
  const ran: string[] = []
  const plays = new Map<string, Play>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const actor = speaker.createActor({
      play: (text) => plays.get(text) ?? NOTHING,
      ran: (text) => ran.push(text),
    })
    connections.push(attend(socket, actor))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('an upstream without a port')
  return {
    port: address.port,
    connections,
    ran,
    plays,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function attend(socket: Socket, actor: Actor): UpstreamConnection {
  const arrived: Buffer[] = []
  let asked = 0
  let size = 0
  let waiting: Buffer | undefined
  let queue: Buffer[] = []
  let unsent = 0
  let taken = 0
  let writing = false
  socket.setNoDelay(true)
  socket.on('error', () => {})

  /** In slices, so that what the other side has not taken is known. */
  const pump = () => {
    if (writing) return
    const [first, ...rest] = queue
    if (first === undefined || socket.destroyed) return
    writing = true
    const slice = first.subarray(0, SLICE)
    queue = slice.length === first.length ? rest : [first.subarray(SLICE), ...rest]
    socket.write(slice, () => {
      writing = false
      taken += slice.length
      unsent -= slice.length
      pump()
    })
  }
  const send = (bytes: Uint8Array) => {
    if (bytes.length === 0) return
    unsent += bytes.length
    queue.push(Buffer.from(bytes))
    pump()
  }

  if (actor.greeting !== undefined) send(actor.greeting)
  socket.on('data', (chunk: Buffer) => {
    const before = actor.signedIn
    arrived.push(chunk)
    size += chunk.length
    if (!before) asked = size
    const replies = actor.push(chunk)
    if (waiting === undefined) send(replies)
    else waiting = Buffer.concat([waiting, replies])
    if (actor.over) socket.end()
  })
  socket.on('end', () => socket.end())

  return {
    received: () => Buffer.concat(arrived),
    asked: () => Buffer.concat(arrived).subarray(asked),
    entered() {
      asked = size
    },
    get signedIn() {
      return actor.signedIn
    },
    get state() {
      return actor.state
    },
    hold() {
      waiting ??= Buffer.alloc(0)
    },
    release(bytes) {
      if (waiting === undefined) return
      const now = waiting.subarray(0, bytes ?? waiting.length)
      waiting = bytes === undefined ? undefined : waiting.subarray(bytes)
      send(now)
    },
    get held() {
      return waiting?.length ?? 0
    },
    send,
    get taken() {
      return taken
    },
    get unsent() {
      return unsent
    },
    destroy: () => socket.destroy(),
    get closed() {
      return socket.destroyed
    },
  }
}
