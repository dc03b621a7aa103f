/** From accept to a proven identity: encryption, start-up packet, password (manual §54.2.1). */
import { type Hall, readInt32, type Wire } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import { BACKEND, cstring, errorResponse, int32, message, STARTUP } from '../messages.js'
import type { Ceilings } from '../reading/ceilings.js'
import { proveClient } from './authentication.js'
import { readSettings } from './settings.js'
import {
  isStartupLength,
  readStartupPacket,
  readStartupParameters,
  type StartupParameters,
} from './startup.js'

export interface Arrival {
  readonly parameters: StartupParameters
  readonly settings: ReadonlyMap<string, string>
  readonly identity: Identity
  /** 3.0, or 3.2 when the client asked for it. */
  readonly version: number
}

const TLS_HANDSHAKE = 0x16
const ALPN = 'postgresql'
const no = Uint8Array.of(0x4e)
const yes = Uint8Array.of(0x53)

/** Settles everything but a proven client. */
export async function greet(client: Wire, hall: Hall, ceilings: Ceilings): Promise<Arrival | undefined> {
  const startup = await readStartup(client, hall)
  if (startup === undefined) return undefined
  const { version, body } = startup
  const reading = readStartupParameters(body)
  if (reading.kind === 'refused') return settle(client, reading.code, reading.message)
  const { parameters, options } = reading
  if (hall.requireTls && !client.encrypted) {
    return settle(
      client,
      '28000',
      'this gateway takes encrypted connections only: use sslmode=require or verify-full',
    )
  }
  const settings = readSettings(parameters.settings, ceilings)
  if (settings.kind === 'refused') return settle(client, settings.code, settings.message)
  const spoken =
    Math.min(version & 0xffff, STARTUP.protocol32 & 0xffff) >= 2 ? STARTUP.protocol32 : STARTUP.protocol30
  if (version !== spoken || options.length > 0) client.write(negotiate(spoken, options))
  const identity = await proveClient(client, hall, parameters.user)
  if (identity.kind === 'refused') {
    await hall.denied(parameters.user, parameters.database, identity.reason, 'GH_SIGN_IN')
    client.end(
      errorResponse({
        severity: 'FATAL',
        code: '28P01',
        message: `sign-in failed for user "${parameters.user}"`,
        detail: 'gatehouse: {"code":"GH_SIGN_IN"}',
      }),
    )
    return undefined
  }
  return { parameters, settings: settings.settings, identity: identity.identity, version: spoken }
}

function settle(client: Wire, code: string, text: string): undefined {
  client.end(errorResponse({ severity: 'FATAL', code, message: text }))
  return undefined
}

/** NegotiateProtocolVersion: the full version that we speak and every option that we don't know. */
function negotiate(version: number, options: readonly string[]): Uint8Array {
  return message(
    BACKEND.NegotiateProtocolVersion,
    int32(version),
    int32(options.length),
    ...options.map(cstring),
  )
}

interface Startup {
  readonly version: number
  readonly body: Uint8Array
}

/** Encryption requests may come once each, in either order, before the start-up packet. */
async function readStartup(client: Wire, hall: Hall): Promise<Startup | undefined> {
  let ssl = false
  let gss = false
  const first = await client.peek(1)
  if (first[0] === TLS_HANDSHAKE) {
    if (hall.tls === undefined) return drop(client)
    await encrypt(client, hall.tls)
    // Without ALPN another protocol's client could be talked into this one (manual §54.2.10).
    if (client.alpn !== ALPN) return drop(client)
  }
  for (;;) {
    const length = readInt32(await client.peek(4), 0)
    if (!isStartupLength(length)) return drop(client)
    const packet = readStartupPacket(await client.read(length))
    switch (packet.kind) {
      case 'ssl': {
        if (ssl) return settle(client, '08P01', 'a second SSLRequest is refused')
        ssl = true
        if (hall.tls === undefined || client.encrypted) client.write(no)
        else if (!(await answerSsl(client, hall.tls))) return undefined
        break
      }
      case 'gssenc':
        if (gss) return settle(client, '08P01', 'a second GSSENCRequest is refused')
        gss = true
        client.write(no)
        break
      case 'cancel':
        client.end()
        await hall.cancel(packet.processId, packet.key)
        return undefined
      case 'startup':
        return packet
      case 'version':
        return settle(
          client,
          '0A000',
          `unsupported frontend protocol ${packet.version >>> 16}.${packet.version & 0xffff}: the gateway speaks 3.0 to 3.2`,
        )
      case 'garbage':
        return drop(client)
    }
  }
}

/**
 * Invariant: no byte that came in the clear is believed after the handshake (CVE-2021-23214). A ClientHello may have
 * been sent without waiting; anything else behind the request is an attack.
 */
async function answerSsl(client: Wire, tls: Certified): Promise<boolean> {
  if (client.buffered > 0 && (await client.peek(1))[0] !== TLS_HANDSHAKE) {
    settle(client, '08P01', 'received unencrypted data after SSL request')
    return false
  }
  client.write(yes)
  await encrypt(client, tls)
  return true
}

type Certified = NonNullable<Hall['tls']>

function encrypt(client: Wire, { context, asksCertificate = false }: Certified): Promise<void> {
  return client.secureServer(context, { alpn: [ALPN], asksCertificate })
}

function drop(client: Wire): undefined {
  client.destroy()
  return undefined
}
