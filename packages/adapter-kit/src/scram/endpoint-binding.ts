/** tls-server-end-point channel binding data of a certificate (RFC 5929 §4.1). */
import { createHash } from 'node:crypto'
import type { ChannelBinding } from './scram-messages.js'

/**
 * Signature algorithm → hash, MD5 and SHA-1 raised to SHA-256 as RFC 5929 §4.1 says. What is not here has no hash that
 * both sides agree on (Ed25519, Ed448), so -PLUS must not be offered.
 */
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'sha256', // MD5 with RSA
  '1.2.840.113549.1.1.5': 'sha256', // SHA-1 with RSA
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.10045.4.1': 'sha256', // ECDSA with SHA-1
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

const RSASSA_PSS = '1.2.840.113549.1.1.10'

/** For RSASSA-PSS the hash stands in the parameters (RFC 4055 §3.1), SHA-1 when left out. */
const HASH_ITSELF: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha256',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** undefined: this certificate cannot be bound, offer or take no -PLUS. `der`: the leaf that TLS really served. */
export function endpointBinding(der: Uint8Array): ChannelBinding | undefined {
  const hash = signatureHash(der)
  if (hash === undefined) return undefined
  return { type: 'tls-server-end-point', data: createHash(hash).update(der).digest() }
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } (RFC 5280 §4.1). */
function signatureHash(der: Uint8Array): string | undefined {
  const certificate = element(der, 0x30)
  const body = element(certificate?.content, 0x30)
  const algorithm = element(body?.rest, 0x30)
  const name = element(algorithm?.content, 0x06)
  if (name === undefined) return undefined
  const oid = readOid(name.content)
  if (oid !== RSASSA_PSS) return HASH_OF_SIGNATURE[oid]
  const parameters = element(name.rest, 0x30)
  if (parameters === undefined) return undefined
  const tagged = element(parameters.content, 0xa0)
  if (tagged === undefined) return 'sha256'
  const hash = element(element(tagged.content, 0x30)?.content, 0x06)
  return hash && HASH_ITSELF[readOid(hash.content)]
}

/** The first element of DER bytes, if it has this tag and its declared length is there. */
function element(
  bytes: Uint8Array | undefined,
  tag: number,
): { readonly content: Uint8Array; readonly rest: Uint8Array } | undefined {
  if (bytes === undefined || bytes[0] !== tag) return undefined
  let length = bytes[1] ?? 0
  let start = 2
  if (length > 0x7f) {
    const count = length & 0x7f
    if (count === 0 || count > 3) return undefined
    length = 0
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start++] ?? 0)
  }
  const end = start + length
  if (end > bytes.length) return undefined
  return { content: bytes.subarray(start, end), rest: bytes.subarray(end) }
}

function readOid(content: Uint8Array): string {
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(value)
      value = 0
    }
  }
  const first = numbers.shift() ?? 0
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...numbers].join('.')
}
