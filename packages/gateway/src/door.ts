/** Where clients come in: an address that is listened on. */
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { GatehouseError } from '@gatehouse/core'
import type { ListenerSettings } from './configuration/listener-keys.js'

export interface Door {
  readonly address: string
  /** 0 for a socket's path. */
  readonly port: number
  readonly open: boolean
  /** Nobody comes in any more; resolves when whoever came in by it has left, too. */
  close(): Promise<void>
}

export interface DoorOptions {
  readonly enter: (socket: Socket) => void
  /** Accepting has failed; the next client may have more luck. */
  readonly failed: (fault: Error) => void
  /** Nothing is read from a client: another process will. */
  readonly unread?: boolean
}

/** Throws GH_WIRE when the address cannot be had. */
export type OpenDoor = (settings: ListenerSettings, options: DoorOptions) => Promise<Door>

export const bindDoor: OpenDoor = async (settings, { enter, failed, unread = false }) => {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: unread }, enter)
  await listen(server, settings)
  server.on('error', failed)
  const bound = server.address()
  const where =
    typeof bound === 'object' && bound !== null
      ? { address: bound.address, port: bound.port }
      : { address: String(bound), port: 0 }
  return {
    ...where,
    get open() {
      return server.listening
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
      }),
  }
}

/**
 * Clients that may wait to be accepted; the system lowers it to its own ceiling (Linux: net.core.somaxconn). Over it Linux may
 * let a client believe that it is connected and forget it (SYN cookies): where the server speaks first it hears nothing, ever.
 */
const BACKLOG = 65_535

async function listen(server: Server, { name, listen: to }: ListenerSettings): Promise<void> {
  if (to.kind === 'socket') removeStale(to.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the address is in use' : (cause.code ?? cause.message)
      reject(new GatehouseError('GH_WIRE', `listener \`${name}\` cannot listen: ${why}`, { cause }))
    })
    const ready = () => {
      server.removeAllListeners('error')
      resolve()
    }
    if (to.kind === 'socket') server.listen({ path: to.path, backlog: BACKLOG }, ready)
    else server.listen({ port: to.port, host: to.host, backlog: BACKLOG }, ready)
  })
  // Whoever is on this machine may ask, as on loopback; who may sign in is decided behind it.
  if (to.kind === 'socket') chmodSync(to.path, 0o777)
}

/** A socket left over by a process that was killed; anything else at that path is not ours to remove. */
function removeStale(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path)
}
