/** Masks against real servers: a client must read every masked cell, and the server must take it back as a value of its type. */
import { MASK_KINDS, type MaskKind } from '@gatehouse/core'
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MaskingRelay, startMaskingRelay } from './masking-relay.js'

/** Type, and values of five rows as SQL. */
const COLUMNS: readonly (readonly [string, ...string[]])[] = [
  ['tinyint', '127', '-128', '0', '1', '-42'],
  ['tinyint unsigned', '255', '200', '0', '1', '42'],
  ['smallint', '31415', '-32768', '32767', '0', '9'],
  ['smallint unsigned', '65535', '31415', '0', '10', '9'],
  ['mediumint', '-8388608', '8388607', '31415', '0', '-5'],
  ['mediumint unsigned', '16777215', '31415', '0', '1', '2'],
  ['int', '314159265', '-2147483648', '2147483647', '0', '-10'],
  ['int unsigned', '4294967295', '314159265', '0', '1', '12'],
  ['bigint', '314159265358979', '-9223372036854775808', '9223372036854775807', '0', '11'],
  ['bigint unsigned', '18446744073709551615', '314159265358979', '0', '1', '2'],
  ['int(9) unsigned zerofill', '31415', '0', '4294967295', '9', '10'],
  ['decimal(12,4)', '31415.9265', '-10000', '9999', '0', '99999999.9999'],
  ['decimal(65,0)', '9'.repeat(65), '-31415', '0', '1', '2'],
  ['float', '31415.9', '-3.4e38', '1e-30', '0', '0.5'],
  ['double', '31415.926', '-1.7e308', '1e-300', '0', '31415e20'],
  ['year', '1984', '2155', '1901', '0', '2000'],
  ['date', "'1984-03-14'", "'0000-00-00'", "'9999-12-31'", "'0999-02-03'", "'2024-00-00'"],
  [
    'datetime',
    "'1984-03-14 15:09:26'",
    "'0000-00-00'",
    "'9999-12-31 00:00:00'",
    "'1000-01-01'",
    "'2024-02-29 23:59:59'",
  ],
  [
    'datetime(6)',
    "'1984-03-14 15:09:26.535897'",
    "'0000-00-00'",
    "'9999-12-31'",
    "'1000-01-01'",
    "'2024-02-29 00:00:00.5'",
  ],
  [
    'timestamp(3)',
    "'1984-03-14 15:09:26.535'",
    "'0000-00-00'",
    "'2037-12-31'",
    "'1971-01-02'",
    "'2024-02-29 00:00:00.5'",
  ],
  ['time', "'15:09:26'", "'-838:59:59'", "'838:59:59'", "'0'", "'-00:00:01'"],
  ['time(6)', "'15:09:26.535897'", "'-838:59:58.9'", "'48:00:00'", "'0'", "'-00:00:00.1'"],
  ['varchar(60)', "'Jane Secret 31415'", "''", "'NULL'", "'é𝒜'", "'***'"],
  ['char(40) character set latin1', "'José Secret 31415'", "''", "'ÿ'", "'y'", "'z'"],
  ['varchar(60) character set gbk', "'Jane 汉字 31415'", "'縗'", "''", "'y'", "'z'"],
  ['varchar(60) character set utf16', "'Jane Secret 31415'", "'𝒜'", "''", "'y'", "'z'"],
  ['varchar(60) character set ucs2', "'Jane Secret 31415'", "'é'", "''", "'y'", "'z'"],
  ['varchar(60) character set utf32', "'Jane Secret 31415'", "'𝒜'", "''", "'y'", "'z'"],
  ['varchar(60) character set utf16le', "'Jane Secret 31415'", "'𝒜'", "''", "'y'", "'z'"],
  ['tinytext', "'Jane Secret 31415'", "''", "'a'", "'y'", "'z'"],
  ['longtext', "repeat('Jane Secret 31415', 30)", "''", "'a'", "repeat('31415', 14000)", "'z'"],
  ['binary(20)', "'Jane Secret 31415'", "''", "x'00'", "x'ff'", "'z'"],
  ['varbinary(60)', "'Jane Secret 31415'", "''", "x'00'", "x'ff'", "'z'"],
  ['blob', "'Jane Secret 31415'", "''", "x'00'", "x'ff'", "'z'"],
  ['bit(40)', "b'1010101'", '0', '1', '2', '3'],
  ["enum('Jane Secret', 'b', '')", "'Jane Secret'", "'b'", "''", "'b'", "'b'"],
  ["set('Jane Secret', 'b')", "'Jane Secret,b'", "''", "'b'", "'Jane Secret'", "'b'"],
  ['json', `'{"name":"Jane Secret"}'`, "'[]'", `'"x"'`, "'null'", "'31415'"],
  ['point', 'point(31415, 92653)', 'point(0,0)', 'point(1,1)', 'point(2,2)', 'point(3,3)'],
]
const EXTRA = {
  mysql: [
    ['vector(2)', "to_vector('[31415,92653]')", ...Array.from({ length: 4 }, () => "to_vector('[1,2]')")],
  ],
  mariadb: [
    ['uuid', ...Array.from({ length: 5 }, (_, at) => `'31415926-5358-4793-8238-46264338327${at}'`)],
    ['inet6', "'2001:db8::31415'", "'::1'", "'::2'", "'::3'", "'::4'"].map((value) =>
      value.replace('::31415', '::3141'),
    ),
  ],
} as const
const SECRETS = ['Jane', 'José', 'Secret', '汉', '31415', '92653', '535897', '03-14', '15:09', '3141']

