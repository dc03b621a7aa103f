/** A socket as a line of packets, for tests: whole ones in their order, whatever they are. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { cutPacket, type Packet } from '../speaker/packets.js'

/** Milliseconds that an answer may take before a test gives up: no answer, not a slow one, is what fails. */
const PATIENCE = 60_000

export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

export function secure(socket: Socket, ca: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const tls = connectTls({ socket, host: 'localhost', servername: 'localhost', ca })
    tls.once('secureConnect', () => resolve(tls))
    tls.once('error', reject)
    tls.once('close', () => reject(new Error('the TLS handshake was refused')))
  })
}

/** Packets as they come. */
export interface Line {
  next(): Promise<Packet>
  rest(): Promise<readonly Packet[]>
  readonly waiting: number
  readonly closed: boolean
  /** Takes no more bytes of this socket. */
  leave(): void
}

export function listen(socket: Socket): Line {
  let parts: Buffer[] = []
  let size = 0
  /** Bytes without which no further packet is whole. */
  let wanted = 4
  const found: Packet[] = []
  let closed = false
  let fault: Error | undefined
  let wake = () => {}
  const cut = () => {
    if (size < wanted) return
    const buffer = Buffer.concat(parts)
    let at = 0
    for (let packet = cutPacket(buffer, at); packet !== undefined; packet = cutPacket(buffer, at)) {
      found.push(packet)
      at = packet.end
    }
    parts = [buffer.subarray(at)]
    size = buffer.length - at
    wanted = size < 4 ? 4 : Math.max(size + 1, (parts[0] as Buffer).readUIntLE(0, 3) + 4)
    wake()
  }
  const onData = (chunk: Buffer) => {
    parts.push(chunk)
    size += chunk.length
    try {
      cut()
    } catch (broken) {
      fault = broken as Error
      wake()
    }
  }
  const gone = () => {
    closed = true
    wake()
  }
  socket.on('data', onData)
  socket.on('error', gone)
  socket.on('end', gone)
  socket.on('close', gone)

  const arrival = () =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came')), PATIENCE)
      wake = () => {
        clearTimeout(timer)
        wake = () => {}
        resolve()
      }
    })
  return {
    async next() {
      for (;;) {
        const packet = found.shift()
        if (packet !== undefined) return packet
        if (fault !== undefined) throw fault
        if (closed) throw new Error('the connection closed')
        await arrival()
      }
    },
    async rest() {
      while (!closed && fault === undefined) await arrival()
      if (fault !== undefined) throw fault
      return found.splice(0)
    },
    get waiting() {
      return found.length
    },
    get closed() {
      return closed
    },
    leave: () => {
      socket.off('data', onData)
      socket.pause()
    },
  }
}
