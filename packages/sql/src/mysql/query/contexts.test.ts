/** What a statement means depends on more than its text; and no tree, however odd, makes the reader throw or guess. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { MysqlRelation } from '../catalog.js'
import type { MysqlAnalysis } from './analysis.js'
import { readExpression, readQuery } from './index.js'
import {
  analysisOf,
  drawActions,
  drawOutputs,
  loadParser,
  parseOne,
  RELATIONS,
  relation,
  shopCatalog,
  shopIndex,
} from './shop-fixture.js'

beforeAll(loadParser)

function draw(text: string, given: Partial<MysqlAnalysis> = {}, index = shopIndex()): readonly string[] {
  const reading = readQuery(parseOne(text), analysisOf(index, given))
  return [...drawActions(reading.actions), `= ${drawOutputs(reading.outputs)}`]
}

const MARIADB = shopIndex(shopCatalog('mariadb'))

function withViews(...views: readonly MysqlRelation[]) {
  return shopIndex(shopCatalog('mysql', [...RELATIONS, ...views]))
}

describe('names', () => {
  test('without a default database a bare name is opaque', () => {
    expect(draw('select id from secret', { database: undefined })).toEqual([
      'opaque ?.secret ? opaque *',
      '= id=()!',
    ])
    expect(draw('select pw from shop.secret', { database: undefined })).toEqual([
      'read secret pw[output] *',
      '= pw=secret.pw',
    ])
  })

  test('another default database means another table', () => {
    expect(draw('select pw from secret', { database: 'other' })[1]).toBe('= pw=other.secret.pw')
  })

  test('R2 what the session defined is opaque, however it is spelt', () => {
    for (const name of ['secret', 'SECRET', '*'])
      expect(draw('select pw from secret', { overlay: new Set([name]) })[0]).toBe('opaque secret ? opaque *')
    expect(draw('select lower(pw) from secret', { overlay: new Set(['lower']) })).toContain(
      'opaque lower ? opaque *',
    )
  })

  test('tables that differ by case alone are told apart where the server tells them apart', () => {
    const index = withViews(relation('shop.Secret', 'id:int(11) other:text'))
    expect(draw('select * from Secret', {}, index)[1]).toBe('= id=Secret.id other=Secret.other')
    expect(draw('select * from secret', {}, index)[1]).toBe('= id=secret.id pw=secret.pw')
  })

  test('the names of WITH queries: MySQL with regard to case, MariaDB without', () => {
    const text = 'with SECRET as (select ssn from customers) select * from secret'
    expect(draw(text).at(-1)).toBe('= id=secret.id pw=secret.pw')
    expect(draw(text, {}, MARIADB).at(-1)).toBe('= ssn=customers.ssn')
  })

  test('a recursive query sees a later one in MariaDB alone', () => {
    const text =
      'with recursive a as (select * from secret), secret as (select ssn from customers) select * from a'
    expect(draw(text).at(-1)).toBe('= id=secret.id pw=secret.pw')
    expect(draw(text, {}, MARIADB).at(-1)).toBe('= ssn=customers.ssn')
  })

  test('R3 a stored function hides behind the name of a built-in that the server may lack', () => {
    const index = shopIndex({
      ...shopCatalog(),
      routines: [{ schema: 'shop', name: 'Upper', kind: 'function', body: '', parameters: 1 }],
    })
    expect(draw('select upper(pw) from secret', {}, index)).toContain('call Upper ? opaque *')
  })

  test('a table of another case hides none of that very name further out, for all that is certain', () => {
    const text =
      "select (select concat(T.x, '') from (select 'a' as x) t) from (select pw as x from secret) T"
    expect(draw(text).at(-1)).toContain('secret.pw')
    const certain =
      "select (select concat(t.x, '') from (select 'a' as x) t) from (select pw as x from secret) T"
    expect(draw(certain).at(-1)).not.toContain('secret.pw')
  })

  test('a WITH query of another case is none to MySQL, is one to MariaDB, and nobody knows to newer ones', () => {
    const text = "with SECRET as (select 'a' as pw) select concat(pw, '') from secret"
    expect(draw(text).at(-1)).toContain('secret.pw')
    expect(draw(text, {}, MARIADB).at(-1)).not.toContain('secret.pw')
    const newer = shopIndex({ ...shopCatalog('mariadb'), version: [11, 8, 2] })
    expect(draw(text, {}, newer).join()).toContain('opaque')
  })
})

describe('aliases that are too long', () => {
  const long = (letter: string, count: number) => `\`${letter.repeat(count)}\``
  const inside = (known: string, alias: string) =>
    `select (select concat(${known}, '') from (select 'a' as ${alias}) t) from (select pw as ${known} from secret) s`
  test('are known by what is kept of them: 255 bytes to MariaDB, 256 to MySQL', () => {
    for (const [letter, count] of [
      ['s', 255],
      ['€', 85],
    ] as const) {
      const text = inside(long(letter, count), long(letter, 300))
      expect(draw(text, {}, MARIADB).at(-1)).not.toContain('secret.pw')
      expect(draw(text).at(-1)).toContain('secret.pw')
    }
    expect(draw(inside(long('s', 256), long('s', 300))).at(-1)).not.toContain('secret.pw')
  })
  test('are outputs like others', () => {
    for (const flavour of [undefined, MARIADB])
      expect(draw(`select pw as ${long('€', 100)} from secret`, {}, flavour).join()).not.toContain('opaque')
  })
})

describe('positions', () => {
  test.each(['2', '(2)', '+2', '((+ 2))', '- -2', '4294967298', 'true', '?', '(+?)'])(
    'ORDER BY %s may be the column of that place',
    (place) => expect(draw(`select id, pw from secret order by ${place}`).join()).toMatch(/pw\[[^\]]*order/),
  )
  test.each(['1', '(1)', '4294967297', 'null', "'2'", 'rand()', '3'])('ORDER BY %s is none of it', (place) =>
    expect(draw(`select id, pw from secret order by ${place}`).join()).not.toMatch(/pw\[[^\]]*order/),
  )
  test('GROUP BY and GROUP_CONCAT count alike', () => {
    expect(draw('select id, pw from secret group by (2)').join()).toMatch(/pw\[[^\]]*group/)
    expect(draw('select group_concat(id, pw order by ?) from secret').join()).toMatch(/pw\[[^\]]*order/)
  })
})

describe('R17 parameters', () => {
  const typed = (type: 'string' | 'integer' | 'decimal' | 'other') => ({
    parameterTypes: ['other', type] as const,
  })

  test('a parameter is a lookup only where it is bound as the column is', () => {
    const text = 'select ?, id from secret where pw = ?'
    expect(draw(text)[0]).toBe('read secret pw[argument filter] id[output]')
    expect(draw(text, typed('string'))[0]).toBe('read secret pw[lookup] id[output]')
    expect(draw(text, typed('integer'))[0]).toBe('read secret pw[argument filter] id[output]')
    expect(draw(text, typed('other'))[0]).toBe('read secret pw[argument filter] id[output]')
  })

  test('while none is bound each is as the column is, where that would be a lookup', () => {
    let asked = 0
    const open = { parameterTypes: 'open' as const, typeMattered: () => asked++ }
    expect(draw('select ?, id from secret where pw = ?', open)[0]).toBe('read secret pw[lookup] id[output]')
    expect(asked).toBe(1)
    for (const condition of [
      'pw > ?',
      'pw = concat(?)',
      'pw in (?, ?)',
      'pw = ? or 1',
      'pw like ?',
      'not pw = ?',
    ])
      expect(draw(`select id from secret where ${condition}`, open)[0]).toContain('filter]')
    expect(asked).toBe(1)
  })

  test('numbers likewise', () => {
    const text = 'select ? from customers where salary = ?'
    expect(draw(text, typed('decimal'))[0]).toBe('read customers salary[lookup]')
    expect(draw(text, typed('string'))[0]).toBe('read customers salary[argument filter]')
    expect(draw('select ? from customers where id = ?', typed('decimal'))[0]).toBe(
      'read customers id[filter]',
    )
  })
})

describe('R21 what the parser groups otherwise than the server bounds nothing', () => {
  test.each([
    'id = 1 xor 1',
    'id = 1 || 1',
    '(id = 1 xor 1)',
    'id in (1) xor pw = 2',
    'id = (1) xor 1 and pw = 1',
  ])('delete from secret where %s', (condition) => {
    expect(draw(`delete from secret where ${condition}`)).toContain('delete secret *')
  })
})

describe('R4 views', () => {
  test('a chain of views is read to its end, and one that is too long is opaque', () => {
    const chain = Array.from({ length: 40 }, (_, at) =>
      relation(`shop.v${at}`, 'a:varchar(40)', {
        kind: 'view',
        definition:
          at === 0
            ? 'select `shop`.`secret`.`pw` AS `a` from `shop`.`secret`'
            : `select \`shop\`.\`v${at - 1}\`.\`a\` AS \`a\` from \`shop\`.\`v${at - 1}\``,
      }),
    )
    const index = withViews(...chain)
    expect(draw('select a from v5', {}, index).at(-1)).toContain('secret.pw')
    expect(draw('select a from v39', {}, index).join()).toContain('opaque')
  })

  test('what a small text unfolds into is bounded', () => {
    const views = Array.from({ length: 20 }, (_, at) => {
      const from = at === 0 ? '`shop`.`secret`' : `\`shop\`.\`w${at - 1}\``
      const name = at === 0 ? 'secret' : `w${at - 1}`
      return relation(`shop.w${at}`, 'pw:varchar(40)', {
        kind: 'view',
        definition: `select \`a\`.\`pw\` AS \`pw\` from (${from} \`a\` join ${from} \`b\`) where \`a\`.\`pw\` = \`b\`.\`pw\` and '${name}' = '${name}'`,
      })
    })
    expect(draw('select pw from w19', {}, withViews(...views)).join()).toContain('opaque')
  })

  test('a definition that cannot be parsed, or that has other columns than the catalog says, proves nothing', () => {
    const index = withViews(
      relation('shop.broken', 'a:int(11)', { kind: 'view', definition: 'select from where' }),
      relation('shop.wider', 'a:int(11)', { kind: 'view', definition: 'select 1 AS `a`, 2 AS `b`' }),
    )
    expect(draw('select a from broken', {}, index).at(-1)).toBe('= a=(broken.a)!')
    expect(draw('select a from wider', {}, index).at(-1)).toBe('= a=(wider.a)!')
  })

  test('a generated column whose expression cannot be parsed proves nothing', () => {
    const index = withViews(relation('shop.odd', 'a:int(11) b:int(11)=???'))
    expect(draw('select b from odd', {}, index).at(-1)).toBe('= b=(odd.b)!')
  })
})

describe('documents', () => {
  test('MariaDB keeps them in strings: a path narrows them, and reading them may warn', () => {
    const index = shopIndex(shopCatalog('mariadb', [relation('shop.t', 'doc:longtext')]))
    expect(draw("select json_value(doc, '$.a') from t", {}, index)).toEqual([
      'read t doc:a[argument output] *',
      '= =(t.doc:a)',
    ])
  })
})

describe('R16 what stands beside something that can raise', () => {
  test.each([
    "select pw = 'x' and exp(1000) from secret",
    "select pw = 'x' and 1 / 0 from secret",
    "select concat(pw, 'a' + 0) from secret",
    "select pw in ('x', '1' + 0) from secret",
    "select (pw, 1) in (('x', 'y' + 0)) from secret",
    'select coalesce(pw, exp(1000)) from secret',
    "select pw = 'x' or sleep(1) from secret",
    "select count(pw = 'x' or (select id from customers where 0)) from secret",
    "select pw = 'x' and (select count(*) from customers where exp(1000)) from secret",
  ])('%s', (text) => {
    expect(draw(text).find((line) => line.startsWith('read secret'))).toBe(
      'read secret pw[argument output] *',
    )
  })
})

describe('expressions alone', () => {
  const expression = (text: string) => {
    const statement = parseOne(`select ${text}`) as {
      Query: { body: { Select: { projection: { UnnamedExpr: unknown }[] } } }
    }
    return statement.Query.body.Select.projection[0]?.UnnamedExpr
  }

  test('what is given to CALL or SET is an argument', () => {
    const reading = readExpression(expression('(select pw from secret limit 1)'), analysisOf(shopIndex()))
    expect(drawActions(reading.actions)).toEqual(['read secret pw[argument output] *'])
  })

  test('over the columns of a relation', () => {
    const [first] = RELATIONS
    const reading = readExpression(expression('upper(pw)'), analysisOf(shopIndex()), first)
    expect(drawActions(reading.actions)).toEqual(['read secret pw[argument] *'])
  })

  test('R19 rows that are stored flow', () => {
    const reading = readQuery(parseOne('select upper(pw) from secret'), analysisOf(shopIndex()), {
      stored: true,
    })
    expect(drawActions(reading.actions)).toEqual(['read secret pw[flow output] *'])
  })
})

describe('odd trees', () => {
  const STATEMENTS = [
    "select a.id, upper(pw) p from secret a join customers c using (id) where pw = 'a' group by p having p > 1 order by 1 limit 2 for update",
    'with recursive c as (select 1 n union all select n + 1 from c) select * from c, (select 2) x where exists (select 1)',
    "insert into secret (id, pw) values (1, 'a') on duplicate key update pw = values(pw)",
    'update secret s join customers c on s.id = c.id set s.pw = c.ssn where c.id = 1',
    'delete s from secret s join customers c on s.id = c.id where c.id = 1',
    "select group_concat(distinct pw order by id), sum(id) over (partition by pw rows 1 preceding), case when id then 1 end, cast(id as char), match (pw) against ('x') from secret",
  ]
  const ODD = [null, 'x', 7, [], {}, [null], { Odd: {} }, { Query: null }, true]

  /** Every place in the tree, each replaced by something odd. */
  function* mutants(tree: unknown): Generator<unknown> {
    const paths: (readonly (string | number)[])[] = []
    const visit = (node: unknown, path: readonly (string | number)[]): void => {
      if (typeof node !== 'object' || node === null || path.includes('span')) return
      for (const [key, inner] of Object.entries(node)) {
        paths.push([...path, key])
        visit(inner, [...path, key])
      }
    }
    visit(tree, [])
    for (const [at, path] of paths.entries()) {
      const copy: unknown = structuredClone(tree)
      let place = copy as Record<string | number, unknown>
      for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>
      place[path.at(-1) as string] = ODD[at % ODD.length]
      yield copy
      place.stranger = { x: 1 }
      yield copy
    }
  }

  test('never make the reader throw, and what it does not know makes the statement opaque', () => {
    let opaque = 0
    let all = 0
    for (const text of STATEMENTS)
      for (const mutant of mutants(parseOne(text))) {
        const reading = readQuery(mutant, analysisOf(shopIndex()))
        all++
        if (reading.actions.some(({ certainty }) => certainty === 'opaque')) opaque++
      }
    expect(all).toBeGreaterThan(1000)
    expect(opaque).toBeGreaterThan(all / 2)
    for (const odd of ODD) expect(readQuery(odd, analysisOf(shopIndex())).outputs).toBe('unknown')
  })
})
