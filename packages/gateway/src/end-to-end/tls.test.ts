import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as secure, type TLSSocket } from 'node:tls'
import {
  type Certificates,
  certificates,
  describePart,
  type PostgresServer,
  startPostgres,
} from '@gatehouse/workbench'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPsql } from './run-psql.js'
import { CONFIG, eventually, metric, openStage, rawSocket, type Serving, type Stage } from './stage.js'
import { openSwitchboard, type Switchboard } from './switchboard.js'

/** `localhost` on the listener and on the upstream: both sides show certificates of one authority. */
const configuration = (port: number) =>
  CONFIG(port)
    .replace('limits:', 'tls: {cert: server.pem, key: server.key}\n    limits:')
    .replace('host: 127.0.0.1', 'host: localhost')
    .replace('tls: disable', 'tls: verify-full, ca: ca.pem')
    .replace('perUser: 3', 'perUser: 8')

let house: Certificates
let strangers: Certificates
let stage: Stage
let board: Switchboard
let serving: Serving
const impostors = new Map<string, PostgresServer>()

beforeAll(async () => {
  house = await certificates()
  strangers = await certificates()
  stage = await openStage({
    tls: house,
    hba: ['host all postgres 127.0.0.1/32 scram-sha-256', 'hostssl all gatehouse 127.0.0.1/32 scram-sha-256'],
  })
  board = await openSwitchboard(stage.postgres.port)
  for (const [name, path] of Object.entries({
    'server.pem': house.cert,
    'server.key': house.key,
    'ca.pem': house.ca,
    'other-ca.pem': strangers.ca,
  }))
    stage.write(name, readFileSync(path))
  stage.write('gatehouse.yaml', configuration(board.port))
  serving = await stage.serve()
})
afterAll(async () => {
  await stage.stop()
  await board.stop()
  for (const each of impostors.values()) await each.stop()
  house.remove()
  strangers.remove()
})

const libpq = (more: Record<string, string | number> = {}) => ({
  host: 'localhost',
  hostaddr: '127.0.0.1',
  port: serving.port,
  user: 'ann',
  sslmode: 'verify-full',
  sslrootcert: house.ca,
  ...more,
})

describePart('psql', 'psql under TLS', () => {
  test('verify-full, SCRAM bound to the channel (SCRAM-SHA-256-PLUS)', async () => {
    expect(
      await runPsql(libpq({ channel_binding: 'require' }), ['select count(*) from customers'], 'pass-word'),
    ).toEqual({ status: 0, stdout: '20\n', stderr: '' })
  })

  test('a binding to the channel does not make a wrong password right', async () => {
    const { status, stderr } = await runPsql(libpq({ channel_binding: 'require' }), ['select 1'], 'wrong')
    expect(status).toBe(2)
    expect(stderr).toContain('sign-in failed for user "ann"')
  })

  test('the client sees through a certificate of another authority, and of another name', async () => {
    const other = await runPsql(libpq({ sslrootcert: strangers.ca }), ['select 1'], 'pass-word')
    expect(other).toMatchObject({ status: 2, stderr: expect.stringContaining('certificate verify failed') })
    const name = await runPsql(libpq({ host: 'db.example' }), ['select 1'], 'pass-word')
    expect(name).toMatchObject({ status: 2, stderr: expect.stringContaining('does not match host name') })
  })

  test.each(['rsa:2048', 'ed25519', 'ec'] as const)(
    'a renewed certificate (%s) counts from SIGHUP on, its binding too',
    async (algorithm) => {
      const before = serving.lines().filter(({ message }) => message === 'reloaded').length
      const open = await serving.client('ben', undefined, {
        host: 'localhost',
        ssl: { ca: readFileSync(house.ca, 'utf8') },
      })
      const renewed = await house.issue({ commonName: `renewed-${algorithm}`, algorithm })
      stage.write('server.pem', readFileSync(renewed.cert))
      stage.write('server.key', readFileSync(renewed.key))
      process.kill(serving.program.pid, 'SIGHUP')
      await eventually(() => serving.lines().filter(({ message }) => message === 'reloaded').length > before)
      const socket = secure({
        host: '127.0.0.1',
        port: serving.port,
        servername: 'localhost',
        ca: readFileSync(house.ca),
        ALPNProtocols: ['postgresql'],
      })
      await new Promise((resolve) => socket.once('secureConnect', resolve))
      expect(socket.getPeerCertificate().subject.CN).toBe(`renewed-${algorithm}`)
      socket.destroy()
      // libpq cannot bind to Ed25519: there is no hash to take (RFC 5929 leaves it undefined).
      const binding = algorithm === 'ed25519' ? 'prefer' : 'require'
      expect(await runPsql(libpq({ channel_binding: binding }), ['select 1'], 'pass-word')).toMatchObject({
        status: 0,
        stdout: '1\n',
      })
      expect((await open.query('select 1 as n')).rows).toEqual([{ n: 1 }])
      await open.end()
    },
  )

  test('plaintext is refused before a password is asked for', async () => {
    const { status, stderr } = await runPsql(libpq({ sslmode: 'disable' }), ['select 1'], 'pass-word')
    expect(status).toBe(2)
    expect(stderr).toContain('takes encrypted connections only')
  })
})

