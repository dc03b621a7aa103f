/** A hall for sign-ins that are fuzzed: one person has a password, and whoever comes in by it is that person. */
import { deriveScramKeys, type Hall, scrambleHash } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import type { Dice } from './dice.js'

/** Who knows the password; nobody else is anybody. */
export const KNOWN = 'ann'
export const PASSWORD = 'the secret of ann'

const identity: Identity = {
  ...{ subject: KNOWN, name: KNOWN, issuer: 'local', home: true, groups: [], claims: {} },
  provenBy: 'password',
}
/** Everybody else may have any password but this. */
const OTHER = 'the secret of nobody'
const ROUNDS = 4096

async function verifierOf(password: string, mock: boolean) {
  const salt = new Uint8Array(16).fill(7)
  return { salt, iterations: ROUNDS, keys: await deriveScramKeys(password, salt, ROUNDS), mock }
}
let verifiers: Promise<
  readonly [Awaited<ReturnType<typeof verifierOf>>, Awaited<ReturnType<typeof verifierOf>>]
>

/** Nonces are chance's, but repeatable. */
export const randomBy =
  (dice: Dice): Hall['random'] =>
  (size) =>
    Uint8Array.from({ length: size }, () => 1 + dice(255))

export async function createPorch(dice: Dice): Promise<Hall> {
  verifiers ??= Promise.all([verifierOf(PASSWORD, false), verifierOf(OTHER, true)])
  const [known, unknown] = await verifiers
  return {
    auth: ['password'],
    requireTls: false,
    nativePassword: dice(2) === 0,
    scramVerifier: (login) => (login === KNOWN ? known : unknown),
    scrambleVerifier: (login, plugin) => ({
      hash: scrambleHash(plugin, login === KNOWN ? PASSWORD : OTHER),
      mock: login !== KNOWN,
    }),
    full: () => undefined,
    // Like the gateway's own it believes what a stepper has verified: whose name that was is the stepper's word.
    prove: async (proof) =>
      proof.kind === 'cleartext' && proof.secret !== PASSWORD
        ? { kind: 'refused', reason: 'wrong password' }
        : { kind: 'proven', identity: { ...identity, subject: proof.login, name: proof.login } },
    denied: async () => {},
    cancelKey: () => ({ processId: 8, key: new Uint8Array(4) }),
    cancel: async () => {},
    random: randomBy(dice),
  }
}
