/** The suite's intents in SQL, and what SQL can do to hide them. */
import type { Intent, RelationName } from '@gatehouse/adapter-contract'
import { WORLD } from '@gatehouse/adapter-contract'

/** How a second relation `o` comes into a read of `t`: before it, beside it, and in its condition. */
const WAYS: Readonly<
  Record<string, (other: string) => { with?: string; from?: string; where?: string; after?: string }>
> = {
  join: (other) => ({ from: `join ${other} o on o.id = t.id` }),
  'left join': (other) => ({ from: `left join ${other} o using (id)` }),
  comma: (other) => ({ from: `, ${other} o` }),
  lateral: (other) => ({ from: `cross join lateral (select x.id from ${other} x where x.id = t.id) o` }),
  in: (other) => ({ where: `t.id in (select o.id from ${other} o)` }),
  exists: (other) => ({ where: `exists (table ${other})` }),
  scalar: (other) => ({ where: `t.id <> (select count(*) from ${other} o)` }),
  CTE: (other) => ({ with: `with o as (select id from ${other})`, from: 'join o on o.id = t.id' }),
  'CTE that nothing reads': (other) => ({ with: `with o as (select id from ${other})` }),
  'nested subquery': (other) => ({
    from: `join (select y.id from (select x.id from only ${other} x) y) o on o.id = t.id`,
  }),
  union: (other) => ({ after: `union all select {nulls} from ${other} o` }),
}

export const ways = Object.keys(WAYS)

const NUMBER = '7'
const kindOf = (relation: RelationName, field: string) =>
  WORLD.relations[relation].columns.find(({ name }) => name === field)?.kind ?? 'text'

export function say(intent: Intent): string {
  const { verb, relation, fields, id, value = 'value' } = intent
  const literal = (field: string) => (kindOf(relation, field) === 'integer' ? NUMBER : `'${value}'`)
  const bound = id === undefined ? '' : ` where id = ${id}`
  switch (verb) {
    case 'read':
      return intent.other === undefined
        ? `select ${fields.join(', ')} from ${relation}${bound}`
        : join(intent)
    case 'insert':
      return `insert into ${relation} (${fields.join(', ')}) values (${fields.map(literal).join(', ')})`
    case 'update':
      return `update ${relation} set ${fields.map((field) => `${field} = ${literal(field)}`).join(', ')}${bound}`
    case 'delete':
      return `delete from ${relation}${bound}`
  }
}

function join({ relation, fields, id, other }: Intent): string {
  const way = WAYS[other?.way ?? '']?.(other?.relation ?? '') ?? {}
  const conditions = [way.where, id === undefined ? undefined : `t.id = ${id}`].filter(
    (part) => part !== undefined,
  )
  const columns = fields.map((field) => `t.${field}`)
  return [
    way.with,
    `select ${columns.join(', ')} from ${relation} t`,
    way.from,
    conditions.length === 0 ? undefined : `where ${conditions.join(' and ')}`,
    way.after?.replace('{nulls}', fields.map(() => 'null').join(', ')),
  ]
    .filter((part) => part !== undefined)
    .join(' ')
}

const KEYWORDS = /\b(select|from|where|insert|into|values|update|set|delete)\b/g
const NAMES = /\b(customers|orders|payments)\b/

export function disguise(text: string): readonly string[] {
  return [
    text.replace(KEYWORDS, (word) => word.toUpperCase()),
    text.replace(NAMES, (name) => name.toUpperCase()),
    text.replaceAll(' ', '\n\t '),
    text.replaceAll(' ', ' /* a /* nested */ select */ '),
    text.replaceAll(' ', ' -- from payments\n'),
    text.replace(NAMES, (name) => `"${name}"`),
    text.replace(NAMES, (name) => `public.${name}`),
    text.replace(NAMES, (name) => `shop.public.${name}`),
    text.replace(NAMES, (name) => `U&"\\00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`),
    `${text};`,
    `;; ${text} ;`,
  ]
}

export function wrapped(relation: RelationName, field: string): readonly string[] {
  return [
    `select c from ${relation} c`,
    `select c.*::text from ${relation} c`,
    `select row(${field}) from ${relation}`,
    `select lower(${field}) from ${relation}`,
    `select ${field} || '' from ${relation}`,
    `select substr(${field}, 1, 99) from ${relation}`,
    `select max(${field}) from ${relation}`,
    `select string_agg(${field}, ' ') from ${relation}`,
    `select array_agg(${field}) from ${relation}`,
    `select to_jsonb(c) from ${relation} c`,
    `select json_agg(c) from ${relation} c`,
    `select case when true then ${field} end from ${relation}`,
    `select coalesce(null, ${field}) from ${relation}`,
    `select (select ${field} from ${relation} limit 1)`,
    `select x.${field} from (select ${field} from ${relation}) x`,
    `with x as (select ${field} as note from ${relation}) select note from x`,
    `select ${field} from ${relation} union select ${field} from ${relation}`,
    `select note from orders union all select ${field} from ${relation}`,
    `select c.${field} from ${relation} c join orders o on true`,
    `update ${relation} set note = note where id = 4 returning ${field}`,
    `select ${field}::varchar from ${relation} order by 1`,
  ]
}
