/** The heart: two directions over two sockets, one structured end. */
import type { Socket } from 'node:net'
import type { AuditSink, RefusalCode, SessionGate } from '@gatehouse/core'
import type { Conversation } from './adapter.js'
import { watchIdle } from './deadlines.js'
import { readDirectly } from './direct-reading.js'
import { createInbound } from './inbound.js'
import { createLane } from './lane.js'
import type { Limits } from './limits.js'
import type { Loan } from './loans.js'
import { createOutbound } from './outbound.js'
import type { RelayWatch } from './relay-watch.js'
import { createWire, type Wire } from './wire.js'

export interface Ends {
  readonly socket: Socket
  readonly rest: Uint8Array | undefined
}

export interface RelayParts {
  readonly client: Ends
  readonly upstream: Ends
  readonly conversation: Conversation
  readonly gate: SessionGate
  readonly sink: AuditSink
  readonly limits: Limits
  readonly watch: RelayWatch
  /** The client has gone, or must go, while something runs: it must be stopped upstream. */
  abandon(): void
  fault(fault: unknown): void
}

/** The client, whose session is over, and the packet that asks for another. */
export interface Again {
  readonly client: Wire
  readonly packet: Uint8Array
}

export interface Relay {
  /** The session is over and its upstream closed; the client's socket too, unless it is handed on. */
  readonly done: Promise<Again | undefined>
  drain(): void
  end(code: RefusalCode, message: string): void
  /** Holds the client's next frames back until the returned function is called. */
  hold(): () => void
}

/** A client that has gone without a goodbye gets this long for what runs before it is cancelled. */
const GRACE = 1_000
/** A peer that won't close gets this long. */
const LINGER = 2_000
const REDEFINED = 'what the statement names was redefined while it ran: connect and ask again'

