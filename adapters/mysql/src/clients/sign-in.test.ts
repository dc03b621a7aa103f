/** Clients as people install them sign in: mysql2, and the command lines of both flavours. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { promisify } from 'node:util'
import {
  type Certificates,
  certificates,
  describePart,
  findTool,
  type MysqlServer,
  mariadbPlugins,
  mysqlCommandLine,
  startMariadb,
} from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Doorway, type DoorwayParts, openDoorway } from '../wire/doorway.js'

const run = promisify(execFile)

describePart(['mariadbd', 'openssl'], 'signing in', () => {
  let authority: Certificates
  let ca: string
  let server: MysqlServer
  const houses: Doorway[] = []
  let plain: Doorway
  let encrypted: Doorway
  let tokens: Doorway
  let native: Doorway
  beforeAll(async () => {
    authority = await certificates()
    ca = readFileSync(authority.ca, 'utf8')
    const context = createSecureContext({
      cert: readFileSync(authority.cert),
      key: readFileSync(authority.key),
    })
    const tls: NonNullable<DoorwayParts['tls']> = { context, certificate: new Uint8Array() }
    server = await startMariadb({ tls: authority })
    const house = async (parts: Partial<DoorwayParts>) => {
      const made = await openDoorway({
        porch: {
          flavour: 'mariadb',
          serverVersion: `5.5.5-${server.version}`,
          serves: (name) => name !== 'other',
        },
        upstream: { port: server.port, user: 'root', password: server.password, ca },
        ...parts,
      })
      houses.push(made)
      return made
    }
    plain = await house({})
    native = await house({ nativePassword: true })
    encrypted = await house({ tls, requireTls: true })
    tokens = await house({ tls, requireTls: true, auth: ['password', 'token'] })
  })
  afterAll(async () => {
    await Promise.all(houses.map((each) => each.close()))
    await server.stop()
    authority.remove()
  })

  describe('mysql2', () => {
    const ann = { host: '127.0.0.1', user: 'ann', password: 'secret of ann' }
    test('in the clear on loopback, over TLS, and with the secret itself', async () => {
      const ways = [
        { port: plain.port },
        { port: encrypted.port, ssl: { ca } },
        { port: tokens.port, ssl: { ca } },
      ]
      for (const way of ways) {
        const client = await createConnection({ ...ann, ...way, database: 'mysql' })
        const [rows] = await client.query('select database() d, user() u')
        expect(rows).toEqual([{ d: 'mysql', u: expect.stringMatching(/^root@/) }])
        await client.end()
      }
      expect(plain.arrivals.at(-1)).toMatchObject({ login: 'ann', database: 'mysql', charset: 'utf8mb4' })
      expect(plain.arrivals.at(-1)?.attributes.get('_client_name')).toBe('Node-MySQL-2')
    })

    test('and hears why not', async () => {
      const refused = (more: object) =>
        createConnection({ ...ann, port: encrypted.port, ssl: { ca }, ...more }).then(
          () => 'in',
          ({ errno, sqlState }: { errno: number; sqlState: string }) => `${errno} ${sqlState}`,
        )
      expect(await refused({ password: 'wrong' })).toBe('1045 28000')
      expect(await refused({ user: 'nobody' })).toBe('1045 28000')
      expect(await refused({ password: '' })).toBe('1045 28000')
      expect(await refused({ database: 'other' })).toBe('1049 42000')
      expect(await refused({ ssl: undefined })).toBe('3159 HY000')
    })
  })

  const programs: readonly (readonly ['mariadb' | 'mysql', () => readonly string[], readonly string[]])[] = [
    ['mariadb', () => [findTool('mariadb') ?? '', '--no-defaults'], ['--ssl-verify-server-cert']],
    ['mysql', () => mysqlCommandLine() ?? [], ['--ssl-mode=VERIFY_CA']],
  ]
  for (const [part, program, verify] of programs) {
    describePart(part, `the command line of ${part}`, () => {
      const asked = async (
        house: Doorway,
        more: readonly string[] = [],
        password = 'secret of ann',
        plugins = mariadbPlugins(),
      ) => {
        const [command = '', ...first] = program()
        const given = ['--host=127.0.0.1', `--port=${house.port}`, '--user=ann', '-N', '-e', 'select 1 + 1']
        const tls = house === encrypted || house === tokens ? [...verify, `--ssl-ca=${authority.ca}`] : []
        const env = { ...process.env, MYSQL_PWD: password, MARIADB_PLUGIN_DIR: plugins }
        return run(command, [...first, ...given, ...tls, ...more], { env }).then(
          ({ stdout }) => stdout.trim(),
          ({ stderr }: { stderr: string }) => stderr.trim().split('\n')[0],
        )
      }
      test('signs in', async () => {
        for (const house of [plain, encrypted, tokens]) expect(await asked(house)).toBe('2')
        if (part === 'mariadb')
          expect(await asked(native, ['--default-auth=mysql_native_password'])).toBe('2')
        expect(encrypted.arrivals.at(-1)?.application).toMatch(/^(mysql|mariadb)$/)
      })
      if (part === 'mariadb')
        test('W7 says itself which plugin it lacks', async () => {
          expect(await asked(plain, [], undefined, '/nowhere')).toMatch(
            /Plugin caching_sha2_password could not be loaded/,
          )
        })
      const clear = [
        '--default-auth=mysql_clear_password',
        ...(part === 'mysql' ? ['--enable-cleartext-plugin'] : []),
      ]
      test('hears why not', async () => {
        expect(await asked(plain, [], 'wrong')).toMatch(
          /^ERROR 1045 \(28000\): Access denied for user 'ann'@/,
        )
        expect(await asked(plain, ['--database=other'])).toMatch(/^ERROR 1049 \(42000\)/)
        expect(await asked(plain, clear)).toBe('2')
      })
    })
  }
})
