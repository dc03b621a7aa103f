/** Whatever comes in the place of a response or a change of user is read or refused, never thrown, and says no more than it holds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLIENT, MARIADB_CLIENT } from '../messages/index.js'
import { attributeBlock, handshakeResponse } from '../speaker/handshake.js'
import { ATTRIBUTES_CEILING } from './attributes.js'
import { readChangeUser } from './change-user.js'
import { readHandshakeResponse } from './handshake-response.js'
import { createNonce } from './initial-handshake.js'
import { offered } from './offered.js'
import { accessDenied, endingPayload, unknownDatabase } from './turning-away.js'

const capabilities = fc.integer({ min: 0, max: 0xffffffff })
const response = fc.record({
  capabilities: capabilities.map((bits) => (bits | CLIENT.PROTOCOL_41) >>> 0),
  extended: capabilities,
  collation: fc.integer({ min: 0, max: 255 }),
  user: fc.string().filter((text) => !text.includes('\0')),
  proof: fc.uint8Array({ maxLength: 80 }),
  database: fc.string().filter((text) => !text.includes('\0')),
  plugin: fc.string().filter((text) => !text.includes('\0')),
  attributes: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 4 }),
})

const SERVERS = [
  { flavour: 'mysql', serverVersion: '9.7.4' },
  { flavour: 'mariadb', serverVersion: '5.5.5-10.11.19-MariaDB' },
] as const
const OFFER = offered(true, SERVERS[0])

test("columns are described in MariaDB's own way where it knows how", () => {
  const extended = (serverVersion: string, flavour: 'mysql' | 'mariadb' = 'mariadb') =>
    offered(true, { flavour, serverVersion }).extended
  expect(extended('5.5.5-10.11.19-MariaDB')).toBe(MARIADB_CLIENT.EXTENDED_METADATA)
  expect(extended('11.8.2-MariaDB')).toBe(MARIADB_CLIENT.EXTENDED_METADATA)
  for (const old of ['5.5.5-10.4.34-MariaDB', '5.5.68-MariaDB', 'x']) expect(extended(old)).toBe(0)
  expect(extended('11.8.2', 'mysql')).toBe(0)
})

test('bytes of any kind are a response, a request for TLS, or refused', () => {
  const damaged = fc
    .tuple(response, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(300))
    .map(([parts, changes, cut]) => {
      const bytes = Uint8Array.from(handshakeResponse(parts))
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      return bytes.subarray(0, bytes.length - (cut % bytes.length))
    })
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged),
      fc.boolean(),
      fc.constantFrom(...SERVERS),
      (bytes, encrypts, server) => {
        const reading = readHandshakeResponse(bytes, offered(encrypts, server))
        if (reading.kind !== 'response') return
        const { login, database, attributes, extended } = reading.response
        const offer = offered(encrypts, server)
        expect(reading.response.capabilities & ~offer.capabilities).toBe(0)
        expect(extended & ~offer.extended).toBe(0)
        expect([...login].length).toBeLessThanOrEqual(128)
        expect([...(database ?? '')].length).toBeLessThanOrEqual(64)
        const size = [...attributes].reduce((sum, [name, value]) => sum + name.length + value.length, 0)
        expect(size).toBeLessThanOrEqual(ATTRIBUTES_CEILING)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a response that keeps to what it was offered is read as it was meant', () => {
  fc.assert(
    fc.property(response, (parts) => {
      const kept =
        (parts.capabilities & OFFER.capabilities & ~CLIENT.SSL) | CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA
      const asked = (kept | CLIENT.CONNECT_WITH_DB | CLIENT.PLUGIN_AUTH | CLIENT.CONNECT_ATTRS) >>> 0
      const reading = readHandshakeResponse(handshakeResponse({ ...parts, capabilities: asked }), OFFER)
      expect(reading).toMatchObject({
        kind: 'response',
        response: {
          login: parts.user,
          database: parts.database === '' ? undefined : parts.database,
          plugin: parts.plugin === '' ? undefined : parts.plugin,
          collation: parts.collation,
          capabilities: asked,
        },
      })
      if (reading.kind === 'response') {
        expect(Buffer.from(reading.response.answer)).toEqual(Buffer.from(parts.proof))
        const named = parts.attributes.filter(([name]) => name !== '')
        expect(reading.response.attributes).toEqual(new Map(named))
      }
    }),
  )
})

test('so is a change of user', () => {
  const before = {
    capabilities: OFFER.capabilities,
    collation: 45,
    attributes: new Map([['program_name', 'one']]),
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const read = readChangeUser(Uint8Array.from([0x11, ...bytes]), before)
      if (read !== undefined) expect([...read.login].length).toBeLessThanOrEqual(128)
    }),
    { numRuns: 2000 },
  )
  // JDBC drivers end it behind the database.
  const short = readChangeUser(Buffer.from('\x11ann\0\x00shop\0', 'latin1'), before)
  expect(short).toEqual({
    login: 'ann',
    database: 'shop',
    collation: 45,
    plugin: undefined,
    attributes: before.attributes,
  })
  const long = Buffer.concat([
    Buffer.from('\x11ann\0\x00\0\x2d\0x\0', 'latin1'),
    attributeBlock([['a', 'b']]),
  ])
  expect(readChangeUser(long, before)?.attributes).toEqual(new Map([['a', 'b']]))
})

test('a nonce has no NUL, no dollar sign, nothing beyond ASCII, whatever the source of chance gives', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.uint8Array({ minLength: 40, maxLength: 40 })), (stream) => {
      const nonce = createNonce(() => stream.next().value)
      expect(nonce.length).toBe(20)
      for (const byte of nonce) expect(byte > 0 && byte < 128 && byte !== 0x24).toBe(true)
    }),
  )
})

test('R27 a name in an error is one line of at most 512 bytes without anything that moves a cursor', () => {
  for (const name of ['a\nb', '\u001b[2J', '\u202eevil', 'x'.repeat(128), '\u{1f600}'.repeat(128)]) {
    for (const ending of [accessDenied(name, '127.0.0.1', true), unknownDatabase(name)]) {
      const text = Buffer.from(endingPayload(ending, CLIENT.PROTOCOL_41).subarray(9)).toString()
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(512)
      expect(text).toMatch(/^[^\p{C}]+\ngatehouse: \{"code":"\w+"\}$/u)
    }
  }
})
