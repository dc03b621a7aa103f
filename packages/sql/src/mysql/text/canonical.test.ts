import { describe, expect, test } from 'vitest'
import { canonicalise, type TextMode } from './canonical.js'
import { redact } from './redact.js'

const maria: TextMode = {
  flavour: 'mariadb',
  version: [10, 11, 19],
  sqlMode: ['STRICT_TRANS_TABLES'],
  charset: 'utf8mb4',
}
const mysql: TextMode = { ...maria, flavour: 'mysql', version: [9, 7, 4] }
const mysql8: TextMode = { ...mysql, version: [8, 0, 36] }

const wholeOf = (text: string, mode: TextMode = maria) => {
  const found = canonicalise(text, mode)
  return found.kind === 'canonical' ? found.text : `refused: ${found.why}`
}
/** Without the names that columns are given: those have tests of their own. */
const textOf = (text: string, mode: TextMode = maria) =>
  wholeOf(text, mode).replaceAll(/ ?AS (?:`(?:[^`]|``)*`|'[^']*')/g, '')
const whyOf = (text: string, mode: TextMode = maria) => {
  const found = canonicalise(text, mode)
  return found.kind === 'refused' ? found.why : undefined
}
const statementsOf = (text: string, mode: TextMode = maria) => {
  const found = canonicalise(text, mode)
  return found.kind === 'canonical'
    ? [...found.statements, ...(found.compound ? ['compound'] : [])]
    : [found.why]
}

describe('the canonical text', () => {
  test.each([
    ['select 1'],
    ["select a, `b`, 'c''d', 1.5, x'ff' from t where a <=> 1 and b like 'x%' order by 1 limit 2"],
    ['insert into t (a,b) values (1,-2),(?,?)'],
    ["select 'naïve 😀' from `tablé`"],
    ['select @v, @@session.sql_mode, count(*)'],
  ])('%j is the very same string', (text) => {
    for (const mode of [maria, mysql, mysql8]) expect(textOf(text, mode)).toBe(text)
  })

  test.each([
    ['/*! select */ 1', ' select 1', ' select 1', ' select 1'],
    ['select 1/*!50000 +1*/', 'select 1 +1 ', 'select 1 +1 ', 'select 1 +1 '],
    ['select 1/*!50700 +1*/', 'select 1', 'select 1 +1 ', 'select 1 +1 '],
    ['select 1/*!80036 +1*/', 'select 1', 'select 1 +1 ', 'select 1 +1 '],
    ['select 1/*!80037 +1*/', 'select 1', 'select 1 +1 ', 'select 1'],
    ['select 1/*!90704 +1*/', 'select 1', 'select 1 +1 ', 'select 1'],
    ['select 1/*!90705 +1*/', 'select 1', 'select 1', 'select 1'],
    ['select 1/*!99999 +1*/', 'select 1', 'select 1', 'select 1'],
    ['select 1/*!101119 +1*/', 'select 1 +1 ', 'select 1', 'refused'],
    ['select 1/*!101120 +1*/', 'select 1', 'select 1', 'refused'],
    ['select 1/*!101119+1*/', 'select 1 +1 ', 'select 1 9+1 ', 'refused'],
    ['select 1/*M! +1*/', 'select 1 +1 ', 'select 1', 'select 1'],
    ['select 1/*M!50701 +1*/', 'select 1 +1 ', 'select 1', 'select 1'],
    ['select 1/*M!101120 +1*/', 'select 1', 'select 1', 'select 1'],
    ['select 1/*!1234 +1*/', 'select 1 1234 +1 ', 'select 1 1234 +1 ', 'select 1 1234 +1 '],
  ])('%j is what this server executes of it', (text, onMaria, onMysql, onMysql8) => {
    const squeezed = (mode: TextMode) =>
      textOf(text, mode)
        .replaceAll(/ +/g, ' ')
        .replace(/ $/, '')
        .replace(/^refused.*/, 'refused')
    const wanted = [onMaria, onMysql, onMysql8].map((one) => one.replace(/ $/, ''))
    expect([maria, mysql, mysql8].map(squeezed)).toEqual(wanted)
  })

  test.each([
    ['select 1 --1', 'select 1 - -1'],
    ['select 1---1', 'select 1- - -1'],
    ['select 1 --\t+1\n+2', 'select 1 \n+2'],
    ['select 1 --', 'select 1 '],
    ['select 1 # x\n+2', 'select 1 \n+2'],
    ['select/* a */1/**//**/+1', 'select 1 +1'],
    ['select 1 /*!99999 a /* b */ c */ + 1', 'select 1  + 1'],
    ['select */**/ from t', 'select * from t'],
    ['/* c */select 1', 'select 1'],
    ['select "a""b\\"c\'d"', "select 'a\"b\"c''d'"],
    ["select 'a\\'b\\\\'", "select 'a''b\\\\'"],
    ['select \'a\'"b"', "select 'a' 'b'"],
    ["select n\"x\", N'y', e'z'", "select n 'x', N'y', e 'z'"],
    ["select 'a\0b'", "select 'a\\0b'"],
    ['select 1e1union select 2', 'select 1e1 union select 2'],
    ['select 1a, t.5, t.1e5, not.1, 0x, 0xg', 'select `1a`, `t`.`5`, `t`.`1e5`, `not`.`1`, `0x`, `0xg`'],
    ['select straße, a.é', 'select `straße`, `a`.`é`'],
    ["select _utf8mb4'x', _pw 'x', t._pw 'y'", "select _utf8mb4'x', `_pw` 'x', t._pw 'y'"],
    ["select text 'x', json\n'y', date '2020-01-01'", "select `text` 'x', `json`\n'y', date '2020-01-01'"],
    [
      'select `a`1b, `c`text "d", `e`count (1), `f`é',
      "select `a` `1b`, `c` `text` 'd', `e` `count` (1), `f` `é`",
    ],
    ['select pw into@v', 'select pw into @v'],
    ["select @a.b, @1, @'v'", "select @`a.b`, @`1`, @'v'"],
    ['select a||b&&c', 'select a OR b AND c'],
    ['select count (*), count(*)', 'select `count` (*), count(*)'],
    ['select \\N,1', 'select NULL ,1'],
    ['select\v1', 'select 1'],
  ])('%j', (text, wanted) => {
    expect(textOf(text)).toBe(wanted)
    expect(textOf(wanted)).toBe(wanted)
  })

  test('modes decide what the text means', () => {
    expect(textOf('select a||b', { ...maria, sqlMode: ['PIPES_AS_CONCAT'] })).toBe('select a||b')
    expect(textOf('select count (*)', { ...maria, sqlMode: ['ignore_space'] })).toBe('select count (*)')
    const ansi: TextMode = { ...maria, sqlMode: ['ANSI_QUOTES'], ansiQuotes: 'accept' }
    expect(textOf('select "a""b`c\\" from "t"', ansi)).toBe('select `a"b``c\\` from `t`')
    expect(textOf('select "a"`b`', ansi)).toBe('select `a` `b`')
    expect(textOf(`select 'a"b'`, ansi)).toBe(`select 'a"b'`)
  })

  test('optimizer hints stay where they only tune', () => {
    expect(textOf('select /*+ MAX_EXECUTION_TIME(10) */ 1', mysql)).toBe(
      'select /*+ MAX_EXECUTION_TIME(10) */ 1',
    )
    expect(textOf('select/*+ BKA(t1) */ 1', maria)).toBe('select 1')
    expect(textOf("select 1 /*+ x */, 'a'", mysql)).toBe("select 1 , 'a'")
    expect(whyOf('select /*+ Set_Var(sql_mode=ANSI_QUOTES) */ 1', mysql)).toContain('hint')
    expect(whyOf('select /*+ RESOURCE_GROUP(x) */ 1', mysql)).toContain('hint')
  })

  test('R10 tags in comments are kept aside', () => {
    const found = canonicalise("select 1 /*action='%2Fa',b='c'*/ /* prose */ -- d='e'", maria)
    expect(found).toMatchObject({ text: 'select 1   ', tags: { action: '/a', b: 'c' } })
    expect(canonicalise("select 1 /*!50000 +1 */ /*a='%zz'*/", maria)).toMatchObject({ tags: {} })
  })
})

describe('a column that nobody named keeps the name that the server makes of its expression', () => {
  test.each([
    ['select concat("a")', 'select concat(\'a\') AS `concat("a")`'],
    ['select a, 1/*c*/+1 from t', 'select a, 1 +1 AS `1/*c*/+1` from t'],
    [
      'select 1 +/*!40101 2 + */ 3, /*! concat("b") */',
      'select 1 + 2 +  3 AS `1 + 2 +  3`,  concat(\'b\') AS `concat("b")`',
    ],
    ['(select b||"x")union select "y"', "(select b OR 'x' AS `b||\"x\"`)union select 'y'"],
    ['with c as (select "a") select -"a" from c', "with c as (select 'a') select -'a' AS `-\"a\"` from c"],
    ['select distinct if("`",1,2),t.*', 'select distinct if(\'`\',1,2) AS `if("``",1,2)`,t.*'],
    ['select concat("a\nb")', "select concat('a\nb') AS 'concat(\"a\nb\")'"],
    ['delete from t returning concat("a")', 'delete from t returning concat(\'a\') AS `concat("a")`'],
    ['select "a" = "b", @1 into @`x`', 'select \'a\' = \'b\' AS `"a" = "b"`, @`1` AS `@1` into @`x`'],
    ['select case when "a" then 1 end', 'select case when \'a\' then 1 end AS `case when "a" then 1 end`'],
  ])('%j', (text, wanted) => {
    expect(wholeOf(text)).toBe(wanted)
    expect(wholeOf(wanted)).toBe(wanted)
  })

  test.each([
    'select "a", ("b"), +"c", "a" "b", n\'x\', _utf8mb4"x"',
    'select concat("a") x, concat("a") as y, concat("a") "z", 1 "one", a "b"',
    'select `a`b, t.5, straße, t./*c*/a',
    'select a from t where b = "x" group by concat("a") order by "a"',
    'select * from (select concat("a")) x',
    'select 1 union select concat("a")',
    'insert into t select concat("a")',
    'select/*c*/a/*d*/from t',
    "select concat('a')/* c */, /* d */ concat('b') /* e */ from t -- f",
  ])('named already, or by what it is: %s', (text) => expect(wholeOf(text)).not.toContain('AS `'))

  test('with IGNORE_SPACE MySQL takes the space behind an unquoted word for its own', () => {
    const text = 'select "a" is null  , "a" = t.b from t'
    expect(wholeOf(text, { ...mysql, sqlMode: ['IGNORE_SPACE'] })).toBe(
      'select \'a\' is null  AS `"a" is null  `, \'a\' = t.b AS `"a" = t.b` from t',
    )
    for (const mode of [mysql, { ...maria, sqlMode: ['IGNORE_SPACE'] }])
      expect(wholeOf(text, mode)).toBe(
        'select \'a\' is null  AS `"a" is null`, \'a\' = t.b AS `"a" = t.b` from t',
      )
  })

  test('and no record shows its constants', () => {
    const text = wholeOf('select concat("top"/* secret */, 4111), 1||2, a + 1 from t')
    expect(redact(text, maria)).toBe('select concat(? , ?) AS `?`, ? OR ? AS `?`, a + ? from t')
    expect(redact('select a as `total sum`, b as `c_1`', maria)).toBe('select a as `total sum`, b as `c_1`')
  })
})

