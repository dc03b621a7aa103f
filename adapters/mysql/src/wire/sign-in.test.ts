/** mysql-wire §8, rows 6–9 and 11: signing in, by clients that name other plugins, send nothing, too much, or somebody else's answer. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type ScramblePlugin, scramble } from '@gatehouse/adapter-kit'
import { type Certificates, certificates } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT, packets, payload, readErr } from '../messages/index.js'
import { handshakeResponse, readGreeting, sslRequest } from '../speaker/handshake.js'
import { type Doorway, type DoorwayParts, openDoorway } from './doorway.js'
import { dial, type Line, listen, secure } from './line.js'

const PORCH = {
  flavour: 'mysql',
  serverVersion: '9.7.4',
  serves: (name: string | undefined) => name !== 'other',
} as const
const CAPABILITIES =
  CLIENT.LONG_PASSWORD |
  CLIENT.PROTOCOL_41 |
  CLIENT.SECURE_CONNECTION |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC_CLIENT_DATA
const SHA2 = 'caching_sha2_password'
const NATIVE = 'mysql_native_password'
const none = new Uint8Array()

let authority: Certificates
let ca: string
const open: Doorway[] = []
let tls: NonNullable<DoorwayParts['tls']>
const house = async (parts: Partial<DoorwayParts> = {}) => {
  const made = await openDoorway({ porch: PORCH, ...parts })
  open.push(made)
  return made
}
beforeAll(async () => {
  authority = await certificates()
  ca = readFileSync(authority.ca, 'utf8')
  const context = createSecureContext({
    cert: readFileSync(authority.cert),
    key: readFileSync(authority.key),
  })
  tls = { context, certificate: none }
})
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()))
  authority.remove()
})

interface Saying {
  readonly user?: string
  readonly password?: string
  readonly plugin?: string
  readonly capabilities?: number
  readonly database?: string
  /** The first proof, in place of the plugin's own. */
  readonly proof?: Uint8Array
  /** What is said to each packet that asks, in order; left out: what a client would. */
  readonly answers?: readonly ((nonce: Uint8Array) => Uint8Array)[]
  readonly encrypted?: boolean
  readonly attributes?: readonly (readonly [string, string])[]
}

/** The whole sign-in as one line: `switch:plugin`, `more:3`, `OK`, `ERR:code/state`, each with its number; and the ERR's message. */
async function saying(
  port: number,
  said: Saying,
): Promise<{ readonly heard: string; readonly message: string }> {
  const { user = 'ann', password = 'secret of ann', plugin = SHA2, answers = [] } = said
  const capabilities = (said.capabilities ?? CAPABILITIES) | (said.encrypted === true ? CLIENT.SSL : 0)
  let socket = await dial(port)
  let line: Line = listen(socket)
  const greeting = readGreeting((await line.next()).payload)
  const proofBy = (name: string, nonce: Uint8Array) =>
    name === SHA2 || name === NATIVE
      ? scramble(name as ScramblePlugin, password, nonce)
      : Buffer.from(`${password}\0`)
  const response = {
    user,
    plugin,
    proof: said.proof ?? proofBy(plugin, greeting.salt),
    capabilities:
      (capabilities |
        (said.database === undefined ? 0 : CLIENT.CONNECT_WITH_DB) |
        (said.attributes === undefined ? 0 : CLIENT.CONNECT_ATTRS)) >>>
      0,
    ...(said.database === undefined ? {} : { database: said.database }),
    ...(said.attributes === undefined ? {} : { attributes: said.attributes }),
  }
  let number = 1
  if (said.encrypted === true) {
    socket.write(packets(number, sslRequest(response)))
    line.leave()
    socket = await secure(socket, ca)
    line = listen(socket)
    number += 1
  }
  socket.write(packets(number, handshakeResponse(response)))
  const heard: string[] = []
  for (let asked = 0; ; ) {
    const { payload: content, sequence, following } = await line.next()
    const say = (what: string) => heard.push(`${sequence} ${what}`)
    const answer = (usual: Uint8Array, nonce: Uint8Array) => {
      socket.write(packets(following, answers[asked]?.(nonce) ?? usual))
      asked += 1
    }
    if (content[0] === 0 || content[0] === 0xff) {
      const { code, state, message } =
        content[0] === 0 ? { code: 0, state: '', message: '' } : readErr(content)
      say(code === 0 ? 'OK' : `ERR:${code}/${state}`)
      socket.destroy()
      return { heard: heard.join(' '), message }
    }
    if (content[0] === 0xfe) {
      const end = content.indexOf(0, 1)
      const name = content.toString('latin1', 1, end)
      say(`switch:${name}`)
      const nonce = content.subarray(end + 1, end + 21)
      if (name === SHA2) expect(nonce).not.toEqual(greeting.salt)
      answer(proofBy(name, nonce), nonce)
    } else if (content.length === 1) {
      say(`unmarked:${content[0]}`)
      if (content[0] === 4) answer(Buffer.from(`${password}\0`), none)
    } else {
      say(`more:${content[1]}`)
      if (content[1] === 4) answer(Buffer.from(`${password}\0`), none)
    }
  }
}

