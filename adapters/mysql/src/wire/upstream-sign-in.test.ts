/** mysql-wire §2.7 and §8, row 72: signing in to real servers by every plugin that they have, and what a session begins with. */
import { readFileSync } from 'node:fs'
import {
  type Certificates,
  certificates,
  describePart,
  type MysqlServer,
  startMariadb,
  startMysql,
} from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { type Doorway, openDoorway, USERS } from './doorway.js'
import { type RawClient, signIn } from './raw-client.js'
import { rowsOf } from './transcript.js'

const FLAVOURS = [
  { part: 'mariadbd', flavour: 'mariadb', start: startMariadb, plugins: ['mysql_native_password'] },
  { part: 'mysql', flavour: 'mysql', start: startMysql, plugins: ['caching_sha2_password'] },
] as const

for (const { part, flavour, start, plugins } of FLAVOURS) {
  describePart([part, 'openssl'], `signing in to ${part}`, () => {
    let authority: Certificates
    let ca: string
    let server: MysqlServer
    let admin: Connection
    const open: (() => Promise<void>)[] = []
    beforeAll(async () => {
      authority = await certificates()
      ca = readFileSync(authority.ca, 'utf8')
      server = await start({ tls: authority, settings: { 'performance-schema': 'ON' } })
      const { host, port, user, password } = server
      admin = await createConnection({ host, port, user, password, ssl: { ca }, multipleStatements: true })
      await admin.query(
        'create database shop; create table shop.t(id int); insert into shop.t values (1), (2)',
      )
      for (const plugin of plugins)
        await admin.query(
          flavour === 'mysql'
            ? `create user '${plugin}'@'%' identified with ${plugin} by 'pw of gw'`
            : `create user '${plugin}'@'%' identified via ${plugin} using password('pw of gw')`,
        )
      for (const plugin of plugins) await admin.query(`grant all on shop.* to '${plugin}'@'%'`)
      await admin.query(`create user none@'%'; grant all on shop.* to none@'%'`)
    })
    afterEach(async () => {
      for (const close of open.splice(0).reverse()) await close()
    })
    afterAll(async () => {
      await admin.end()
      await server.stop()
      authority.remove()
    })

    type Upstream = NonNullable<Parameters<typeof openDoorway>[0]['upstream']>
    const door = async (upstream: Partial<Upstream> = {}): Promise<Doorway> => {
      const made = await openDoorway({
        porch: { flavour, serverVersion: server.version, serves: () => true },
        upstream: { port: server.port, user: plugins[0], password: 'pw of gw', ca, ...upstream },
      })
      open.push(() => made.close())
      return made
    }
    const client = async (
      house: Doorway,
      more: Partial<Parameters<typeof signIn>[0]> = {},
    ): Promise<RawClient> => {
      const made = await signIn({
        port: house.port,
        user: 'ann',
        password: USERS[0]?.password ?? '',
        ...more,
      })
      open.push(async () => {
        made.socket.destroy()
      })
      return made
    }
    const row = async (one: RawClient, text: string) => rowsOf(await one.query(text))[0]

    test('by each plugin, over TLS, with the cache cold', async () => {
      for (const user of plugins) {
        await admin.query('flush privileges')
        const house = await door({ user })
        const one = await client(house)
        expect(await row(one, 'select user(), database()')).toEqual([
          expect.stringMatching(new RegExp(`^${user}@`)),
          'shop',
        ])
        const cipher = await row(one, "show session status like 'Ssl_cipher'")
        expect(cipher?.[1]).toMatch(/^TLS/)
      }
    })

    test('an account without a password', async () => {
      expect(await row(await client(await door({ user: 'none', password: undefined })), 'select 1')).toEqual([
        '1',
      ])
    })

    test('in the clear: with a warm cache alone', async () => {
      await admin.query('flush privileges')
      const { ca: _, ...plain } = { ca, port: server.port, user: plugins[0], password: 'pw of gw' }
      const house = await openDoorway({
        porch: { flavour, serverVersion: server.version, serves: () => true },
        upstream: plain,
      })
      open.push(() => house.close())
      if (flavour === 'mysql') {
        await expect(client(house)).rejects.toThrow()
        expect(String(house.faults[0])).toContain('no cached password of this account')
        await client(await door())
      }
      expect(await row(await client(house), 'select 1')).toEqual(['1'])
    })

    test('a wrong password, an unknown account, another name than the certificate bears', async () => {
      const cases: readonly (readonly [Partial<Upstream>, RegExp])[] = [
        [{ password: 'wrong' }, /refused the sign-in with error 1045/],
        // MySQL shows unknown accounts a plugin of its choice, one that we don't know among them.
        [{ user: 'nobody-of-these' }, /refused the sign-in with error 1045|a kind of sign-in/],
        [{ host: 'elsewhere.example' }, /the TLS handshake failed/],
        [{ ca: readFileSync(authority.cert, 'utf8') }, /the TLS handshake failed/],
      ]
      for (const [upstream, why] of cases) {
        const house = await door(upstream)
        await expect(client(house)).rejects.toThrow()
        expect(house.faults.map(String).join()).toMatch(why)
        expect(house.faults.map(String).join()).not.toMatch(/pw of gw|Access denied/)
      }
    })

    test('a database that is not there', async () => {
      const house = await door()
      await expect(client(house, { database: 'nowhere' })).rejects.toThrow()
      expect(String(house.faults[0])).toMatch(/error (1044|1049)/)
    })

    test('capabilities are what the client has, tracking, and never LOCAL_FILES', async () => {
      const house = await door()
      for (const more of [
        0,
        CLIENT.FOUND_ROWS | CLIENT.MULTI_STATEMENTS | CLIENT.LOCAL_FILES | CLIENT.DEPRECATE_EOF,
      ]) {
        await client(house, { more })
        const { capabilities, extended } = house.ready.at(-1) ?? { capabilities: 0, extended: -1 }
        const has = (bit: number) => (capabilities & bit) !== 0
        expect(extended).toBe(0)
        expect(has(CLIENT.SESSION_TRACK)).toBe(true)
        for (const bit of [CLIENT.FOUND_ROWS, CLIENT.MULTI_STATEMENTS, CLIENT.DEPRECATE_EOF])
          expect(has(bit)).toBe(more !== 0)
        for (const bit of [CLIENT.LOCAL_FILES, CLIENT.COMPRESS, CLIENT.QUERY_ATTRIBUTES])
          expect(has(bit)).toBe(false)
      }
      const several = await client(house, { more: CLIENT.MULTI_STATEMENTS })
      expect(await several.hears('select 1; select 2')).toBe('RS(1):1/+ RS(2):1')
      const one = await client(house)
      expect(await one.hears('select 1; select 2')).toBe('ERR:1064')
    })

    test('who asks stands in the connection attributes, and the client’s own are kept', async () => {
      const house = await door()
      const one = await client(house, {
        attributes: [
          ['_client_name', 'tests'],
          ['program_name', 'reports'],
          ['gatehouse_subject', 'root'],
          ['Gatehouse_x', 'x'],
          ['long', 'x'.repeat(600)],
        ],
      })
      const [found] = await admin.query<RowDataPacket[]>(
        'select ATTR_NAME n, ATTR_VALUE v from performance_schema.session_connect_attrs where PROCESSLIST_ID = ?',
        [house.ready[0]?.threadId],
      )
      expect(Object.fromEntries(found.map(({ n, v }) => [n, v]))).toEqual({
        gatehouse_subject: 'ann',
        gatehouse_session: 'session-1',
        program_name: 'gh:ann/reports',
        _client_name: 'tests',
      })
      expect(await row(one, 'select connection_id()')).toEqual([String(house.ready[0]?.threadId)])
    })

    test('R14 ceilings are set, tracking is on, and what is read back is true', async () => {
      const house = await door({ limits: { statementTime: 1500, lockTime: 2500, idleInTransaction: 60_000 } })
      const one = await client(house, { collation: 224 })
      const asked = ['innodb_lock_wait_timeout', 'lock_wait_timeout', 'session_track_schema', 'sql_mode']
      const own =
        flavour === 'mysql' ? ['max_execution_time'] : ['max_statement_time', 'idle_transaction_timeout']
      const values = await row(
        one,
        `select ${[...asked, ...own].map((name) => `@@${name}`)}, @@collation_connection`,
      )
      const ready = house.ready[0]
      expect(values).toEqual([
        '3',
        '3',
        '1',
        ready?.settings.get('sql_mode'),
        ...(flavour === 'mysql' ? ['1500'] : ['1.500000', '60']),
        'utf8mb4_unicode_ci',
      ])
      expect(ready).toMatchObject({ charset: 'utf8mb4', database: 'shop' })
      expect(ready?.sqlMode).toContain('STRICT_TRANS_TABLES')
      expect((ready?.status ?? 0) & 2).toBe(2)
    })

    test('W3 the character set upstream is the client’s, whatever the server would take', async () => {
      const house = await door()
      for (const [collation, charset] of [
        [255, 'utf8mb4'],
        [76, 'utf8mb3'],
        [8, 'latin1'],
        [0, 'utf8mb4'],
        [63, 'binary'],
        [11, 'ascii'],
      ] as const) {
        const one = await client(house, { collation })
        const found = await row(one, 'select @@character_set_client, @@character_set_results')
        expect([collation, found]).toEqual([collation, [charset, charset]])
      }
    })

    test('W3 and it is set where the server was told not to listen', async () => {
      await admin.query("set global init_connect = 'set names latin1'")
      const house = await door()
      const one = await client(house)
      expect(await row(one, 'select @@character_set_client, @@character_set_results')).toEqual([
        'utf8mb4',
        'utf8mb4',
      ])
      expect(house.ready[0]?.charset).toBe('utf8mb4')
      await admin.query("set global init_connect = ''")
    })

    test('W72 an init_connect that fails is a failed sign-in', async () => {
      await admin.query("set global init_connect = 'select * from shop.nowhere'")
      const house = await door()
      await expect(client(house)).rejects.toThrow()
      expect(house.ready).toEqual([])
      expect(String(house.faults[0])).toMatch(/GH_WIRE|error \d+|closed/)
      await admin.query("set global init_connect = ''")
      expect(await row(await client(house), 'select 1')).toEqual(['1'])
    })
  })
}
