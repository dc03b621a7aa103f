/** Upstreams that lie while they are signed in to: a fault, and nothing of the password for them. */
import { createServer, type Socket } from 'node:net'
import { createWire, scramble, type Wire } from '@gatehouse/adapter-kit'
import { afterEach, expect, test } from 'vitest'
import { initialHandshake } from '../greeting/initial-handshake.js'
import {
  CLIENT,
  eofPayload,
  errPayload,
  lenencString,
  MARIADB_CLIENT,
  nulString,
  okPayload,
  packets,
  payload,
} from '../messages/index.js'
import { dial } from '../wire/line.js'
import { logIn, type UpstreamLogin } from './login.js'

const NONCE = Buffer.from('abcdefghijklmnopqrst')
const PASSWORD = 'the upstream password'
const CAPABILITIES =
  CLIENT.LONG_PASSWORD |
  CLIENT.PROTOCOL_41 |
  CLIENT.SECURE_CONNECTION |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA |
  CLIENT.CONNECT_ATTRS |
  CLIENT.SESSION_TRACK
const GREETING = {
  serverVersion: '9.7.4',
  threadId: 7,
  nonce: NONCE,
  offer: { capabilities: CAPABILITIES, extended: 0 },
  plugin: 'caching_sha2_password',
}

const LOGIN: UpstreamLogin = {
  user: 'gw',
  password: PASSWORD,
  host: 'localhost',
  tls: 'disable',
  session: 's',
  limits: { statement: 1 << 20, message: 1 << 20 },
  arrival: {
    login: 'ann',
    identity: {
      subject: 'ann',
      name: 'ann',
      issuer: 'local',
      home: true,
      groups: [],
      claims: {},
      provenBy: 'password',
    },
    database: undefined,
    application: undefined,
    attributes: new Map(),
    capabilities: CAPABILITIES,
    extended: 0,
    charset: 'utf8mb4',
    collation: 45,
    threadId: 1,
    sequence: 3,
  },
}

const closes: (() => void)[] = []
afterEach(() => {
  for (const close of closes.splice(0)) close()
})

