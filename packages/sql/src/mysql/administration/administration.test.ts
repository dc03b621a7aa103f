import { beforeAll, describe, expect, test } from 'vitest'
import { createMysqlAnalyser, type MysqlAnalyser } from '../analysis.js'
import { hashRoutine } from '../catalog-index.js'
import { DEFAULT_MYSQL_READER_LIMITS } from '../limits.js'
import { loadMysqlParser } from '../parser.js'
import type { MysqlContext, MysqlPlan, MysqlStatement } from '../plan.js'
import { SAMPLE } from '../sample.js'
import { loadSecondOpinion } from '../second-opinion.js'
import { canonicalise } from '../text/canonical.js'
import { briefActions, briefEffects } from './brief.js'
import { EXAMPLES } from './examples.js'
import { QUERY_WORDS, STATEMENT_WORDS } from './statement-words.js'

const context: MysqlContext = {
  database: 'shop',
  sqlMode: [],
  charset: 'utf8mb4',
  overlay: [],
  account: 'gatehouse',
}
const server = { flavour: 'mariadb', version: [10, 11, 11] } as const

let analyser: MysqlAnalyser
beforeAll(async () => {
  analyser = createMysqlAnalyser({
    ...server,
    parser: await loadMysqlParser(),
    opinion: loadSecondOpinion('mariadb'),
    catalog: SAMPLE,
    reviewed: [
      { name: 'shop.reviewed', body: hashRoutine('delete from orders'), verbs: ['delete'], clean: false },
    ],
    accounts: ['gatehouse', 'gatehouse_admin'],
    limits: DEFAULT_MYSQL_READER_LIMITS,
  })
}, 30_000)

function plan(text: string, given: MysqlContext = context): MysqlPlan {
  const found = canonicalise(text, { ...server, sqlMode: [], charset: given.charset })
  if (found.kind === 'refused') throw new Error(`${text}: ${found.why}`)
  return analyser.analyse({
    kind: 'canonical',
    text: found.text,
    statements: found.statements,
    context: given,
  }).plan.plan
}

function all(text: string, given?: MysqlContext): readonly MysqlStatement[] {
  const found = plan(text, given)
  if (found.kind !== 'read') throw new Error(`${text}: ${found.why}`)
  return found.statements
}

function one(text: string, given?: MysqlContext): MysqlStatement {
  const [statement, ...others] = all(text, given)
  if (!statement || others.length > 0) throw new Error(`not one statement: ${text}`)
  return statement
}

const verbs = (text: string, given?: MysqlContext) => one(text, given).actions.map(({ verb }) => verb)

