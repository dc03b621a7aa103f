/** CancelRequest upstream: on a connection of its own, and over only when the server has closed it (§3.7). */
import type { Cancellation, Site, Wire } from '@gatehouse/adapter-kit'
import { int32, STARTUP } from '../messages.js'
import { secureUpstream } from './login.js'

export function createCancellation(
  site: Pick<Site, 'upstream'>,
  host: string,
  target: { readonly processId: number; readonly key: Uint8Array },
): Cancellation {
  return {
    async speak(upstream: Wire) {
      await secureUpstream(upstream, site, host)
      upstream.write(
        Buffer.concat([
          int32(12 + target.key.length),
          int32(STARTUP.cancel),
          int32(target.processId),
          target.key,
        ]),
      )
      // The server answers by closing; until then the signal may not have been sent.
      await upstream.read(1).catch(() => {})
    },
  }
}
