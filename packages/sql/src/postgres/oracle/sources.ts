/** Random items of FROM: relations, joins of all kinds, subqueries, functions, documents as tables. */
import { pick } from './dice.js'
import type { Column, Item, Maker, Sight } from './grammar.js'
import type { Kind } from './kinds.js'

interface Source {
  readonly text: string
  readonly items: readonly Item[]
}

const column = (text: string, kind: Kind): Column => ({ text, kind })

/** Now and then the columns get other names. */
function named(maker: Maker, text: string, columns: readonly Column[]): Source {
  const { dice } = maker
  const alias = maker.alias()
  if (dice(5) === 0 && columns.length > 0) {
    const some = columns.slice(0, 1 + dice(columns.length))
    const renamed = columns.map((each, at) => (at < some.length ? column(`r${at}`, each.kind) : each))
    const names = some.map((_, at) => `r${at}`).join(', ')
    return {
      text: `${text} ${pick(dice, ['as ', ''])}${alias}(${names})`,
      items: [{ alias, columns: renamed }],
    }
  }
  return { text: `${text} ${alias}`, items: [{ alias, columns }] }
}

function relation(maker: Maker, sight: Sight): Source {
  const { dice } = maker
  const found = sight.ctes.length > 0 && dice(2) === 0 ? pick(dice, sight.ctes) : pick(dice, maker.relations)
  if (found.table && dice(12) === 0) {
    const { text, items } = named(maker, found.text, found.columns)
    return { text: `${text} tablesample system (100)${pick(dice, ['', ' repeatable (1)'])}`, items }
  }
  // Without an alias its own name is one.
  if (dice(8) === 0 && !found.text.includes('.')) {
    return { text: found.text, items: [{ alias: found.text, columns: found.columns }] }
  }
  const prefix = found.table && dice(8) === 0 ? 'only ' : ''
  const suffix = found.table && prefix === '' && dice(8) === 0 ? ' *' : ''
  return named(maker, `${prefix}${found.text}${suffix}`, found.columns)
}

function calls(maker: Maker, sight: Sight): Source {
  const { dice } = maker
  const inner = (kind: Kind) => maker.expression({ ...sight, plain: true }, kind, 2)
  const ordinal = dice(3) === 0 ? ' with ordinality' : ''
  const kinds: readonly (() => Source)[] = [
    () => named(maker, `unnest(${inner('texts')})${ordinal}`, [column('unnest', 'text')]),
    () =>
      named(maker, `generate_series(1, ${inner('int')} % 3)${ordinal}`, [column('generate_series', 'int')]),
    () =>
      named(maker, `jsonb_each_text(jsonb_build_object('k', ${inner('text')}))`, [
        column('key', 'text'),
        column('value', 'text'),
      ]),
    () => named(maker, `one.rows_of(${inner('int')})`, [column('id', 'int')]),
    () => named(maker, 'two.one_of()', [column('id', 'int')]),
    () => named(maker, 'pairs()', [column('x', 'int'), column('y', 'text')]),
    () =>
      named(maker, `rows from (unnest(${inner('texts')}), generate_series(1, 2))`, [
        column('unnest', 'text'),
        column('generate_series', 'int'),
      ]),
    () => named(maker, `jsonb_array_elements(to_jsonb(${inner('texts')}))`, [column('value', 'json')]),
    () => {
      const alias = maker.alias()
      const text = `jsonb_to_record(jsonb_build_object('p', ${inner('text')})) ${alias}(p text, q int)`
      return { text, items: [{ alias, columns: [column('p', 'text'), column('q', 'int')] }] }
    },
    () => {
      const alias = maker.alias()
      const text = `xmltable('/r/a' passing xmlelement(name r, xmlelement(name a, ${inner('text')})) columns p text path '.', n for ordinality) ${alias}`
      return { text, items: [{ alias, columns: [column('p', 'text'), column('n', 'int')] }] }
    },
    () => {
      const alias = maker.alias()
      const text = `json_table(jsonb_build_object('k', ${inner('text')}), '$' columns (n for ordinality, p text path '$.k', nested path '$.l[*]' columns (q text path '$'))) ${alias}`
      return {
        text,
        items: [{ alias, columns: [column('n', 'int'), column('p', 'text'), column('q', 'text')] }],
      }
    },
  ]
  const { text, items } = pick(dice, kinds)()
  return { text: dice(4) === 0 ? `lateral ${text}` : text, items }
}

function subquery(maker: Maker, sight: Sight, depth: number): Source {
  const { dice } = maker
  const lateral = dice(3) === 0
  const block = { ...sight, items: [], outer: lateral ? sight : sight.outer }
  const { text, columns } = maker.query(block, depth - 1)
  return named(maker, `${lateral ? 'lateral ' : ''}(${text})`, columns)
}

function joined(maker: Maker, sight: Sight, depth: number): Source {
  const { dice } = maker
  const left = makeSource(maker, sight, depth - 1)
  const right = makeSource(maker, { ...sight, items: [...sight.items, ...left.items] }, depth - 1)
  const items = [...left.items, ...right.items]
  const kind = pick(dice, [
    'join',
    'join',
    'left join',
    'right join',
    'full join',
    'cross join',
    'natural join',
    'natural left join',
    'using',
    'using',
    ',',
  ])
  if (kind === ',') return { text: `${left.text}, ${right.text}`, items }
  const second = right.items.length > 1 ? `(${right.text})` : right.text
  if (kind.startsWith('cross') || kind.startsWith('natural'))
    return { text: `${left.text} ${kind} ${second}`, items }
  if (kind === 'using') {
    const shared = left.items
      .flatMap(({ columns }) => columns)
      .filter((each) => right.items.some(({ columns }) => columns.some(({ text }) => text === each.text)))
    const names = [...new Set(shared.map(({ text }) => text))].slice(0, 1 + dice(2))
    const alias = dice(4) === 0 ? maker.alias() : undefined
    const merged =
      alias === undefined ? [] : [{ alias, columns: shared.filter(({ text }) => names.includes(text)) }]
    const how = pick(dice, ['join', 'left join', 'right join', 'full join'])
    const using = `using (${names.length === 0 ? 'id' : names.join(', ')})${alias === undefined ? '' : ` as ${alias}`}`
    return { text: `${left.text} ${how} ${second} ${using}`, items: [...items, ...merged] }
  }
  const on = maker.condition({ ...sight, items }, 1)
  const text = `${left.text} ${kind} ${second} on ${kind === 'full join' ? '1 = 1' : on}`
  // An alias for the whole join hides those within.
  if (dice(10) === 0)
    return named(
      maker,
      `(${text})`,
      items.flatMap(({ columns }) => columns),
    )
  return { text, items }
}

export function makeSource(maker: Maker, sight: Sight, depth: number): Source {
  const kind = maker.dice(12)
  if (depth <= 0 || kind < 5) return relation(maker, sight)
  if (kind < 8) return joined(maker, sight, depth)
  if (kind < 10) return subquery(maker, sight, depth)
  return kind === 10 ? calls(maker, sight) : relation(maker, sight)
}