describe('every statement', () => {
  const examples = EXAMPLES.map(([text, command, actions, effects = []]) => ({
    text,
    command,
    actions,
    effects,
  }))
  test.each(examples)('$text', ({ text, command, actions, effects }) => {
    const statement = one(text)
    expect([statement.command, briefActions(statement), briefEffects(statement)]).toEqual([
      command,
      [...actions].sort(),
      effects,
    ])
  })

  test('there are more than three hundred, and each word that can begin one has an example', () => {
    const first = new Set(
      EXAMPLES.map(([text]: readonly [string, ...unknown[]]) =>
        text.startsWith('(') ? '(' : text.split(/[\s(]/)[0],
      ),
    )
    const missing = [...Object.keys(STATEMENT_WORDS), ...QUERY_WORDS].filter((word) => !first.has(word))
    expect([EXAMPLES.length > 300, missing]).toEqual([true, []])
  })

  test('case and the spaces between words say nothing', () => {
    for (const [text] of EXAMPLES.filter(([each]) => /^[a-z ]+$/.test(each))) {
      const shout = one(text.toUpperCase().replaceAll(' ', '\n\t '))
      expect([text, shout.command]).toEqual([text, one(text).command])
    }
  })

  test('a word behind its end that nobody knows makes it opaque', () => {
    for (const text of [
      'use hr hr',
      'begin work now',
      'savepoint a b',
      'commit now',
      'truncate people orders',
    ])
      expect([text, verbs(text).includes('opaque')]).toEqual([text, true])
  })
})

describe('R11 no rule permits', () => {
  test.each([
    'set password = password(1)',
    'set @a = 1, sql_mode = "ANSI_QUOTES"',
    'alter user "gatehouse_admin"@"10.%" identified by "x"',
    'alter user GateHouse identified by "x"',
    'create user eve, gatehouse',
    'grant all on *.* to eve, gatehouse@localhost identified by "x"',
    'revoke all privileges, grant option from gatehouse_admin',
    'rename user eve to gatehouse',
    'drop user if exists current_user()',
    'update mysql.user set authentication_string = 1',
    'delete from mysql.global_priv',
    'insert into mysql.user values (1)',
    'replace into `mysql`.`user` values (1)',
    'truncate mysql.user',
    'drop table mysql.user',
    'rename table mysql.user to mysql.other',
    'load data local infile "x" into table mysql.user',
    'execute immediate "drop user gatehouse"',
    'prepare s from "set password = 1"',
    'set statement max_statement_time = 1 for drop user gatehouse',
    'explain analyze delete from mysql.user',
  ])('%s', (text) => {
    expect(one(text).never).toBeDefined()
  })

  test('in the default database mysql its tables need no qualifier', () => {
    expect(
      one('update user set authentication_string = 1', { ...context, database: 'mysql' }).never,
    ).toBeDefined()
    expect(one('update people set name = 1').never).toBeUndefined()
    expect(one('alter user eve identified by "x"').never).toBeUndefined()
  })
})

describe('R3 routines', () => {
  test('a procedure is what its review says while its body is the reviewed one', () => {
    expect(briefActions(one('call reviewed(1)'))).toEqual(['call shop.reviewed', 'delete shop.reviewed'])
    expect(briefActions(one('call clean()'))).toEqual(['call? shop.clean', 'opaque? shop'])
  })

  test('a body that is made is opaque', () => {
    for (const text of [
      'create procedure p() select 1',
      'create trigger t before insert on people for each row set @a = new.ssn',
      'create event e on schedule every 1 day do delete from orders',
    ])
      expect([text, verbs(text).includes('opaque')]).toEqual([text, true])
  })
})

test('R13 what changes meaning is a setting by its own name, and what all sessions share is administration', () => {
  expect(briefActions(one('set time_zone = 1, @@session.sql_log_bin = 0'))).toEqual([
    'set sql_log_bin',
    'set time_zone',
  ])
  expect(briefActions(one('set persist_only time_zone = 1'))).toEqual(['admin global.time_zone'])
  expect(verbs('xa prepare "x"')).toEqual(['admin'])
})

test('R19 what is renamed or stored is read, whatever its new name', () => {
  for (const text of ['rename table people to clean', 'alter table people rename column ssn to clean'])
    expect(one(text).actions).toContainEqual(
      expect.objectContaining({
        verb: 'read',
        fields: 'unknown',
        resource: expect.objectContaining({ path: ['shop', 'people'] }),
      }),
    )
  for (const text of ['create table t select ssn from people', 'create view w as select ssn from people'])
    expect(one(text).actions).toContainEqual(
      expect.objectContaining({
        fields: [expect.objectContaining({ name: 'ssn', uses: expect.arrayContaining(['flow']) })],
      }),
    )
})

test('R16 what a table is asked of its rows uses their columns', () => {
  for (const part of ["add check (`ssn` < '6')", 'add x int check (length(ssn) > 3)', 'order by ssn'])
    expect(one(`alter table people ${part}`).actions).toContainEqual(
      expect.objectContaining({
        verb: 'read',
        fields: [expect.objectContaining({ name: 'ssn', uses: expect.arrayContaining(['filter']) })],
      }),
    )
})

test('R20 plans that show conditions, and messages, are outputs of what they may quote', () => {
  expect(one('explain format=json select id from people where ssn = 1').outputs).toMatchObject([
    { how: 'computed', sources: expect.arrayContaining([expect.objectContaining({ field: 'ssn' })]) },
  ])
  expect(one('show warnings').outputs).toMatchObject([{}, {}, { unprovable: expect.any(String) }])
})

test('R20 what a message or a plan was put into is told from what was assigned', () => {
  for (const text of [
    'get diagnostics condition 1 @m = message_text',
    'explain format = json into @m select * from customers',
  ])
    expect(one(text).effects).toContainEqual({ kind: 'variables', names: ['m'], untold: true })
  expect(one('set @m = 1').effects).toEqual([{ kind: 'variables', names: ['m'] }])
})

test('R19 which user variables it depends on', () => {
  const read = (text: string) => one(text).variables ?? []
  expect(read("insert into orders (id) values (@a, @`B`, @'c')")).toEqual(['a', 'b', 'c'])
  expect(read('set @a = @b, @c := 1, @d = concat(@e, 1)')).toEqual(['b', 'e'])
  expect(read('select @a := @b + 1')).toEqual(['b'])
  expect(read('select @a, @b as c')).toEqual([])
  expect(read('select @a, 1')).toEqual(['a'])
  expect(read('select id from orders where id = @a into @b, @c')).toEqual(['a'])
  expect(read('select id into @b, @c from orders where id = @a')).toEqual(['a'])
  expect(read('execute p using @a, @b')).toEqual(['a', 'b'])
  expect(read("execute immediate 'select id from orders limit ?' using @a")).toEqual(['a'])
  expect(read("execute immediate 'select id from orders where id = @b'")).toEqual(['b'])
  expect(read('call shop.tidy(@a)')).toEqual([])
  expect(read('select @@sql_mode')).toEqual([])
})

test('what answers with rows says so', () => {
  for (const text of [
    'alter table orders check partition p0',
    'alter table orders add x int, analyze partition all',
  ])
    expect([text, one(text).outputs.length]).toEqual([text, 4])
  for (const text of ['create user u identified by random password', 'set password for u to random'])
    expect([text, one(text).outputs]).toEqual([text, 'unknown'])
  for (const text of [
    'alter table orders add x int',
    'create user u',
    'use shop',
    'set @a = 1',
    'do 1',
    'commit',
  ])
    expect([text, one(text).outputs]).toEqual([text, []])
})

test('without a default database a bare name is opaque and a qualified one is not', () => {
  const nowhere = { ...context, database: undefined }
  expect(verbs('drop table people', nowhere)).toEqual(['opaque'])
  expect(briefActions(one('drop table shop.people', nowhere))).toEqual(['drop shop.people'])
})

test('another spelling of a database or a table is the one that the catalog holds', () => {
  expect(briefActions(one('drop database HR'))).toEqual(['drop hr'])
  expect(briefActions(one('drop table SHOP.People, Hr.other'))).toEqual(['drop hr.other', 'drop shop.people'])
  expect(briefEffects(one('use HR'))).toEqual(['use hr'])
  expect(briefActions(one('call SHOP.CLEAN()'))).toContain('call? shop.clean')
})

describe('several statements in one text', () => {
  const read = (text: string) => all(text).map(briefActions)

  test('each is read after those before it', () => {
    expect(read('use hr; select salary from staff')).toEqual([['connect hr'], ['read hr.staff']])
    expect(read('drop table people; select id from people')[1]).toEqual(['opaque? shop.people'])
    expect(read('prepare s from "delete from orders"; execute s')[1]).toEqual(['delete shop.orders'])
    expect(
      all('prepare s from "delete from orders"; deallocate prepare s; execute s')[2]?.refersTo,
    ).toBeDefined()
  })

  test('none is read under settings that another one changes', () => {
    expect(plan('set sql_mode = "PIPES_AS_CONCAT"; select 1')).toMatchObject({ kind: 'unreadable' })
    expect(plan('set sql_mode = default; select 1')).toMatchObject({ kind: 'unreadable' })
    expect(plan('set names latin1; select 1')).toMatchObject({ kind: 'unreadable' })
    expect(plan('select 1; set names latin1')).toMatchObject({ kind: 'read' })
    expect(plan('set names utf8mb4, sql_mode = "STRICT_ALL_TABLES"; select 1')).toMatchObject({
      kind: 'read',
    })
  })
})

test('nothing that words can be put together to makes it throw', () => {
  const words = [...new Set(EXAMPLES.flatMap(([text]) => text.split(/\s+|(?=[(),;.])|(?<=[(),;.])/)))]
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % below
  }
  for (let round = 0; round < 3000; round++) {
    const [example] = EXAMPLES[random(EXAMPLES.length)] ?? ['select 1']
    const pieces = example.split(' ')
    for (let change = random(3); change >= 0; change--)
      pieces.splice(random(pieces.length + 1), random(2), words[random(words.length)] ?? '')
    const text = pieces.join(' ')
    const canonical = canonicalise(text, { ...server, sqlMode: [], charset: 'utf8mb4' })
    if (canonical.kind === 'refused') continue
    const found = analyser.analyse({
      kind: 'canonical',
      text: canonical.text,
      statements: canonical.statements,
      context,
    })
    expect([text, ['read', 'unreadable']]).toEqual([text, expect.arrayContaining([found.plan.plan.kind])])
  }
}, 60_000)
