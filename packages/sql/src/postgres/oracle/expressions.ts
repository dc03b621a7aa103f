/** Random expressions of a wanted kind over the columns in sight. */
import { pick } from './dice.js'
import { TEMPLATES } from './expression-templates.js'
import { AGGREGATE, type Column, type Item, type Maker, type Sight } from './grammar.js'
import type { Kind } from './kinds.js'

const SIMPLE: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  text: ["'x'"],
  int: ['1', '3'],
  bool: ['true', 'false'],
  json: ['\'{"k": 2}\'::jsonb'],
  num: ['1.5'],
  date: ["date '2024-01-01'"],
  texts: ["array['p']"],
  ints: ['array[1]'],
}

function inSight(sight: Sight | undefined): readonly Item[] {
  if (sight === undefined) return []
  return sight.items.length > 0 ? sight.items : inSight(sight.outer)
}

/** Any column as an expression of this kind, now and then one of an outer query, now and then unqualified. */
function column(maker: Maker, sight: Sight, kind: Kind): string {
  const { dice } = maker
  const from = sight.outer !== undefined && dice(6) === 0 ? inSight(sight.outer) : inSight(sight)
  if (from.length === 0) return pick(dice, SIMPLE[kind] ?? ['null'])
  const item = pick(dice, from)
  const fitting = item.columns.filter((each) => each.kind === kind)
  const one: Column | undefined = fitting.length > 0 && kind !== 'other' ? pick(dice, fitting) : undefined
  const chosen = one ?? (item.columns.length > 0 ? pick(dice, item.columns) : undefined)
  if (chosen === undefined) return pick(dice, SIMPLE[kind] ?? ['null'])
  const name = dice(4) === 0 ? chosen.text : `${item.alias}.${chosen.text}`
  if (one !== undefined || kind === 'other') return name
  if (kind === 'text') return `${name}::text`
  return pick(dice, SIMPLE[kind] ?? [name])
}

function whole(maker: Maker, sight: Sight): string {
  const from = inSight(sight)
  return from.length === 0 ? 'null' : pick(maker.dice, from).alias
}

const HOLE =
  /\$\$SOURCE|\$(text|int|bool|json|num|date|texts|ints|row|other)\b|\$(?![\d.'])|@(?![>@])|\bQ(text|int|json|num|date|other)?\b/g

function template(maker: Maker, sight: Sight, kind: Kind): string {
  const found = pick(maker.dice, TEMPLATES[kind])
  return sight.plain && (AGGREGATE.test(found) || found.includes(' over ')) ? '$' : found
}

export function makeExpression(maker: Maker, sight: Sight, kind: Kind, depth: number): string {
  const { dice } = maker
  if (depth <= 0 || dice(3) === 0) return column(maker, sight, kind)
  const inner = (given: Kind) => makeExpression(maker, sight, given, depth - 1)
  return template(maker, sight, kind).replace(HOLE, (hole: string, wanted?: Kind, queried?: Kind) => {
    if (hole === '$$SOURCE') return maker.source({ ...sight, items: [], outer: sight }, 2).text
    if (hole === '@') return whole(maker, sight)
    if (hole === '$') return column(maker, sight, kind)
    if (wanted !== undefined) return inner(wanted)
    const block = { ...sight, items: [], outer: sight }
    const source = maker.source(block, 2)
    const inside = { ...block, items: source.items, plain: false }
    const value = makeExpression(maker, inside, queried ?? 'text', depth - 2)
    return `(select ${value} from ${source.text}${dice(2) === 0 ? ` where ${maker.condition(inside, 1)}` : ''}${hole === 'Q' ? '' : ' limit 1'})`
  })
}
