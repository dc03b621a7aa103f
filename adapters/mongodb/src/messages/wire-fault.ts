/** What a server says of a message that it does not take, as values (MongoDB's error_codes.yml and op_msg.cpp). */
import { GatehouseError } from '@gatehouse/core'

export interface NativeCode {
  readonly code: number
  readonly codeName: string
  /** The server closes the connection after it. */
  readonly closes: boolean
}

const closing = (code: number, codeName: string): NativeCode => ({ code, codeName, closes: true })
const telling = (code: number, codeName: string): NativeCode => ({ code, codeName, closes: false })

export const NATIVE = {
  PROTOCOL: closing(17, 'ProtocolError'),
  INVALID_BSON: telling(22, 'InvalidBSON'),
  ILLEGAL_FLAG: closing(223, 'IllegalOpMsgFlag'),
  TOO_MANY_SEQUENCES: closing(233, 'TooManyDocumentSequences'),
  CHECKSUM: closing(288, 'ChecksumMismatch'),
  UNSUPPORTED_QUERY: closing(352, 'UnsupportedOpQueryCommand'),
  UNKNOWN_FIELD: telling(40415, 'Location40415'),
  TWO_BODIES: telling(40430, 'Location40430'),
  DUPLICATE_SEQUENCE: telling(40431, 'Location40431'),
  UNKNOWN_SECTION: telling(40432, 'Location40432'),
  BODY_AND_SEQUENCE: telling(40433, 'Location40433'),
  NO_BODY: telling(40587, 'Location40587'),
} as const satisfies Readonly<Record<string, NativeCode>>

/** A message that a server would turn away; `message` is what it says, without a byte of the data. */
export class WireFault extends GatehouseError {
  readonly native: NativeCode

  constructor(native: NativeCode, message: string) {
    super('GH_WIRE', message)
    this.native = native
  }
}

/** A fault of BSON within a message as the server's InvalidBSON. */
export function asWireFault(fault: unknown): WireFault {
  if (fault instanceof WireFault) return fault
  if (fault instanceof GatehouseError && fault.code === 'GH_WIRE')
    return new WireFault(NATIVE.INVALID_BSON, fault.message)
  throw fault
}
