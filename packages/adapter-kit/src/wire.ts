/** A socket as a conversation: exact reads, writes, TLS when asked; greetings and sign-ins use it, the relay does not. */
import type { Socket } from 'node:net'
import * as tls from 'node:tls'
import { GatehouseError } from '@gatehouse/core'
import { concatBytes } from './bytes.js'
import { shownBy } from './client-certificate.js'
import type { ClientCertificate } from './hall.js'

export interface Wire {
  /** Exactly `size` bytes; rejects when the peer leaves first. */
  read(size: number): Promise<Uint8Array>
  /** The next `size` bytes, left in place. */
  peek(size: number): Promise<Uint8Array>
  write(bytes: Uint8Array): void
  /** Bytes that arrived and were not read: must be none before TLS starts, or they would be believed after it. */
  readonly buffered: number
  readonly encrypted: boolean
  /** The protocol that ALPN agreed on. */
  readonly alpn: string | undefined
  /** `asksCertificate`: the client may show one. Whether it holds is said by `clientCertificate`: the handshake takes any, and none. */
  secureServer(
    context: tls.SecureContext,
    options?: { readonly alpn?: readonly string[]; readonly asksCertificate?: boolean },
  ): Promise<void>
  /** Verifies chain and name unless `verify` is false. */
  secureClient(options: {
    servername: string
    ca?: tls.SecureContextOptions['ca']
    alpn?: readonly string[]
  }): Promise<void>
  /** The peer's leaf certificate, DER. */
  peerCertificate(): Uint8Array | undefined
  /** What a client was asked for in the handshake; `none` in the clear, too. */
  clientCertificate(): ClientCertificate
  readonly peer: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  /** Sends what is left, then closes. */
  end(last?: Uint8Array): void
  destroy(): void
  /** Gives the socket away, with the bytes that were not read. */
  release(): { readonly socket: Socket; readonly rest: Uint8Array | undefined }
}

/** Bytes that may wait unread during a conversation before the peer is held back. */
const CONVERSATION_BUFFER = 128 * 1024

const gone = () => new GatehouseError('GH_WIRE', 'the peer closed the connection')

export function createWire(initial: Socket): Wire {
  let socket = initial
  let parts: Uint8Array[] = []
  let buffered = 0
  let closed: Error | undefined = initial.destroyed || initial.readableEnded ? gone() : undefined
  let waiting: { size: number; resolve: () => void; reject: (fault: Error) => void } | undefined

  const onData = (chunk: Uint8Array) => {
    parts.push(chunk)
    buffered += chunk.length
    if (buffered > CONVERSATION_BUFFER) socket.pause()
    if (waiting !== undefined && buffered >= waiting.size) {
      const { resolve } = waiting
      waiting = undefined
      resolve()
    }
  }
  const onGone = () => {
    closed ??= gone()
    waiting?.reject(closed)
    waiting = undefined
  }
  const onError = (fault: Error) => {
    closed ??= new GatehouseError('GH_WIRE', fault.message, { cause: fault })
    onGone()
  }
  const listen = () => {
    socket.on('data', onData)
    socket.on('end', onGone)
    socket.on('close', onGone)
    socket.on('error', onError)
  }
  const unlisten = () => {
    socket.off('data', onData)
    socket.off('end', onGone)
    socket.off('close', onGone)
    socket.off('error', onError)
  }
  listen()

  const fill = async (size: number): Promise<void> => {
    if (buffered >= size) return
    if (closed !== undefined) throw closed
    await new Promise<void>((resolve, reject) => {
      waiting = { size, resolve, reject }
      socket.resume()
    })
  }
  const gathered = (): Uint8Array => {
    const whole = parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts)
    parts = buffered === 0 ? [] : [whole]
    return whole
  }

  /** Runs a handshake on `next`, then goes on over it. */
  const upgrade = (next: tls.TLSSocket, ready: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const failed = (fault?: Error) => {
        closed ??= new GatehouseError('GH_WIRE', `the TLS handshake failed: ${fault?.message ?? 'closed'}`, {
          cause: fault,
        })
        reject(closed)
      }
      next.once('error', failed)
      next.once('close', failed)
      next.once(ready, () => {
        next.off('error', failed)
        next.off('close', failed)
        socket = next
        listen()
        resolve()
      })
    })

  const surrender = (): Socket => {
    const plain = socket
    unlisten()
    plain.pause()
    plain.on('error', () => {})
    if (buffered > 0) plain.unshift(gathered())
    parts = []
    buffered = 0
    return plain
  }

  return {
    async read(size) {
      await fill(size)
      const whole = gathered()
      buffered -= size
      parts = buffered === 0 ? [] : [whole.subarray(size)]
      return whole.subarray(0, size)
    },
    async peek(size) {
      await fill(size)
      return gathered().subarray(0, size)
    },
    write(bytes) {
      if (!socket.destroyed) socket.write(bytes)
    },
    get buffered() {
      return buffered
    },
    get encrypted() {
      return socket instanceof tls.TLSSocket
    },
    get alpn() {
      const chosen = socket instanceof tls.TLSSocket ? socket.alpnProtocol : undefined
      return typeof chosen === 'string' ? chosen : undefined
    },
    secureServer(context, { alpn, asksCertificate = false } = {}) {
      const plain = surrender()
      const next = new tls.TLSSocket(plain, {
        isServer: true,
        secureContext: context,
        requestCert: asksCertificate,
        rejectUnauthorized: false,
        ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
      })
      return upgrade(next, 'secure')
    },
    secureClient({ servername, ca, alpn }) {
      const plain = surrender()
      const isAddress = /^[0-9.]+$|:/.test(servername)
      const next = tls.connect({
        socket: plain,
        host: servername,
        minVersion: 'TLSv1.2',
        ...(isAddress ? {} : { servername }),
        ...(ca === undefined ? {} : { ca }),
        ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
      })
      return upgrade(next, 'secureConnect')
    },
    peerCertificate() {
      if (!(socket instanceof tls.TLSSocket)) return undefined
      const { raw } = socket.getPeerCertificate()
      return raw
    },
    clientCertificate: () => (socket instanceof tls.TLSSocket ? shownBy(socket) : { kind: 'none' }),
    get peer() {
      return { address: initial.remoteAddress ?? '', port: initial.remotePort ?? 0 }
    },
    get local() {
      return { address: initial.localAddress ?? '', port: initial.localPort ?? 0 }
    },
    end(last) {
      if (socket.destroyed) return
      if (last === undefined) socket.end()
      else socket.end(last)
      const linger = setTimeout(() => socket.destroy(), 2_000)
      socket.once('close', () => clearTimeout(linger))
      socket.resume()
    },
    destroy() {
      socket.destroy()
    },
    release() {
      unlisten()
      socket.pause()
      const rest = buffered === 0 ? undefined : gathered()
      return { socket, rest }
    },
  }
}