describe('local users', () => {
  test('fast, with the scramble of the greeting', async () => {
    const { port, arrivals } = await house()
    expect((await saying(port, {})).heard).toBe('2 more:3 3 OK')
    expect(arrivals.at(-1)).toMatchObject({ login: 'ann', identity: { name: 'ann', groups: ['analysts'] } })
    expect((await saying(port, { user: 'ünal', password: 'geheimnis ß' })).heard).toBe('2 more:3 3 OK')
  })

  test('W7 one connection tries one password: who is wrong is asked for nothing more, neither over TLS nor by the older method', async () => {
    const wrong = { password: 'not it' }
    for (const user of ['ann', 'nobody']) {
      const { port } = await house({ tls })
      const encrypted = await saying(port, { ...wrong, user, encrypted: true })
      expect(encrypted.heard).toBe('3 ERR:1045/28000')
      const native = await house({ nativePassword: true })
      expect((await saying(native.port, { ...wrong, user })).heard).toBe('2 ERR:1045/28000')
    }
  })

  test('Connector/J, which takes a MariaDB 10 for a server of old, is answered as by one; nobody else is', async () => {
    const old = { ...PORCH, flavour: 'mariadb', serverVersion: '5.5.5-10.11.19-MariaDB' } as const
    const named = (name: string) => ({ attributes: [['_client_name', name]] as const })
    const [mariadb, mysql] = [await house({ porch: old }), await house()]
    const [connector, other] = [named('MySQL Connector/J'), named('libmysql')]
    expect((await saying(mariadb.port, connector)).heard).toBe('2 unmarked:3 3 OK')
    expect((await saying(mariadb.port, { ...connector, password: 'not it' })).heard).toBe('2 ERR:1045/28000')
    expect((await saying(mariadb.port, other)).heard).toBe('2 more:3 3 OK')
    expect((await saying(mysql.port, connector)).heard).toBe('2 more:3 3 OK')
  })

  test('a scramble that is made the other way round proves the password, and is answered by the OK alone', async () => {
    const { port } = await house()
    const sha256 = (...parts: readonly Uint8Array[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
    const reversed = (password: string) => (nonce: Uint8Array) => {
      const once = sha256(Buffer.from(password))
      const mask = sha256(nonce, sha256(once))
      return once.map((byte, at) => byte ^ (mask[at] as number))
    }
    // Asked for anew, as its plugin is not known: then the answer can be made over the nonce.
    const said = (password: string) => saying(port, { plugin: 'dialog', answers: [reversed(password)] })
    expect((await said('secret of ann')).heard).toBe('2 switch:caching_sha2_password 4 OK')
    expect((await said('not it')).heard).toBe('2 switch:caching_sha2_password 4 ERR:1045/28000')
  })

  test('W7 an unknown user and a wrong password cannot be told apart', async () => {
    const { port, denials } = await house()
    const heard = new Set<string>()
    for (const user of ['ann', 'nobody', 'root', '']) {
      for (const plugin of [SHA2, NATIVE, 'client_ed25519']) {
        const { heard: line, message } = await saying(port, { user, plugin, password: 'wrong' })
        heard.add(`${line.replace(/^2 switch:\w+ 4/, '2')} ${message.replace(/user '\w*'/, '')}`)
      }
    }
    expect([...heard]).toEqual([
      `2 ERR:1045/28000 Access denied for @'127.0.0.1' (using password: YES)\ngatehouse: {"code":"GH_SIGN_IN"}`,
    ])
    expect(denials).toContain('nobody: unknown user')
  })

  test('W7 no password is no proof, whoever it is', async () => {
    const { port } = await house()
    for (const user of ['ann', 'nobody']) {
      for (const proof of [none, Uint8Array.of(0)]) {
        expect(await saying(port, { user, proof })).toMatchObject({
          heard: '2 ERR:1045/28000',
          message: expect.stringMatching(/^Access denied for user '\w+'@'127.0.0.1' \(using password: NO\)/),
        })
      }
    }
  })

  test('W6 another plugin is asked for another proof, over another nonce', async () => {
    const { port } = await house()
    for (const plugin of [NATIVE, 'client_ed25519', 'sha256_password', ''])
      expect((await saying(port, { plugin, proof: none })).heard).toBe(`2 switch:${SHA2} 4 more:3 5 OK`)
    const stale = (nonce: Uint8Array) =>
      scramble(
        SHA2,
        'secret of ann',
        nonce.map((byte) => byte ^ 1),
      )
    expect((await saying(port, { plugin: NATIVE, answers: [stale] })).heard).toBe(
      `2 switch:${SHA2} 4 ERR:1045/28000`,
    )
  })

  test('W6 a client without plugins comes in by the old one where that is taken, else hears that it is too old', async () => {
    const capabilities = CAPABILITIES & ~CLIENT.PLUGIN_AUTH
    const old = await house({ nativePassword: true })
    const { port } = await house()
    expect((await saying(old.port, { capabilities, plugin: NATIVE })).heard).toBe('2 OK')
    expect((await saying(old.port, { capabilities, plugin: NATIVE, password: 'x' })).heard).toBe(
      '2 ERR:1045/28000',
    )
    expect((await saying(port, { capabilities, plugin: NATIVE })).heard).toBe('2 ERR:1251/08004')
  })

  test('the old plugin needs no switch where it is taken, and proves nobody where it is not', async () => {
    const old = await house({ nativePassword: true })
    expect((await saying(old.port, { plugin: NATIVE })).heard).toBe('2 OK')
    expect((await saying(old.port, { plugin: NATIVE, password: 'wrong' })).heard).toBe('2 ERR:1045/28000')
    expect((await saying(old.port, { plugin: NATIVE, user: 'nobody' })).heard).toBe('2 ERR:1045/28000')
    const { port } = await house()
    const answers = [(nonce: Uint8Array) => scramble(NATIVE, 'secret of ann', nonce)]
    expect((await saying(port, { plugin: NATIVE, answers })).heard).toBe(`2 switch:${SHA2} 4 ERR:1045/28000`)
  })

  test('MariaDB’s clients answer nothing by a plugin that was not named first: they are asked', async () => {
    const old = await house({ nativePassword: true })
    expect((await saying(old.port, { plugin: NATIVE, proof: none })).heard).toBe(`2 switch:${NATIVE} 4 OK`)
    expect((await saying(old.port, { plugin: NATIVE, proof: none, answers: [() => none] })).heard).toBe(
      `2 switch:${NATIVE} 4 ERR:1045/28000`,
    )
    const clear = await saying(old.port, { plugin: 'mysql_clear_password', proof: none })
    expect(clear.heard).toBe('2 switch:mysql_clear_password 4 OK')
  })

  test('answers of other lengths prove nothing', async () => {
    const { port } = await house({ nativePassword: true })
    for (const size of [1, 19, 20, 31, 33, 64, 250, 300, 70_000])
      expect((await saying(port, { proof: new Uint8Array(size).fill(7) })).heard).toBe('2 ERR:1045/28000')
  })
})

describe('the secret itself', () => {
  const encrypted = true

  test('W7 over TLS a listener with tokens asks for it, of local users too', async () => {
    const { port, arrivals, denials } = await house({ tls, requireTls: true, auth: ['password', 'token'] })
    expect((await saying(port, { encrypted })).heard).toBe('3 more:4 5 OK')
    expect(arrivals.at(-1)).toMatchObject({ login: 'ann' })
    expect((await saying(port, { encrypted, plugin: NATIVE })).heard).toBe(`3 switch:${SHA2} 5 more:4 7 OK`)
    expect((await saying(port, { encrypted, plugin: 'mysql_clear_password' })).heard).toBe('3 OK')
    const texts = new Set<string>()
    for (const user of ['ann', 'nobody']) {
      const { heard, message } = await saying(port, { encrypted, user, password: 'wrong' })
      texts.add(`${heard} ${message.replace(/user '\w*'/, '')}`)
    }
    expect(texts.size).toBe(1)
    expect([...texts][0]).toMatch(/^3 more:4 5 ERR:1045/)
    expect(denials).toEqual(['ann: wrong password', 'nobody: unknown user'])
  })

  test('is a text with one NUL behind it, and never asked for under an RSA key', async () => {
    const { port } = await house({ tls, requireTls: true, auth: ['password', 'token'] })
    const secrets = ['', '\0', '\x02', 'secret of ann', 'secret of ann\0\0', 'secret\0of ann\0', '\xff\xfe\0']
    for (const secret of secrets) {
      const answers = [() => Buffer.from(secret, 'latin1')]
      expect((await saying(port, { encrypted, answers })).heard).toBe('3 more:4 5 ERR:1045/28000')
    }
  })

  test('W9 may be longer than a byte can count', async () => {
    const { port, denials } = await house({ tls, requireTls: true, auth: ['token'] })
    for (const size of [249, 250, 251, 300, 5_000, 65_000]) {
      const password = `${'x'.repeat(size)}`
      expect((await saying(port, { encrypted, password, plugin: 'mysql_clear_password' })).heard).toBe(
        '3 ERR:1045/28000',
      )
      expect((await saying(port, { encrypted, password })).heard).toBe('3 more:4 5 ERR:1045/28000')
    }
    expect(new Set(denials)).toEqual(new Set(['ann: malformed']))
  })

  test('in the clear it is taken on loopback alone, and by the plugin that says so', async () => {
    const { port } = await house({ auth: ['password', 'token'] })
    expect((await saying(port, {})).heard).toBe('2 switch:mysql_clear_password 4 OK')
    expect((await saying(port, { plugin: 'mysql_clear_password' })).heard).toBe('2 OK')
    expect((await saying(port, { password: 'wrong' })).heard).toBe(
      '2 switch:mysql_clear_password 4 ERR:1045/28000',
    )
  })
})

test('W8 an error behind the fast OK can be read: the database is not served', async () => {
  const { port, arrivals, denials } = await house()
  const { heard, message } = await saying(port, { database: 'other' })
  expect(heard).toBe('2 more:3 3 ERR:1049/42000')
  expect(message).toBe(`Unknown database 'other'\ngatehouse: {"code":"GH_CONNECT"}`)
  expect(arrivals).toEqual([])
  expect(denials).toEqual(['ann: database not served'])
  expect((await saying(port, { database: 'other', password: 'wrong' })).heard).toBe('2 ERR:1045/28000')
})

describe('W11 without room', () => {
  for (const [code, errno] of [
    ['GH_TOO_MANY', 1040],
    ['GH_DRAINING', 1053],
  ] as const) {
    test(`${code} comes in place of the greeting, numbered 0 and without a state`, async () => {
      const { port } = await house({ full: () => ({ code, message: 'come back later' }) })
      const line = listen(await dial(port))
      const { payload: content, sequence } = await line.next()
      expect([sequence, content[0], content.readUInt16LE(1)]).toEqual([0, 0xff, errno])
      expect(content.toString('latin1', 3)).toMatch(/^[TS][^#]+: come back later\ngatehouse: /)
      expect(await line.rest()).toEqual([])
    })
  }
})

test('a client that stops half-way leaves nothing behind', async () => {
  const { port, faults } = await house()
  for (const bytes of [
    none,
    packets(1, payload([1, 2])).subarray(0, 3),
    packets(1, new Uint8Array(200)).subarray(0, 100),
  ]) {
    const socket = await dial(port)
    const line = listen(socket)
    await line.next()
    socket.end(bytes)
    await line.rest()
  }
  expect(faults.length).toBe(3)
})
