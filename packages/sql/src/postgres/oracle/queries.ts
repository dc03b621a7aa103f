/** Random queries: blocks with all their clauses, set operations, VALUES, TABLE and WITH. */
import { pick } from './dice.js'
import {
  AGGREGATE,
  type Column,
  KINDS,
  type Maker,
  type Query,
  type Relation,
  type Sight,
} from './grammar.js'
import type { Kind } from './kinds.js'

const WHOLE: readonly ((alias: string) => string)[] = [
  (alias) => alias,
  (alias) => `${alias}.*`,
  (alias) => `(${alias}).*`,
  (alias) => `${alias}::text`,
  (alias) => `row_to_json(${alias})`,
  (alias) => `to_jsonb(${alias})`,
  (alias) => `row(${alias}.*)`,
  (alias) => `(${alias}).id`,
  (alias) => `to_jsonb(${alias}) - 'id'`,
  (alias) => `(select ${alias})`,
]

interface Target {
  readonly text: string
  readonly columns: readonly Column[]
  readonly value: string | undefined
}

function target(maker: Maker, sight: Sight, kind: Kind, depth: number): Target {
  const { dice } = maker
  const star = sight.items.length > 0 && dice(7) === 0
  if (star && dice(3) === 0)
    return { text: '*', columns: sight.items.flatMap(({ columns }) => columns), value: undefined }
  if (star) {
    const item = pick(dice, sight.items)
    const text = pick(dice, WHOLE)(item.alias)
    if (text.endsWith('.*')) return { text, columns: item.columns, value: undefined }
    const alias = maker.alias()
    return { text: `${text} as ${alias}`, columns: [{ text: alias, kind: 'other' }], value: text }
  }
  const value = maker.expression(sight, kind, depth)
  if (dice(3) === 0) return { text: value, columns: [], value }
  const alias = pick(dice, [maker.alias(), maker.alias(), 'a', 'name', '"Id"'])
  return { text: `${value}${pick(dice, [' as ', ' as '])}${alias}`, columns: [{ text: alias, kind }], value }
}

function grouping(maker: Maker, values: readonly string[]): string {
  const all = values.length === 0 ? ['()'] : values
  return pick(maker.dice, [
    all.join(', '),
    all.map((_, at) => `${at + 1}`).join(', '),
    `grouping sets ((${all.join(', ')}), (${all[0]}))`,
    `rollup (${all.join(', ')})`,
    `cube (${all.join(', ')})`,
    `distinct ${all.join(', ')}`,
  ])
}

/** One query block. `kinds`: of its columns, where others ask for them. */
function block(maker: Maker, sight: Sight, depth: number, kinds: readonly Kind[]): Query {
  const { dice } = maker
  const source = maker.source({ ...sight, items: [] }, depth)
  const inside: Sight = { ...sight, items: source.items, plain: false }
  const targets = kinds.map((kind) => target(maker, inside, kind, Math.min(depth, 2)))
  const list = targets.map(({ text }) => text).join(', ')
  const values = targets.flatMap(({ value }) => value ?? [])
  const plain = values.filter((value) => !AGGREGATE.test(value))
  const grouped = values.some((value) => AGGREGATE.test(value))
  const where = dice(3) === 0 ? ` where ${maker.condition(inside, 1)}` : ''
  const group = grouped && plain.length > 0 ? ` group by ${grouping(maker, plain)}` : ''
  const having =
    grouped && dice(4) === 0
      ? ` having ${pick(dice, ['count(*) > 0', `max(${maker.expression(inside, 'text', 0)}) is not null`])}`
      : ''
  const window = list.includes('over w')
    ? ` window w as (partition by ${maker.expression(inside, 'text', 0)} order by ${maker.expression(inside, 'int', 0)} rows 1 preceding)`
    : ''
  const order = () =>
    pick(dice, [
      `${1 + dice(kinds.length)}`,
      targets[0]?.columns[0]?.text ?? '1',
      maker.expression(inside, 'text', 1),
    ]) + pick(dice, ['', ' desc', ' nulls first', ' using <'])
  const distinct = pick(dice, ['', '', '', '', '', '', 'distinct ', 'all ', 'on'])
  const on = plain[0] ?? '1'
  const prefix = distinct === 'on' ? `distinct on (${on}) ` : distinct
  const sorted = distinct === 'on' ? ` order by ${on}` : dice(5) === 0 ? ` order by ${order()}` : ''
  const limit =
    dice(10) === 0
      ? pick(dice, [
          ' limit 2',
          ' limit 2 offset 1',
          ' fetch first 1 rows only',
          ` limit (select ${maker.expression(sight, 'int', 0)})`,
        ])
      : ''
  const lock =
    !grouped && distinct === '' && dice(25) === 0
      ? pick(dice, [
          ' for update',
          ' for share',
          ' for no key update',
          ` for update of ${source.items[0]?.alias ?? 'x'}`,
        ])
      : ''
  return {
    text: `select ${prefix}${list} from ${source.text}${where}${group}${having}${window}${sorted}${limit}${lock}`,
    columns: targets.flatMap(({ columns }) => columns),
  }
}

