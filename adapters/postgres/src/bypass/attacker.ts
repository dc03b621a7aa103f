/** A client that speaks the bare protocol and keeps every byte that it is sent. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createScramClient, type ScramClient } from '@gatehouse/adapter-kit'
import { BACKEND, cstring, FRONTEND, int32, message, STARTUP } from '../messages.js'

export const FORMS = ['simple', 'text', 'binary'] as const
/** The simple protocol, or the extended one with results in text or binary. */
export type Form = (typeof FORMS)[number]

export interface Answer {
  /** Null bytes are SQL's NULL. */
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly tags: readonly string[]
  /** SQLSTATE and message; undefined when all went well. */
  readonly error: { readonly code: string; readonly message: string; readonly detail: string } | undefined
  readonly status: string
}

export interface Attacker {
  run(text: string, form: Form): Promise<Answer>
  /** Frames of one's own making, answered up to ReadyForQuery. */
  send(...frames: readonly Uint8Array[]): Promise<Answer>
  /** All bytes that came after the sign-in. */
  received(): Buffer
  forget(): void
  readonly closed: boolean
  close(): Promise<void>
}

export interface Door {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly settings?: Readonly<Record<string, string>>
}

const HEADER = 5

export async function connectAttacker(door: Door): Promise<Attacker> {
  const socket = connect(door.port, '127.0.0.1')
  await once(socket, 'connect')
  let chunks: Buffer[] = []
  let pending = Buffer.alloc(0)
  let closed = false
  const frames: { readonly type: number; readonly body: Buffer }[] = []
  let wake: () => void = () => {}
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= HEADER && pending.length > pending.readInt32BE(1)) {
      const length = pending.readInt32BE(1) + 1
      frames.push({ type: pending[0] as number, body: pending.subarray(HEADER, length) })
      pending = pending.subarray(length)
    }
    wake()
  })
  const gone = () => {
    closed = true
    wake()
  }
  socket.on('close', gone)
  socket.on('error', gone)

  const next = async () => {
    for (;;) {
      const frame = frames.shift()
      if (frame !== undefined || closed) return frame
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  const answer = async (afterCopy: readonly Uint8Array[] = []): Promise<Answer> => {
    const rows: (Buffer | null)[][] = []
    const tags: string[] = []
    let error: Answer['error']
    for (;;) {
      const frame = await next()
      if (frame === undefined) return { rows, tags, error: error ?? LOST, status: '' }
      if (frame.type === BACKEND.DataRow) rows.push(readRow(frame.body))
      if (frame.type === BACKEND.CommandComplete)
        tags.push(frame.body.toString('utf8', 0, frame.body.length - 1))
      if (frame.type === BACKEND.ErrorResponse) error ??= readError(frame.body)
      if (frame.type === BACKEND.CopyInResponse)
        for (const own of [message(FRONTEND.CopyDone), ...afterCopy]) socket.write(own)
      if (frame.type === BACKEND.ReadyForQuery)
        return { rows, tags, error, status: frame.body.toString('latin1') }
    }
  }

  await signIn(door, { write: (bytes) => socket.write(bytes), next })
  chunks = []
  return {
    run(text, form) {
      if (form === 'simple') socket.write(message(FRONTEND.Query, cstring(text)))
      else for (const frame of extended(text, form)) socket.write(frame)
      // COPY FROM STDIN swallows the Sync that was sent with it (manual §54.2.6).
      return answer(form === 'simple' ? [] : [message(FRONTEND.Sync)])
    },
    send(...own) {
      for (const frame of own) socket.write(frame)
      return answer()
    },
    received: () => Buffer.concat(chunks),
    forget: () => {
      chunks = []
    },
    get closed() {
      return closed
    },
    async close() {
      if (!closed) socket.end(message(FRONTEND.Terminate))
      if (!socket.closed) await once(socket, 'close')
    },
  }
}

const LOST = { code: 'LOST', message: 'the connection was closed', detail: '' }

/** Parse, Bind with all results in one format, Describe, Execute, Sync. */
export function extended(text: string, form: 'text' | 'binary'): Uint8Array[] {
  const formats = form === 'binary' ? [0, 1, 0, 1] : [0, 0]
  return [
    message(FRONTEND.Parse, cstring(''), cstring(text), Uint8Array.of(0, 0)),
    message(FRONTEND.Bind, cstring(''), cstring(''), Uint8Array.of(0, 0, 0, 0, ...formats)),
    message(FRONTEND.Describe, Uint8Array.of(0x50), cstring('')),
    message(FRONTEND.Execute, cstring(''), int32(0)),
    message(FRONTEND.Sync),
  ]
}

interface Line {
  write(bytes: Uint8Array): void
  next(): Promise<{ readonly type: number; readonly body: Buffer } | undefined>
}

async function signIn(door: Door, line: Line): Promise<void> {
  const settings = { user: door.user, database: door.database, ...door.settings }
  const pairs = Object.entries(settings).flatMap((pair) => pair.map(cstring))
  const body = Buffer.concat([int32(STARTUP.protocol30), ...pairs, Uint8Array.of(0)])
  line.write(Buffer.concat([int32(body.length + 4), body]))
  let scram: ScramClient | undefined
  for (;;) {
    const frame = await line.next()
    if (frame === undefined) throw new Error('the sign-in was cut short')
    if (frame.type === BACKEND.ErrorResponse) throw new Error(readError(frame.body).message)
    if (frame.type === BACKEND.ReadyForQuery) return
    if (frame.type !== BACKEND.Authentication || frame.body.readInt32BE(0) === 0) continue
    const rest = frame.body.subarray(4)
    if (scram === undefined) {
      const mechanism = 'SCRAM-SHA-256'
      const nonce = randomBytes(18).toString('base64')
      scram = createScramClient({ mechanism, password: door.password, nonce })
      const { initial } = scram
      line.write(message(FRONTEND.PasswordMessage, cstring(mechanism), int32(initial.length), initial))
      continue
    }
    const step = await scram.step(rest)
    if (step.send !== undefined) line.write(message(FRONTEND.PasswordMessage, step.send))
  }
}

function readRow(body: Buffer): (Buffer | null)[] {
  const cells: (Buffer | null)[] = []
  for (let at = 2; at < body.length; ) {
    const length = body.readInt32BE(at)
    at += 4
    cells.push(length < 0 ? null : body.subarray(at, at + length))
    at += Math.max(length, 0)
  }
  return cells
}

function readError(body: Buffer): NonNullable<Answer['error']> {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field.charAt(0), field.slice(1)]),
  )
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? '', detail: fields.get('D') ?? '' }
}
