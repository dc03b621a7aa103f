/** How a client proves itself: its TLS certificate, SCRAM for local users, cleartext under TLS where tokens are taken (manual §54.3). */
import {
  createScramServer,
  endpointBinding,
  type Hall,
  readInt32,
  scramMechanisms,
  strictText,
  type Wire,
} from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import { BACKEND, cstring, FRONTEND, int32, message, readCstring } from '../messages.js'

export type ClientProof =
  | { readonly kind: 'proven'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reason: string }

/** Longest password message: a token of 64 KiB and room for its frame. */
const PASSWORD_CEILING = 70_000

const authentication = (code: number, ...parts: readonly Uint8Array[]) =>
  message(BACKEND.Authentication, int32(code), ...parts)
const refused = (reason: string): ClientProof => ({ kind: 'refused', reason })

export async function proveClient(client: Wire, hall: Hall, login: string): Promise<ClientProof> {
  const byCertificate = hall.auth.includes('certificate')
    ? await hall.prove({ kind: 'certificate', login })
    : undefined
  if (byCertificate?.kind === 'proven') return byCertificate
  // One method per connection: libpq takes the first of a list and fails rather than trying the next.
  if (hall.auth.includes('token')) return proveByCleartext(client, hall, login)
  // libpq shows what lies in ~/.postgresql unasked: where there is another way, it is no more than not the right one.
  return hall.auth.includes('password') || byCertificate === undefined
    ? proveByScram(client, hall, login)
    : byCertificate
}

async function proveByCleartext(client: Wire, hall: Hall, login: string): Promise<ClientProof> {
  if (!client.encrypted && !isLoopback(client.peer.address)) return refused('cleartext without TLS')
  client.write(authentication(3))
  const body = await readPassword(client)
  const secret = body === undefined ? undefined : readCstring(body, 0, body.length)
  const password = secret === undefined ? undefined : strictText(secret.bytes)
  if (password === undefined || secret?.next !== body?.length) return refused('malformed')
  const proven = await hall.prove({ kind: 'cleartext', login, secret: password })
  return proven
}

async function proveByScram(client: Wire, hall: Hall, login: string): Promise<ClientProof> {
  const binding =
    client.encrypted && hall.tls !== undefined ? endpointBinding(hall.tls.certificate) : undefined
  const mechanisms = scramMechanisms(binding)
  client.write(authentication(10, ...mechanisms.map(cstring), Uint8Array.of(0)))
  const initial = readInitialResponse(await readPassword(client))
  if (initial === undefined) return refused('malformed')
  const stepper = createScramServer({
    mechanism: initial.mechanism,
    verifier: () => hall.scramVerifier(login),
    ...(binding === undefined ? {} : { channelBinding: binding }),
    nonce: Buffer.from(hall.random(24)).toString('base64'),
  })
  let step = stepper.step(initial.response)
  while (step.done === undefined) {
    client.write(authentication(11, step.send ?? new Uint8Array()))
    const body = await readPassword(client)
    if (body === undefined) return refused('malformed')
    step = stepper.step(body)
  }
  if (!step.done.ok) return refused(step.done.reason)
  const proven = await hall.prove({ kind: 'scram', login })
  if (proven.kind === 'proven') client.write(authentication(12, step.send ?? new Uint8Array()))
  return proven
}

/** SASLInitialResponse: mechanism, then Int32 length (-1: none) and as many bytes, and not one more (CVE-2026-6664). */
function readInitialResponse(
  body: Uint8Array | undefined,
): { readonly mechanism: string; readonly response: Uint8Array | undefined } | undefined {
  const name = body === undefined ? undefined : readCstring(body, 0, body.length)
  if (body === undefined || name === undefined || name.next + 4 > body.length) return undefined
  const length = readInt32(body, name.next)
  const rest = body.subarray(name.next + 4)
  const mechanism = strictText(name.bytes)
  if (mechanism === undefined) return undefined
  if (length === -1) return rest.length === 0 ? { mechanism, response: undefined } : undefined
  return length === rest.length ? { mechanism, response: rest } : undefined
}

async function readPassword(client: Wire): Promise<Uint8Array | undefined> {
  const header = await client.read(5)
  const length = readInt32(header, 1)
  if (header[0] !== FRONTEND.PasswordMessage || length < 4 || length > PASSWORD_CEILING) return undefined
  return client.read(length - 4)
}

function isLoopback(address: string): boolean {
  return (
    address === '' || address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
  )
}
