/** `gatehouse serve` before a MariaDB: who gets in, who hears that there is no room, who is closed (mysql-wire §8, rows 11 and 13). */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import {
  describePart,
  type MysqlServer,
  type Program,
  startMariadb,
  startProgram,
  temporaryFolder,
} from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spoolRecords } from './spool-records.js'
import { eventually, MAIN } from './stage.js'

const CONFIG = (port: number) => `apiVersion: gatehouse/v1
dataDir: ./var
identity:
  users:
    - {name: ann, password: {env: PASSWORD}, groups: [analysts]}
listeners:
  - name: shop
    protocol: mysql
    listen: 127.0.0.1:0
    limits: {connections: 2, greeting: 5s}
    upstream: {host: 127.0.0.1, port: ${port}, user: gatehouse, password: {env: UPSTREAM}, tls: disable, databases: [shop]}
policies: [pack:observe]
audit: {spool: {durability: write}}
metrics: {listen: "127.0.0.1:0"}
drain: 2m
`

describePart('mariadbd', 'gatehouse serve, MySQL', () => {
  const folder = temporaryFolder('mysql-stage')
  let server: MysqlServer
  let program: Program
  let port: number
  let root: Connection
  beforeAll(async () => {
    server = await startMariadb()
    const { host, user, password } = server
    root = await createConnection({ host, port: server.port, user, password, multipleStatements: true })
    await root.query("create database shop; create user gatehouse@'127.0.0.1' identified by 'up-stream'")
    await root.query("grant all on shop.* to gatehouse@'127.0.0.1'")
    writeFileSync(join(folder.path, 'gatehouse.yaml'), CONFIG(server.port), { mode: 0o600 })
    program = await startProgram({
      command: process.execPath,
      args: [MAIN, 'serve'],
      cwd: folder.path,
      env: { PATH: process.env.PATH ?? '', PASSWORD: 'pass-word', UPSTREAM: 'up-stream' },
      ready: /"event":"metrics"/,
      readyWithin: 120_000,
      stopWithin: 90_000,
    })
    port = Number(/"event":"listening".*?"port":(\d+)/.exec(program.output())?.[1])
  }, 300_000)
  afterAll(async () => {
    await program.stop()
    await root.end()
    await server.stop()
    folder.remove()
  })

  const signIn = (more: object = {}) =>
    createConnection({
      host: '127.0.0.1',
      port,
      user: 'ann',
      password: 'pass-word',
      database: 'shop',
      ...more,
    })
  const refusal = (more: object = {}) =>
    signIn(more).then(
      async (client) => {
        await client.end()
        return 'in'
      },
      ({ errno, message }: { errno: number; message: string }) => `${errno} ${message.split('\n')[0]}`,
    )

  test('W11 who finds no room hears it in place of the greeting; whoever leaves makes room', async () => {
    const [one, other] = [await signIn(), await signIn()]
    expect(await refusal()).toMatch(/^1040 Too many connections: listener `shop` has all the sessions/)
    expect((await one.query('select 1 as n'))[0]).toEqual([{ n: 1 }])
    await other.end()
    await eventually(async () => (await refusal()) === 'in')
    await one.end()
  })

  test('W13 who says nothing is closed, and so is who speaks another protocol', async () => {
    for (const said of ['', 'GET / HTTP/1.1\r\n\r\n', '\x01']) {
      const socket = connect(port, '127.0.0.1')
      socket.write(said)
      await new Promise((resolve) => socket.resume().once('close', resolve))
    }
  })

  test('a sign-in that fails is recorded with its reason, which the client does not hear', async () => {
    const host = "'127.0.0.1' (using password: YES)"
    expect(await refusal({ password: 'wrong' })).toBe(`1045 Access denied for user 'ann'@${host}`)
    expect(await refusal({ user: 'nobody' })).toBe(`1045 Access denied for user 'nobody'@${host}`)
    expect(await refusal({ database: 'mysql' })).toBe("1049 Unknown database 'mysql'")
    for (const reason of ['wrong password', 'unknown user', 'database not served'])
      await eventually(async () =>
        (await spoolRecords(folder.path)).some(({ status_detail: detail }) => detail === reason),
      )
  })

  test('who comes while the gateway drains hears that it stops', async () => {
    await eventually(async () => (await refusal()) === 'in')
    const client = await signIn()
    await root.query("select get_lock('held', 10)")
    const running = client.query("select get_lock('held', 300) as s")
    await eventually(async () => {
      const [rows] = await root.query<RowDataPacket[]>('show processlist')
      return rows.some(({ State }) => State === 'User lock')
    })
    process.kill(program.pid, 'SIGTERM')
    await eventually(async () => /^1053 Server shutdown in progress/.test(await refusal()))
    await root.query("select release_lock('held')")
    expect((await running)[0]).toEqual([{ s: 1 }])
    expect(await program.ended).toBe(0)
  })
})
