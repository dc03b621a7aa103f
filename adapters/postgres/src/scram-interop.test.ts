/** adapter-kit's SCRAM against those who wrote theirs without us: Postgres, libpq and node-postgres. */
import { execFile } from 'node:child_process'
import { createHmac, randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import {
  type ChannelBinding,
  createScramClient,
  createScramServer,
  deriveScramKeys,
  endpointBinding,
  md5Response,
  scramMechanisms,
} from '@gatehouse/adapter-kit'
import {
  type Certificates,
  certificates,
  describePart,
  findTool,
  type PostgresServer,
  startPostgres,
} from '@gatehouse/workbench'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PASSWORDS = [
  'pencil',
  'p\u00e4ssw\u00f6rt',
  '\u2168\u00adx',
  '\u2168 \u{1f511}',
  'a\u00a0b',
  '\u0627\u0031',
]
const nonce = () => randomBytes(18).toString('base64')
let authority: Certificates
let postgres: PostgresServer

beforeAll(async () => {
  authority = await certificates()
  postgres = await startPostgres({
    tls: authority,
    hba: ['host all md5user all md5', 'host all all all scram-sha-256'],
  })
  const admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
  for (const [index, password] of PASSWORDS.entries()) {
    await admin.query(`create role user${index} login password ${admin.escapeLiteral(password)}`)
  }
  await admin.query(`set password_encryption = 'md5'`)
  await admin.query(`create role md5user login password 'pencil'`)
  await admin.end()
})
afterAll(async () => {
  await postgres.stop()
  authority.remove()
})

const message = (type: string, ...parts: readonly (string | Uint8Array)[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const head = Buffer.alloc(type.length + 4)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(body.length + 4, type.length)
  return Buffer.concat([head, body])
}
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function reader(socket: Socket) {
  const chunks = socket[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const take = async (count: number): Promise<Buffer> => {
    while (held.length < count) {
      const next = await chunks.next()
      if (next.done === true) throw new Error('the other side closed')
      held = Buffer.concat([held, next.value as Buffer])
    }
    const taken = held.subarray(0, count)
    held = held.subarray(count)
    return taken
  }
  return async (typed: boolean) => {
    const type = typed ? (await take(1)).toString('latin1') : ''
    const body = await take((await take(4)).readUInt32BE() - 4)
    return { type, body }
  }
}

describe('our client at a real Postgres', () => {
  async function signIn(user: string, password: string, mechanism?: string): Promise<string> {
    const plain = connect(postgres.port, postgres.host)
    let socket: Socket = plain
    let binding: ChannelBinding | undefined
    try {
      if (mechanism?.endsWith('-PLUS')) {
        plain.write(message('', int32(80877103)))
        await new Promise((resolve) => plain.once('data', resolve))
        const secure = connectTls({ socket: plain, ca: readFileSync(authority.ca), servername: 'localhost' })
        await new Promise((resolve) => secure.once('secureConnect', resolve))
        binding = endpointBinding(secure.getPeerCertificate().raw)
        socket = secure
      }
      const read = reader(socket)
      socket.write(message('', int32(196608), `user\0${user}\0database\0postgres\0\0`))
      let client: ReturnType<typeof createScramClient> | undefined
      let proven = false
      for (;;) {
        const { type, body } = await read(true)
        if (type === 'E') return 'refused'
        if (type !== 'R') throw new Error(`unexpected ${type}`)
        const kind = body.readInt32BE()
        if (kind === 0) return proven ? 'signed in' : 'signed in without proof'
        if (kind === 5) {
          socket.write(message('p', `${md5Response(user, password, body.subarray(4))}\0`))
          proven = true
        } else if (kind === 10) {
          const options = binding === undefined ? {} : { channelBinding: binding }
          client = createScramClient({ mechanism: mechanism ?? '', password, nonce: nonce(), ...options })
          const size = int32(client.initial.length)
          socket.write(message('p', `${client.mechanism}\0`, size, client.initial))
        } else {
          const step = await client?.step(body.subarray(4))
          if (step?.send !== undefined) socket.write(message('p', step.send))
          if (step?.done !== undefined) proven = step.done.ok
        }
      }
    } finally {
      socket.destroy()
      plain.destroy()
    }
  }

  test.each([...PASSWORDS.entries()])('password %i', async (index, password) => {
    expect(await signIn(`user${index}`, password, 'SCRAM-SHA-256')).toBe('signed in')
    expect(await signIn(`user${index}`, password, 'SCRAM-SHA-256-PLUS')).toBe('signed in')
    expect(await signIn(`user${index}`, `${password}x`, 'SCRAM-SHA-256')).toBe('refused')
  })

  test('md5', async () => {
    expect(await signIn('md5user', 'pencil')).toBe('signed in')
    expect(await signIn('md5user', 'Pencil')).toBe('refused')
  })
})

describe('row 25: real clients at our server', () => {
  const verdicts: string[] = []
  /** Greets, signs in, answers every query as an empty one. */
  async function serve(password: string, tls: boolean) {
    const keys = { cert: readFileSync(authority.cert), key: readFileSync(authority.key) }
    const salt = createHmac('sha256', 'salt').update(password).digest().subarray(0, 16)
    const verifier = { salt, iterations: 4096, keys: await deriveScramKeys(password, salt, 4096) }
    const binding = tls ? endpointBinding(new X509Certificate(keys.cert).raw) : undefined
    const answer = async (plain: Socket) => {
      let socket = plain
      let read = reader(socket)
      let start = await read(false)
      if (start.body.readInt32BE() === 80877103) {
        plain.write(tls ? 'S' : 'N')
        if (tls) {
          socket = new TLSSocket(plain, { isServer: true, ...keys })
          read = reader(socket)
        }
        start = await read(false)
      }
      const offer = scramMechanisms(binding).map((name) => `${name}\0`)
      socket.write(message('R', int32(10), ...offer, '\0'))
      const { body } = await read(true)
      const end = body.indexOf(0)
      const mechanism = body.toString('latin1', 0, end)
      const options = binding === undefined ? {} : { channelBinding: binding }
      const server = createScramServer({ mechanism, verifier: () => verifier, nonce: nonce(), ...options })
      let step = server.step(body.subarray(end + 5))
      while (step.done === undefined) {
        socket.write(message('R', int32(11), step.send ?? ''))
        step = server.step((await read(true)).body)
      }
      verdicts.push(`${mechanism} ${step.done.ok ? 'ok' : step.done.reason}`)
      if (!step.done.ok) {
        socket.end(message('E', 'SFATAL\0VFATAL\0C28P01\0Mno\0\0'))
        return
      }
      socket.write(message('R', int32(12), step.send ?? ''))
      socket.write(Buffer.concat([message('R', int32(0)), message('Z', 'I')]))
      while ((await read(true)).type !== 'X') socket.write(Buffer.concat([message('I'), message('Z', 'I')]))
      socket.end()
    }
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      answer(socket).catch(() => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port, close: () => server.close() }
  }

  async function nodePostgres(port: number, password: string, tls: boolean, bind: boolean) {
    const ssl = tls ? { ca: readFileSync(authority.ca, 'utf8'), servername: 'localhost' } : false
    const where = { host: '127.0.0.1', port, user: 'ann', database: 'shop', password, ssl }
    const client = new pg.Client({ ...where, enableChannelBinding: bind })
    await client.connect()
    await client.end()
  }

  test.each(PASSWORDS.map((password) => [password]))('node-postgres, password %j', async (password) => {
    const [bare, secure] = [await serve(password, false), await serve(password, true)]
    verdicts.length = 0
    await nodePostgres(bare.port, password, false, false)
    await nodePostgres(secure.port, password, true, false)
    await nodePostgres(secure.port, password, true, true)
    expect(verdicts).toEqual(['SCRAM-SHA-256 ok', 'SCRAM-SHA-256 ok', 'SCRAM-SHA-256-PLUS ok'])
    await expect(nodePostgres(secure.port, `${password}x`, true, true)).rejects.toThrow('no')
    bare.close()
    secure.close()
  })

  describePart('psql', 'libpq', () => {
    const psql = async (port: number, password: string, options: string) => {
      const target = `host=127.0.0.1 port=${port} user=ann dbname=shop ${options}`
      const env = { ...process.env, PGPASSWORD: password }
      await promisify(execFile)(findTool('psql') ?? 'psql', [target, '-c', ''], { env })
    }

    test.each(PASSWORDS.map((password) => [password]))('password %j', async (password) => {
      const [bare, secure] = [await serve(password, false), await serve(password, true)]
      verdicts.length = 0
      await psql(bare.port, password, 'sslmode=disable')
      await psql(secure.port, password, 'sslmode=require channel_binding=disable')
      await psql(secure.port, password, 'sslmode=require channel_binding=require')
      expect(verdicts).toEqual(['SCRAM-SHA-256 ok', 'SCRAM-SHA-256 ok', 'SCRAM-SHA-256-PLUS ok'])
      bare.close()
      secure.close()
    })
  })
})
