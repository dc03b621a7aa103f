/** mysql-wire §8, rows 1–5, 10, 12, 13: from the greeting to the response, by clients that announce what they do not send. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { scramble } from '@gatehouse/adapter-kit'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT, lenencString, MARIADB_CLIENT, packets, payload, readErr } from '../messages/index.js'
import { attributeBlock, handshakeResponse, readGreeting, sslRequest } from '../speaker/handshake.js'
import { type Doorway, openDoorway } from './doorway.js'
import { dial, type Line, listen, secure } from './line.js'

const MARIADB = { flavour: 'mariadb', serverVersion: '5.5.5-10.11.19-MariaDB', serves: () => true } as const
const MYSQL = { ...MARIADB, flavour: 'mysql', serverVersion: '9.7.4' } as const
const CAPABILITIES =
  CLIENT.LONG_PASSWORD |
  CLIENT.PROTOCOL_41 |
  CLIENT.SECURE_CONNECTION |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA

let authority: Certificates
let ca: string
let mariadb: Doorway
let mysql: Doorway
let encrypted: Doorway
beforeAll(async () => {
  authority = await certificates()
  ca = readFileSync(authority.ca, 'utf8')
  const context = createSecureContext({
    cert: readFileSync(authority.cert),
    key: readFileSync(authority.key),
  })
  mariadb = await openDoorway({ porch: MARIADB })
  mysql = await openDoorway({ porch: MYSQL })
  encrypted = await openDoorway({
    porch: MYSQL,
    tls: { context, certificate: new Uint8Array() },
    requireTls: true,
  })
})
afterAll(async () => {
  await Promise.all([mariadb, mysql, encrypted].map((each) => each.close()))
  authority.remove()
})

interface Visitor {
  readonly socket: Socket
  readonly line: Line
  readonly greeting: ReturnType<typeof readGreeting>
  readonly proof: Uint8Array
}

async function visit(house: Doorway): Promise<Visitor> {
  const socket = await dial(house.port)
  const line = listen(socket)
  const greeting = readGreeting((await line.next()).payload)
  return { socket, line, greeting, proof: scramble('caching_sha2_password', 'secret of ann', greeting.salt) }
}

const ANN = { capabilities: CAPABILITIES, user: 'ann', plugin: 'caching_sha2_password' }

/** How it ends, e.g. `3 OK` with the number of the last packet. */
async function ending(line: Line): Promise<string> {
  for (;;) {
    const { payload: content, sequence } = await line.next()
    if (content[0] === 0) return `${sequence} OK`
    if (content[0] === 0xff) return `${sequence} ${readErr(content).code} ${readErr(content).state}`
  }
}

/** Answers the greeting with this and says how it ends. */
async function answering(house: Doorway, write: (visitor: Visitor) => Uint8Array): Promise<string> {
  const visitor = await visit(house)
  visitor.socket.write(packets(1, write(visitor)))
  const end = await ending(visitor.line)
  visitor.socket.destroy()
  return end
}

const last = (house: Doorway) => house.arrivals.at(-1)

describe('the greeting', () => {
  test('W12 says the version of the upstream, a number of its own and nothing that is not followed', async () => {
    const [one, other, third] = [await visit(mariadb), await visit(mariadb), await visit(mysql)]
    expect(one.greeting.version).toBe('5.5.5-10.11.19-MariaDB')
    expect(third.greeting.version).toBe('9.7.4')
    expect(one.greeting.threadId).not.toBe(other.greeting.threadId)
    expect(one.greeting.salt).not.toEqual(other.greeting.salt)
    expect(one.greeting).toMatchObject({
      plugin: 'caching_sha2_password',
      collation: 45,
      status: 2,
      extended: MARIADB_CLIENT.EXTENDED_METADATA,
    })
    expect(one.greeting.capabilities & CLIENT.LONG_PASSWORD).toBe(0)
    expect(third.greeting).toMatchObject({ extended: 0 })
    expect(third.greeting.capabilities & CLIENT.LONG_PASSWORD).toBe(CLIENT.LONG_PASSWORD)
    for (const { greeting } of [one, third]) {
      for (const name of [
        ...([
          'LOCAL_FILES',
          'COMPRESS',
          'ZSTD',
          'NO_SCHEMA',
          'QUERY_ATTRIBUTES',
          'EXPIRED_PASSWORDS',
          'SSL',
        ] as const),
        ...(['OPTIONAL_RESULTSET_METADATA', 'MULTI_FACTOR'] as const),
      ])
        expect([name, greeting.capabilities & CLIENT[name]]).toEqual([name, 0])
      for (const byte of greeting.salt) expect(byte > 0 && byte < 128 && byte !== 0x24).toBe(true)
    }
    for (const { socket } of [one, other, third]) socket.destroy()
  })
})