function kindsOf(maker: Maker, width: number): readonly Kind[] {
  return Array.from({ length: width }, () => pick(maker.dice, KINDS))
}

function setOperation(maker: Maker, sight: Sight, depth: number, width: number): Query {
  const { dice } = maker
  const kinds = kindsOf(maker, width)
  const one = block(maker, sight, depth - 1, kinds)
  const other = block(maker, sight, depth - 1, kinds)
  const word = pick(dice, [
    'union',
    'union all',
    'union all',
    'intersect',
    'except',
    'except all',
    'intersect all',
  ])
  const order = dice(5) === 0 ? ' order by 1' : ''
  return { text: `(${one.text}) ${word} (${other.text})${order}`, columns: one.columns }
}

function values(maker: Maker, sight: Sight): Query {
  const plain = { ...sight, plain: true }
  const row = () => `(${maker.expression(plain, 'int', 1)}, ${maker.expression(plain, 'text', 1)})`
  return {
    text: `values ${row()}, ${row()}`,
    columns: [
      { text: 'column1', kind: 'int' },
      { text: 'column2', kind: 'text' },
    ],
  }
}

function withItem(maker: Maker, sight: Sight, depth: number): { text: string; relation: Relation } {
  const { dice } = maker
  // Names of tables among them: they shadow these.
  const name = pick(dice, [maker.alias(), maker.alias(), 't1', 't2', 'part'])
  const body = maker.query({ ...sight, items: [] }, depth - 1)
  const { columns } = body
  if (dice(5) === 0) {
    const text = `${name}(n, s) as (select 1, ${maker.expression(NO_ITEMS(sight), 'text', 1)}::text union all select n + 1, ${pick(dice, ['s', "s || 'x'", 's || q.id', 'q::text'])} from ${name}, ${pick(dice, maker.relations).text} q where n < 3)${pick(dice, ['', '', ' search depth first by n set o', ' cycle n set cyc using path'])}`
    return {
      text,
      relation: {
        text: name,
        table: false,
        locks: false,
        columns: [
          { text: 'n', kind: 'int' },
          { text: 's', kind: 'text' },
        ],
      },
    }
  }
  const how = pick(dice, ['as', 'as', 'as materialized', 'as not materialized'])
  return {
    text: `${name} ${how} (${body.text})`,
    relation: { text: name, table: false, locks: false, columns },
  }
}

const NO_ITEMS = (sight: Sight): Sight => ({ ...sight, items: [] })

export function makeQuery(maker: Maker, sight: Sight, depth: number, width?: number): Query {
  const { dice } = maker
  const count = width ?? 1 + dice(4)
  const kind = dice(20)
  if (depth <= 0 || kind < 12) return block(maker, sight, depth, kindsOf(maker, count))
  if (kind < 15) return setOperation(maker, sight, depth, count)
  if (kind < 18) {
    const items: { text: string; relation: Relation }[] = []
    const ctes = [...sight.ctes]
    for (let at = 0; at <= dice(2); at++) {
      const item = withItem(maker, { ...sight, ctes }, depth)
      items.push(item)
      ctes.push(item.relation)
    }
    const { text, columns } = makeQuery(maker, { ...sight, ctes }, depth - 1, width)
    return {
      text: `with recursive ${items.map((item) => item.text).join(', ')} ${text}`.replace(
        'with recursive',
        items.some((item) => item.text.includes('(n, s) as'))
          ? 'with recursive'
          : pick(dice, ['with', 'with', 'with recursive']),
      ),
      columns,
    }
  }
  if (kind === 18) return values(maker, sight)
  const table = pick(dice, sight.ctes.length > 0 ? sight.ctes : maker.relations)
  return { text: `table ${table.text}`, columns: table.columns }
}
