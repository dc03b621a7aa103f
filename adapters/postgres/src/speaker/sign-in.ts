/** Signing in as a client: start-up packet, SCRAM or cleartext, then everything up to ReadyForQuery. */
import { randomBytes } from 'node:crypto'
import type { Failure, Visitor } from '@gatehouse/adapter-contract'
import { createScramClient, readInt32, SCRAM_SHA_256, text, type Wire } from '@gatehouse/adapter-kit'
import { cstring, FRONTEND, int32, message, STARTUP } from '../messages.js'
import { failureOf } from './hearing.js'

async function readMessage(wire: Wire): Promise<{ readonly letter: string; readonly body: Uint8Array }> {
  const head = await wire.read(5)
  const letter = String.fromCharCode(head[0] as number)
  return { letter, body: (await wire.read(readInt32(head, 1) - 4)).slice() }
}

export function startupPacket(pairs: readonly (readonly [string, string])[]): Uint8Array {
  const body = Buffer.concat([
    int32(STARTUP.protocol30),
    ...pairs.flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Uint8Array.of(0),
  ])
  return Buffer.concat([int32(body.length + 4), body])
}

export async function signIn(wire: Wire, visitor: Visitor): Promise<Failure | undefined> {
  const password = (...parts: readonly Uint8Array[]) =>
    wire.write(message(FRONTEND.PasswordMessage, ...parts))
  const scram = createScramClient({
    mechanism: SCRAM_SHA_256,
    password: visitor.password,
    nonce: randomBytes(18).toString('base64'),
  })
  wire.write(
    startupPacket([
      ['user', visitor.name],
      ['database', visitor.database],
      ['application_name', 'contract'],
    ]),
  )
  for (;;) {
    const { letter, body } = await readMessage(wire)
    if (letter === 'E') return failureOf(body)
    if (letter === 'Z') return undefined
    if (letter !== 'R') continue
    const kind = readInt32(body, 0)
    if (kind === 3) password(cstring(visitor.password))
    else if (kind === 10) {
      if (!text(body.subarray(4)).split('\0').includes(SCRAM_SHA_256)) throw new Error('SCRAM is not offered')
      password(cstring(SCRAM_SHA_256), int32(scram.initial.length), scram.initial)
    } else if (kind === 11 || kind === 12) {
      const step = await scram.step(body.subarray(4))
      if (step.done?.ok === false) throw new Error(`the server is not proven: ${step.done.reason}`)
      if (step.send !== undefined) password(step.send)
    }
  }
}
