/** One client from accept to end: greet, take a seat, sign in upstream, relay; structured, so that nothing outlives it. */
import type { Socket } from 'node:net'
import type { AuditSink, Identity, RefusalCode, SessionGate } from '@gatehouse/core'
import type { Cancellation, Conversation, Greeting, Guest, OpenAdapter } from './adapter.js'
import { watchCredential } from './credential.js'
import { withDeadline } from './deadlines.js'
import type { Hall, Turned } from './hall.js'
import type { Limits } from './limits.js'
import { type Again, type Relay, startRelay } from './relay.js'
import type { RelayWatch } from './relay-watch.js'
import { createStaying } from './staying.js'
import { createWire, type Wire } from './wire.js'

export type Seated =
  | { readonly kind: 'seated'; readonly gate: SessionGate; readonly expiresAt?: number }
  | { readonly kind: 'turned-away'; readonly turned: Turned }

/** What the gateway lends to each connection of a listener. */
export interface Reception {
  hall(client: Wire): Hall
  /** Builds the session and puts `connect` to the gate; both answers are recorded. */
  seat(guest: Guest, client: Wire): Seated | Promise<Seated>
  /** A place for a client that stays without an identity, as how to give it back; undefined: there is none. Left out: nobody may. */
  stay?(): (() => void) | undefined
  /** Resolves, with what ends it, when it is this client's turn to sign in upstream; left out: all may at once. */
  turn?(): Promise<() => void>
  /** A connected upstream socket, or a rejection when none can be had in time. */
  dial(target: { readonly host: string; readonly port: number }): Promise<Socket>
  readonly sink: AuditSink
  readonly limits: Limits
  readonly watch: RelayWatch
  /** Its client has proven itself again, as the same. */
  renewed?(gate: SessionGate, identity: Identity): void
  /** The session is over and everything of it is closed and recorded. */
  left(gate: SessionGate): void
  /** A session's relay runs: from here on it can be ended or cancelled. */
  entered(gate: SessionGate, conduct: Conduct): void
  fault(fault: unknown, gate: SessionGate | undefined): void
}

export interface Conduct {
  /** Resolves when both sockets are closed and every outcome is recorded. */
  readonly done: Promise<void>
  /** Ends when the running exchange has finished. */
  drain(): void
  /** Ends now, natively. */
  end(code: RefusalCode, message: string): void
  /** Asks the upstream to stop what runs; a no-op when nothing does. */
  cancel(): Promise<void>
  readonly identity: Identity | undefined
  /** It holds a place among those who stay without an identity. */
  readonly stays: boolean
}