describe('the listener under TLS', () => {
  const startup = () => {
    const body = Buffer.from('\0\x03\0\0user\0ann\0database\0shop\0\0', 'latin1')
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length + 4)
    return Buffer.concat([length, body])
  }
  const firstBytes = (socket: TLSSocket) =>
    new Promise<string>((resolve) => {
      socket.on('data', (bytes: Buffer) => resolve(bytes.toString('latin1')))
      socket.on('error', () => resolve(''))
      socket.on('close', () => resolve(''))
    })
  const direct = (protocols: string[], more: { maxVersion?: 'TLSv1.2' | 'TLSv1.1' } = {}) =>
    secure({
      host: '127.0.0.1',
      port: serving.port,
      servername: 'localhost',
      ca: readFileSync(house.ca),
      ALPNProtocols: protocols,
      ...more,
    })

  test('TLS from the first byte, with ALPN `postgresql`: SCRAM with and without binding is offered', async () => {
    const socket = direct(['postgresql'])
    const answer = firstBytes(socket)
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect(socket.alpnProtocol).toBe('postgresql')
    expect(socket.authorized).toBe(true)
    socket.write(startup())
    const offer = await answer
    expect(offer[0]).toBe('R')
    expect(offer).toContain('SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0')
    socket.destroy()
  })

  test('TLS from the first byte without ALPN, or with another protocol, gets no answer', async () => {
    for (const protocols of [[], ['http/1.1']]) {
      const socket = direct(protocols)
      const answer = firstBytes(socket)
      socket.once('secureConnect', () => socket.write(startup()))
      expect(await answer, protocols.join()).toBe('')
    }
  })

  test('TLS 1.1 is too old', async () => {
    const socket = direct(['postgresql'], { maxVersion: 'TLSv1.1' })
    expect(await firstBytes(socket)).toBe('')
  })

  test('who resets in the middle of a handshake is nobody: no fault, no record, no connection is left', async () => {
    const said = serving.program.output().length
    const hello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(506, 7)])
    for (const sent of [0, 1, 5, 9, 300, hello.length]) {
      const socket = await rawSocket(serving.port)
      socket.on('error', () => {})
      socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
      await once(socket, 'data')
      if (sent > 0) await new Promise((resolve) => socket.write(hello.subarray(0, sent), resolve))
      socket.resetAndDestroy()
    }
    // A right hello, and gone at the server's answer.
    const socket = await rawSocket(serving.port)
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
    await once(socket, 'data')
    const client = secure({ socket, rejectUnauthorized: false }).on('error', () => {})
    socket.once('data', () => socket.resetAndDestroy())
    await once(client, 'close')
    await eventually(
      async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_connections', { listener: 'shop' }) === 0,
    )
    expect(serving.program.output().slice(said)).not.toMatch(/"level":"(warn|error|fatal)"/)
  })

  test('a start-up packet in clear text is refused with 28000, whoever it names', async () => {
    const socket = await rawSocket(serving.port)
    const answer = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))))
    socket.write(startup())
    expect(await answer).toMatch(/^E.*C28000\0/s)
    socket.destroy()
  })

  test('node-postgres: the session is recorded as encrypted, upstream too', async () => {
    const client = await serving.client('ann', undefined, {
      host: 'localhost',
      ssl: { ca: readFileSync(house.ca, 'utf8') },
    })
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    expect(rows).toEqual([{ ssl: true }])
    await client.end()
  })
})

