/** People and programs sign in to MySQL by their tokens, with clients as they are installed (interface §2). */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { promisify } from 'node:util'
import {
  type Certificates,
  certificates,
  describePart,
  type MysqlServer,
  mysqlCommandLine,
  type OidcProvider,
  startMysql,
  startOidcProvider,
} from '@gatehouse/workbench'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Doorway, openDoorway } from '../wire/doorway.js'

const run = promisify(execFile)

describePart(['mysql', 'openssl'], 'tokens', () => {
  let authority: Certificates
  let ca: string
  let server: MysqlServer
  let corp: OidcProvider
  let house: Doorway
  let loopback: Doorway
  beforeAll(async () => {
    authority = await certificates()
    ca = readFileSync(authority.ca, 'utf8')
    corp = await startOidcProvider()
    server = await startMysql({ tls: authority })
    const parts: Parameters<typeof openDoorway>[0] = {
      porch: { flavour: 'mysql', serverVersion: server.version, serves: () => true },
      auth: ['token'],
      issuers: [
        {
          name: 'corp',
          issuer: corp.issuer,
          audience: 'gatehouse',
          subject: '/preferred_username',
          groups: '/groups',
          clients: ['gatehouse-cli'],
        },
      ],
      upstream: { port: server.port, user: 'root', password: server.password, ca },
    }
    const context = createSecureContext({
      cert: readFileSync(authority.cert),
      key: readFileSync(authority.key),
    })
    house = await openDoorway({ ...parts, tls: { context, certificate: new Uint8Array() }, requireTls: true })
    loopback = await openDoorway(parts)
  })
  afterAll(async () => {
    await house.close()
    await loopback.close()
    await server.stop()
    await corp.stop()
    authority.remove()
  })

  const tokenOf = async (who: string, more: object = {}) =>
    (await corp.signIn(who, { claims: { preferred_username: who, groups: ['analysts'] }, ...more }))
      .accessToken

  test('W9 a token of any length is a password over TLS', async () => {
    for (const [who, login] of [
      ['paula', 'paula'],
      ['paula', 'token'],
    ] as const) {
      const password = await tokenOf(who)
      expect(password.length).toBeGreaterThan(250)
      const client = await createConnection({
        host: '127.0.0.1',
        port: house.port,
        user: login,
        password,
        ssl: { ca },
      })
      expect((await client.query('select 1 as n'))[0]).toEqual([{ n: 1 }])
      await client.end()
      expect(house.arrivals.at(-1)).toMatchObject({
        login,
        identity: { name: 'paula', issuer: 'corp', groups: ['analysts'] },
      })
    }
    const long = await tokenOf('paula', {
      claims: {
        preferred_username: 'paula',
        groups: Array.from({ length: 900 }, (_, n) => `group-number-${n}`),
      },
    })
    expect(long.length).toBeGreaterThan(16_000)
    const ssl = { ca }
    const client = await createConnection({
      host: '127.0.0.1',
      port: house.port,
      user: 'paula',
      password: long,
      ssl,
    })
    expect(house.arrivals.at(-1)?.identity.groups.length).toBe(900)
    await client.end()
  })

  test('a name that is not the token’s, another audience, a password: all alike', async () => {
    const refused = (user: string, password: string) =>
      createConnection({ host: '127.0.0.1', port: house.port, user, password, ssl: { ca } }).then(
        () => 'in',
        ({ errno, message }: { errno: number; message: string }) =>
          `${errno} ${message.replace(/'\w+'@/, '')}`,
      )
    const heard = new Set([
      await refused('quentin', await tokenOf('paula')),
      await refused('paula', await tokenOf('paula', { audience: 'elsewhere' })),
      await refused('ann', 'secret of ann'),
      await refused('nobody', 'x'),
    ])
    expect(heard.size).toBe(1)
    expect([...heard][0]).toMatch(/^1045 Access denied for user '127\.0\.0\.1' \(using password: YES\)/)
    expect(house.denials).toEqual([
      'quentin: sign-in name',
      'paula: wrong audience',
      'ann: malformed',
      'nobody: malformed',
    ])
  })

  test('the command line brings one, by either plugin', async () => {
    const [command = '', ...first] = mysqlCommandLine() ?? []
    const token = await tokenOf('paula')
    const given = ['--host=127.0.0.1', '--user=token', '-N', '-e', 'select 2 + 3']
    const env = { ...process.env, MYSQL_PWD: token }
    const over = [`--port=${house.port}`, '--ssl-mode=VERIFY_CA', `--ssl-ca=${authority.ca}`]
    expect((await run(command, [...first, ...given, ...over], { env })).stdout.trim()).toBe('5')
    const clear = ['--enable-cleartext-plugin', `--port=${loopback.port}`, '--ssl-mode=DISABLED']
    expect((await run(command, [...first, ...given, ...clear], { env })).stdout.trim()).toBe('5')
    const without = run(command, [...first, ...given, `--port=${loopback.port}`, '--ssl-mode=DISABLED'], {
      env,
    })
    await expect(without).rejects.toMatchObject({ stderr: expect.stringMatching(/plugin not enabled/) })
  })
})
