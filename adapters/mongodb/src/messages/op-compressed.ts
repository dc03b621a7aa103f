/** OP_COMPRESSED, by zlib alone (OP_COMPRESSED specification; the rules of mongodb.md §1 for what is unpacked). */
import { inflateExactly } from '@gatehouse/adapter-kit'
import { elements, int32At } from '../bson/index.js'
import { HEADER, OPCODE, putHeader, readHeader } from './header.js'
import { LARGEST_MESSAGE } from './layout.js'
import { MESSAGE_CEILINGS, type MessageCeilings, type OpMsg, readOpMsg } from './op-msg.js'
import { asWireFault, NATIVE, WireFault } from './wire-fault.js'

/** What may be agreed in hello, in the words of `compression`. */
export const COMPRESSORS: readonly string[] = ['zlib']
const ZLIB = 2
/** Of the original opcode, the size and the compressor. */
const PREFIX = 9

/** Secrets must not be told by how well they compress (specification, "Messages not allowed to be compressed"). */
const NEVER: ReadonlySet<string> = new Set([
  ...['hello', 'isMaster', 'ismaster', 'saslStart', 'saslContinue', 'getnonce', 'authenticate'],
  ...['createUser', 'updateUser', 'copydb', 'copydbsaslstart', 'copydbgetnonce'],
])

export interface Compression {
  /** zlib was agreed in this connection's hello, and the client has signed in. */
  readonly agreed: boolean
  /** Bytes that a whole message of this listener may have; unpacking must not go round it. */
  readonly largest: number
}

/** Of the compressors that a client lists, those that both sides have, in the client's order. */
export function agreeCompressors(listed: readonly string[]): readonly string[] {
  return [...new Set(listed)].filter((name) => COMPRESSORS.includes(name))
}

/**
 * The OP_MSG within a whole OP_COMPRESSED message. Throws WireFault; whatever it says, the connection must close: what was
 * compressed can't be trusted to be answered.
 */
export function readCompressed(
  frame: Uint8Array,
  { agreed, largest }: Compression,
  ceilings: MessageCeilings = MESSAGE_CEILINGS,
): OpMsg {
  const message = readOpMsg(unpack(frame, agreed, Math.min(largest, LARGEST_MESSAGE)), ceilings)
  const [command] = elements(message.body)
  if (command === undefined || NEVER.has(command.name)) throw refused('a command that must not be compressed')
  return message
}

function unpack(frame: Uint8Array, agreed: boolean, largest: number): Uint8Array {
  if (!agreed) throw refused('compression was not agreed')
  if (frame.length < HEADER + PREFIX) throw refused('a compressed message without its prefix')
  const { length, requestId, responseTo, opCode } = readHeader(frame)
  if (length !== frame.length || opCode !== OPCODE.COMPRESSED) throw refused('not one whole message')
  if (int32At(frame, HEADER) !== OPCODE.MSG) throw refused('a compressed message that is no OP_MSG')
  const size = int32At(frame, HEADER + 4)
  if (size <= 0 || size > largest - HEADER) throw refused('a compressed message of an impossible size')
  if (frame[HEADER + 8] !== ZLIB) throw refused('a compressor that was not agreed')
  try {
    const content = inflateExactly(frame.subarray(HEADER + PREFIX), size)
    const whole = Buffer.allocUnsafe(HEADER + size)
    putHeader(whole, 0, { length: HEADER + size, requestId, responseTo, opCode: OPCODE.MSG })
    whole.set(content, HEADER)
    return whole
  } catch (fault) {
    throw refused(asWireFault(fault).message)
  }
}

function refused(what: string): WireFault {
  return new WireFault(NATIVE.PROTOCOL, what)
}
