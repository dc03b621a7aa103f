/** Thrown inside the reading of one command, and caught by its reader: the command is refused, and a server's words are used where it has some. */
import type { RefusalCode } from '@gatehouse/core'

export interface NativeError {
  readonly code: number
  readonly codeName: string
}

export class Unread extends Error {
  readonly code: RefusalCode
  readonly native: NativeError | undefined

  constructor(why: string, native?: NativeError, code: RefusalCode = 'GH_UNREADABLE') {
    super(why)
    this.code = code
    this.native = native
  }
}

/** error_codes.yml of the server. */
export const FAILED_TO_PARSE: NativeError = { code: 9, codeName: 'FailedToParse' }
export const TYPE_MISMATCH: NativeError = { code: 14, codeName: 'TypeMismatch' }
export const BAD_VALUE: NativeError = { code: 2, codeName: 'BadValue' }
export const COMMAND_NOT_FOUND: NativeError = { code: 59, codeName: 'CommandNotFound' }
export const INVALID_NAMESPACE: NativeError = { code: 73, codeName: 'InvalidNamespace' }
export const UNKNOWN_STAGE: NativeError = { code: 40324, codeName: 'Location40324' }
export const UNKNOWN_EXPRESSION: NativeError = { code: 168, codeName: 'InvalidPipelineOperator' }
export const UNKNOWN_FIELD: NativeError = { code: 40415, codeName: 'Location40415' }
export const MISSING_FIELD: NativeError = { code: 40414, codeName: 'Location40414' }

export function badValue(why: string): Unread {
  return new Unread(why, BAD_VALUE)
}

export function wrongType(name: string, wanted: string): Unread {
  return new Unread(`BSON field '${name}' is the wrong type, expected ${wanted}`, TYPE_MISMATCH)
}
