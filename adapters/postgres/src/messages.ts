/** The wire's messages by their manual names (Postgres manual §54.7): codes, lengths, builders and readers. */
import { type FrameLayout, readInt32, strictTextAt, utf8, writeInt32 } from '@gatehouse/adapter-kit'

const code = (letter: string) => letter.charCodeAt(0)

/** Frontend messages that carry a type byte. */
export const FRONTEND = {
  Bind: code('B'),
  Close: code('C'),
  CopyData: code('d'),
  CopyDone: code('c'),
  CopyFail: code('f'),
  Describe: code('D'),
  Execute: code('E'),
  Flush: code('H'),
  FunctionCall: code('F'),
  Parse: code('P'),
  PasswordMessage: code('p'),
  Query: code('Q'),
  Sync: code('S'),
  Terminate: code('X'),
} as const

export const BACKEND = {
  Authentication: code('R'),
  BackendKeyData: code('K'),
  BindComplete: code('2'),
  CloseComplete: code('3'),
  CommandComplete: code('C'),
  CopyBothResponse: code('W'),
  CopyData: code('d'),
  CopyDone: code('c'),
  CopyInResponse: code('G'),
  CopyOutResponse: code('H'),
  DataRow: code('D'),
  EmptyQueryResponse: code('I'),
  ErrorResponse: code('E'),
  FunctionCallResponse: code('V'),
  NegotiateProtocolVersion: code('v'),
  NoData: code('n'),
  NoticeResponse: code('N'),
  NotificationResponse: code('A'),
  ParameterDescription: code('t'),
  ParameterStatus: code('S'),
  ParseComplete: code('1'),
  PortalSuspended: code('s'),
  ReadyForQuery: code('Z'),
  RowDescription: code('T'),
} as const

/** ReadyForQuery's status outside a transaction. */
export const IDLE = code('I')

/** Start-up packet codes (manual §54.2). */
export const STARTUP = {
  cancel: 80877102,
  ssl: 80877103,
  gssenc: 80877104,
  protocol30: 196608,
  protocol32: 196610,
} as const

/** Longest start-up packet that the server takes (MAX_STARTUP_PACKET_LENGTH). */
export const STARTUP_CEILING = 10_000
/** What the server allows for messages that carry no statement or data (PQ_SMALL_MESSAGE_LIMIT). */
const SMALL_MESSAGE = 10_000

/** What the client's types may be: none, of bounded size, with a statement's text, with anything else. */
const KIND = { unknown: 0, small: 1, statement: 2, other: 3 } as const
const KINDS = new Uint8Array(256)
for (const type of Object.values(FRONTEND)) KINDS[type] = KIND.other
for (const type of [FRONTEND.Query, FRONTEND.Parse]) KINDS[type] = KIND.statement
for (const type of [FRONTEND.Execute, FRONTEND.Describe, FRONTEND.Close, FRONTEND.Flush, FRONTEND.Sync])
  KINDS[type] = KIND.small
for (const type of [FRONTEND.CopyDone, FRONTEND.CopyFail, FRONTEND.Terminate]) KINDS[type] = KIND.small

/**
 * Type byte, then Int32 length that counts itself. Classes: what a spread makes is of a kind of its own to V8 each time, and
 * each look at it a search (docs/performance.md).
 */
class Layout {
  readonly header = 5

  type(buffer: Uint8Array, at: number): number {
    return buffer[at] as number
  }

  length(buffer: Uint8Array, at: number): number {
    return readInt32(buffer, at + 1) + 1
  }
}

class FrontendLayout extends Layout implements FrameLayout {
  constructor(
    private readonly message: number,
    private readonly statement: number,
  ) {
    super()
  }

  ceiling(type: number): number {
    const kind = KINDS[type]
    if (kind === KIND.small) return SMALL_MESSAGE
    return kind === KIND.unknown ? 0x7fff_ffff : this.message
  }

  gather(type: number): number {
    const kind = KINDS[type]
    if (kind === KIND.statement) return this.statement
    return kind === KIND.unknown ? this.header : this.message
  }
}

class BackendLayout extends Layout implements FrameLayout {
  constructor(private readonly message: number) {
    super()
  }

  ceiling(): number {
    return 0x3fff_ffff
  }

  gather(): number {
    return this.message
  }
}

/** The client's frames. An unknown type gets no room at all: its length is never believed. */
export function frontendLayout(message: number, statement: number): FrameLayout {
  return new FrontendLayout(message, Math.min(statement + 1024, message))
}

