/** Which letters are one to the servers: each that a name may have, held against what they say themselves. */
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Comparing, fold, foldsOtherwise, hasStrangeLetter } from './fold.js'

const MEASURED: Comparing = { mariadb: true, version: 101_119 }
/** All that a name may have beyond ASCII. */
const LETTERS = Array.from({ length: 0xff80 }, (_, at) => at + 0x80).filter(
  (code) => (code < 0xd800 || code > 0xdfff) && !foldsOtherwise(code, MEASURED),
)
const AT_ONCE = 1000

function inPieces(letters: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(letters.length / AT_ONCE) }, (_, at) =>
    letters.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  )
}

function suite(start: () => Promise<MysqlServer>): void {
  let server: MysqlServer
  let client: Connection
  beforeAll(async () => {
    server = await start()
    const { host, port, user, password } = server
    client = await createConnection({ host, port, user, password, charset: 'utf8mb4' })
  })
  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  test('the lower case of each is the server’s', async () => {
    const letters = LETTERS.map((code) => String.fromCharCode(code))
    const told: string[] = []
    for (const piece of inPieces(letters)) {
      const list = piece.map(
        (letter) => `lower(convert('${letter}' using utf8mb3) collate utf8mb3_general_ci)`,
      )
      const [rows] = await client.query<RowDataPacket[][]>({
        sql: `select ${list.join()}`,
        rowsAsArray: true,
      })
      told.push(...((rows[0] ?? []) as unknown as string[]))
    }
    expect(letters.filter((letter, at) => fold(letter) !== told[at])).toEqual([])
    expect(letters.length).toBeGreaterThan(60_000)
  })

  test('names of two cases are one column to it, and those that fold apart are two', async () => {
    const cased = LETTERS.map((code) => String.fromCharCode(code)).filter((letter) => fold(letter) !== letter)
    expect(cased.length).toBeGreaterThan(500)
    const found: string[] = []
    for (const letter of cased)
      await client.query(`select 1 from (select 1 as \`${letter}\`, 2 as \`${fold(letter)}\`) t`).then(
        () => found.push(letter),
        () => undefined,
      )
    expect(found).toEqual([])
    for (const piece of inPieces([...new Set(cased.map(fold))])) {
      const columns = piece.map((letter) => `1 as \`${letter}\``)
      await client.query(`select 1 from (select ${columns.join()}) t`)
    }
  })
}

describePart('mariadbd', 'letters of names on MariaDB', () => suite(startMariadb))
describePart('mysql', 'letters of names on MySQL', () => suite(startMysql))

describe('folding', () => {
  test('goes letter by letter: a sigma at the end is the same sigma', () => {
    expect(fold('ΑΣ')).toBe('ασ')
    expect(fold('ΑΣ')).not.toBe(fold('ας'))
    expect(fold('Straße_ÉÜ')).toBe('straße_éü')
  })

  test('letters whose other case only newer tables know are strange', () => {
    for (const name of ['İ', '\u212a', 'Ა', 'Ꭰ', 'ẞ', 'Ⰰ', 'x_Ȣ_Ꙁ'])
      expect(hasStrangeLetter(name, MEASURED)).toBe(true)
    for (const name of ['ა', 'ß', 'Größe', 'ИМЯ', 'κωδικός', 'adı', 'Ngữ', '名前'])
      expect(hasStrangeLetter(name, MEASURED)).toBe(false)
  })

  test('where upper cases are compared, more letters are one', () => {
    const newer: Comparing = { mariadb: true, version: 110_502 }
    for (const name of ['adı', 'κωδικός', 'µm', 'ſ']) expect(hasStrangeLetter(name, newer)).toBe(true)
    expect(hasStrangeLetter('ΚΩΔΙΚΌ', newer)).toBe(false)
    expect(hasStrangeLetter('adı', { mariadb: false, version: 110_502 })).toBe(false)
  })
})
