/** A stage's hall whose proofs real identities judge, as the gateway's does. */
import type { StageOptions } from '@gatehouse/adapter-contract'
import type { Identities } from '@gatehouse/identity'

export function judgedBy(identities: Identities): NonNullable<StageOptions['hall']> {
  const { issuer, scramVerifier } = identities
  return (client, hall) => ({
    ...hall,
    ...(issuer === undefined ? {} : { issuer }),
    scramVerifier,
    prove: (proof) =>
      identities.prove(
        proof.kind === 'certificate' ? { ...proof, certificate: client.clientCertificate() } : proof,
        { auth: hall.auth },
      ),
  })
}
