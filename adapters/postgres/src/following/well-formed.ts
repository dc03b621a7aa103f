/** Whether what the database sent is whole as its kind declares it (manual §54.7): nothing else is passed on. */
import { type Frame, readUint16 } from '@gatehouse/adapter-kit'
import { BACKEND, zeroAt } from '../messages.js'

/** Bytes of type and length. */
const HEADER = 5
/** Of a described column, behind its name. */
const COLUMN = 18

/** Rows and COPY data are not looked at: whoever masks them reads them. ReadyForQuery, ParameterStatus: whoever follows them does. */
export function isWellFormed({ type, buffer, start, end }: Frame): boolean {
  const body = start + HEADER
  switch (type) {
    case BACKEND.ParseComplete:
    case BACKEND.BindComplete:
    case BACKEND.CloseComplete:
    case BACKEND.NoData:
    case BACKEND.PortalSuspended:
    case BACKEND.EmptyQueryResponse:
    case BACKEND.CopyDone:
      return body === end
    case BACKEND.CommandComplete:
      return zeroAt(buffer, body, end) === end - 1
    case BACKEND.ParameterDescription:
      return isList(buffer, body, end, 4)
    case BACKEND.CopyInResponse:
    case BACKEND.CopyOutResponse:
      return isList(buffer, body + 1, end, 2)
    case BACKEND.RowDescription:
      return isColumns(buffer, body, end)
    case BACKEND.ErrorResponse:
    case BACKEND.NoticeResponse:
      return isFields(buffer, body, end)
    case BACKEND.NotificationResponse: {
      const zero = body + 4 < end ? zeroAt(buffer, body + 4, end) : -1
      return zero >= 0 && zeroAt(buffer, zero + 1, end) === end - 1
    }
    default:
      return true
  }
}

/** Int16 count, then so many of `size` bytes. */
function isList(buffer: Uint8Array, at: number, end: number, size: number): boolean {
  return at + 2 <= end && at + 2 + readUint16(buffer, at) * size === end
}

function isColumns(buffer: Uint8Array, body: number, end: number): boolean {
  if (body + 2 > end) return false
  let at = body + 2
  for (let left = readUint16(buffer, body); left > 0; left -= 1) {
    const zero = zeroAt(buffer, at, end)
    if (zero < 0) return false
    at = zero + 1 + COLUMN
  }
  return at === end
}

/** Letter and string, again and again, and a zero byte at the end. */
function isFields(buffer: Uint8Array, body: number, end: number): boolean {
  let at = body
  while (at < end && buffer[at] !== 0) {
    const zero = zeroAt(buffer, at + 1, end)
    if (zero < 0) return false
    at = zero + 1
  }
  return at === end - 1
}
