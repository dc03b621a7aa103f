/** What stands between adapter and server in tests: passes bytes on, in portions if asked, and can put in its own. */
import { connect, createServer, type Socket } from 'node:net'

export interface Passage {
  /** The adapter's handshake response, as text; tells sessions (`gh:`) from the catalog's connections. */
  readonly response: string
  /** Bytes that look as if the server had sent them. */
  say(bytes: Uint8Array): void
  /** What the server says from now on is thrown away. */
  mute(): void
  /** What the server says is kept back until `release`. */
  hold(): void
  release(): void
  /** What the adapter sends is not read any more, until `flow`. */
  stall(): void
  flow(): void
  /** All that the adapter sent. */
  heard(): Buffer
  /** All that the server said. */
  said(): Buffer
  /** Ends the adapter's side as a dying server would. */
  die(): void
  readonly closed: boolean
}

export interface Between {
  readonly port: number
  /** The newest session of this user. */
  session(user: string): Passage
  /** Connections of this user's sessions and of what stops them, oldest first. */
  sessions(user: string): readonly Passage[]
  /** Bytes per delivery, both ways; 0: as they come. */
  portion: number
  /** Plays the server of the next connections itself. */
  script: ((socket: Socket) => void) | undefined
  close(): Promise<void>
}

export async function startBetween(target: () => number): Promise<Between> {
  const passages: Passage[] = []
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const between: { portion: number; script: Between['script'] } = { portion: 0, script: undefined }
  const server = createServer((near) => {
    keep(near)
    if (between.script !== undefined) {
      between.script(near)
      return
    }
    const far = connect(target(), '127.0.0.1')
    keep(far)
    passages.push(join(near, far, () => between.portion))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const sessions = (user: string) => passages.filter(({ response }) => response.includes(`gh:${user}`))
  return {
    port,
    sessions,
    session(user) {
      const found = sessions(user).at(-1)
      if (found === undefined) throw new Error(`no session of ${user}`)
      return found
    },
    get portion() {
      return between.portion
    },
    set portion(value) {
      between.portion = value
    },
    get script() {
      return between.script
    },
    set script(value) {
      between.script = value
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Deliveries that are remembered, of each side. */
const MOST = 10_000

function join(near: Socket, far: Socket, portion: () => number): Passage {
  const heard: Buffer[] = []
  const said: Buffer[] = []
  let muted = false
  let held: Buffer[] | undefined
  const up = trickle(far, near, portion)
  const down = trickle(near, far, portion)
  near.on('data', (chunk: Buffer) => {
    if (heard.length < MOST) heard.push(chunk)
    up(chunk)
  })
  far.on('data', (chunk: Buffer) => {
    if (said.length < MOST) said.push(chunk)
    if (muted) return
    if (held === undefined) down(chunk)
    else held.push(chunk)
  })
  near.on('close', () => far.destroy())
  far.on('close', () => near.end())
  return {
    get response() {
      return heard[0]?.toString('latin1') ?? ''
    },
    say: (bytes) => down(Buffer.from(bytes)),
    mute: () => {
      muted = true
    },
    hold: () => {
      held ??= []
    },
    release: () => {
      const kept = held ?? []
      held = undefined
      for (const chunk of kept) down(chunk)
    },
    stall: () => void near.pause(),
    flow: () => void near.resume(),
    heard: () => Buffer.concat(heard),
    said: () => Buffer.concat(said),
    die: () => near.end(),
    get closed() {
      return near.destroyed
    },
  }
}

/** Writes in portions, one per turn of the loop; waits for the other side when it is slow. */
function trickle(to: Socket, from: Socket, portion: () => number): (chunk: Buffer) => void {
  let last: Promise<void> | undefined
  const write = (bytes: Buffer) => {
    if (to.destroyed || to.write(bytes)) return
    from.pause()
    to.once('drain', () => from.resume())
  }
  return (chunk) => {
    const size = portion()
    if (size === 0 && last === undefined) return write(chunk)
    const work = async () => {
      for (let at = 0; at < chunk.length && !to.destroyed; at += size || chunk.length) {
        to.write(chunk.subarray(at, at + (size || chunk.length)))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const mine: Promise<void> = (last ?? Promise.resolve()).then(work).then(() => {
      if (last === mine) last = undefined
    })
    last = mine
  }
}
