/** What one connection is lent while it is greeted: proofs judged, failures recorded and slowed, a cancel key. */
import type { Hall, ScrambleVerifier, ScramVerifier, Turned, Wire } from '@gatehouse/adapter-kit'
import type { AuditSink } from '@gatehouse/core'
import type { Identities } from '@gatehouse/identity'
import type { CancelKeys } from './cancel-keys.js'
import type { ListenerSettings } from './configuration/listener-keys.js'
import { onLoopback } from './configuration/listener-keys.js'
import type { ListenerFigures } from './metrics/listener-figures.js'
import type { Delays } from './workers/shared.js'

export interface HallParts {
  readonly settings: ListenerSettings
  readonly protocol: string
  readonly identities: Identities
  readonly delays: Delays
  readonly cancelKeys: CancelKeys
  readonly sink: AuditSink
  readonly figures: ListenerFigures
  readonly now: () => number
  readonly newId: () => string
  readonly random: (size: number) => Uint8Array
  /** Why there is no room for a newcomer; counted and recorded when asked. */
  readonly full: () => Turned | undefined
  /** Asks the session of this connection to stop what runs. */
  readonly cancel: () => Promise<void>
  /** Called with how to withdraw the key when the connection has ended. */
  readonly onKey: (withdraw: () => void) => void
}

export function createHall(client: Wire, parts: HallParts): Hall {
  const { settings, identities, delays } = parts
  return {
    auth: settings.auth,
    ...(settings.tls && { tls: settings.tls }),
    ...issuerOf(identities, settings),
    requireTls: settings.tls !== undefined || (!onLoopback(settings.listen) && !settings.insecure),
    nativePassword: settings.nativePassword,
    scramVerifier: (login): ScramVerifier => identities.scramVerifier(login),
    scrambleVerifier: (login, plugin): ScrambleVerifier => identities.doubleHash(login, plugin),
    full: parts.full,
    async prove(proof) {
      const shown =
        proof.kind === 'certificate' ? { ...proof, certificate: client.clientCertificate() } : proof
      const proven = await identities.prove(shown, {
        auth: settings.auth,
        ...(settings.audience !== undefined && { audience: settings.audience }),
      })
      if (proven.kind === 'proven') delays.succeeded(client.peer.address, proof.login)
      return proven
    },
    async denied(login, database, reason, code) {
      parts.figures.signIns.refused += 1
      parts.sink.signedIn({
        id: parts.newId(),
        at: parts.now(),
        kind: 'refused',
        listener: settings.name,
        protocol: parts.protocol,
        peer: client.peer,
        login,
        database,
        refusal: code,
        reason,
      })
      await pause(await delays.failed(client.peer.address, login))
    },
    cancelKey() {
      const { withdraw, ...key } = parts.cancelKeys.issue(parts.cancel)
      parts.onKey(withdraw)
      return key
    },
    cancel: (processId, key) => parts.cancelKeys.present(processId, key),
    random: parts.random,
  }
}

function issuerOf(identities: Identities, { auth }: ListenerSettings): Pick<Hall, 'issuer'> {
  const issuer = auth.includes('token') ? identities.issuer : undefined
  return issuer === undefined ? {} : { issuer }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