describe('statements of one text', () => {
  test.each([
    ['select 1;', ['select 1']],
    ['select 1; select ";" ;; ', ['select 1', "select ';'"]],
    ['', []],
    [' ; ', []],
    ['/* c */', ['/**/']],
    ['/*!40101 SET NAMES utf8 */;', ['SET NAMES utf8']],
    [
      'create procedure p() begin select 1; select 2; end',
      ['create procedure p() begin select 1; select 2; end', 'compound'],
    ],
    [
      'drop procedure p; create procedure p() begin select 1; end; drop table t',
      ['drop procedure p', 'create procedure p() begin select 1; end; drop table t', 'compound'],
    ],
    ['create procedure p() select 1;', ['create procedure p() select 1']],
    [
      '/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN set @a=1; END */;',
      ['CREATE  DEFINER=`r`@`h`  TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN set @a=1; END', 'compound'],
    ],
    ['begin not atomic drop table t; end', ['begin not atomic drop table t; end', 'compound']],
    ['if 1 then drop table t; end if', ['if 1 then drop table t; end if', 'compound']],
    ['l: loop drop table t; end loop', ['l: loop drop table t; end loop', 'compound']],
    ['begin; delete from t; commit', ['begin', 'delete from t', 'commit']],
    ['create table event (a int); drop table t', ['create table event (a int)', 'drop table t']],
  ])('%j', (text, wanted) => {
    expect(statementsOf(text).map((one) => one.replaceAll(/ +/g, ' '))).toEqual(
      wanted.map((one) => one.replaceAll(/ +/g, ' ')),
    )
  })
})

