/** postgres-wire §8, rows 17–20: encryption requests, protocol versions and garbage, before anything is believed. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Stage } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cstring, int32 } from '../messages.js'
import { type Fixture, startFixture } from './fixture.js'
import { attend, dial, GSSENC_REQUEST, readByte, SSL_REQUEST, secure, signIn, startup } from './raw-client.js'
import { cancelRequest, Q } from './requests.js'
import { errorOf, type Message } from './transcript.js'

let house: Fixture
let authority: Certificates
let ca: string
let encrypted: Stage
let certificate: Uint8Array
beforeAll(async () => {
  authority = await certificates()
  ca = readFileSync(authority.ca, 'utf8')
  const cert = readFileSync(authority.cert)
  certificate = new X509Certificate(cert).raw
  house = await startFixture()
  encrypted = await house.another({
    tls: { context: createSecureContext({ cert, key: readFileSync(authority.key) }), certificate },
    requireTls: true,
  })
})
afterAll(async () => {
  await house.close()
  authority.remove()
})

const adam = { user: 'adam', password: 'secret of adam' }
const over = (socket: Socket) => signIn({ ...adam, port: 0, socket })
const packet = startup([
  ['user', 'adam'],
  ['database', 'shop'],
])

/** Signs in over this socket and runs a statement: the connection is whole. */
async function works(socket: Socket): Promise<void> {
  const client = await over(socket)
  client.send(Q('select 1'))
  expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
  await client.close()
}

/** All messages up to the end of the connection; their first ErrorResponse. */
async function refusal(socket: Socket): Promise<ReadonlyMap<string, string>> {
  return errorOf(await attend(socket).rest())
}

describe('encryption requests', () => {
  test('W17 SSLRequest and Startup in one segment: refused and closed', async () => {
    const socket = await dial(encrypted.port)
    socket.write(concatBytes([SSL_REQUEST, packet]))
    const fields = await refusal(socket)
    expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '08P01'])
  })

  test('W17 SSLRequest, then Startup in the clear before the answer: never believed', async () => {
    const socket = await dial(encrypted.port)
    socket.write(SSL_REQUEST)
    expect(await readByte(socket)).toBe('S')
    socket.write(packet)
    expect(await attend(socket).ends()).not.toMatch(/[RZ]/)
  })

  test('W17 TLS, then SSLRequest again: refused', async () => {
    const socket = await dial(encrypted.port)
    socket.write(SSL_REQUEST)
    expect(await readByte(socket)).toBe('S')
    const tls = await secure(socket, ['postgresql'], ca)
    tls.write(SSL_REQUEST)
    const fields = await refusal(tls)
    expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '08P01'])
  })

  test('W17 SSLRequest answered N twice: the second is refused', async () => {
    const socket = await dial(house.stage.port)
    socket.write(SSL_REQUEST)
    expect(await readByte(socket)).toBe('N')
    socket.write(SSL_REQUEST)
    expect((await refusal(socket)).get('C')).toBe('08P01')
  })

  test('W17 GSSENCRequest, then SSLRequest, then TLS', async () => {
    const socket = await dial(encrypted.port)
    socket.write(GSSENC_REQUEST)
    expect(await readByte(socket)).toBe('N')
    socket.write(SSL_REQUEST)
    expect(await readByte(socket)).toBe('S')
    await works(await secure(socket, ['postgresql'], ca))
  })

  test('W17 SSLRequest answered N, then GSSENCRequest, then Startup', async () => {
    const socket = await dial(house.stage.port)
    socket.write(SSL_REQUEST)
    expect(await readByte(socket)).toBe('N')
    socket.write(GSSENC_REQUEST)
    expect(await readByte(socket)).toBe('N')
    await works(socket)
  })

  test('W17 TLS without ALPN after SSLRequest is fine', async () => {
    const socket = await dial(encrypted.port)
    socket.write(SSL_REQUEST)
    await readByte(socket)
    await works(await secure(socket, [], ca))
  })

  test('W18 direct TLS without ALPN is refused', async () => {
    const socket = await dial(encrypted.port)
    const outcome = await secure(socket, [], ca).then(
      async (tls) => {
        tls.write(packet)
        return attend(tls).ends()
      },
      () => '',
    )
    expect(outcome).toBe('')
  })

  test('W18 direct TLS with another protocol in ALPN is refused', async () => {
    const socket = await dial(encrypted.port)
    await expect(secure(socket, ['http/1.1'], ca)).rejects.toThrow()
  })

  test('W18 direct TLS with `postgresql`; an SSLRequest or GSSENCRequest inside gets N', async () => {
    const tls = await secure(await dial(encrypted.port), ['postgresql'], ca)
    tls.write(SSL_REQUEST)
    expect(await readByte(tls)).toBe('N')
    tls.write(GSSENC_REQUEST)
    expect(await readByte(tls)).toBe('N')
    await works(tls)
  })

  test('W18 a plaintext start-up where TLS is required hears why, and no password is asked for', async () => {
    const socket = await dial(encrypted.port)
    socket.write(packet)
    const messages = await attend(socket).rest()
    expect(messages.map(({ type }) => type)).toEqual(['E'])
    expect(errorOf(messages).get('C')).toBe('28000')
  })
})

