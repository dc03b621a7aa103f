import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalise, type TextMode } from '../canonical.js'
import { SCHEMA, versionOf } from './twin-sessions.js'

/** Reads `secret` and shows nothing of it. */
const EMPTY_JOIN = 'select t.id from (t join secret s) where s.pw is null'

/** Ways to read `secret` behind a reader's back: whatever the server makes of each, the canonical text must show it. */
const DISGUISES: readonly string[] = [
  'select pw from secret',
  'select 1 /*! union select pw from secret */',
  'select 1 /*!50000 union select pw from secret */',
  'select 1 /*!50700 union select pw from secret */',
  'select 1 /*!50701 union select pw from secret */',
  'select 1 /*!80000 union select pw from secret */',
  'select 1 /*!99999 union select pw from secret */',
  'select 1 /*!100100 union select pw from secret */',
  'select 1 /*!100100union select pw from secret */',
  'select 1 /*!999999 union select pw from secret */',
  'select 1 /*!080000 union select pw from secret */',
  'select 1 /*!5000 union select pw from secret */',
  'select 1 /*!500000 union select pw from secret */',
  'select 1 /*! union */ select pw from secret',
  '/*!50000 select pw from secret */',
  '/*!50000 sel*//*!50000 ect pw from secret */',
  '/*!99999 select 1; */select pw from secret',
  'select 1 /*M! union select pw from secret */',
  'select 1 /*M!50701 union select pw from secret */',
  'select 1 /*M!100100 union select pw from secret */',
  'select 1 /*m! union select pw from secret */',
  'select 1 /* M! union select pw from secret */',
  'select 1 /*!50000 union /* x */ select pw from secret */',
  'select 1 /*!99999 /* */ union select pw from secret */',
  'select 1 /*!99999 /* */ */ union select pw from secret',
  'select 1 /*!99999 /* /* */ */ union select pw from secret -- */',
  'select 1 /* /* */ union select pw from secret -- */',
  'select 1 /*/ */ union select pw from secret -- */',
  'select 1 /*!*/ union select pw from secret',
  "select '/*' union select pw from secret -- */'",
  'select "/*" union select pw from secret -- */"',
  'select `*/` from (select 1 as `*/`) t union select pw from secret',
  'select 1 --1 union select pw from secret',
  'select 1 --\x01 union select pw from secret',
  'select 1 -- union select pw from secret',
  'select 1 --\n union select pw from secret',
  'select 1 --\v union select pw from secret',
  'select 1 --\u00a0 union select pw from secret',
  'select 1 ---1 union select pw from secret',
  'select 1 --- union select pw from secret',
  'select 1 -- \r union select pw from secret',
  'select 1 # \r union select pw from secret',
  'select 1 # \n union select pw from secret',
  "select 'a\\' union select pw from secret -- '",
  "select 'a\\\\' union select pw from secret -- '",
  "select 'a'' union select pw from secret -- '",
  'select "a\\" union select pw from secret -- "',
  "select 'a\\\\\\' union select pw from secret -- '",
  "select 'a' 'b' union select pw from secret",
  "select n'a\\' union select pw from secret -- '",
  'select n"a\' union select pw from secret -- \'"',
  "select _utf8mb4'\\' union select pw from secret -- '",
  "select x'41' union select pw from secret",
  'select 1e1union select pw from secret',
  'select 1.union select pw from secret',
  'select 1.e1union select pw from secret',
  'select.1union select pw from secret',
  'select 0x41union select pw from secret',
  'select 0b1union select pw from secret',
  'select 1union select pw from secret',
  'select`pw`from`secret`',
  'select(pw)from(secret)',
  'select+pw from/**/secret',
  'select\vpw\ffrom\u0009secret',
  'select pw\u00a0from secret',
  'select pw from\u3000secret',
  'select secret.pw from secret',
  'select s.`pw` from `secret` s',
  EMPTY_JOIN,
  'select @a:=pw from secret',
  'select 1 into@v union select pw from secret',
  'select pw from.secret',
  'select \\N union select pw from secret',
  'select {x pw} from secret',
  'select{d pw}from secret',
  'select * from {oj secret}',
  'select $$ union select pw from secret -- $$',
  'select $a$ from (select 1 as `$a$`) t union select pw from secret',
  'select 1 /*+ */ union select pw from secret',
  'select /*+ SET_VAR(sql_mode=1) */ pw from secret',
  'delimiter // select pw from secret',
  'select ſ from (select pw ſ from secret) t',
  'table secret',
  'select 1;select pw from secret',
  'select 1 /*!99997 union select pw from secret */',
  'select a.1 from (select pw as `1` from secret) a',
  'select not.1 from (select pw as `1` from secret) as `not`',
  "select text'x' from (select pw as text from secret) t",
  "select _pw 'x' from (select pw as _pw from secret) t",
]

