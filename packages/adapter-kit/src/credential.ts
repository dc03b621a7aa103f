/** A session whose credential runs out: it ends then, or its client proves itself again where the protocol has a way. */
import type { Identity } from '@gatehouse/core'
import type { Conversation } from './adapter.js'
import type { Hall } from './hall.js'
import { isSameIdentity } from './same-identity.js'

/** How a client goes on whose credential has run out. */
export interface Renewal {
  /** As of now, and it proves nobody but the session's own identity. */
  hall(): Hall
  /** The session goes on, until this credential runs out in its turn. */
  renewed(identity: Identity): void
}

export interface CredentialParts {
  readonly identity: Identity
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Milliseconds in which a client that may prove itself again must have done so. */
  readonly grace: number
  /** Calls back at a time in milliseconds since the epoch; returns how to call it off. */
  at(time: number, then: () => void): () => void
  readonly conversation: Pick<Conversation, 'expired'>
  hall(): Hall
  renewed(identity: Identity): void
  end(): void
}

/** Returns how to call it off. */
export function watchCredential(parts: CredentialParts): () => void {
  const { identity, grace, conversation } = parts
  let callOff: () => void = () => {}
  const watch = (time: number) => {
    callOff = parts.at(time, () => {
      const goesOn = conversation.expired?.({ hall: () => onlyFor(identity, parts.hall()), renewed }) ?? false
      if (goesOn) callOff = parts.at(time + grace, parts.end)
      else parts.end()
    })
  }
  const renewed = (next: Identity) => {
    callOff()
    parts.renewed(next)
    if (next.expiresAt !== undefined) watch(next.expiresAt)
  }
  watch(parts.expiresAt)
  return () => callOff()
}

/** Invariant: nobody else goes on in a session, nor the same person with other rights. */
function onlyFor(identity: Identity, hall: Hall): Hall {
  return {
    ...hall,
    async prove(proof) {
      const proven = await hall.prove(proof)
      if (proven.kind === 'refused' || isSameIdentity(proven.identity, identity)) return proven
      return { kind: 'refused', reason: 'another identity' }
    },
  }
}
