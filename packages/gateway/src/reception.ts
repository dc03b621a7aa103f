/** One connection's dealings with the gateway: who it may be, whether there is room, what is counted of it. */
import { connect as dial, type Socket } from 'node:net'
import type { Conduct, Guest, OpenAdapter, Reception, Seated, Turned, Wire } from '@gatehouse/adapter-kit'
import { type Connection, GatehouseError, type Session, type SessionGate } from '@gatehouse/core'
import { createHall } from './hall.js'
import type { House } from './house.js'
import type { ListenerState } from './listener-state.js'
import { faultFacts } from './log.js'
import { observe } from './metrics/listener-figures.js'
import { at } from './timers.js'
import type { Turns } from './turns.js'
import type { Place } from './workers/places.js'

export interface Visit {
  readonly reception: Reception
  /** The connection is over: what it held is given back. */
  over(): void
}

/** `state` is read anew at each step: a reload binds connections that are still greeting. */
export function receive(house: House, state: () => ListenerState, adapter: OpenAdapter, turns: Turns): Visit {
  const { sink, figures, roster } = { ...house, figures: state().figures }
  let conducted: Conduct | undefined
  let withdraw: (() => void) | undefined
  let connection: Extract<Connection, { kind: 'permit' }> | undefined
  let place: Extract<Place, { kind: 'taken' }> | undefined

  const noted = (
    client: Wire,
    { login, database }: Pick<Guest, 'login' | 'database'>,
    turned: Turned,
  ): Seated => {
    figures.signIns['turned-away'] += 1
    sink.signedIn({
      id: house.newId(),
      at: house.now(),
      kind: 'refused',
      listener: state().settings.name,
      protocol: adapter.manifest.name,
      peer: client.peer,
      login,
      database,
      refusal: turned.code,
      reason: turned.message,
    })
    return { kind: 'turned-away', turned }
  }

  /** Why nobody can come in just now, as far as this process knows by itself. */
  const full = (): Turned | undefined => {
    if (house.draining()) return { code: 'GH_DRAINING', message: 'the gateway is stopping' }
    const { settings } = state()
    return figures.sessions < settings.limits.connections ? undefined : tooMany('listener', settings.name)
  }

  const seat = async (guest: Guest, client: Wire): Promise<Seated> => {
    const { name, limits } = state().settings
    const { identity } = guest
    // Issuer and subject name a person.
    const person = JSON.stringify([identity.issuer, identity.subject])
    const found = await house.places.take({ listener: name, person, limits })
    if (found.kind === 'full')
      return noted(client, guest, tooMany(found.of, found.of === 'person' ? identity.name : name))
    const seated = sit(guest, client)
    if (seated.kind === 'seated') place = found
    else found.giveBack()
    return seated
  }

  const sit = (guest: Guest, client: Wire): Seated => {
    const { settings } = state()
    const { identity } = guest
    if (house.draining())
      return noted(client, guest, { code: 'GH_DRAINING', message: 'the gateway is stopping' })
    if (!house.stillKnown(identity))
      return noted(client, guest, { code: 'GH_SIGN_IN', message: 'this user is no longer known' })
    const session: Session = {
      id: house.newId(),
      identity,
      listener: settings.name,
      labels: settings.labels,
      protocol: adapter.manifest.name,
      database: guest.database,
      login: guest.login,
      peer: client.peer,
      local: client.local,
      upstream: { ...guest.upstream, account: guest.account },
      encrypted: client.encrypted,
      startedAt: house.now(),
      claimed: guest.application === undefined ? {} : { application: guest.application },
    }
    const answer = house.gate.connect(session)
    if (answer.kind === 'refusal') {
      figures.signIns['turned-away'] += 1
      return { kind: 'turned-away', turned: answer.refusal }
    }
    connection = answer
    figures.signIns.accepted += 1
    figures.sessions += 1
    roster.add(session)
    const { expiresAt } = identity
    return { kind: 'seated', gate: answer.gate, ...(expiresAt !== undefined && { expiresAt }) }
  }

  const left = (gate: SessionGate) => {
    if (!roster.remove(gate.session)) return
    figures.sessions -= 1
    place?.giveBack()
    connection?.end()
  }

  const reception: Reception = {
    hall: (client) =>
      createHall(client, {
        settings: state().settings,
        protocol: adapter.manifest.name,
        identities: house.identities(),
        delays: house.delays,
        cancelKeys: house.cancelKeys,
        sink,
        figures,
        now: house.now,
        newId: house.newId,
        random: house.random,
        full: () => {
          const turned = full()
          if (turned !== undefined) noted(client, { login: '', database: '' }, turned)
          return turned
        },
        cancel: async () => conducted?.cancel(),
        onKey: (how) => {
          withdraw?.()
          withdraw = how
        },
      }),
    seat,
    stay() {
      if (figures.staying >= state().settings.limits.connections) return undefined
      figures.staying += 1
      return () => {
        figures.staying -= 1
      }
    },
    turn: () => turns.take(state().limits.greeting),
    dial: (target) => connectTo(target, state().limits.connect),
    sink,
    limits: state().limits,
    watch: {
      tick: () => performance.now(),
      overhead: (milliseconds) => observe(figures.overhead, milliseconds / 1000),
      upstream: (milliseconds) => observe(figures.upstream, milliseconds / 1000),
      at: (time, then) => at(time, house.now, then),
    },
    renewed({ session }) {
      sink.signedIn({
        id: house.newId(),
        at: house.now(),
        kind: 'signed-in',
        listener: session.listener,
        protocol: session.protocol,
        peer: session.peer,
        login: session.login,
        database: session.database,
        session,
        reason: 'proven again',
      })
    },
    left,
    entered(gate, conduct) {
      conducted = conduct
      roster.enter(gate.session, conduct)
      if (house.draining()) conduct.drain()
    },
    fault(fault, gate) {
      const facts = { listener: state().settings.name, ...faultFacts(fault) }
      if (gate !== undefined) house.log.warn({ ...facts, session: gate.session.id }, 'a session has failed')
      // Whoever has not signed in may be anybody: a probe, a scanner. Only what is wrong with ourselves is said aloud.
      else if (fault instanceof GatehouseError && fault.code === 'GH_WIRE')
        house.log.debug(facts, 'a connection ended before sign-in')
      else if (fault instanceof GatehouseError) house.log.warn(facts, 'a connection ended before sign-in')
      else house.log.error(facts, 'a connection has failed before sign-in')
    },
  }
  return { reception, over: () => withdraw?.() }
}

function tooMany(of: Extract<Place, { kind: 'full' }>['of'], name: string): Turned {
  if (of === 'gateway') return { code: 'GH_DRAINING', message: 'the gateway is stopping' }
  const who = of === 'listener' ? `listener \`${name}\`` : `\`${name}\``
  const has = of === 'listener' ? 'all the sessions it takes' : 'all the sessions one user may have'
  return { code: 'GH_TOO_MANY', message: `${who} has ${has}` }
}

function connectTo(
  target: { readonly host: string; readonly port: number },
  within: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial({ host: target.host, port: target.port, noDelay: true })
    const give = (cause: Error) => {
      socket.destroy()
      reject(
        new GatehouseError('GH_WIRE', `${target.host}:${target.port} cannot be reached: ${cause.message}`, {
          cause,
        }),
      )
    }
    socket.setTimeout(within, () => give(new Error('no answer in time')))
    socket.once('error', give)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.removeAllListeners('timeout')
      socket.off('error', give)
      resolve(socket)
    })
  })
}