describe('the response', () => {
  test('W1 bits that were not offered are not there', async () => {
    const more =
      CLIENT.QUERY_ATTRIBUTES |
      CLIENT.OPTIONAL_RESULTSET_METADATA |
      CLIENT.LOCAL_FILES |
      CLIENT.COMPRESS |
      CLIENT.ZSTD |
      CLIENT.SSL
    expect(
      await answering(mysql, ({ proof }) =>
        handshakeResponse({
          ...ANN,
          proof,
          capabilities: (CAPABILITIES | more | CLIENT.CONNECT_ATTRS) >>> 0,
        }),
      ),
    ).toBe('3 OK')
    expect((last(mysql)?.capabilities ?? 0) & more).toBe(0)
  })

  test('W2 attributes may be announced and missing, odd, or lie; over 64 KiB they end it', async () => {
    const capabilities = CAPABILITIES | CLIENT.CONNECT_ATTRS
    const bare = (proof: Uint8Array) => {
      const whole = handshakeResponse({ ...ANN, capabilities, proof })
      return whole.subarray(0, whole.length - 1)
    }
    const pair = lenencString('program_name')
    const blocks: readonly (readonly [Uint8Array, Record<string, string>])[] = [
      [payload(), {}],
      [payload([0]), {}],
      [payload([pair.length], pair), {}],
      [payload([200], pair), {}],
      [payload([0xfe, 255, 255, 255, 255, 255, 255, 255, 255]), {}],
      [payload([0xff]), {}],
      [payload([3], [200, 1, 1]), {}],
      [attributeBlock([['program_name', 'reports']]), { program_name: 'reports' }],
      [attributeBlock([['a', 'x'.repeat(60_000)]]), { a: 'x'.repeat(60_000) }],
    ]
    for (const [block, attributes] of blocks) {
      expect(await answering(mysql, ({ proof }) => payload(bare(proof), block))).toBe('3 OK')
      expect(Object.fromEntries(last(mysql)?.attributes ?? [])).toEqual(attributes)
    }
    expect(last(mysql)?.application).toBe(undefined)
    const long = attributeBlock([['a', 'x'.repeat(65_600)]])
    expect(await answering(mysql, ({ proof }) => payload(bare(proof), long))).toBe('2 1043 08S01')
    const longer = attributeBlock([['a', 'x'.repeat(140_000)]])
    expect(await answering(mysql, ({ proof }) => payload(bare(proof), longer))).toBe('1 1153 HY000')
  })

  test('W3 every collation that may come has a character set that the upstream knows', async () => {
    const cases: readonly (readonly [number, string, number, number])[] = [
      // id, character set, id for MySQL, id for MariaDB
      [0, 'utf8mb4', 45, 45],
      [8, 'latin1', 8, 8],
      [33, 'utf8mb3', 33, 33],
      [63, 'binary', 63, 63],
      [76, 'utf8mb3', 76, 33],
      [224, 'utf8mb4', 224, 224],
      [254, 'utf8mb4', 45, 45],
      [255, 'utf8mb4', 255, 45],
    ]
    for (const [collation, charset, forMysql, forMariadb] of cases) {
      for (const [house, id] of [
        [mysql, forMysql],
        [mariadb, forMariadb],
      ] as const) {
        expect(await answering(house, ({ proof }) => handshakeResponse({ ...ANN, proof, collation }))).toBe(
          '3 OK',
        )
        expect(last(house)).toMatchObject({ charset, collation: id })
      }
    }
    // gbk, big5, sjis, ucs2, utf16, utf32, gb18030
    for (const collation of [28, 1, 13, 35, 54, 60, 248]) {
      expect(await answering(mysql, ({ proof }) => handshakeResponse({ ...ANN, proof, collation }))).toBe(
        '2 1115 42000',
      )
    }
  })

  test("W4 MariaDB's extended word is read by what was offered, and not at all beside LONG_PASSWORD", async () => {
    const own = CAPABILITIES & ~CLIENT.LONG_PASSWORD
    for (const [house, capabilities, extended] of [
      [mariadb, CAPABILITIES | CLIENT.LONG_PASSWORD, 0],
      [mariadb, own, MARIADB_CLIENT.EXTENDED_METADATA],
      [mysql, own, 0],
    ] as const) {
      expect(
        await answering(house, ({ proof }) =>
          handshakeResponse({ ...ANN, proof, capabilities, extended: 0xffffffff }),
        ),
      ).toBe('3 OK')
      expect(last(house)?.extended).toBe(extended)
    }
  })

  test('W10 what drivers of PHP leave out is not missed', async () => {
    const withDatabase = CAPABILITIES | CLIENT.CONNECT_WITH_DB
    const named = CLIENT.PLUGIN_AUTH
    const old = CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA
    const cut = (bytes: Uint8Array, from: number) => bytes.subarray(0, bytes.length - from)
    const variants: readonly ((proof: Uint8Array) => Uint8Array)[] = [
      // A database announced, none sent, the plugin behind it as announced.
      (proof) => handshakeResponse({ ...ANN, capabilities: withDatabase, proof }),
      // Without the plugin's NUL.
      (proof) => cut(handshakeResponse({ ...ANN, proof }), 1),
      // With a byte for the length.
      (proof) => handshakeResponse({ ...ANN, capabilities: CAPABILITIES & ~old, proof }),
      (proof) => handshakeResponse({ ...ANN, capabilities: withDatabase & ~old, database: 'shop', proof }),
    ]
    for (const write of variants) expect(await answering(mysql, ({ proof }) => write(proof))).toBe('3 OK')
    expect(last(mysql)).toMatchObject({ database: 'shop' })
    // Everything but the name left out, and the name's plugin empty: asked for by a switch.
    const silent = await visit(mysql)
    const none = new Uint8Array()
    silent.socket.write(
      packets(1, cut(handshakeResponse({ ...ANN, capabilities: withDatabase & ~named, proof: none }), 1)),
    )
    expect(await ending(silent.line)).toMatch(/^2 1251/)
    silent.socket.destroy()
  })

  test('a response without 4.1, or cut anywhere, or of names that are too long, is refused', async () => {
    expect(await answering(mysql, () => payload([0x85, 0x24, 0, 0, 0], Buffer.from('ann\0x\0')))).toBe(
      '2 1251 HY000',
    )
    const whole = handshakeResponse({ ...ANN, proof: new Uint8Array(32).fill(7) })
    for (let length = 0; length < 69; length += 1) {
      const visitor = await visit(mysql)
      visitor.socket.write(packets(1, whole.subarray(0, length)))
      expect(await ending(visitor.line)).toMatch(/^2 (1043|1251) /)
    }
    const proof = new Uint8Array(32)
    const names = [
      { user: 'u'.repeat(129) },
      { database: 'd'.repeat(65), capabilities: CAPABILITIES | CLIENT.CONNECT_WITH_DB },
    ]
    for (const more of names)
      expect(await answering(mysql, () => handshakeResponse({ ...ANN, proof, ...more }))).toBe('2 1043 08S01')
    expect(await answering(mysql, () => payload(whole.subarray(0, 32), [0xff, 0xfe, 0, 0, 0]))).toBe(
      '2 1043 08S01',
    )
  })

  test('a packet whose number is not due ends it', async () => {
    for (const number of [0, 2, 255]) {
      const visitor = await visit(mysql)
      visitor.socket.write(packets(number, handshakeResponse({ ...ANN, proof: visitor.proof })))
      expect(await ending(visitor.line)).toBe('1 1156 HY000')
    }
  })
})

