import { createServer, type Socket } from 'node:net'
import { describePart, type MysqlServer, startMariadb } from '@gatehouse/workbench'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillShop, siteBefore } from './catalog-fixture.js'
import { openServer, type Server } from './server.js'

describePart('mariadbd', 'odd catalogs', () => {
  let upstream: MysqlServer
  let root: Connection
  let server: Server
  beforeAll(async () => {
    upstream = await startMariadb({ settings: { 'lower-case-table-names': 1, 'sql-mode': 'ANSI_QUOTES' } })
    root = await fillShop(upstream)
    for (const text of ODD) await root.query(text)
    server = await openServer(siteBefore(upstream, { databases: ['Shop'] }))
  })
  afterAll(async () => {
    await server?.close()
    await root?.end()
    await upstream?.stop()
  })

  test('names that need quotes are read as they are', () => {
    expect(server.relation('shop', 'od`d.na me')?.columns.map(({ name }) => name)).toEqual([
      'a.b',
      'c`d',
      'é"',
    ])
    expect(server.column('shop', 'od`d.na me', 'É"')?.name).toBe('é"')
  })

  test('names are folded where the server folds them', () => {
    expect(server.catalog().lowerCaseTableNames).toBe(1)
    expect(server.relation('SHOP', 'People')?.name).toBe('people')
    expect([server.serves('SHOP'), server.serves('hr'), server.serves('information_schema')]).toEqual([
      true,
      false,
      true,
    ])
  })

  test('a view whose base is gone is opaque and costs no second reading', async () => {
    const { epoch } = server
    expect(server.relation('shop', 'broken')).toMatchObject({ kind: 'view', columns: [] })
    await server.refresh()
    expect(server.epoch).toBe(epoch)
  })

  test('a thousand columns, and a comment that tries to take a class away', async () => {
    expect(server.relation('shop', 'wide')?.columns).toHaveLength(1000)
    expect(server.column('shop', 'said', 'email')?.classes).toContain('email')
  })

  test('the sql_mode of the server does not change how the catalog is read', () => {
    expect(server.catalog().sqlMode).toContain('ANSI_QUOTES')
    expect(server.relation('shop', 'names')?.definition).toContain('`people`.`ssn` AS `code`')
  })

  test('an account that may see nothing reads nothing, and is no fault', async () => {
    const nobody = { user: 'nobody_at_all', password: '' }
    const open = await openServer(siteBefore(upstream, { accounts: [nobody], catalogAccount: nobody }))
    expect(open.catalog().schemas).toEqual(['information_schema'])
    await open.close()
  })
})

test.each([
  ['says nothing', () => {}],
  ['speaks another language', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['announces more than there is', (socket: Socket) => socket.end(Buffer.from([255, 255, 255, 0, 10]))],
  ['hangs up', (socket: Socket) => socket.destroy()],
])(
  'what answers and %s is no server',
  async (_, answer) => {
    const sockets = new Set<Socket>()
    const listener = createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      answer(socket)
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as { port: number }
    await expect(openServer(siteBefore({ host: '127.0.0.1', port }))).rejects.toMatchObject({
      code: 'GH_CATALOG',
    })
    for (const socket of sockets) socket.destroy()
    listener.close()
  },
  30_000,
)

const ODD = [
  'create table shop.`od``d.na me` (`a.b` int, `c``d` int, `é"` int)',
  'create table shop.base (a int)',
  'create view shop.broken as select a from shop.base',
  'drop table shop.base',
  `create table shop.wide (${Array.from({ length: 1000 }, (_, at) => `c${at} int`).join(', ')}) engine=myisam`,
  "create table shop.said (id int, email varchar(20) comment 'gatehouse: none')",
  `create user nobody_at_all@'127.0.0.1'`,
]
