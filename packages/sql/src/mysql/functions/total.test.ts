/** The closed list of total functions, tried on both servers with values that make others warn (R16). */
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTING } from './acting.js'
import { CLEAN } from './clean.js'
import { TOTAL, TOTAL_ALONE, TOTAL_FIRST, TOTAL_INTEGER_POSITIONS, TOTAL_OF_ONE } from './total.js'

const ODD = [
  '',
  'abc',
  '12x',
  '-1',
  '1e999',
  'é漢😀',
  'z'.repeat(60),
  '2000-13-45',
  '{"a":',
  ' lead ',
  "'",
  '\\',
  'ı',
  '%_',
]

/** No such function, not so many arguments, or grammar of its own: ER_SP_DOES_NOT_EXIST, ER_PARSE_ERROR and the like. */
const NOT_CALLED: ReadonlySet<number> = new Set([
  1064, 1128, 1235, 1304, 1305, 1370, 1582, 1583, 1584, 3579, 3593, 3594, 4015, 4016,
])

function calls(): readonly string[] {
  const found: string[] = []
  for (const name of TOTAL)
    if (!TOTAL_ALONE.has(name))
      for (const args of TOTAL_OF_ONE.has(name) ? ['v'] : ['v', 'v, v', 'v, v, v'])
        found.push(`${name}(${args})`)
  for (const name of TOTAL_FIRST) found.push(`${name}(v)`, `${name}(v, 1)`, `${name}(v, 256)`)
  for (const name of TOTAL_INTEGER_POSITIONS) found.push(`${name}(v, 2)`, `${name}(v, 2, 1)`, `${name}(v, 0)`)
  return found
}

function suite(start: () => Promise<MysqlServer>): void {
  let server: MysqlServer
  let client: Connection

  beforeAll(async () => {
    server = await start()
    const { host, port, user, password } = server
    client = await createConnection({ host, port, user, password, charset: 'utf8mb4' })
    await client.query('create database shop character set utf8mb4')
    await client.query('use shop')
    await client.query('create table odd (id int, v varchar(100), n int, d date)')
    for (const [at, value] of ODD.entries())
      await client.query('insert into odd values (?, ?, ?, ?)', [at, value, at * 1e6 - 5, '2000-01-01'])
    await client.query('insert into odd values (99, null, null, null)')
  }, 60_000)

  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  test.each(['v', 'n', 'd'])(
    'R16 over column %s they neither raise nor warn',
    async (column) => {
      const faults: string[] = []
      let called = 0
      for (const text of calls()) {
        const call = text.replaceAll(/\bv\b/g, column)
        for (const over of ['', ' over (order by id)']) {
          try {
            await client.query(`select ${call}${over} from odd`)
          } catch (error) {
            const { errno = 0, message } = error as { errno?: number; message: string }
            if (!NOT_CALLED.has(errno)) faults.push(`${call}: ${errno} ${message}`)
            continue
          }
          called++
          const [warnings] = await client.query<RowDataPacket[]>('show warnings')
          for (const { Code, Message, Level } of warnings)
            if (Level !== 'Note') faults.push(`${call}: ${Code} ${Message}`)
        }
      }
      expect([...new Set(faults)]).toEqual([])
      expect(called).toBeGreaterThan(50)
    },
    60_000,
  )
}

describePart('mariadbd', 'total functions of MariaDB', () => suite(startMariadb))
describePart('mysql', 'total functions of MySQL', () => suite(startMysql))

describe('R3 the lists', () => {
  test('no function that acts is taken for one that only computes', () => {
    for (const name of ACTING.keys()) expect([name, CLEAN.has(name)]).toEqual([name, false])
    for (const name of ACTING.keys())
      if (!TOTAL_ALONE.has(name)) expect([name, TOTAL.has(name)]).toEqual([name, false])
    expect(new Set([...TOTAL, ...CLEAN, ...ACTING.keys()]).size).toBeGreaterThan(500)
  })
})