describe('TLS', () => {
  const asking = { ...ANN, capabilities: (CAPABILITIES | CLIENT.SSL) >>> 0, proof: new Uint8Array() }

  test('W5 behind an SSLRequest nothing is believed that came in the clear', async () => {
    const { socket, line, proof } = await visit(encrypted)
    const before = encrypted.arrivals.length
    socket.write(
      Buffer.concat([packets(1, sslRequest(asking)), packets(2, handshakeResponse({ ...asking, proof }))]),
    )
    expect(await ending(line)).toBe('2 1043 08S01')
    expect(encrypted.arrivals.length).toBe(before)
  })

  test('W5 a ClientHello may come along with the request', async () => {
    const { socket, line, proof } = await visit(encrypted)
    socket.cork()
    socket.write(packets(1, sslRequest(asking)))
    line.leave()
    const secured = secure(socket, ca)
    process.nextTick(() => socket.uncork())
    const over = await secured
    const heard = listen(over)
    over.write(packets(2, handshakeResponse({ ...asking, proof })))
    expect(await ending(heard)).toBe('4 OK')
    over.destroy()
  })

  test('the response must say again that it is encrypted', async () => {
    const { socket, line, proof } = await visit(encrypted)
    socket.write(packets(1, sslRequest(asking)))
    line.leave()
    const over = await secure(socket, ca)
    const heard = listen(over)
    over.write(packets(2, handshakeResponse({ ...ANN, proof })))
    expect(await ending(heard)).toBe('3 1043 08S01')
    over.destroy()
  })

  test('the clear is refused where TLS is required, and the flag does not help', async () => {
    expect(await answering(encrypted, ({ proof }) => handshakeResponse({ ...ANN, proof }))).toBe(
      '2 3159 HY000',
    )
    expect(await answering(encrypted, ({ proof }) => handshakeResponse({ ...asking, proof }))).toBe(
      '2 1043 08S01',
    )
    expect(encrypted.denials).toEqual([])
  })

  test('a second SSLRequest is refused', async () => {
    const { socket, line } = await visit(encrypted)
    socket.write(packets(1, sslRequest(asking)))
    line.leave()
    const over = await secure(socket, ca)
    const heard = listen(over)
    over.write(packets(2, sslRequest(asking)))
    expect(await ending(heard)).toBe('3 1043 08S01')
    over.destroy()
  })
})

test('W13 what speaks another protocol is closed', async () => {
  const garbage = [
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    `\x16\x03\x01\x02\x00\x01${'x'.repeat(600)}`,
    '\0'.repeat(100),
    `${'\xff'.repeat(3)}\x01${'x'.repeat(1000)}`,
  ]
  for (const bytes of garbage) {
    const socket = connect(mysql.port, '127.0.0.1')
    socket.write(Buffer.from(bytes, 'latin1'))
    await new Promise((resolve) => socket.resume().once('close', resolve))
  }
  expect(await answering(mysql, ({ proof }) => handshakeResponse({ ...ANN, proof }))).toBe('3 OK')
})
