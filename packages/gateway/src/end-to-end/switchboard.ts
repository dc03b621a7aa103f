/** A TCP relay whose other end can be changed: what stands behind an address is not always what stood there. */
import { connect, createServer, type Socket } from 'node:net'

export interface Switchboard {
  readonly port: number
  /** Where the next connections lead. */
  lead(port: number): void
  /** Asked for each connection: one that is not admitted is closed at once. */
  admits: () => boolean
  stop(): Promise<void>
}

export async function openSwitchboard(first: number): Promise<Switchboard> {
  let target = first
  const open = new Set<Socket>()
  const server = createServer((near) => {
    if (!board.admits()) return near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const board: Switchboard = {
    admits: () => true,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lead(port) {
      target = port
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
  return board
}
