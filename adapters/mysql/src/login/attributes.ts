/** Connection attributes upstream: the client's own, and who it is that asks (R13). */
import { identityStamp } from '@gatehouse/adapter-kit'
import { qualify } from '@gatehouse/core'
import type { Arrival } from '../greeting/arrival.js'
import { lenencString, payload } from '../messages/index.js'

/** performance_schema_session_connect_attrs_size by default: more is cut by the server, who knows where. */
const CEILING = 512
const LONGEST_SUBJECT = 128
const LONGEST_PROGRAM = 63

/** The block without its own length. Ours come first; of the client's as many whole ones as there is room for. */
export function attributeBlock(
  { identity, application, attributes }: Pick<Arrival, 'identity' | 'application' | 'attributes'>,
  session: string,
): Uint8Array {
  const own: readonly (readonly [string, string])[] = [
    ['gatehouse_subject', cut(qualify(identity, identity.subject), LONGEST_SUBJECT)],
    ['gatehouse_session', cut(session, LONGEST_SUBJECT)],
    ['program_name', identityStamp(identity, application, LONGEST_PROGRAM)],
  ]
  const kept: Uint8Array[] = own.map(pair)
  let size = kept.reduce((sum, { length }) => sum + length, 0)
  for (const [name, value] of attributes) {
    if (name === 'program_name' || name.toLowerCase().startsWith('gatehouse')) continue
    const next = pair([name, value])
    if (size + next.length > CEILING) continue
    kept.push(next)
    size += next.length
  }
  return payload(...kept)
}

function pair([name, value]: readonly [string, string]): Uint8Array {
  return payload(lenencString(name), lenencString(value))
}

/** By bytes of UTF-8, at a character's end. */
function cut(text: string, bytes: number): string {
  let kept = text.slice(0, bytes)
  while (Buffer.byteLength(kept) > bytes) kept = kept.slice(0, -1)
  return kept.toWellFormed()
}