describe('refused with a reason', () => {
  test.each([
    ['select 1\0', 'control character'],
    ['select 1 -- a\0b\n', 'NUL character in a comment'],
    ['select 1 /* \0 */', 'NUL character in a comment'],
    ['select /*!99999 \0 */ 1', 'NUL character in a comment'],
    ['select `a\0b`', 'control character in a name'],
    ['select \x01', 'control character'],
    ['select \x7f', 'control character'],
    ["select 'a", 'never ends'],
    ["select 'a\\'", 'never ends'],
    ['select "a', 'never ends'],
    ['select `a', 'never ends'],
    ['select /* a', 'never ends'],
    ['select /*! 1', 'never ends'],
    ['select /*!99999 1 /* */', 'never ends'],
    ['select 1 */', 'outside a comment'],
    ['select 1 --;', 'at its end'],
    ['select 1 --;\n ; ', 'at its end'],
    ['/*! select /*! 1 */ */', 'inside another'],
    ['/*!50000 select /*!99999 1 */ */', 'inside another'],
    ['/*! select 1; */ select 2', '`;` inside'],
    ['/*!99997 select 1 */', '99997'],
    ['select 1; ; select 2', 'nothing between'],
    ['delimiter //', 'DELIMITER'],
    ["select x'abc'", 'malformed'],
    ["select b'2'", 'malformed'],
    ['select 1.e', 'malformed number'],
    ['select 1..2', 'malformed number'],
    ['select a..b', 'dots'],
    ['select a=!b', 'no operator'],
    ['select !!a', 'no operator'],
    ['select a&&&b', 'no operator'],
    ['select @ v', 'plain name'],
    ['select @/**/v', 'plain name'],
    ['select @é', 'plain name'],
    ["select @@'x'", 'plain name'],
    ['select a\\g', 'backslash'],
    ['select [a]', '`[`'],
    ["select _gbk'x'", 'introducer'],
    ["select _filename'@0027'", 'introducer'],
    ['select \u212aind', 'in its own way'],
    ['select `p\u0130n`', 'in its own way'],
    ['select `a😀`', 'can not hold'],
    ["select '\ud800'", 'UTF-8'],
  ])('%j', (text, why) => {
    expect(whyOf(text)).toContain(why)
  })

  test.each([
    ['$$ on MySQL', 'select $$x$$', mysql, 'dollar'],
    ['\\N on MySQL', 'select \\N', mysql, 'backslash'],
    ['six digits on MySQL 8', '/*!080000 select 1 */', mysql8, 'six digits'],
    ['-> on MariaDB', "select a->'$.b'", maria, '`->`'],
    ['an unknown version', 'select 1', { ...maria, version: [0, 0, 0] }, 'version'],
    ['a broken version', 'select 1', { ...maria, version: [Number.NaN, 0, 0] }, 'version'],
    ['gbk', 'select 1', { ...maria, charset: 'gbk' }, '`gbk`'],
    [
      'NO_BACKSLASH_ESCAPES',
      'select 1',
      { ...maria, sqlMode: ['no_backslash_escapes'] },
      'NO_BACKSLASH_ESCAPES',
    ],
    ['ANSI_QUOTES', 'select 1', { ...maria, sqlMode: ['ANSI_QUOTES'] }, 'ANSI_QUOTES'],
    [
      'HIGH_NOT_PRECEDENCE',
      'select 1',
      { ...maria, sqlMode: ['HIGH_NOT_PRECEDENCE'] },
      'HIGH_NOT_PRECEDENCE',
    ],
    ['ORACLE', 'select 1', { ...maria, sqlMode: ['PIPES_AS_CONCAT', 'ORACLE'] }, 'ORACLE'],
    ['MSSQL', 'select 1', { ...maria, sqlMode: ['MSSQL'] }, 'MSSQL'],
    ['DB2', 'select 1', { ...maria, sqlMode: ['DB2'] }, 'DB2'],
    ['a mode of tomorrow', 'select 1', { ...maria, sqlMode: ['NEW_MODE'] }, 'not known'],
    ['a letter in latin1', 'select é', { ...maria, charset: 'latin1' }, 'character set'],
    ['a letter in ascii', "select 'é'", { ...maria, charset: 'ascii' }, 'character set'],
  ] as [string, string, TextMode, string][])('%s', (_, text, mode, why) => {
    expect(whyOf(text, mode)).toContain(why)
  })

  test('a text over the ceiling is too large', () => {
    expect(canonicalise(`select '${'é'.repeat(100)}'`, maria, 200)).toMatchObject({
      kind: 'refused',
      tooLarge: true,
    })
    expect(canonicalise(`select '${'e'.repeat(100)}'`, maria, 200).kind).toBe('canonical')
  })
})