export function conduct(socket: Socket, adapter: OpenAdapter, reception: Reception): Conduct {
  socket.setNoDelay(true)
  let client = createWire(socket)
  let relay: Relay | undefined
  let gate: SessionGate | undefined
  let conversation: Conversation | undefined
  let target: { readonly host: string; readonly port: number } | undefined
  /** Set when the session was told to end before its relay ran. */
  const leaving: { why: Turned | undefined } = { why: undefined }
  let cancelling: Promise<void> = Promise.resolve()

  const end = (running: Relay, why: Turned | undefined) => {
    if (why !== undefined) running.end(why.code, why.message)
  }

  const turnAway = (guest: Guest, turned: Turned): undefined => {
    client.end(guest.turnAway(turned))
  }

  const enter = async (
    guest: Guest,
    seat: SessionGate,
  ): Promise<{ upstream: Wire; talk: Conversation } | undefined> => {
    let upstream: Wire | undefined
    let endTurn: (() => void) | undefined
    try {
      endTurn = await reception.turn?.()
      if (leaving.why !== undefined) return turnAway(guest, leaving.why)
      const dialled = await withDeadline(reception.limits.connect, reception.dial(guest.upstream))
      dialled.setNoDelay(true)
      upstream = createWire(dialled)
      const talk = await withDeadline(reception.limits.connect, guest.enter(upstream, seat))
      return { upstream, talk }
    } catch (fault) {
      upstream?.destroy()
      reception.fault(fault, seat)
      return turnAway(guest, { code: 'GH_UPSTREAM', message: 'the database cannot be reached' })
    } finally {
      endTurn?.()
    }
  }

  /** One session, from its seat to its end; who wants another afterwards is handed back. */
  const attend = async (guest: Guest): Promise<Again | undefined> => {
    let upstream: Wire | undefined
    try {
      if (leaving.why !== undefined) return turnAway(guest, leaving.why)
      const seated = await reception.seat(guest, client)
      if (seated.kind === 'turned-away') return turnAway(guest, seated.turned)
      gate = seated.gate
      target = guest.upstream
      const entered = await enter(guest, gate)
      if (entered === undefined) return undefined
      upstream = entered.upstream
      conversation = entered.talk
      relay = startRelay({
        client: client.release(),
        upstream: upstream.release(),
        conversation,
        gate,
        sink: reception.sink,
        limits: reception.limits,
        watch: reception.watch,
        fault: (fault) => reception.fault(fault, gate),
        // Taken now: a session that has ended holds nothing any more that could be cancelled.
        abandon: () => {
          const cancellation = conversation?.cancellation()
          cancelling = cancelling.then(() => cancel(cancellation))
        },
      })
      reception.entered(gate, self)
      end(relay, leaving.why)
      const { expiresAt } = seated
      const session = gate
      const expiry =
        expiresAt === undefined
          ? undefined
          : watchCredential({
              identity: guest.identity,
              expiresAt,
              grace: reception.limits.stay,
              at: reception.watch.at,
              conversation,
              hall: () => reception.hall(client),
              renewed: (identity) => reception.renewed?.(session, identity),
              end: () => relay?.end('GH_ENDED', 'the credential has expired'),
            })
      try {
        return await relay.done
      } finally {
        expiry?.()
      }
    } catch (fault) {
      reception.fault(fault, gate)
      if (relay === undefined) client.destroy()
      return undefined
    } finally {
      if (relay === undefined) upstream?.destroy()
      await cancelling
      if (gate !== undefined) reception.left(gate)
      relay = undefined
      gate = undefined
      conversation = undefined
    }
  }

  const staying = createStaying({
    greeting: reception.limits.greeting,
    silence: reception.limits.stay,
    tick: () => reception.watch.tick(),
    place: () => reception.stay?.(),
  })

  /** Undefined: it has come as far as it comes. */
  const following = async (last: Greeting): Promise<Greeting | undefined> => {
    const { greeting } = reception.limits
    if (last.kind === 'settled') return undefined
    if (last.kind === 'stays') {
      await staying.nextByte(client)
      if (leaving.why !== undefined) return void client.end()
      return withDeadline(greeting, last.goOn(client, reception.hall(client)))
    }
    staying.over()
    const { guest } = last
    const again = await attend(guest)
    if (again === undefined) return undefined
    client = again.client
    if (guest.again === undefined) return void client.destroy()
    return withDeadline(greeting, guest.again(client, reception.hall(client), again.packet))
  }

  const run = async () => {
    try {
      let next: Greeting | undefined = await withDeadline(
        reception.limits.greeting,
        adapter.greet(client, reception.hall(client)),
      )
      while (next !== undefined) next = await following(next)
    } catch (fault) {
      reception.fault(fault, undefined)
      client.destroy()
    } finally {
      staying.over()
    }
  }

  const cancel = async (cancellation: Cancellation | undefined) => {
    if (cancellation === undefined || target === undefined || relay === undefined) return
    // The next exchange waits until the upstream has taken note: a late cancel must never hit it (postgres-wire §3.7).
    const release = relay.hold()
    try {
      const wire = createWire(await withDeadline(reception.limits.connect, reception.dial(target)))
      try {
        await withDeadline(reception.limits.connect, cancellation.speak(wire))
      } finally {
        wire.destroy()
      }
    } catch (fault) {
      reception.fault(fault, gate)
    } finally {
      release()
    }
  }

  const self: Conduct = {
    done: Promise.resolve(),
    drain() {
      leaving.why ??= { code: 'GH_DRAINING', message: 'the gateway is stopping' }
      if (staying.waiting) client.end()
      relay?.drain()
    },
    end(code, message) {
      leaving.why ??= { code, message }
      if (relay === undefined) client.destroy()
      else relay.end(code, message)
    },
    cancel() {
      cancelling = cancelling.then(() => cancel(conversation?.cancellation()))
      return cancelling
    },
    get identity() {
      return gate?.session.identity
    },
    get stays() {
      return staying.placed
    },
  }
  const done = run()
  Object.defineProperty(self, 'done', { value: done })
  return self
}
