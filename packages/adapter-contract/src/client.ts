/** A client of the stage: signs in as the speaker does, then sends bytes and hears answers. */
import { connect, type Socket } from 'node:net'
import { createWire } from '@gatehouse/adapter-kit'
import { BrokenClause, insist, until } from './insist.js'
import type { Answer, Failure, Form, Heard, Speaker, Talk, Visitor } from './speaker.js'

export interface Client {
  send(bytes: Uint8Array): void
  /** The next answer that was not taken yet. */
  next(): Promise<Answer>
  /** One exchange. */
  ask(text: string, form?: Form): Promise<Answer>
  /** Bytes that run the text in one turn; where preparing it is another, it has been prepared and run once by then. */
  ready(text: string, form: Form): Promise<Uint8Array>
  /** Bytes that execute once more what was prepared last in this form; undefined where nothing is prepared. */
  again(form: Form): Uint8Array | undefined
  heard(): Heard
  /** Whole answers that came and were not taken. */
  readonly waiting: number
  received(): Uint8Array
  readonly size: number
  /** Bytes that the other side has not taken. */
  readonly unsent: number
  readonly closed: boolean
  /** Resolves when the connection is closed from the other side. */
  whenClosed(): Promise<void>
  /** Reads nothing any more, until `resume`. */
  pause(): void
  resume(): void
  /** Gone without a goodbye. */
  leave(): void
  /** Gone by a reset. */
  reset(): void
}

export type Arrival =
  | { readonly kind: 'in'; readonly client: Client }
  | { readonly kind: 'turned-away'; readonly failure: Failure }

export interface ClientOptions {
  readonly speaker: Speaker
  readonly port: number
  /** Milliseconds that an answer may take. */
  readonly patience: number
}

export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

export async function signIn(options: ClientOptions, visitor: Visitor): Promise<Arrival> {
  const socket = await dial(options.port)
  const wire = createWire(socket)
  let late = false
  const timer = setTimeout(() => {
    late = true
    socket.destroy()
  }, options.patience)
  try {
    const failure = await options.speaker.signIn(wire, visitor)
    if (failure !== undefined) {
      socket.destroy()
      return { kind: 'turned-away', failure }
    }
  } catch (fault) {
    socket.destroy()
    throw new BrokenClause(late ? 'the sign-in does not end' : `the sign-in broke off: ${String(fault)}`)
  } finally {
    clearTimeout(timer)
  }
  const { rest } = wire.release()
  return { kind: 'in', client: attend(socket, rest, options) }
}

/** A client that has not signed in. */
export async function visit(options: ClientOptions): Promise<Client> {
  return attend(await dial(options.port), undefined, options)
}

/** Bytes one after the other; a view of them stays right when more come. */
function gather() {
  let room = Buffer.alloc(4096)
  let size = 0
  return {
    push(bytes: Uint8Array) {
      if (size + bytes.length > room.length)
        room = Buffer.concat([room.subarray(0, size)], (size + bytes.length) * 2)
      room.set(bytes, size)
      size += bytes.length
    },
    get bytes(): Uint8Array {
      return room.subarray(0, size)
    },
    get size() {
      return size
    },
  }
}

function attend(socket: Socket, rest: Uint8Array | undefined, options: ClientOptions): Client {
  const { speaker, patience } = options
  const received = gather()
  const sent = gather()
  if (rest !== undefined) received.push(rest)
  let taken = 0
  let known: { readonly size: number; readonly heard: Heard } | undefined
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    const turn = speaker.goOn?.(talk)
    if (turn !== undefined) send(turn)
  })
  socket.resume()

  const send = (bytes: Uint8Array) => {
    sent.push(bytes)
    if (!socket.destroyed) socket.write(bytes)
  }
  const talk: Talk = {
    get sent() {
      return sent.bytes
    },
    get received() {
      return received.bytes
    },
  }
  const heard = (): Heard => {
    const { size } = received
    if (known?.size !== size) known = { size, heard: speaker.hear(talk) }
    return known.heard
  }
  const next = async (): Promise<Answer> => {
    const come = () => heard().answers.length > taken || heard().malformed !== undefined
    await until(patience, () => come() || socket.destroyed, 'an answer')
    const { answers, farewell, malformed } = heard()
    insist(malformed === undefined, `the client heard what is not the protocol: ${malformed}`)
    const answer = answers[taken]
    if (answer === undefined)
      throw new BrokenClause(
        `the connection closed instead of an answer${farewell === undefined ? '' : `: ${farewell.text}`}`,
      )
    taken += 1
    return answer
  }

  const ask = (text: string, form: Form = speaker.forms[0]) => {
    send(speaker.ask(text, form))
    return next()
  }
  const again = (form: Form) => (form.prepared ? speaker.repeat?.(form, talk) : undefined)

  return {
    send,
    next,
    ask,
    async ready(text, form) {
      if (form.turns !== true) return speaker.ask(text, form)
      await ask(text, form)
      return again(form) ?? speaker.ask(text, form)
    },
    again,
    heard,
    get waiting() {
      return heard().answers.length - taken
    },
    received: () => talk.received,
    get size() {
      return received.size
    },
    get unsent() {
      return socket.writableLength
    },
    get closed() {
      return socket.destroyed
    },
    whenClosed: () => until(patience, () => socket.destroyed, 'the end of the connection'),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    leave: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
  }
}
