/** A worker's doors: the primary listens and hands each client over. */
import type { Socket } from 'node:net'
import type { OpenDoor } from '../door.js'

export interface HandedDoors {
  readonly openDoor: OpenDoor
  /** False when nobody opened a door of that name, or it is closed. */
  has(listener: string): boolean
  enter(listener: string, socket: Socket): void
}

export function createHandedDoors(): HandedDoors {
  const doors = new Map<string, (socket: Socket) => void>()
  return {
    async openDoor({ name }, { enter }) {
      doors.set(name, enter)
      return {
        address: '',
        port: 0,
        get open() {
          return doors.has(name)
        },
        async close() {
          doors.delete(name)
        },
      }
    },
    has: (listener) => doors.has(listener),
    enter(listener, socket) {
      // As on a socket that our own server had accepted: whoever says that it is done still hears the answer.
      socket.allowHalfOpen = true
      doors.get(listener)?.(socket)
    },
  }
}
