/** From accept to a proven identity: greeting, encryption, response, proof (protocol manual, "Connection Phase"). */
import type { Hall, Wire } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { Server } from '../catalog/server.js'
import type { Arrival } from './arrival.js'

export type { Arrival } from './arrival.js'

export interface Porch {
  readonly server: Pick<Server, 'flavour' | 'serverVersion' | 'serves'>
}

/** Settles everything but a proven client: undefined, and the client was told why. */
export async function greet(_client: Wire, _hall: Hall, _porch: Porch): Promise<Arrival | undefined> {
  throw new GatehouseError('GH_INVARIANT', 'not built yet')
}
