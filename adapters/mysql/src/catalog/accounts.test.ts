import { readFileSync } from 'node:fs'
import {
  type Certificates,
  certificates,
  describePart,
  type MysqlServer,
  startMariadb,
  startMysql,
} from '@gatehouse/workbench'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillShop, READER, siteBefore, type Warned } from './catalog-fixture.js'
import { openServer } from './server.js'

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart([part, 'openssl'], `accounts and hosts of ${part}`, () => {
    let upstream: MysqlServer
    let root: Connection
    let made: Certificates
    beforeAll(async () => {
      made = await certificates()
      upstream = await start({ tls: made })
      root = await fillShop(upstream)
      for (const text of ACCOUNTS) await root.query(text)
      const by = upstream.flavour === 'mysql' ? 'to' : 'for'
      await root.query(`set default role plain ${by} taker@'127.0.0.1'`)
    })
    afterAll(async () => {
      await root?.end()
      await upstream?.stop()
      made?.remove()
    })

    const account = (user: string) => ({ user, password: 'x' })

    test.each(DANGEROUS)(
      'R12 %s is refused wherever it is named, and accepted with a warning',
      async (user, right) => {
        const bad = { ...account(user), groups: ['admins'] }
        const places = [
          { accounts: [bad, READER] },
          { catalogAccount: account(user) },
          { accounts: [account(user)], catalogAccount: READER },
        ]
        for (const place of places)
          await expect(openServer(siteBefore(upstream, place))).rejects.toMatchObject({
            code: 'GH_CONFIGURATION',
            message: expect.stringMatching(new RegExp(`\`${user}\` of listener \`shop\` has .*${right}`)),
          })
        const warned: Warned[] = []
        const open = await openServer(
          siteBefore(upstream, { ...places[0], privileged: 'accept' }, {}, warned),
        )
        expect(warned.map(({ message }) => message)).toEqual([
          expect.stringContaining('accepted by upstream.privileged'),
        ])
        await open.close()
      },
    )

    test('R12 a role that holds nothing dangerous is no reason to refuse', async () => {
      await (await openServer(siteBefore(upstream, { accounts: [account('taker')] }))).close()
    })

    test('a certificate must be of an authority that is trusted, and of the host', async () => {
      const ca = readFileSync(made.ca)
      const open = await openServer(siteBefore(upstream, { tls: 'verify-full', ca }))
      expect(open.target()).toEqual({ host: upstream.host, port: upstream.port })
      await open.close()
      const wrong = await certificates()
      await expect(
        openServer(siteBefore(upstream, { tls: 'verify-full', ca: readFileSync(wrong.ca) })),
      ).rejects.toMatchObject({ code: 'GH_CATALOG' })
      await expect(openServer(siteBefore(upstream, { tls: 'verify-full' }))).rejects.toMatchObject({
        code: 'GH_CATALOG',
      })
      wrong.remove()
    })

    test('a certificate of a name says nothing of an address', async () => {
      const { cert, key } = await made.issue({ commonName: 'localhost', altNames: 'DNS:localhost' })
      const named = await start({ tls: { cert, key } })
      await (await fillShop(named)).end()
      const at = (host: string) =>
        openServer(siteBefore({ host, port: named.port }, { tls: 'verify-full', ca: readFileSync(made.ca) }))
      await expect(at('127.0.0.1')).rejects.toMatchObject({
        message: expect.stringContaining('127.0.0.1 is not in'),
      })
      await (await at('localhost')).close()
      await named.stop()
    })

    test('a server that is read-only is no primary; a host that is away is passed over', async () => {
      const other = await start()
      await (await fillShop(other)).end()
      await root.query('set global read_only = on')
      const hosts = [
        { host: '127.0.0.1', port: 1 },
        { host: '127.0.0.1', port: upstream.port },
        { host: '127.0.0.1', port: other.port },
      ]
      const primary = await openServer(siteBefore(upstream, { hosts }))
      expect(primary.target().port).toBe(other.port)
      await primary.close()
      const any = await openServer(siteBefore(upstream, { hosts, role: 'any' }))
      expect(any.target().port).toBe(upstream.port)
      await any.close()
      await root.query('set global read_only = off')
      await other.stop()
    })

    test('a wrong password is told without a word of the server', async () => {
      const bad = { catalogAccount: { user: 'gatehouse', password: 'wrong' } }
      await expect(openServer(siteBefore(upstream, bad))).rejects.toMatchObject({
        code: 'GH_CATALOG',
        message: expect.stringMatching(/could be read: ER_ACCESS_DENIED_ERROR$/),
      })
    })
  })
}

const ACCOUNTS = [
  ...['files', 'grantor', 'reads_all', 'heir', 'taker', 'maker', 'looks'].map(
    (user) => `create user ${user}@'127.0.0.1' identified by 'x'`,
  ),
  'create role outer_role',
  'create role inner_role',
  'create role plain',
  'grant process on *.* to inner_role',
  'grant inner_role to outer_role',
  `grant outer_role to heir@'127.0.0.1'`,
  'grant select on hr.* to plain',
  `grant plain to taker@'127.0.0.1'`,
  `grant file on *.* to files@'127.0.0.1'`,
  `grant select on shop.* to grantor@'127.0.0.1' with grant option`,
  `grant select on *.* to reads_all@'127.0.0.1'`,
  `grant create user on *.* to maker@'127.0.0.1'`,
  `grant select on mysql.user to looks@'127.0.0.1'`,
]

const DANGEROUS: readonly (readonly [user: string, right: string])[] = [
  ['files', 'FILE'],
  ['grantor', 'GRANT OPTION'],
  ['reads_all', 'SELECT on mysql'],
  ['heir', 'PROCESS'],
  ['maker', 'CREATE USER'],
  ['looks', 'SELECT on mysql'],
]
