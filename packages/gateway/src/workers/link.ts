/** Questions and news between the primary and a worker, over the channel that Node opens between them. */
import type { Socket } from 'node:net'

/** What one side may ask and tell; `ask` and `answer` are plain data. */
export interface Side {
  readonly asks: Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>
  readonly tells: Readonly<Record<string, unknown>>
}

type Envelope =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly body: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly why: string }
  | { readonly kind: 'tell'; readonly name: string; readonly body: unknown }

/** The part of a process, this one or a child, that a link needs. */
export interface Port {
  readonly connected: boolean
  send(message: unknown, socket: Socket | undefined, failed: (fault: Error | null) => void): void
  listen(hear: (message: unknown, socket: unknown) => void): void
}

export interface Hears<Theirs extends Side> {
  readonly answers: {
    readonly [Name in keyof Theirs['asks']]: (
      body: Theirs['asks'][Name]['ask'],
    ) => Theirs['asks'][Name]['answer'] | Promise<Theirs['asks'][Name]['answer']>
  }
  readonly hears: {
    readonly [Name in keyof Theirs['tells']]: (
      body: Theirs['tells'][Name],
      socket: Socket | undefined,
    ) => void
  }
}

export interface Link<Mine extends Side> {
  /** Rejects when the other side has gone, could not answer, or did not within so many milliseconds. */
  ask<Name extends keyof Mine['asks'] & string>(
    name: Name,
    body: Mine['asks'][Name]['ask'],
    within: number,
  ): Promise<Mine['asks'][Name]['answer']>
  /** Lost when the other side has gone. The socket stays open on this side, too. */
  tell<Name extends keyof Mine['tells'] & string>(
    name: Name,
    body: Mine['tells'][Name],
    socket?: Socket,
  ): void
  /** Nobody answers any more. */
  close(): void
}

interface Waiting {
  readonly resolve: (body: unknown) => void
  readonly reject: (fault: Error) => void
}

export function createLink<Mine extends Side, Theirs extends Side>(
  port: Port,
  { answers, hears }: Hears<Theirs>,
): Link<Mine> {
  const waiting = new Map<number, Waiting>()
  let next = 1
  let closed = false
  const answering = answers as Readonly<Record<string, ((body: unknown) => unknown) | undefined>>
  const hearing = hears as Readonly<Record<string, ((body: unknown, socket: unknown) => void) | undefined>>

  const send = (envelope: Envelope, socket?: Socket, failed: (fault: Error) => void = () => {}) => {
    if (closed || !port.connected) return failed(new Error('the other process has gone'))
    port.send(envelope, socket, (fault) => {
      if (fault !== null) failed(fault)
    })
  }

  const answer = async ({ id, name, body }: Extract<Envelope, { kind: 'ask' }>) => {
    try {
      send({ kind: 'answer', id, body: await answering[name]?.(body) })
    } catch (fault) {
      send({ kind: 'failed', id, why: fault instanceof Error ? fault.message : String(fault) })
    }
  }

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }

  port.listen((message, socket) => {
    const envelope = message as Envelope
    if (envelope.kind === 'ask') void answer(envelope)
    else if (envelope.kind === 'tell') hearing[envelope.name]?.(envelope.body, socket)
    else if (envelope.kind === 'answer') settle(envelope.id)?.resolve(envelope.body)
    else settle(envelope.id)?.reject(new Error(envelope.why))
  })

  return {
    ask(name, body, within) {
      const id = next++
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(id)?.reject(new Error('no answer in time')), within)
        timer.unref()
        const over =
          <Value>(then: (value: Value) => void) =>
          (value: Value) => {
            clearTimeout(timer)
            then(value)
          }
        waiting.set(id, { resolve: over(resolve) as Waiting['resolve'], reject: over(reject) })
        send({ kind: 'ask', id, name, body }, undefined, (fault) => settle(id)?.reject(fault))
      })
    },
    tell: (name, body, socket) => send({ kind: 'tell', name, body }, socket),
    close() {
      closed = true
      for (const id of [...waiting.keys()]) settle(id)?.reject(new Error('the other process has gone'))
    },
  }
}