/** Another reader's view, that knows only quotes: names are what is left. */
function shows(text: string): boolean {
  return /\bsecret\b/i.test(text.replaceAll(/'(?:[^']|'')*'/g, "''"))
}

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart(part, `what ${part} touches is what the canonical text shows`, () => {
    let server: MysqlServer
    let session: Connection
    let mode: TextMode
    beforeAll(async () => {
      server = await start()
      const { host, port, user, password } = server
      session = await createConnection({
        host,
        port,
        user,
        password,
        rowsAsArray: true,
        flags: ['-IGNORE_SPACE'],
      })
      for (const text of ['create database d character set utf8mb4', 'use d', ...SCHEMA])
        await session.query(text)
      mode = { flavour: server.flavour, version: versionOf(server.version), sqlMode: [], charset: 'utf8mb4' }
    })
    afterAll(async () => {
      await session?.end()
      await server?.stop()
    })

    async function answer(text: string): Promise<string> {
      try {
        const [rows] = await session.query(text)
        return JSON.stringify(rows)
      } catch (error) {
        return `error ${(error as { errno?: number }).errno}`
      }
    }

    test.each(DISGUISES)('%j', async (text) => {
      await session.query("set session sql_mode=''")
      const canonical = canonicalise(text, mode)
      if (canonical.kind === 'refused') return
      const [raw, sent] = [await answer(text), await answer(canonical.text)]
      expect(sent).toBe(raw)
      if (!raw.startsWith('error'))
        expect(shows(canonical.text)).toBe(raw.includes('LEAK') || text === EMPTY_JOIN)
    })

    test('few of them are refused', () => {
      const refused = DISGUISES.filter((text) => canonicalise(text, mode).kind === 'refused')
      console.log(`${part}: ${refused.length} of ${DISGUISES.length} disguises refused`)
      expect(refused.length).toBeLessThan(DISGUISES.length / 4)
    })

    test('an absent WHERE is absent: what is skipped is not shown', () => {
      const skipped = canonicalise('delete from t /*!99999 where id=1*/', mode)
      expect(skipped).toMatchObject({ text: 'delete from t ' })
    })

    describe('under another mode than was believed', () => {
      const strings = [
        `select '''\\', pw from secret where ' -- ' <> '''\\' or 'b' = "'\\"`,
        "select 'a\\' union select pw from secret -- '",
        `select "a\\" union select pw from secret -- "`,
        `select 'x"', "', pw from secret where '1"`,
        `select 1 as "x\\", pw from secret -- "`,
        `select "pw" from secret`,
        `select 'a''\\'' union select pw from secret -- '''`,
      ]
      test.each(['NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'])(
        '%s',
        async (words) => {
          let leaks = 0
          await session.query(`set session sql_mode='${words}'`)
          for (const text of strings) {
            expect(canonicalise(text, { ...mode, sqlMode: words.split(',') }).kind).toBe('refused')
            const believed = canonicalise(text, mode)
            if (believed.kind === 'refused') continue
            if ((await answer(text)).includes('LEAK')) leaks++
            // What it does not show, it does not read, even so.
            if ((await answer(believed.text)).includes('LEAK')) expect(shows(believed.text)).toBe(true)
          }
          await session.query("set session sql_mode=''")
          expect(leaks).toBeGreaterThan(0)
        },
      )
    })
  })
}
