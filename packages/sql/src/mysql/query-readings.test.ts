/** Whole texts through every step: what the parsers are shown in another form, what is not there, and masks in constants. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createMysqlAnalyser, type MysqlAnalyser } from './analysis.js'
import type { MysqlFlavour } from './catalog.js'
import { DEFAULT_MYSQL_READER_LIMITS } from './limits.js'
import { loadMysqlParser, type MysqlParser } from './parser.js'
import type { MysqlStatement } from './plan.js'
import { drawActions, drawOutputs, REVIEWED, shopCatalog } from './query/shop-fixture.js'
import { loadSecondOpinion } from './second-opinion.js'
import { canonicalise } from './text/canonical.js'

let parser: MysqlParser
beforeAll(async () => {
  parser = await loadMysqlParser()
}, 30_000)

const analysers = new Map<MysqlFlavour, MysqlAnalyser>()

function analyserFor(flavour: MysqlFlavour): MysqlAnalyser {
  const known = analysers.get(flavour)
  if (known) return known
  const made = createMysqlAnalyser({
    parser,
    opinion: loadSecondOpinion(flavour),
    flavour,
    version: shopCatalog(flavour).version,
    catalog: shopCatalog(flavour),
    accounts: [],
    reviewed: REVIEWED,
    limits: DEFAULT_MYSQL_READER_LIMITS,
  })
  analysers.set(flavour, made)
  return made
}

function readOne(
  text: string,
  flavour: MysqlFlavour = 'mysql',
  overlay: readonly string[] = [],
): MysqlStatement {
  const context = { database: 'shop', sqlMode: [], charset: 'utf8mb4', overlay, account: 'gatehouse' }
  const mode = { flavour, version: shopCatalog(flavour).version, sqlMode: [], charset: 'utf8mb4' }
  const found = canonicalise(text, mode)
  if (found.kind === 'refused') throw new Error(found.why)
  const { plan } = analyserFor(flavour).analyse({ ...found, kind: 'canonical', context }).plan
  const [only] = plan.kind === 'read' ? plan.statements : []
  if (!only) throw new Error(`${text} is not read`)
  return only
}

const draw = (text: string, flavour?: MysqlFlavour) => {
  const { actions, outputs } = readOne(text, flavour)
  return [...drawActions(actions), `= ${drawOutputs(outputs)}`]
}

describe('forms that the parser lacks', () => {
  const PW = ['read secret pw[argument filter] id[output] *', '= id=secret.id']
  const ALL = ['read secret id[output] pw[output] *', '= id=secret.id pw=secret.pw']
  const FORMS: readonly (readonly [string, readonly string[], MysqlFlavour?])[] = [
    [
      "select birth + interval '1:30' minute_second from customers",
      ['read customers birth[argument output] *', '= =(customers.birth)'],
    ],
    [
      'select date_add(birth, interval id day_hour) from customers',
      ['read customers id[argument output] birth[argument output] *', '= =(customers.birth,customers.id)'],
    ],
    ["select id from secret where match (pw) against (concat('x', ?) in boolean mode)", PW],
    ['select id from secret where match (pw) against (@v with query expansion)', PW],
    ["select id from secret where match pw against ('x' in natural language mode)", PW],
    ['select id from secret where match (pw) against (?)', PW],
    ['select * from (secret)', ALL],
    ['select * from ((shop.secret as s))', ALL],
    [
      'select s.pw from (orders) join (secret s)',
      ['read orders *', 'read secret pw[output] *', '= pw=secret.pw'],
    ],
    [
      'select 1 from (secret), orders o, ((items i))',
      ['read secret *', 'read orders *', 'read items *', '= ='],
    ],
    ['select 1 from ((secret) join (orders o))', ['read secret *', 'read orders *', '= =']],
    ['select trim(both from pw) from secret', ['read secret pw[output] *', '= =(secret.pw)']],
    ["select trim(leading 'x' from pw) from secret", ['read secret pw[output] *', '= =(secret.pw)']],
    ['select next value for ticket', ['update ticket', '= =']],
    ['select * from secret for system_time all', ALL, 'mariadb'],
    ['select * from secret for system_time as of now() - interval 1 day', ALL, 'mariadb'],
    ["select * from secret for system_time between '2020-01-01' and timestamp '2021-01-01'", ALL, 'mariadb'],
    [
      "select id from customers where profile->>'$.email' = 'x'",
      ['read customers profile:email[filter] id[output] *', '= id=customers.id'],
    ],
  ]
  for (const [text, expected, flavour] of FORMS)
    test(text, () => {
      expect(draw(text, flavour)).toEqual(expected)
    })

  test('a unit where no interval stands is none', () => {
    expect(draw('select id, day_hour from secret')).toContain('opaque shop ? opaque *')
  })

  test('what stands in them is still seen', () => {
    expect(draw('select id from secret where match (pw) against (sleep(1))')).toContain('call sleep')
    expect(
      draw('select id from secret where match (pw) against ((select ssn from customers))').join(),
    ).toContain('ssn[')
    expect(
      draw('select * from secret for system_time as of (select birth from customers)', 'mariadb')[0],
    ).toBe('opaque shop ? opaque *')
    expect(draw('select * from secret for system_time as of sleep(9)', 'mariadb')[0]).toBe(
      'opaque shop ? opaque *',
    )
  })
})

describe('R6 keys inside documents', () => {
  test.each([
    ["profile->'$.lines[0].sku'", 'profile:lines.[].sku[output]'],
    ["json_extract(profile, '$**.email')", 'profile:*[output]'],
    ["profile->'$.*'", 'profile:*[output]'],
    ['json_value(profile, ?)', 'profile:*[argument output]'],
    ["json_extract(profile, concat('$.', 'email'))", 'profile:*[argument output]'],
    ["json_extract(profile, '$.a', '$.b')", 'profile:*[output]'],
    [`profile->'$."a.b"'`, 'profile:*[output]'],
    ['cast(profile as char)', 'profile:*[argument output]'],
    ['upper(profile)', 'profile:*[argument output]'],
    ["json_contains(profile, '1', '$.email')", 'profile:email[argument output]'],
    ["json_set(profile, '$.a', 1)", 'profile[argument output]'],
    ['json_keys(profile)', 'profile[argument output]'],
  ])('%s', (expression, field) => {
    const [read] = draw(`select ${expression} from customers`)
    expect(read?.replace('argument output', 'output')).toBe(
      `read customers ${field.replace('argument output', 'output')} *`,
    )
  })
})

describe('names that the server does not have', () => {
  test.each<readonly [string, string, string, readonly string[]]>([
    ['select a from nowhere', '1146', "Table 'shop.nowhere' doesn't exist", ['read nowhere']],
    ['select * from nobody.t', '1049', "Unknown database 'nobody'", ['read nobody.t']],
    [
      'select nope from secret',
      '1054',
      "Unknown column 'nope' in 'field list'",
      ['read secret nope[output] *'],
    ],
    [
      'select id from secret s where s.nope = 1',
      '1054',
      "Unknown column 's.nope' in 'where clause'",
      ['read secret id[output] nope[output] *'],
    ],
    [
      'select id from secret order by nope',
      '1054',
      "Unknown column 'nope' in 'order clause'",
      ['read secret id[output] nope[output] *'],
    ],
    [
      'select a.id from secret a join orders o on o.nope = a.id',
      '1054',
      "Unknown column 'o.nope' in 'on clause'",
      ['read secret id[argument join output] nope[output] *', 'read orders nope[output] *'],
    ],
    [
      'select bad from nowhere, secret',
      '1146',
      "Table 'shop.nowhere' doesn't exist",
      ['read nowhere', 'read secret *'],
    ],
    ['insert into nowhere values (1)', '1146', "Table 'shop.nowhere' doesn't exist", ['insert nowhere']],
    [
      'update nowhere set a = 1',
      '1146',
      "Table 'shop.nowhere' doesn't exist",
      ['read nowhere', 'update nowhere'],
    ],
    ['delete from nowhere', '1146', "Table 'shop.nowhere' doesn't exist", ['read nowhere', 'delete nowhere']],
    [
      'update secret set nope = 1',
      '1054',
      "Unknown column 'nope' in 'field list'",
      ['read secret nope[output] *', 'update secret nope[output]'],
    ],
    [
      'insert into secret (nope) values (1)',
      '1054',
      "Unknown column 'nope' in 'field list'",
      ['insert secret nope[output]'],
    ],
  ])('%s', (text, code, message, actions) => {
    const { missing } = readOne(text)
    expect(missing).toMatchObject({ code, message })
    expect(drawActions(missing?.actions ?? [])).toEqual(actions)
  })

  test.each([
    'select nope from lost',
    'select a from knot',
    'select nope, leak(1) from secret',
    'select nope from secret, lost',
    'select * from mysql.nowhere',
    'select nope into @v from secret',
  ])('nothing is told where something else is not understood: %s', (text) => {
    expect(readOne(text).missing).toBeUndefined()
  })

  test('R2 nor of what this session may have made', () => {
    expect(readOne('select a from nowhere', 'mysql', ['nowhere']).missing).toBeUndefined()
    expect(readOne('select a from nowhere', 'mysql', ['*']).missing).toBeUndefined()
    expect(readOne('select a from nowhere', 'mysql', ['nowhere']).actions[0]?.why).toContain(
      'in this session',
    )
  })
})

test('R1 every column behind the star of RETURNING is read', () => {
  const star = draw('delete from secret where id = 1 returning secret.*', 'mariadb')
  expect(star).toEqual(draw('delete from secret where id = 1 returning *', 'mariadb'))
  expect(star.at(-1)).toBe('= id=secret.id pw=secret.pw')
})

describe('R19 among many rows', () => {
  /** Short texts are shown to the parsers whole. */
  const long = (text: string) => text.replace(' ', ' '.repeat(2000))
  const fieldOf = (text: string) => {
    const insert = readOne(long(text)).actions.find(({ verb }) => verb === 'insert')
    return insert?.fields === 'unknown' ? undefined : insert?.fields.find(({ name }) => name === 'pw')
  }
  test('a mask is seen in whichever row it stands', () => {
    for (const mask of ["'***'", '0x2a2a2a', "x'2a2a2a'", "'*' '**'", "n'***'"])
      expect(
        fieldOf(`insert into secret values (1, 'a'), (2, 'b'), (3, ${mask}), (4, 'c')`)?.issued,
        mask,
      ).toBe(true)
    expect(fieldOf("insert into secret values (1, 'a'), (2, 'b'), (3, 'c')")?.issued).toBeUndefined()
  })

  test.each(['1 value', 'id value', 'id as value'])('no row among outputs is left out: %s', (output) => {
    const text = `insert into customers (id, name, ssn, email) select ${output}, (1), (2), ssn from customers`
    const read = readOne(long(text)).actions.find(({ verb }) => verb === 'read')
    const ssn = read?.fields === 'unknown' ? undefined : read?.fields.find(({ name }) => name === 'ssn')
    expect(ssn?.into?.map(({ field }) => field)).toEqual(['email'])
  })

  test('a constant beside a copy is no copy', () => {
    const copy = '(1, (select pw from other.secret limit 1))'
    expect(fieldOf(`insert into secret values ${copy}`)?.from).toHaveLength(1)
    expect(fieldOf(`insert into secret values ${copy}, (2, 'a'), (3, 'b')`)?.from).toBeUndefined()
  })
})
