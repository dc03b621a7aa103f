/** The shop of the query tests with routines, and relations that run code of their own. */
import type { CatalogParameter, CatalogRelation, CatalogRoutine } from '../../../catalog.js'
import { readQuery } from '../index.js'
import { analysisOf, CATALOG, drawActions, drawOutputs, parseOne, shopIndex } from '../shop-fixture.js'

let oid = 30000

const MODES = { i: 'in', o: 'out', b: 'inout', v: 'variadic', t: 'table' } as const

/** `parameters`: `mode name type`, comma-separated. */
function sql(
  name: string,
  parameters: string,
  returns: number,
  body: string,
  more: Partial<CatalogRoutine> = {},
) {
  const all = parameters
    .split(',')
    .filter((each) => each !== '')
    .map((each): CatalogParameter => {
      const [mode = 'i', own = '', type = '0'] = each.trim().split(' ')
      return { mode: MODES[mode as keyof typeof MODES], name: own === '_' ? '' : own, type: Number(type) }
    })
  const [schema = '', own = ''] = name.split('.')
  const made: CatalogRoutine = {
    oid: oid++,
    schema,
    name: own,
    kind: 'function',
    arguments: all.filter(({ mode }) => mode !== 'out' && mode !== 'table').map(({ type }) => type),
    variadic: all.some(({ mode }) => mode === 'variadic'),
    defaults: 0,
    returns,
    returnsSet: false,
    language: 'sql',
    body,
    securityDefiner: false,
    parameters: all,
    atomic: false,
    settings: [],
    owner: 'gatehouse',
    ...more,
  }
  return made
}

const TEXT = 25
const INT = 23
const RECORD = 2249
const SECRET = 19100

const step = sql('public.step', 'i a 25,i b 25', TEXT, 'select a || b')
const recursion = { name: 'public.again', body: 'select public.again(n - 1)' }