const v = (options: readonly string[], version = 196608) => ({ version, options })
const negotiated = (one: Message | undefined) => {
  if (one?.type !== 'v') return undefined
  const options = one.body.subarray(8).toString().split('\0').slice(0, -1)
  expect(one.body.readInt32BE(4)).toBe(options.length)
  return { version: one.body.readInt32BE(0), options }
}

describe('protocol versions', () => {
  const GREASE = '_pq_.test_protocol_negotiation'
  const CASES = [
    { name: '3.0', version: 196608, options: [], answer: undefined },
    { name: '3.1', version: 196609, options: [], answer: v([]) },
    { name: '3.2', version: 196610, options: [], answer: undefined },
    { name: '3.9999 with grease', version: 196608 + 9999, options: [GREASE], answer: v([GREASE], 196610) },
    { name: '3.0 with an option', version: 196608, options: ['_pq_.x'], answer: v(['_pq_.x']) },
    {
      name: '3.2 with two options',
      version: 196610,
      options: ['_pq_.x', '_pq_.y'],
      answer: v(['_pq_.x', '_pq_.y'], 196610),
    },
  ]
  for (const { name, version, options, answer } of CASES) {
    test(`W19 start-up ${name}: exactly one right answer, before authentication`, async () => {
      const client = await house.client('adam', {
        version,
        parameters: options.map((option) => [option, '1'] as const),
      })
      const answers = client.greeting.filter(({ type }) => type === 'v')
      expect(answers.length).toBe(answer === undefined ? 0 : 1)
      expect(negotiated(client.greeting[0])).toEqual(answer)
      client.send(Q('select 1'))
      expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    })
  }

  test('W19 the key that a 3.0 client gets has four bytes', async () => {
    expect((await house.client()).key.length).toBe(4)
  })

  for (const [name, version] of [
    ['2.0', 2 << 16],
    ['4.0', 4 << 16],
  ] as const) {
    test(`W20 start-up ${name} is refused with 0A000`, async () => {
      const socket = await dial(house.stage.port)
      socket.write(startup([['user', 'adam']], version))
      const fields = await refusal(socket)
      expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '0A000'])
    })
  }
})

describe('garbage before a start-up packet', () => {
  const CASES: readonly (readonly [string, Uint8Array])[] = [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a TLS ClientHello where there is no TLS', Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])],
    ['a declared length of 20000', concatBytes([int32(20000), int32(196608), Buffer.alloc(20000, 0x41)])],
    ['a declared length of -1', concatBytes([int32(-1), int32(196608)])],
    ['a declared length of 4', concatBytes([int32(4), int32(196608)])],
    ['an SSLRequest with a tail', concatBytes([int32(12), int32(80877103), int32(0)])],
    ['a cancel request without a key', concatBytes([int32(12), int32(80877102), int32(1)])],
    ['a cancel request with an endless key', cancelRequest(1, new Uint8Array(257))],
  ]
  for (const [name, bytes] of CASES) {
    test(`W20 ${name}: closed without a byte`, async () => {
      const socket = await dial(house.stage.port)
      let heard = 0
      socket.on('data', (chunk) => {
        heard += chunk.length
      })
      socket.on('error', () => {})
      socket.write(bytes)
      await new Promise((resolve) => socket.once('close', resolve))
      expect(heard).toBe(0)
    })
  }

  const MALFORMED: readonly (readonly [string, Uint8Array])[] = [
    [
      'user twice',
      startup([
        ['user', 'adam'],
        ['user', 'ann'],
        ['database', 'shop'],
      ]),
    ],
    [
      'user twice, spelt differently',
      startup([
        ['user', 'adam'],
        ['USER', 'ann'],
        ['database', 'shop'],
      ]),
    ],
    ['no terminator', concatBytes([int32(18), int32(196608), cstring('user'), cstring('adam')])],
    [
      'bytes behind the terminator',
      concatBytes([int32(20), int32(196608), cstring('user'), cstring('adam'), Buffer.from([0, 1])]),
    ],
    ['a name without a value', concatBytes([int32(13), int32(196608), Buffer.from('user\0')])],
  ]
  for (const [name, bytes] of MALFORMED) {
    test(`W20 ${name}: refused with 08P01`, async () => {
      const socket = await dial(house.stage.port)
      socket.write(bytes)
      const fields = await refusal(socket)
      expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '08P01'])
    })
  }

  const NAMES: readonly (readonly [string, string, string])[] = [
    ['no user', '', 'shop'],
    ['a user of 64 bytes', 'a'.repeat(64), 'shop'],
    ['a database of 64 bytes', 'adam', 'd'.repeat(64)],
    ['a user with a control character', 'ad\nam', 'shop'],
  ]
  for (const [name, user, database] of NAMES) {
    test(`W20 ${name} is refused, not cut`, async () => {
      const socket = await dial(house.stage.port)
      socket.write(
        startup([
          ['user', user],
          ['database', database],
        ]),
      )
      const fields = await refusal(socket)
      expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '28000'])
    })
  }
})