/** The upstream's frames; rows that are not read pass as they come and are not bound by `gather`. */
export function backendLayout(message: number): FrameLayout {
  return new BackendLayout(message)
}

/** One message: type, length, body. */
export function message(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let size = 5
  for (const part of parts) size += part.length
  const whole = new Uint8Array(size)
  whole[0] = type
  writeInt32(whole, 1, size - 1)
  let at = 5
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function cstring(value: string): Uint8Array {
  const bytes = utf8(value)
  const out = new Uint8Array(bytes.length + 1)
  out.set(bytes)
  return out
}

export function int32(value: number): Uint8Array {
  const out = new Uint8Array(4)
  writeInt32(out, 0, value)
  return out
}

export function int16(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 0xff, value & 0xff)
}

export const readyForQuery = (status: number) => message(BACKEND.ReadyForQuery, Uint8Array.of(status))
export const authenticationOk = message(BACKEND.Authentication, int32(0))
export const flushMessage = message(FRONTEND.Flush)
export const syncMessage = message(FRONTEND.Sync)
export const query = (text: string) => message(FRONTEND.Query, cstring(text))
export const parameterStatus = (name: string, value: string) =>
  message(BACKEND.ParameterStatus, cstring(name), cstring(value))
/** `kind`: `S` a statement, `P` a portal. */
export const describe = (kind: 'S' | 'P', name: string) =>
  message(FRONTEND.Describe, Uint8Array.of(code(kind)), cstring(name))
export const parse = (name: string, text: string) =>
  message(FRONTEND.Parse, cstring(name), cstring(text), int16(0))
export const bind = (portal: string, statement: string) =>
  message(FRONTEND.Bind, cstring(portal), cstring(statement), int16(0), int16(0), int16(0))
export const execute = (portal: string, rows: number) =>
  message(FRONTEND.Execute, cstring(portal), int32(rows))

export interface ErrorFields {
  readonly severity: 'ERROR' | 'FATAL'
  /** SQLSTATE. */
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  /** 1-based, in characters. */
  readonly position?: number
}

/** ErrorResponse: fields, then a zero byte (manual §54.8). */
export function errorResponse(fields: ErrorFields): Uint8Array {
  const field = (letter: string, value: string) => [Uint8Array.of(code(letter)), cstring(value)]
  return message(
    BACKEND.ErrorResponse,
    ...field('S', fields.severity),
    ...field('V', fields.severity),
    ...field('C', fields.code),
    ...field('M', fields.message.replaceAll('\0', '')),
    ...(fields.detail === undefined ? [] : field('D', fields.detail.replaceAll('\0', ''))),
    ...(fields.hint === undefined ? [] : field('H', fields.hint.replaceAll('\0', ''))),
    ...(fields.position === undefined ? [] : field('P', String(fields.position))),
    Uint8Array.of(0),
  )
}

/** Bytes that are looked through here: to call `indexOf` costs more. */
const NEAR = 32

/** Offset of the zero byte that ends the string at `at`; -1 when there is none before `end`. */
export function zeroAt(buffer: Uint8Array, at: number, end: number): number {
  const near = Math.min(end, at + NEAR)
  for (let index = at; index < near; index += 1) if (buffer[index] === 0) return index
  const found = near < end ? buffer.indexOf(0, near) : -1
  return found < end ? found : -1
}

/** The string that ends at the next zero byte before `end`; `next` is one past it. Undefined when there is none. */
export function readCstring(
  buffer: Uint8Array,
  at: number,
  end: number,
): { readonly bytes: Uint8Array; readonly next: number } | undefined {
  const zero = zeroAt(buffer, at, end)
  if (zero < 0) return undefined
  return { bytes: buffer.subarray(at, zero), next: zero + 1 }
}

/** Bytes of a prepared statement's or portal's name that the server looks at: NAMEDATALEN - 1. */
const NAME_BYTES = 63
/** A server in another encoding may take twice the bytes for it, and no more. */
const SURE_BYTES = 31

/**
 * The name from `start` to `end` as the server knows it: of a longer one it keeps the first 63 bytes (hsearch.h, HASH_STRINGS).
 * Undefined when it is no UTF-8, or long and beyond ASCII: where it is cut then depends on the server's encoding.
 */
export function nameAt(buffer: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SURE_BYTES)
    for (let at = start; at < end; at += 1) if ((buffer[at] as number) > 0x7f) return undefined
  return strictTextAt(buffer, start, Math.min(end, start + NAME_BYTES))
}
