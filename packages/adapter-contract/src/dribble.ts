/** A proxy that delivers in the smallest of portions, both ways: what is right for whole chunks must be right for these. */
import { connect, createServer, type Socket } from 'node:net'

export interface Dribble {
  readonly port: number
  close(): Promise<void>
}

/** `portion`: bytes per delivery; each is a write of its own, in a turn of its own. */
export async function startDribble(target: number, portion: () => number): Promise<Dribble> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    trickle(near, far, portion)
    trickle(far, near, portion)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a proxy without a port')
  return {
    port: address.port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function trickle(from: Socket, to: Socket, portion: () => number): void {
  let last = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    last = last.then(async () => {
      for (let at = 0; at < chunk.length && !to.destroyed; ) {
        const size = portion()
        to.write(chunk.subarray(at, at + size))
        at += size
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
  })
  from.on('close', () => {
    last = last.then(() => {
      to.end()
    })
  })
}