/** A tail may show. */
const secretsOf = (kind: MaskKind) => (kind === 'partial' ? SECRETS.slice(0, 4) : SECRETS)

const STARTS = [
  ['mariadbd', 'mariadb', startMariadb],
  ['mysql', 'mysql', startMysql],
] as const

for (const [part, flavour, start] of STARTS) {
  describePart([part], `R18 every type of ${flavour}, in text and binary`, () => {
    const columns = [...COLUMNS, ...EXTRA[flavour]]
    const names = columns.map((_, at) => `c${at}`)
    let server: MysqlServer
    let relay: MaskingRelay
    let client: Connection
    let plain: Connection

    beforeAll(async () => {
      server = await start()
      relay = await startMaskingRelay(server)
      const { host, user, password } = server
      const exact = {
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
        jsonStrings: true,
      } as const
      const each = { host, user, password, ...exact, charset: 'utf8mb4' }
      plain = await createConnection({ ...each, port: server.port })
      await plain.query('create database d')
      await plain.query('use d')
      await plain.query("set sql_mode = ''")
      const list = columns.map(([type], at) => `c${at} ${type} null`).join(', ')
      for (const table of ['source', 'target'])
        await plain.query(`create table ${table} (n int auto_increment primary key, ${list})`)
      for (let row = 1; row <= 5; row++)
        await plain.query(`insert into source (${names}) values (${columns.map((column) => column[row])})`)
      await plain.query('insert into source (c0) values (null)')
      client = await createConnection({ ...each, port: relay.port, database: 'd' })
    })
    afterAll(async () => {
      client?.destroy()
      plain?.destroy()
      await relay?.close()
      await server?.stop()
    })

    async function read(kind: MaskKind | undefined, binary: boolean): Promise<RowDataPacket[]> {
      const text = { sql: `select ${names} from source order by n`, rowsAsArray: true }
      relay.mask = kind
      try {
        const [rows] = await (binary
          ? client.execute<RowDataPacket[]>(text)
          : client.query<RowDataPacket[]>(text))
        return rows
      } finally {
        relay.mask = undefined
      }
    }
    const of = (rows: RowDataPacket[], type: string) => {
      const at = columns.findIndex(([name]) => name === type)
      return rows.slice(0, 5).map((row) => row[at])
    }

    test.each(MASK_KINDS)(
      'a client reads what `%s` left, both formats agree, and the server takes it back',
      async (kind) => {
        const text = await read(kind, false)
        const binary = await read(kind, true)
        expect(text).toHaveLength(6)
        for (const [row, cells] of text.entries())
          for (const [at, name] of names.entries())
            expect([name, plainly(binary[row]?.[at])]).toEqual([name, plainly(cells[at])])
        const shown = JSON.stringify(text, (_, value) =>
          Buffer.isBuffer(value) ? value.toString('latin1') : value,
        )
        for (const secret of secretsOf(kind)) expect(shown).not.toContain(secret)
        expect(Object.values(text[5] ?? {}).every((cell) => plainly(cell) === null)).toBe(true)
        await plain.query("set sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'")
        for (const cells of text)
          for (const [at, name] of names.entries()) {
            if (columns[at]?.[0] === 'json' || /^(?:uuid|inet6)/.test(columns[at]?.[0] ?? '')) continue
            await plain.execute(`insert into target (${name}) values (?)`, [
              plainly(cells[at]) === null ? null : cells[at],
            ])
          }
        await plain.query("set sql_mode = ''")
      },
    )

    test('the values are those of R18', async () => {
      const nulls = [null, null, null, null, null]
      for (const binary of [false, true]) {
        const year = await read('year', binary)
        expect(of(year, 'date')).toEqual(['1984-01-01', null, '9999-01-01', '0999-01-01', '2024-01-01'])
        expect(of(year, 'datetime')).toEqual(
          ['1984', null, '9999', '1000', '2024'].map((at) => at && `${at}-01-01 00:00:00`),
        )
        expect(of(year, 'year')).toEqual([1984, 2155, 1901, 0, 2000])
        expect(of(year, 'time')).toEqual(nulls)
        const bucket = await read('bucket', binary)
        expect(of(bucket, 'smallint')).toEqual([30000, -30000, 30000, 0, 0])
        expect(of(bucket, 'bigint unsigned').map(String)).toEqual([
          '10000000000000000000',
          '300000000000000',
          '0',
          '0',
          '0',
        ])
        expect(of(bucket, 'decimal(12,4)')).toEqual([
          '30000.0000',
          '-10000.0000',
          '9000.0000',
          '0.0000',
          '90000000.0000',
        ])
        expect(of(bucket, 'double')).toEqual([30000, -1e308, 0, 0, 3e24])
        expect(of(bucket, 'float')[0]).toBe(30000)
        const redact = await read('redact', binary)
        for (const [type] of columns.filter(([name]) => /char|text/.test(name)))
          expect([type, of(redact, type)]).toEqual([type, ['***', '***', '***', '***', '***']])
        for (const type of [
          "enum('Jane Secret', 'b', '')",
          "set('Jane Secret', 'b')",
          'bit(40)',
          'point',
          'year',
          'int',
        ])
          expect(of(redact, type)).toEqual(nulls)
        expect(of(redact, 'blob').map(String)).toEqual(['***', '***', '***', '***', '***'])
        const partial = await read('partial', binary)
        expect(of(partial, 'varchar(60)')).toEqual(['***1415', '***', '***', '***', '***'])
        for (const charset of ['utf16', 'utf32', 'utf16le', 'gbk'])
          expect(of(partial, `varchar(60) character set ${charset}`)[0]).toBe('***1415')
        const pseudonym = await read('pseudonym', binary)
        for (const value of of(pseudonym, 'tinyint')) expect(value >= 0 && value <= 127).toBe(true)
        for (const value of of(pseudonym, 'varchar(60)')) expect(value).toMatch(/^p_[a-z2-7]{16}$/)
      }
    })

    // mysql2 reads ucs2 with its bytes turned, masked or not.
    test('in whatever characters the result is asked for', async () => {
      for (const charset of ['latin1', 'gbk', 'utf16', 'utf16le', 'utf32', 'NULL', 'binary', 'utf8mb4']) {
        await client.query(`set character_set_results = ${charset}`)
        for (const binary of [false, true]) {
          const redact = await read('redact', binary)
          for (const [type] of columns.filter(([name]) => /char|text/.test(name) && !name.endsWith('ucs2')))
            expect([charset, type, of(redact, type).map(String)]).toEqual([
              charset,
              type,
              ['***', '***', '***', '***', '***'],
            ])
          for (const kind of ['hash', 'partial', 'bucket'] as const) {
            const shown = JSON.stringify(await read(kind, binary), (_, value) =>
              Buffer.isBuffer(value) ? value.toString('latin1') : value,
            ).replaceAll('\\u0000', '')
            for (const secret of secretsOf(kind)) expect(shown).not.toContain(secret)
          }
        }
      }
      await client.query('set character_set_results = utf8mb4')
    })

    test('W69 values of every length that nothing masks reach the client as they were', async () => {
      for (const binary of [false, true]) {
        const text = { sql: `select ${names} from source order by n`, rowsAsArray: true }
        const [direct] = await (binary
          ? plain.execute<RowDataPacket[]>(text)
          : plain.query<RowDataPacket[]>(text))
        const through = await read(undefined, binary)
        expect(through.map((row) => names.map((_, at) => plainly(row[at])))).toEqual(
          direct.map((row) => names.map((_, at) => plainly(row[at]))),
        )
      }
    })

    test('what was computed shows nothing of the value', async () => {
      relay.computed = true
      for (const kind of ['partial', 'hash', 'pseudonym', 'bucket', 'year'] as const) {
        expect(of(await read(kind, true), 'varchar(60)')).toEqual(['***', '***', '***', '***', '***'])
        expect(of(await read(kind, false), 'int')).toEqual([null, null, null, null, null])
      }
      relay.computed = false
    })
  })
}

/** What mysql2 tells differently by format: floats, midnight without its time, a NULL vector as an empty one. */
function plainly(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (typeof value === 'number') return Math.fround(value)
  if (Array.isArray(value)) return value.length === 0 ? null : String(value)
  if (typeof value === 'string') return value.replace(/( 00:00:00)\.0+$/, '$1')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
