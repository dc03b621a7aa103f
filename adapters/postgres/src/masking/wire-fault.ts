/** The fault of a backend stream that is not what its own lengths say; the relay ends the session on it. */
import { GatehouseError } from '@gatehouse/core'

/** Never carries a byte of the data. */
export function wireFault(what: string): GatehouseError {
  return new GatehouseError('GH_WIRE', `malformed reply from the database: ${what}`)
}