export const ROUTINES: readonly CatalogRoutine[] = [
  sql('public.known', 'i t 25', 16, 'select exists (select from public.log where line = t)'),
  sql('public.pw_of', 'i _ 23', TEXT, 'select pw from public.secret where id = $1'),
  sql(
    'public.pw_named',
    'i wanted 23',
    TEXT,
    'select s.pw from public.secret s where s.id = pw_named.wanted',
  ),
  sql('public.loud', 'i t 25', TEXT, 'select upper(t)'),
  sql('public.first_of', 'i a 25,i b 25', TEXT, 'select a'),
  sql('public.returned', 'i t 25', TEXT, 'RETURN upper(t)', { atomic: true }),
  sql(
    'public.atomic',
    'i n 23',
    TEXT,
    'BEGIN ATOMIC\n SELECT 1;\n SELECT secret.pw FROM public.secret WHERE secret.id = atomic.n;\nEND',
    { atomic: true },
  ),
  sql('public.guess', 'i t 25', 16, 'select exists (select from public.secret where pw = t)'),
  sql('public.rows', '', SECRET, 'select * from public.secret', { returnsSet: true }),
  sql('public.one_row', '', SECRET, 'select s from public.secret s', { returnsSet: true }),
  sql('public.tabled', 't number 23,t word 25', RECORD, 'select id, pw from public.secret', {
    returnsSet: true,
  }),
  sql('public.single', 'o word 25', TEXT, 'select pw from public.secret'),
  sql('public.recorded', '', RECORD, 'select id, pw from public.secret', { returnsSet: true }),
  sql('public.any_of', 'i x 2283', 2283, 'select x'),
  sql('public.pick', 'v rest 1009', TEXT, 'select rest[1]'),
  sql('public.defaulted', 'i a 23,i b 25', TEXT, 'select b', {
    defaults: 1,
    defaultTexts: 'public.pw_of(1)',
  }),
  sql('public.lost_default', 'i b 25', TEXT, 'select b', { defaults: 1 }),
  sql('public.deletes', 'i n 23', INT, 'delete from public.secret where id = $1; select 1'),
  sql(
    'public.moves',
    'i n 23',
    2278,
    'insert into public.log (id, line) select id, pw from public.secret where id = n',
  ),
  sql('public.field_of', 'i s 19100', TEXT, 'select $1.pw'),
  sql('public.field_named', 'i s 19100', TEXT, 'select s.pw'),
  sql('public.shadowing', 'i pw 25', TEXT, 'select pw from public.secret'),
  sql('public.unqualified', '', TEXT, 'select pw from secret'),
  sql('public.settled', '', TEXT, 'select pw from secret', { settings: ['search_path=public, pg_temp'] }),
  sql('public.evil_settled', '', TEXT, 'select pw from secret', { settings: ['search_path="evil"'] }),
  sql('public.as_role', '', TEXT, 'select pw from public.secret', { settings: ['role=other'] }),
  sql('public.definer', '', TEXT, 'select pw from public.secret', { securityDefiner: true, owner: 'boss' }),
  sql('public.again', 'i n 23', INT, recursion.body),
  sql('public.ping', '', INT, 'select public.pong()'),
  sql('public.pong', '', INT, 'select public.ping()'),
  sql('public.makes', '', 2278, 'create table public.made (a int)'),
  sql('public.broken', '', INT, 'select from from'),
  sql('public.through_leak', 'i t 25', TEXT, 'select public.leak()'),
  sql('public.pk', 'i a 23', TEXT, 'select pw from public.secret'),
  sql('public.pk', 'i a 1700', TEXT, `select 'x'`),
  sql('public.sets', '', TEXT, `select set_config('search_path', 'evil', false)`),
  sql('public.seven', '', INT, 'select 7'),
  sql('public.counted', '', 20, 'select count(pw) from public.secret'),
  sql('public.to_words', 'i w 19003', TEXT, 'select pw from public.secret where id = 1'),
  sql('public.same_word', 'i a 25,i b 25', 16, 'select lower(a) = lower(b)'),
  sql('public.looking', 'i a 25,i b 25', 16, 'select a = pw from public.secret'),
  step,
  sql('public.gather', 'i t 25', TEXT, 'aggregate_dummy', {
    kind: 'aggregate',
    language: 'internal',
    support: [{ oid: step.oid, schema: 'public', name: 'step' }],
  }),
  sql('public.biggest', 'i t 25', TEXT, 'aggregate_dummy', {
    kind: 'aggregate',
    language: 'internal',
    support: [{ oid: 458, schema: 'pg_catalog', name: 'concat' }],
  }),
  sql(
    'public.exploding',
    '',
    INT,
    Array.from({ length: 9 }, () => 'select public.exploding_2()').join(' union all '),
  ),
  sql(
    'public.exploding_2',
    '',
    INT,
    Array.from({ length: 99 }, () => 'select public.exploding_3()').join(' union all '),
  ),
  sql('public.exploding_3', '', INT, Array.from({ length: 99 }, () => 'select 1').join(' union all ')),
  sql(
    'public.proceeds',
    'i n 23',
    2278,
    'delete from public.secret where id = n; update public.log set line = line',
    { kind: 'procedure' },
  ),
]

const view: CatalogRelation = {
  oid: oid++,
  schema: 'public',
  name: 'via',
  kind: 'view',
  columns: [{ name: 'x', number: 1, type: TEXT, classes: [], nullable: true }],
  definition: ' SELECT public.unqualified() AS x;',
  parents: [],
  rules: false,
  triggers: false,
}
const evil: CatalogRelation = {
  ...view,
  oid: oid++,
  schema: 'evil',
  name: 'secret',
  kind: 'table',
  columns: [{ name: 'pw', number: 1, type: TEXT, classes: [], nullable: true }],
}

