/** TCP ports on loopback: one that nothing listens on, and whether something does. */
import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * Below the range from which the system gives ports to outgoing connections (32768 on Linux), so that nobody's connection
 * takes it between now and the server's start.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(15_000, 32_000)
    if (await isFree(port, host)) return port
  }
  throw new Error(`no free port on ${host}`)
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** Whether somebody listens there. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