/** What comes of signing in to a server that says these packets, each after one of ours but the first. */
async function signingIn(
  said: readonly (readonly Uint8Array[])[],
  more: Partial<UpstreamLogin> = {},
): Promise<{ readonly result: string; readonly heard: Buffer }> {
  const heard: Buffer[] = []
  const server = createServer((socket: Socket) => {
    const speak = ([first, ...rest]: readonly (readonly Uint8Array[])[]) => {
      for (const bytes of first ?? []) socket.write(bytes)
      socket.once('data', (chunk: Buffer) => {
        heard.push(chunk)
        speak(rest)
      })
      if (first === undefined) socket.end()
    }
    speak(said)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = await dial((server.address() as { port: number }).port)
  const wire: Wire = createWire(socket)
  closes.push(() => {
    socket.destroy()
    server.close()
  })
  const result = await logIn(wire, { ...LOGIN, ...more }).then(
    (ready) => `ready ${ready.sqlMode}`,
    (fault: Error) => fault.message,
  )
  return { result, heard: Buffer.concat(heard) }
}

const greeting = (parts: Partial<typeof GREETING> = {}) =>
  packets(0, initialHandshake({ ...GREETING, ...parts }))
const switchTo = (plugin: string, number = 2) =>
  packets(number, payload([0xfe], nulString(plugin), NONCE, [0]))
const ok = (number: number) => packets(number, okPayload({ status: 2 }))
const more = (byte: number, number: number) => packets(number, payload([1, byte]))
const column = packets(2, payload([3]))

/** The answers to what a session begins with; `charset` is what the server says of itself. */
const begins = (charset = 'utf8mb4') => {
  const cells = [
    null,
    'ANSI_QUOTES',
    charset,
    charset,
    charset,
    `${charset}_bin`,
    'SYSTEM',
    '1',
    '1024',
    '0',
    '28800',
  ]
  const row = payload(...cells.map((cell) => (cell === null ? [0xfb] : lenencString(cell))))
  const eof = eofPayload({ warnings: 0, status: 2 })
  const columns = cells.map((_, index) => packets(2 + index, payload([3])))
  const end = 2 + cells.length
  return [
    [ok(1)],
    [
      packets(1, payload([cells.length])),
      ...columns,
      packets(end, eof),
      packets(end + 1, row),
      packets(end + 2, eof),
    ],
  ]
}

test('a server that keeps to the protocol', async () => {
  const { result, heard } = await signingIn([[greeting()], [more(3, 2), ok(3)], ...begins()])
  expect(result).toBe('ready ANSI_QUOTES')
  expect(heard.includes(Buffer.from(scramble('caching_sha2_password', PASSWORD, NONCE)))).toBe(true)
})

test('switches are followed to what is known, the password itself is never sent in the clear', async () => {
  const native = await signingIn([[greeting()], [switchTo('mysql_native_password')], [ok(4)], ...begins()])
  expect(native.result).toBe('ready ANSI_QUOTES')
  expect(native.heard.includes(Buffer.from(scramble('mysql_native_password', PASSWORD, NONCE)))).toBe(true)
  const cases: readonly (readonly [readonly (readonly Uint8Array[])[], RegExp])[] = [
    [[[switchTo('mysql_clear_password')]], /cleartext password without TLS/],
    [[[more(4, 2)]], /no cached password/],
    [[[switchTo('sha256_password')]], /does not know/],
    [[[switchTo('client_ed25519')]], /does not know/],
    [[[packets(2, payload([0xfe]))]], /before 4\.1/],
    [[[packets(2, payload([1], Buffer.from('-----BEGIN PUBLIC KEY-----')))]], /left the password exchange/],
    [[[packets(2, payload([0xfb], Buffer.from('/etc/passwd')))]], /left the password exchange/],
    [[[packets(2, errPayload(1045, `Access denied, ${PASSWORD}`, '28000'))]], /error 1045$/],
    [[[ok(4)]], /packet 2 was due/],
    [[2, 4, 6, 8, 10, 12].map((number) => [switchTo('mysql_native_password', number)]), /does not end/],
  ]
  for (const [said, why] of cases) {
    const { result, heard } = await signingIn([[greeting()], ...said])
    expect(result).toMatch(why)
    expect(heard.includes(PASSWORD)).toBe(false)
    expect(result).not.toContain(PASSWORD)
  }
})

test('TLS that was asked for is not done without', async () => {
  const tls = { tls: 'verify-full' } as const
  expect((await signingIn([[greeting()]], tls)).result).toBe('the upstream does not offer TLS')
  const offers = greeting({ offer: { capabilities: CAPABILITIES | CLIENT.SSL, extended: 0 } })
  const early = await signingIn([[Buffer.concat([offers, ok(2)])]], tls)
  expect(early.result).toBe('the upstream sent bytes before the TLS handshake')
  const plain = await signingIn([[offers], [ok(2)]], tls)
  expect(plain.result).toMatch(/the TLS handshake failed/)
  for (const { heard } of [early, plain])
    expect(heard.includes(Buffer.from(scramble('caching_sha2_password', PASSWORD, NONCE)))).toBe(false)
})

test('greetings that are none', async () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [packets(0, errPayload(1040, 'Too many connections')), /error 1040/],
    [packets(0, payload([9], Buffer.from('3.23\0'))), /does not greet/],
    [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /bytes came before/],
    [packets(3, initialHandshake(GREETING)), /packet 0 was due/],
    [packets(0, initialHandshake(GREETING).subarray(0, 30)), /beyond the end/],
    [packets(0, payload()), /does not greet/],
    [greeting({ offer: { capabilities: CAPABILITIES & ~CLIENT.SESSION_TRACK, extended: 0 } }), /too old/],
    [greeting({ offer: { capabilities: CAPABILITIES & ~CLIENT.PROTOCOL_41, extended: 0 } }), /too old/],
  ]
  for (const [bytes, why] of cases) expect((await signingIn([[bytes]])).result).toMatch(why)
})

test('what a session begins with must be answered as asked', async () => {
  const before = [[greeting()], [more(3, 2), ok(3)]]
  const [set = [], rows = []] = begins()
  const cases: readonly (readonly [readonly (readonly Uint8Array[])[], RegExp])[] = [
    [[[packets(1, errPayload(1184, 'init_connect command failed', '08S01'))]], /error 1184/],
    [[[packets(1, payload([0xfb], Buffer.from('/etc/passwd')))]], /rows where there are none/],
    [[set, [ok(1)]], /without rows/],
    [[set, [packets(1, payload([0xfb], Buffer.from('/etc/passwd')))]], /without rows/],
    [[set, [packets(1, payload([1])), column, column]], /packet 3 was due/],
    [[set, [...rows, ok(16)]], /more than it was asked for/],
    [[...begins('gbk'), [ok(1)], begins('gbk')[1] ?? []], /does not take the character set/],
  ]
  for (const [said, why] of cases) expect((await signingIn([...before, ...said])).result).toMatch(why)
  const utf8 = await signingIn([...before, ...begins('utf8')], {
    arrival: { ...LOGIN.arrival, charset: 'utf8mb3', collation: 33 },
  })
  expect(utf8.result).toBe('ready ANSI_QUOTES')
})

test('a server that cannot describe columns as the client was told is not used', async () => {
  const arrival = { ...LOGIN.arrival, extended: MARIADB_CLIENT.EXTENDED_METADATA }
  const { result } = await signingIn([[greeting()]], { arrival })
  expect(result).toBe('the upstream lacks what its like had offered')
})
