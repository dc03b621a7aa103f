/** What surrounds a statement: search_path, the session's own names, parameters, users' casts and types, odd trees. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../../catalog.js'
import type { Analysis } from './analysis.js'
import { EXPECTED_READINGS } from './expected-readings.js'
import { judgeFunction, readExpression, readQuery, resolveRelation } from './index.js'
import {
  analysisOf,
  CATALOG,
  drawActions,
  drawOutputs,
  loadGrammar,
  parseOne,
  ROUTINES,
  shopIndex,
} from './shop-fixture.js'

function draw(text: string, given: Partial<Analysis> = {}, catalog: Catalog = CATALOG): readonly string[] {
  const reading = readQuery(parseOne(text), analysisOf(shopIndex(catalog), given))
  return [...drawActions(reading.actions), `= ${drawOutputs(reading.outputs)}`]
}

beforeAll(loadGrammar)

describe('R3 search_path', () => {
  test('the first schema that has the relation', () => {
    expect(draw('select pw from secret', { searchPath: ['evil', 'public'] })[0]).toBe(
      'read shop.evil.secret pw[output] *',
    )
    expect(draw('select pw from secret', { searchPath: ['"$user"', 'public'], account: 'evil' })[0]).toBe(
      'read shop.evil.secret pw[output] *',
    )
  })

  test('pg_catalog comes first unless it is named', () => {
    expect(draw('select relname from pg_class', { searchPath: [] })[0]).toMatch(
      /^read shop.pg_catalog.pg_class/,
    )
  })

  test("a user's routine of a built-in's name is reached only through its schema", () => {
    expect(draw('select lower(pw) from secret')[0]).toBe('read secret pw[output] *')
    for (const searchPath of [['public', 'evil'], ['evil', 'pg_catalog', 'public'], 'unknown'] as const)
      expect(draw('select lower(pw) from public.secret', { searchPath })[1]).toBe(
        'call shop.evil.lower ? opaque *',
      )
    expect(draw('select pg_catalog.lower(pw) from public.secret', { searchPath: 'unknown' })[0]).toBe(
      'read secret pw[output] *',
    )
  })

  test('not known: only qualified relations are', () => {
    expect(draw('select pw from secret', { searchPath: 'unknown' })).toEqual([
      'opaque shop.secret ? opaque *',
      '= pw=()!',
    ])
    expect(draw('select pw from public.secret', { searchPath: 'unknown' })[0]).toBe(
      'read secret pw[output] *',
    )
  })
})

describe('R2 names that the session defined', () => {
  test.each([
    'select * from log',
    'select * from public.log',
    'insert into log values (1)',
    'delete from log',
    'select log(1)',
    'select 1::log',
    'merge into log l using orders o on true when matched then delete',
  ])('%s is opaque', (text) => {
    const reading = readQuery(parseOne(text), analysisOf(shopIndex(), { overlay: new Set(['log']) }))
    expect(reading.actions.some((action) => action.verb === 'opaque')).toBe(true)
  })

  test('a view on such a name is opaque too', () => {
    expect(draw('select pw from vsecret', { overlay: new Set(['secret']) })).toContain(
      'opaque secret ? opaque *',
    )
  })

  test('a WITH query of that name is not', () => {
    expect(draw('with log as (select 1 as a) select a from log', { overlay: new Set(['log']) })).toEqual([
      '= a=',
    ])
  })
})

describe('R17 parameters', () => {
  test.each([
    [[], 'lookup'],
    [[0], 'lookup'],
    [[25], 'lookup'],
    [[1043], 'lookup'],
    [[23], 'filter'],
    [[19003], 'filter'],
  ])('declared as %j: %s', (parameterTypes, use) => {
    expect(draw('select id from secret where pw = $1', { parameterTypes })[0]).toBe(
      `read secret pw[${use}] id[output]`,
    )
  })
})

describe('R5 literals that mattered', () => {
  const mattered = (text: string) => {
    const analysis = analysisOf(shopIndex())
    readQuery(parseOne(text), analysis)
    return analysis.noted.literals > 0
  }
  test.each([
    "select id from secret where pw = 'x' and id = 3",
    "select pw || 'x' from secret limit 3",
    "select pw like 'a' from secret",
    "insert into log values (1, 'a')",
    'select 1 where 1 = 1',
  ])('none in %s', (text) => {
    expect(mattered(text)).toBe(false)
  })
  test.each([
    "select profile->>'ssn' from customers",
    'select id, pw from secret order by 2',
    'select pw from secret group by 1',
    "select nextval('seq')",
    "select set_config('role', 'x', false)",
    "select 'secret'::regclass",
    'select pg_advisory_lock(3)',
    "select pg_notify('c', 'x')",
    'select distinct on (1) pw from secret',
  ])('one in %s', (text) => {
    expect(mattered(text)).toBe(true)
  })
})

describe('R3 casts that users made', () => {
  const routine = ROUTINES[0]
  const catalog: Catalog = {
    ...CATALOG,
    types: [
      ...CATALOG.types.filter((type) => type.name !== 'mood'),
      { oid: 19002, schema: 'public', name: 'mood', kind: 'enum', relation: 0, element: 0, base: 0 },
    ],
    casts: [
      { source: 19002, target: 25, routine: routine?.oid ?? 0 },
      { source: 19002, target: 114, routine: routine?.oid ?? 0, implicit: false },
      { source: 25, target: 23, routine: routine?.oid ?? 0, implicit: false },
    ],
  }
  test.each([
    'select mood::text from customers',
    'select upper(mood) from customers',
    "select mood || 'x' from customers",
    'select to_json(mood) from customers',
    'select row_to_json(c) from customers c',
    'select pw::int from secret',
    'select pw::int[] from secret',
    'insert into log (line) select mood from customers',
    'update log set line = c.mood from customers c',
    'select json_build_array(mood) from customers',
  ])('%s runs one', (text) => {
    expect(draw(text, {}, catalog)).toContain('call leak ? opaque *')
  })
  test.each(['select mood from customers', 'select pw::varchar from secret', 'select id::text from secret'])(
    '%s runs none',
    (text) => {
      expect(draw(text, {}, catalog)).not.toContain('call leak ? opaque *')
    },
  )
})

describe("R3 types whose input is users' code", () => {
  test.each([
    "select 'x'::citext",
    "select '{1}'::positive[]",
    'select null::customers',
    "select * from json_to_record('{}') as t(a positive)",
    "select * from json_table('[]', '$' columns (a positive path '$'))",
  ])('%s is opaque', (text) => {
    expect(draw(text).some((line) => line.startsWith('opaque '))).toBe(true)
  })

  test("a domain's operators are its base type's", () => {
    const operators = [{ schema: 'public', name: '+', left: 23, right: 23, routine: ROUTINES[0]?.oid ?? 0 }]
    const relations = CATALOG.relations.map((relation) =>
      relation.name === 'log'
        ? { ...relation, columns: relation.columns.map((column) => ({ ...column, type: 19004 })) }
        : relation,
    )
    expect(draw('select id + 1 from log', {}, { ...CATALOG, operators, relations })).toContain(
      'call leak ? opaque *',
    )
  })
})

describe('R19 what is stored flows', () => {
  test('by option and by INTO', () => {
    const reading = readQuery(parseOne('select id, upper(pw) from secret'), analysisOf(shopIndex()), {
      stored: true,
    })
    expect(drawActions(reading.actions)).toEqual(['read secret id[flow output] pw[flow output] *'])
    expect(draw('select pw into kept from secret')[0]).toBe('read secret pw[flow output] *')
  })
})

describe('names alone', () => {
  test("an expression with a relation's columns", () => {
    const index = shopIndex()
    const expression = (
      parseOne('select upper(pw) || 1') as { SelectStmt: { targetList: { ResTarget: { val: unknown } }[] } }
    ).SelectStmt.targetList[0]?.ResTarget.val
    const relation = index.relation('public', 'secret')
    expect(relation).toBeDefined()
    if (!relation) return
    expect(drawActions(readExpression(expression, analysisOf(index), relation).actions)).toEqual([
      'read secret pw[argument] *',
    ])
    expect(drawActions(readExpression(expression, analysisOf(index)).actions)).toEqual([
      'opaque shop ? opaque *',
    ])
  })

  test('a relation', () => {
    const found = resolveRelation({ relname: 'secret', inh: true }, analysisOf(shopIndex()))
    expect(found.relation?.name).toBe('secret')
    expect(resolveRelation({ relname: 'nope' }, analysisOf(shopIndex())).problem).toMatch(
      /not in the catalog/,
    )
  })

  test('a procedure', () => {
    expect(judgeFunction(['proc'], 1, analysisOf(shopIndex()))).toMatchObject({
      kind: 'routine',
      verbs: ['call'],
      certainty: 'opaque',
    })
    expect(judgeFunction(['proc'], 3, analysisOf(shopIndex())).kind).toBe('opaque')
    expect(judgeFunction(['other', 'public', 'proc'], 1, analysisOf(shopIndex())).kind).toBe('opaque')
  })
})

describe('R30 what a small text unfolds into is bounded', () => {
  test('views on views', () => {
    const doubled = Array.from({ length: 24 }, (_, at) => ({
      ...(CATALOG.relations.find((relation) => relation.name === 'vsecret') ?? CATALOG.relations[0]),
      oid: 50000 + at,
      name: `d${at}`,
      definition: `SELECT a.id, a.pw FROM public.${at === 0 ? 'secret' : `d${at - 1}`} a, public.${at === 0 ? 'secret' : `d${at - 1}`} b`,
    })) as Catalog['relations']
    const lines = draw(
      'select pw from d23',
      {},
      { ...CATALOG, relations: [...CATALOG.relations, ...doubled] },
    )
    expect(lines.some((line) => line.startsWith('opaque'))).toBe(true)
  })

  test('thousands of UNIONs', () => {
    const text = Array(1900).fill('select pw from secret').join(' union ')
    expect(draw(text)).toEqual(['read secret pw[group output] *', '= pw=secret.pw'])
  })
})

describe('odd trees', () => {
  const statements = EXPECTED_READINGS.split('\n').filter((line) => /^[a-z]/.test(line))

  /** Every way of spoiling one node: its type renamed, or what it holds taken away. */
  function spoil(
    tree: unknown,
    at: number,
    how: (type: string, parent: Record<string, unknown>) => void,
  ): boolean {
    let seen = 0
    const open: unknown[] = [tree]
    while (open.length > 0) {
      const next = open.pop()
      if (typeof next !== 'object' || next === null) continue
      for (const [key, inner] of Object.entries(next)) {
        if (/^[A-Z]/.test(key) && !Array.isArray(next) && seen++ === at) {
          how(key, next as Record<string, unknown>)
          return true
        }
        open.push(inner)
      }
    }
    return false
  }

  test('a node that is not known makes the statement opaque, wherever it stands', () => {
    for (const statement of statements)
      for (let at = 1; ; at++) {
        const tree = structuredClone(parseOne(statement))
        const spoilt = spoil(tree, at, (type, parent) => {
          parent.Mystery = parent[type]
          delete parent[type]
        })
        if (!spoilt) break
        const { actions, outputs } = readQuery(tree, analysisOf(shopIndex()))
        expect({
          statement,
          at,
          opaque: actions.some((action) => action.certainty === 'opaque'),
          outputs,
        }).toEqual({
          statement,
          at,
          opaque: true,
          outputs: 'unknown',
        })
      }
  })

  test('a node without what it should hold is read without throwing', () => {
    for (const statement of statements)
      for (let at = 0; ; at++) {
        const tree = structuredClone(parseOne(statement))
        const spoilt = spoil(tree, at, (type, parent) => {
          parent[type] = {}
        })
        if (!spoilt) break
        expect(() => readQuery(tree, analysisOf(shopIndex()))).not.toThrow()
      }
  })

  test.each([
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { SelectStmt: null },
    { SelectStmt: [] },
    { DropStmt: {} },
    { A: {}, B: {} },
  ])('%j is opaque', (tree) => {
    const { actions, outputs } = readQuery(tree, analysisOf(shopIndex()))
    expect(actions.some((action) => action.certainty === 'opaque')).toBe(true)
    expect(outputs).toBe('unknown')
  })
})