const column = (name: string, number: number, more: object = {}) => ({
  name,
  number,
  type: TEXT,
  classes: [],
  nullable: true,
  ...more,
})
const table = (
  name: string,
  columns: CatalogRelation['columns'],
  more: Partial<CatalogRelation> = {},
): CatalogRelation => ({
  ...view,
  oid: oid++,
  name,
  kind: 'table',
  columns,
  owner: 'boss',
  ...more,
})
const plain = { default: "'new'::text" }
const keyed = table('keyed', [column('id', 1), column('code', 2)])
const RUNNING: readonly CatalogRelation[] = [
  keyed,
  table('defaulting', [column('id', 1, plain), column('made', 2, { default: 'public.leak()' })]),
  table('reading_default', [column('id', 1, plain), column('made', 2, { default: 'public.pw_of(1)' })]),
  table('numbered', [column('id', 1, { default: "nextval('public.seq'::regclass)" }), column('line', 2)]),
  table('unread_default', [column('id', 1), column('made', 2, { default: '(' })]),
  table('checked', [column('id', 1), column('line', 2)], {
    checks: ['(length(line) < 9)', 'public.known(line)'],
  }),
  table('leaking_check', [column('id', 1), column('line', 2)], { checks: ['(public.leak() IS NULL)'] }),
  table('making', [column('id', 1), column('up', 2, { generated: 'public.taxed(id)' })]),
  table('of_domain', [column('id', 1), column('word', 2, { type: 39001 })]),
  table('secured', [column('id', 1), column('line', 2)], {
    rowSecurity: 'enabled',
    policies: [
      { command: 'all', using: '(EXISTS ( SELECT 1 FROM public.secret s WHERE (s.pw = secured.line)))' },
    ],
  }),
  table('secured_by_leak', [column('id', 1)], {
    rowSecurity: 'enabled',
    policies: [
      { command: 'select', using: '(public.leak() IS NULL)' },
      { command: 'insert', check: '(public.taxed(1) > 0)' },
    ],
  }),
  table('own_secured', [column('id', 1)], {
    owner: 'gatehouse',
    rowSecurity: 'enabled',
    policies: [{ command: 'all', using: '(public.leak() IS NULL)' }],
  }),
  table('forced', [column('id', 1)], {
    owner: 'gatehouse',
    rowSecurity: 'forced',
    policies: [{ command: 'all', using: '(public.leak() IS NULL)' }],
  }),
]
const key = (relation: CatalogRelation, onDelete: 'cascade' | 'set-null', onUpdate: 'cascade' | 'none') => [
  { columns: [1], relation: relation.oid, referenced: [1], onDelete, onUpdate },
]
const child = table('child', [column('parent', 1), column('own', 2)], {
  foreignKeys: key(keyed, 'cascade', 'cascade'),
})
const grandchild = table('grandchild', [column('parent', 1)], { foreignKeys: key(child, 'set-null', 'none') })
const loop = table('looping', [column('id', 1), column('next', 2)])
const looping = {
  ...loop,
  foreignKeys: [
    {
      columns: [2],
      relation: loop.oid,
      referenced: [1],
      onDelete: 'cascade' as const,
      onUpdate: 'cascade' as const,
    },
  ],
}

const id = (name: string) => ROUTINES.find((each) => each.name === name)?.oid ?? 0
export const routineIndex = () =>
  shopIndex({
    ...CATALOG,
    relations: [...CATALOG.relations, view, evil, ...RUNNING, child, grandchild, looping],
    types: [
      ...CATALOG.types,
      {
        oid: 39001,
        schema: 'public',
        name: 'checked_word',
        kind: 'domain',
        relation: 0,
        element: 0,
        base: TEXT,
        checks: ['(public.leak(VALUE) IS NULL)', '(length(VALUE) > 1)'],
      },
      {
        oid: 39002,
        schema: 'public',
        name: 'short',
        kind: 'domain',
        relation: 0,
        element: 0,
        base: TEXT,
        checks: ['(length(VALUE) < 5)'],
      },
    ],
    routines: [...CATALOG.routines, ...ROUTINES],
    operators: [
      ...CATALOG.operators,
      { schema: 'public', name: '~~~~', left: 25, right: 25, routine: id('same_word') },
      { schema: 'public', name: '<!>', left: 25, right: 25, routine: id('looking') },
    ],
    casts: [
      ...CATALOG.casts.filter(({ source }) => source !== 19003),
      { source: 19003, target: 25, routine: id('to_words'), implicit: false },
    ],
  })

export function drawRoutine(statement: string, searchPath: readonly string[] | 'unknown' = ['public']) {
  const analysis = analysisOf(routineIndex(), { searchPath })
  const { actions, outputs, collects } = readQuery(parseOne(statement), analysis)
  return [...drawActions(actions), `= ${drawOutputs(outputs)}${collects ? ' COLLECTS' : ''}`]
}
