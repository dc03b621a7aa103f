/** What stands between adapter and Postgres in tests: passes bytes on, in portions if asked, and can put in its own. */
import { connect, createServer, type Socket } from 'node:net'

export interface Passage {
  /** The start-up packet, as text; tells sessions (`gh:`) from the catalog's connections. */
  readonly startup: string
  /** Bytes that look as if Postgres had sent them. */
  say(bytes: Uint8Array): void
  /** What Postgres says from now on is thrown away. */
  mute(): void
  /** What Postgres says is kept back until `release`. */
  hold(): void
  release(): void
  /** All that the adapter sent. */
  heard(): Buffer
  /** Ends the adapter's side as a dying server would; `half` bytes of the next thing said come first. */
  die(): void
  readonly closed: boolean
}

export interface Between {
  readonly port: number
  /** The newest session of this user. */
  session(user: string): Passage
  /** Bytes per delivery, both ways; 0: as they come. */
  portion: number
  /** Takes a session over instead of Postgres; gets the connection with its start-up packet read. */
  script: ((socket: Socket, startup: Buffer) => void) | undefined
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
    near.once('data', (first: Buffer) => {
      near.pause()
      if (between.script !== undefined && first.includes('gh:')) {
        between.script(near, first)
        near.resume()
        return
      }
      const far = connect(target(), '127.0.0.1')
      keep(far)
      passages.push(join(near, far, first, () => between.portion))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    session(user) {
      const found = passages.filter(({ startup }) => startup.includes(`gh:${user}`)).at(-1)
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

function join(near: Socket, far: Socket, first: Buffer, portion: () => number): Passage {
  const heard: Buffer[] = [first]
  let muted = false
  let held: Buffer[] | undefined
  const up = trickle(far, near, portion)
  const down = trickle(near, far, portion)
  up(first)
  near.on('data', (chunk: Buffer) => {
    if (heard.length < 10_000) heard.push(chunk)
    up(chunk)
  })
  far.on('data', (chunk: Buffer) => {
    if (muted) return
    if (held === undefined) down(chunk)
    else held.push(chunk)
  })
  near.on('close', () => far.destroy())
  far.on('close', () => near.end())
  near.resume()
  return {
    startup: first.toString('latin1'),
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
    heard: () => Buffer.concat(heard),
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
