/** The channel to another process, as Node gives it. */
import type { ChildProcess } from 'node:child_process'
import type { Port } from './link.js'

/** `keepOpen`: should the other side die before it has the socket, this side still closes it. */
export function processPort(process: NodeJS.Process | ChildProcess): Port {
  return {
    get connected() {
      return process.connected === true
    },
    send(message, socket, failed) {
      try {
        process.send?.(message as object, socket, { keepOpen: true }, failed)
      } catch (fault) {
        failed(fault as Error)
      }
    },
    listen: (hear) => void process.on('message', hear),
  }
}
