/** COM_CHANGE_USER as a fuzzed client says it: the command, then the proof over a nonce that is known beforehand. */
import { type Dice, pick } from '@gatehouse/adapter-contract'
import {
  AUTH_MORE_DATA,
  AUTH_SWITCH,
  COM,
  nulString,
  okPayload,
  packets,
  payload,
  STATUS,
} from '../messages/index.js'
import { cachingSha2 } from '../speaker/scrambles.js'
import * as ask from '../wire/requests.js'
import { PROOF } from './hearing.js'
import type { Request } from './requests.js'

const PLUGIN = 'caching_sha2_password'
/** Each byte of it, for every sign-in. */
export const NONCE = 65
const nonce = new Uint8Array(20).fill(NONCE)

export const passwordOf = (login: string) => `secret of ${login}`
const nameOf = (masked: boolean) => (masked ? 'ann' : 'adam')

function command(user: string): Request {
  const proof = new Uint8Array(0)
  const content = ask.changeUser({ user, proof, database: 'shop', plugin: PLUGIN })
  return {
    says: `CHANGE_USER(${user})`,
    bytes: packets(0, content),
    asked: { command: COM.CHANGE_USER, following: 1, id: 0 },
  }
}

const proofOf = (password: string) => packets(2, cachingSha2(password, nonce))

/** Both packets; the second waits until it is asked for. */
export function anotherUser(masked: boolean): readonly Request[] {
  const user = nameOf(masked)
  const proof: Request = {
    says: 'PROOF',
    bytes: proofOf(passwordOf(user)),
    asked: { command: PROOF, following: 3, id: 0 },
    waits: true,
    becomes: { masked },
  }
  return [command(user), proof]
}

/** What a server answers to both. */
export const welcomed = (): readonly Uint8Array[] => [
  packets(1, payload([AUTH_SWITCH], nulString(PLUGIN), nonce, [0])),
  packets(3, payload([AUTH_MORE_DATA, 3])),
  packets(4, okPayload({ status: STATUS.AUTOCOMMIT })),
]

/** Nobody comes in by it: commands before the answer, a proof of something else, or somebody unknown. */
export function nobody(dice: Dice, next: Request): Request {
  const asked = { command: COM.CHANGE_USER, following: 1, id: 0 }
  const user = pick(dice, ['ann', 'adam', 'nobody', ''])
  const others: readonly (readonly [string, Uint8Array])[] = [
    [`early ${next.says}`, next.bytes],
    ['wrong', proofOf('nothing')],
    ['empty', packets(2, new Uint8Array(0))],
    ['out of order', packets(pick(dice, [0, 1, 3]), cachingSha2(passwordOf('ann'), nonce))],
  ]
  const [what, behind] = pick(dice, others)
  const { bytes, says } = command(user)
  return { says: `${says} ${what}`, bytes: Buffer.concat([bytes, behind]), asked, broken: true }
}