/** Each is started once and shows up twice: in front of clients, and at a start. */
async function impostor(name: string, tls?: { cert: string; key: string }): Promise<PostgresServer> {
  const server =
    impostors.get(name) ??
    (await startPostgres({
      ...(tls && { tls }),
      hba: ['host all all 127.0.0.1/32 password'],
      settings: { log_connections: true },
    }))
  impostors.set(name, server)
  return server
}

const IMPOSTORS = [
  ['another authority', () => impostor('authority', strangers), /certificate|issuer|self.signed/i],
  [
    'another name',
    async () => impostor('name', await house.issue({ commonName: 'elsewhere', altNames: 'DNS:elsewhere' })),
    /altnames|Hostname/,
  ],
  ['no TLS at all', () => impostor('plain'), /does not (offer TLS|support SSL)/],
] as const

describe('an upstream that is not what it was', () => {
  const signIn = () =>
    serving.client('ann', undefined, { host: 'localhost', ssl: { ca: readFileSync(house.ca, 'utf8') } })
  const attempt = () =>
    signIn().then(
      () => 'connected',
      (fault: { code?: string; message: string }) => `${fault.code}: ${fault.message}`,
    )
  const failures = () =>
    serving.lines().filter(({ message }) => String(message).includes('session has failed'))

  test.each(IMPOSTORS)(
    '%s: 08006 to the client, the reason in the log, no password sent',
    async (_name, start, reason) => {
      const before = failures().length
      const server = await start()
      board.lead(server.port)
      const answer = await attempt()
      board.lead(stage.postgres.port)
      expect(answer).toMatch(/^08006: /)
      expect(answer).not.toMatch(reason)
      await eventually(() => failures().length > before)
      expect(JSON.stringify(failures().slice(before))).toMatch(reason)
      expect(readFileSync(server.logFile, 'utf8')).not.toContain('user=gatehouse')
      await (await signIn()).end()
    },
  )
})

describe('a start that is refused', () => {
  const start = async (config: string) => {
    stage.write('gatehouse.yaml', config.replace('./var', './var-refused'))
    const refused = await stage.serve({ expectReady: false })
    const code = await refused.program.ended
    stage.write('gatehouse.yaml', configuration(board.port))
    expect(refused.program.output()).not.toContain('listening')
    return { code, said: refused.program.output() }
  }

  test.each(IMPOSTORS)('an upstream with %s', async (_name, begin, reason) => {
    board.lead((await begin()).port)
    const { code, said } = await start(configuration(board.port))
    board.lead(stage.postgres.port)
    expect(code).toBe(3)
    expect(said).toMatch(reason)
  })

  test.each([
    ['an authority that is none', ['ca: ca.pem', 'ca: server.key'], /holds no certificate/],
    ['the key of another certificate', ['key: server.key', 'key: other.key'], /certificate and its key/],
  ] as const)('%s', async (_name, [from, to], reason) => {
    stage.write('other.key', readFileSync(strangers.key))
    const { code, said } = await start(configuration(board.port).replace(from, to))
    expect(code).toBe(2)
    expect(said).toMatch(reason)
    expect(said).not.toContain('PRIVATE')
  })
})

test('a client that wants no TLS and a listener that has none: passwords stay SCRAM', async () => {
  stage.write(
    'gatehouse.yaml',
    configuration(board.port)
      .replace('tls: {cert: server.pem, key: server.key}\n    ', '')
      .replace('./var', './var-plain'),
  )
  const plain = await stage.serve()
  const client = new pg.Client({
    host: '127.0.0.1',
    port: plain.port,
    user: 'ann',
    password: 'pass-word',
    database: 'shop',
  })
  await client.connect()
  expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  await client.end()
})
