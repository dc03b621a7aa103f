/** The client's answer to the greeting, read by what was offered (protocol manual, "Protocol::HandshakeResponse41"). */
import { strictText } from '@gatehouse/adapter-kit'
import { CLIENT, type PacketReader, readPacket } from '../messages/index.js'
import { ATTRIBUTES_CEILING, readAttributes } from './attributes.js'
import type { Offer } from './offered.js'

export interface HandshakeResponse {
  /** Offered and asked for. */
  readonly capabilities: number
  readonly extended: number
  /** Collation's id. */
  readonly collation: number
  readonly login: string
  readonly answer: Uint8Array
  readonly database: string | undefined
  /** Undefined: the client knows of no plugins, or named none. */
  readonly plugin: string | undefined
  readonly attributes: ReadonlyMap<string, string>
}

export type HandshakeReading =
  | { readonly kind: 'response'; readonly response: HandshakeResponse }
  | { readonly kind: 'ssl' }
  /** Too old for us: no protocol 4.1. */
  | { readonly kind: 'old' }
  | { readonly kind: 'malformed'; readonly why: string }

/** 32 bytes: capabilities, longest packet, collation, filler, MariaDB's extended capabilities. */
export const FIXED_BYTES = 32

/** Characters, which is what the longer of the two flavours takes. */
export const LONGEST_LOGIN = 128
export const LONGEST_DATABASE = 64

const malformed = (why: string): HandshakeReading => ({ kind: 'malformed', why })

/** Invariant: bits that were not offered are gone before anything is read by them. */
export function readHandshakeResponse(packet: Uint8Array, offer: Offer): HandshakeReading {
  try {
    return readResponse(packet, offer)
  } catch {
    return malformed('a field beyond the end of the packet')
  }
}

function readResponse(packet: Uint8Array, offer: Offer): HandshakeReading {
  const reader = readPacket(packet)
  // HandshakeResponse320 begins with two bytes of capabilities: its bit for 4.1 stands in the same place, and is clear.
  if ((reader.u16() & CLIENT.PROTOCOL_41) === 0) return { kind: 'old' }
  const whole = readPacket(packet)
  const asked = whole.u32()
  const capabilities = asked & offer.capabilities
  whole.u32()
  const collation = whole.u8()
  whole.skip(19)
  const extended = whole.u32()
  if ((capabilities & CLIENT.SSL) !== 0 && packet.length === FIXED_BYTES) return { kind: 'ssl' }
  const login = strictText(whole.nulBytes())
  const answer = readAnswer(whole, capabilities)
  const database = (capabilities & CLIENT.CONNECT_WITH_DB) === 0 ? '' : readLast(whole)
  const plugin = (capabilities & CLIENT.PLUGIN_AUTH) === 0 ? '' : readLast(whole)
  const attributes = (capabilities & CLIENT.CONNECT_ATTRS) === 0 ? new Map() : readAttributes(whole)
  if (attributes === undefined) return malformed(`over ${ATTRIBUTES_CEILING} bytes of connection attributes`)
  if (login === undefined || [...login].length > LONGEST_LOGIN) return malformed('the user name')
  if (database === undefined || [...database].length > LONGEST_DATABASE) return malformed('the database name')
  return {
    kind: 'response',
    response: {
      capabilities,
      extended: (asked & CLIENT.LONG_PASSWORD) === 0 ? extended & offer.extended : 0,
      collation,
      login,
      answer,
      database: database === '' ? undefined : database,
      plugin: plugin === '' ? undefined : plugin,
      attributes,
    },
  }
}

function readAnswer(reader: PacketReader, capabilities: number): Uint8Array {
  if ((capabilities & CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA) !== 0)
    return (reader.lenencBytes() ?? new Uint8Array()).slice()
  if ((capabilities & CLIENT.SECURE_CONNECTION) !== 0) return reader.bytes(reader.u8()).slice()
  return reader.nulBytes().slice()
}

/** A name that PHP's drivers leave out though they announce it, or send without its NUL. Undefined: not text. */
export function readLast(reader: PacketReader): string | undefined {
  if (reader.left === 0) return ''
  try {
    return strictText(reader.nulBytes())
  } catch {
    return strictText(reader.rest())
  }
}
