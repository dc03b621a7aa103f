/** A test client's proof: switches of plugin, and caching_sha2's fast and full ways. */
import type { Socket } from 'node:net'
import { packets, readErr } from '../messages/index.js'
import type { Packet } from '../speaker/packets.js'
import { clearPassword, proofBy, sealedPassword } from '../speaker/scrambles.js'
import type { Line } from './line.js'

/** The ERR that a sign-in ended in. */
export class TurnedAway extends Error {
  readonly code: number
  readonly state: string
  readonly sequence: number
  constructor(packet: Packet) {
    const { code, state, message } = readErr(packet.payload)
    super(`${code} ${state} ${message}`)
    this.code = code
    this.state = state
    this.sequence = packet.sequence
  }
}

export interface Proving {
  readonly password: string
  readonly plugin: string
  readonly salt: Buffer
  readonly ca?: string
  /** Number of the server's next packet. */
  readonly following: number
}

/** Up to the OK; throws `TurnedAway` at an ERR. */
export async function prove(socket: Socket, line: Line, welcome: Packet[], proving: Proving): Promise<void> {
  let { plugin, salt, following } = proving
  const { password, ca } = proving
  for (;;) {
    const packet = await line.next()
    welcome.push(packet)
    if (packet.payload[0] === 0xff) throw new TurnedAway(packet)
    if (packet.sequence !== following)
      throw new Error(`packet ${packet.sequence} in the place of ${following}`)
    const answer = (content: Uint8Array) => {
      socket.write(packets(packet.following, content))
      following = packet.following + 1
    }
    const [kind, more] = packet.payload
    following = packet.following
    if (kind === 0) return
    if (kind === 0xfe) {
      const end = packet.payload.indexOf(0, 1)
      plugin = packet.payload.toString('latin1', 1, end)
      salt = packet.payload.subarray(end + 1, end + 21)
      const proof = proofBy(plugin, password, salt)
      if (proof === undefined) throw new Error(`asked to sign in by ${plugin}`)
      answer(proof)
    } else if (kind === 1 && more === 4) answer(ca === undefined ? Uint8Array.of(2) : clearPassword(password))
    else if (kind === 1 && more !== 3) answer(sealedPassword(password, salt, packet.payload.subarray(1)))
  }
}
