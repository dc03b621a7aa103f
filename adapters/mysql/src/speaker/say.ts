/** The suite's intents in MySQL's words, and what its language can do to hide them. */
import { type Intent, type RelationName, WORLD } from '@gatehouse/adapter-contract'

/** How a second relation `o` comes into a read of `t`: before it, beside it, and in its condition. */
const WAYS: Readonly<
  Record<string, (other: string) => { with?: string; from?: string; where?: string; after?: string }>
> = {
  join: (other) => ({ from: `join ${other} o on o.id = t.id` }),
  'left join': (other) => ({ from: `left join ${other} o using (id)` }),
  'straight join': (other) => ({ from: `straight_join ${other} o on o.id = t.id` }),
  'nested join': (other) => ({ from: `left join (orders p join ${other} o on o.id = p.id) on p.id = t.id` }),
  comma: (other) => ({ from: `, ${other} o` }),
  in: (other) => ({ where: `t.id in (select o.id from ${other} o)` }),
  exists: (other) => ({ where: `exists (select 1 from ${other})` }),
  scalar: (other) => ({ where: `t.id <> (select count(*) from ${other} o)` }),
  CTE: (other) => ({ with: `with o as (select id from ${other})`, from: 'join o on o.id = t.id' }),
  'CTE that nothing reads': (other) => ({ with: `with o as (select id from ${other})` }),
  'nested subquery': (other) => ({
    from: `join (select y.id from (select x.id from ${other} x) y) o on o.id = t.id`,
  }),
  union: (other) => ({ after: `union all select {nulls} from ${other} o` }),
  'executable comment': (other) => ({ from: `/*! join ${other} o on o.id = t.id */` }),
  'versioned comment': (other) => ({
    where: `t.id /*!50000 in (select o.id from ${other} o) and t.id */ > 0`,
  }),
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
const COLUMNS = /\b(id|email|amount|card)\b/g

export function disguise(text: string): readonly string[] {
  return [
    text.replace(KEYWORDS, (word) => word.toUpperCase()),
    text.replace(COLUMNS, (name) => name.toUpperCase()),
    text.replaceAll(' ', '\n\t '),
    text.replaceAll(' ', ' /* a select from payments */ '),
    text.replaceAll(' ', ' -- from payments\n'),
    text.replaceAll(' ', ' # from payments\n'),
    text.replace(NAMES, (name) => `\`${name}\``),
    text.replace(NAMES, (name) => `shop.${name}`),
    text.replace(NAMES, (name) => `\`shop\` . \`${name}\``),
    `/*! ${text} */`,
    text.replace(KEYWORDS, (word) => `/*!40000 ${word} */`),
    text.replaceAll(' ', ' /*!99999 from payments */ '),
    text.replaceAll(' ', ' /*M!999999 from payments */ '),
    `${text};`,
  ]
}

export function wrapped(relation: RelationName, field: string): readonly string[] {
  return [
    `select lower(${field}) from ${relation}`,
    `select concat(${field}, '') from ${relation}`,
    `select substr(${field}, 1, 99) from ${relation}`,
    `select left(${field}, 99) as note from ${relation}`,
    `select max(${field}) from ${relation}`,
    `select group_concat(${field}) from ${relation}`,
    `select json_object('note', ${field}) from ${relation}`,
    `select json_arrayagg(${field}) from ${relation}`,
    `select case when true then ${field} end from ${relation}`,
    `select if(1, ${field}, '') from ${relation}`,
    `select coalesce(null, ${field}) from ${relation}`,
    `select cast(${field} as char) from ${relation}`,
    `select ${field} collate utf8mb4_bin from ${relation}`,
    `select (select ${field} from ${relation} limit 1)`,
    `select x.${field} from (select ${field} from ${relation}) x`,
    `with x as (select ${field} as note from ${relation}) select note from x`,
    `select ${field} from ${relation} union select ${field} from ${relation}`,
    `select note from orders union all select ${field} from ${relation}`,
    `select c.${field} from ${relation} c join orders o on 1 = 1`,
    `select distinct ${field} from ${relation}`,
    `select ${field} from ${relation} order by 1`,
    `select \`shop\`.\`${relation}\`.\`${field.toUpperCase()}\` from ${relation}`,
    `select /*!50000 ${field} from ${relation} union all select */ note from orders`,
    `select @seen := ${field} from ${relation}`,
  ]
}