export function startRelay(parts: RelayParts): Relay {
  const { conversation, gate, sink, limits, watch } = parts
  const fromClient = readDirectly(parts.client.socket, {
    bytes: (chunk) => onClientBytes(chunk),
    end: () => onClientEnd(),
  })
  const fromUpstream = readDirectly(parts.upstream.socket, {
    bytes: (chunk) => void onUpstreamBytes(chunk),
    borrow: (chunk, loan) => onUpstreamBytes(chunk, loan),
    room: () => (ending ? undefined : outbound.room()),
    end: () => lost(),
  })
  const client = fromClient.socket
  const upstream = fromUpstream.socket
  let ending = false
  let draining = false
  /** The client has said that it is done: it may go once it has its answers. */
  let halfClosed = false
  let holds = 0
  let forwardedAt = 0
  let handed: (again: Again) => void = () => {}
  const again = new Promise<Again>((resolve) => {
    handed = resolve
  })
  const timers = new Set<NodeJS.Timeout>()
  const later = (milliseconds: number, then: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, milliseconds)
    timers.add(timer)
  }

  /** Whoever does not read its answers is not read either: refusals of our own would pile up for it (R30). */
  const mayGoOn = () => holds === 0 && !up.full() && !down.full() && conversation.owed <= limits.owed
  const balance = () => {
    if (ending) return
    fromClient.flow(!inbound.held() && mayGoOn())
    fromUpstream.flow(!down.full())
  }
  const goOn = () => {
    inbound.resume()
    balance()
    rest()
  }
  /** Whoever must go, goes once all that it has asked is answered: also what is still being read or decided. */
  const rest = () => {
    if (ending || !conversation.idle || inbound.held()) return
    if (draining) end('GH_DRAINING', 'the gateway is stopping')
    else if (halfClosed) close(undefined)
  }

  const failed = () => end('GH_AUDIT_UNAVAILABLE', 'the audit record cannot be written')
  const up = createLane(upstream, { onRoom: goOn, onFailed: failed })
  const down = createLane(client, { onRoom: goOn, onFailed: failed })

  const inbound = createInbound(
    { conversation, gate, sink, upstream: up, client: down },
    {
      onHeld: () => {
        balance()
        rest()
      },
      onGoodbye: () => close(undefined, true),
      onAgain: (packet) => handOn(packet),
      onBroken: (why, last) => close(last ?? conversation.farewell('GH_PROTOCOL', why)),
      onFault: (fault) => {
        parts.fault(fault)
        end('GH_UPSTREAM', 'the session had to be ended')
      },
      mayGoOn,
    },
  )
  const outbound = createOutbound(
    { conversation, gate, sink, client: down },
    {
      onCut: (last) => close(last ?? conversation.farewell('GH_UPSTREAM', 'the database spoke out of turn')),
      onRefuted(whole) {
        down.drop()
        close(whole ? conversation.farewell('GH_UPSTREAM', REDEFINED) : undefined)
      },
      onUpstream: (bytes) => up.send([bytes]),
    },
  )
  const idle = watchIdle(limits.idle, () => {
    if (conversation.idle) end('GH_ENDED', 'the session was idle for too long')
  })
  if (limits.session > 0)
    later(limits.session, () => end('GH_ENDED', 'the session has lasted as long as it may'))

  const record = () => {
    for (const { permit, outcome } of conversation.ended()) gate.complete(permit, outcome)
  }

  /** Nothing goes either way any more, and every outcome is recorded. */
  const finish = (goodbye: boolean) => {
    ending = true
    const served = !upstream.destroyed && !upstream.readableEnded
    if (!goodbye && served && !conversation.idle) parts.abandon()
    inbound.stop()
    outbound.stop()
    idle.stop()
    // What is decided and not yet on its way has lost its client.
    if (!goodbye) up.drop()
    record()
  }
  /** The upstream alone is closed: the client's socket goes back to whoever greets. */
  const handOn = (packet: Uint8Array) => {
    if (ending) return
    finish(false)
    fromClient.release()
    fromUpstream.flow(true)
    later(LINGER, () => upstream.destroy())
    sink.afterOutcomes(() => {
      up.end()
      down.release((whole) => {
        // Invariant: whoever lost an answer would take the next greeting for it.
        if (!whole) {
          client.end()
          later(LINGER, () => client.destroy())
          return
        }
        client.off('error', abandoned)
        client.off('close', abandoned)
        handed({ client: createWire(client), packet })
      })
    })
  }
  /**
   * Ends both sides, and what runs upstream for nobody: closing its connection would not stop the server. After a
   * goodbye it may finish, as it would without a gateway.
   * The client gets `last` only when no message is left half sent.
   */
  const close = (last: Uint8Array | undefined, goodbye = false) => {
    if (ending) return
    finish(goodbye)
    const say = last !== undefined && last.length > 0 && !outbound.midFrame() ? last : undefined
    sink.afterOutcomes(() => {
      down.end(say)
      up.end()
    })
    fromClient.flow(true)
    fromUpstream.flow(true)
    later(LINGER, () => {
      client.destroy()
      upstream.destroy()
    })
  }
  const end = (code: RefusalCode, message: string) => close(conversation.farewell(code, message))
  const lost = () => end('GH_UPSTREAM', 'the database has closed the connection')

  const abandoned = () => {
    if (ending) return
    close(undefined)
    client.destroy()
  }

  /** A fault while bytes are read ends this session, and nothing else. */
  const failedReading = (fault: unknown) => {
    parts.fault(fault)
    end('GH_UPSTREAM', 'the session had to be ended')
  }

  const onClientBytes = (chunk: Uint8Array) => {
    if (ending) return
    idle.touch()
    const start = watch.tick()
    try {
      inbound.push(chunk)
      balance()
    } catch (fault) {
      failedReading(fault)
    }
    forwardedAt = watch.tick()
    watch.overhead(forwardedAt - start)
  }
  const onClientEnd = () => {
    halfClosed = true
    rest()
    if (!ending) later(GRACE, abandoned)
  }
  const onUpstreamBytes = (chunk: Uint8Array, loan?: Loan): boolean => {
    if (ending) return false
    const start = watch.tick()
    if (forwardedAt > 0) {
      watch.upstream(start - forwardedAt)
      forwardedAt = 0
    }
    let isReturned = false
    try {
      isReturned = outbound.push(chunk, loan)
      goOn()
    } catch (fault) {
      failedReading(fault)
    }
    watch.overhead(watch.tick() - start)
    return isReturned
  }
  client.on('error', abandoned)
  upstream.on('error', lost)
  client.on('close', abandoned)
  upstream.on('close', lost)

  const closed = (socket: Socket) =>
    new Promise<undefined>((resolve) => {
      const over = () => resolve(undefined)
      if (socket.destroyed) over()
      else {
        socket.once('close', over)
        void again.then(() => socket === client && socket.off('close', over))
      }
    })
  const gone = Promise.all([Promise.race([closed(client), again]), closed(upstream)])
  const done = gone.then(([next]) => {
    idle.stop()
    for (const timer of timers) clearTimeout(timer)
    return next
  })

  if (parts.upstream.rest !== undefined) outbound.push(parts.upstream.rest)
  down.send([conversation.welcome])
  if (parts.client.rest !== undefined) inbound.push(parts.client.rest)
  balance()
  // Whoever left while the upstream was signed in to says so no second time.
  if (client.destroyed) abandoned()
  else if (client.readableEnded) onClientEnd()
  if (upstream.destroyed || upstream.readableEnded) lost()

  return {
    done,
    drain() {
      draining = true
      rest()
    },
    end,
    hold() {
      holds += 1
      balance()
      return () => {
        holds -= 1
        if (holds === 0) goOn()
      }
    },
  }
}
