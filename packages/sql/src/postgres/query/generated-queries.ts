/** Random queries over a handful of relations, the same ones every time: for tests that ask the server what they read. */

/** A small linear congruential generator: repeatable. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * sides)
  }
}

const TABLES: Readonly<Record<string, readonly string[]>> = {
  customers: ['id', 'name', 'email', 'ssn', 'profile'],
  orders: ['id', 'customer_id', 'note', 'total', 'loud'],
  events: ['id', 'body'],
  events_1: ['id', 'body'],
  people: ['id', 'who', 'hidden'],
  busy: ['who', 'n', 'note'],
  kept: ['id', 'ssn'],
}

/** `$` stands for a column of some kind. */
const EXPRESSIONS = [
  '$',
  '$',
  '$',
  '$::text',
  'upper($::text)',
  "coalesce($::text, 'x')",
  "$ || ''",
  'max($)',
  'count($)',
  'count(*)',
  '(select $)',
  'case when $ is null then 1 else 2 end',
  'array[$]',
  'row($)',
  '($)',
  'nullif($, $)',
  '$ is null',
  'to_jsonb($)',
  "string_agg($::text, ',')",
  'lag($) over (order by $)',
  "profile->>'email'",
  "profile->'a'->'b'",
  'exists (select 1 from customers where name = $::text)',
  '(select min(ssn) from customers where id = 1)',
  '$ in (select note from orders)',
  'array(select $ from orders)',
  'shout($::text)',
  'ctid',
  'row_number() over ()',
  'left($::text, 2)',
  'substr($::text, 1, 2)',
  'initcap($::text)',
  'rank() over (partition by $ order by $)',
  '$::text collate "C"',
  "replace($::text, 'a', $::text)",
  '($::text)::int',
  'ascii($::text)',
  'repeat($::text, 2)',
  'first_value($) over (order by $)',
  'array_agg($ order by $)',
  'count(distinct $)',
  "count(*) filter (where $::text > 'm')",
  '(array[$])[1]',
  'quote_literal($)',
  'to_json($)',
  'length($::text) + 1',
  "strpos($::text, '1')",
  'reverse($::text)',
  'concat_ws($::text, $, 1)',
  "profile->>'email'",
  'length($::text)',
  '$ between $ and $',
  'substring($::text from 1 for 2)',
  'greatest($, $)',
  '1',
  "'x'",
  "json_build_object('k', $)",
  'concat($, $)',
  'md5($::text)',
  '$ = any (array[$])',
  "format('%s', $)",
  'sum(total)',
] as const

const WHOLE = [
  '@',
  '@.*',
  'row_to_json(@)',
  '@::text',
  '(@).*',
  'to_jsonb(@)',
  '(@).id',
  'id(@)',
  'array_agg(@)',
  'count(@)',
  '*',
] as const

const CONDITIONS = [
  '$ is not null',
  "$::text like 'a%'",
  '$ = $',
  "$::text = 'x'",
  'exists (select 1 from orders where note = $::text)',
  '$ in (1, 2)',
  '$ > $',
  'not ($ is null)',
  '$ = any (select id from kept)',
] as const

export function generateQueries(count: number): readonly string[] {
  const roll = dice(20)
  const pick = <Item>(items: readonly Item[]): Item => items[roll(items.length)] as Item
  const names = Object.keys(TABLES)
  let aliases = 0

  interface Source {
    readonly text: string
    readonly aliases: readonly { readonly name: string; readonly columns: readonly string[] }[]
  }

  function source(depth: number): Source {
    const alias = `t${aliases++}`
    const kind = roll(10)
    if (kind < 5 || depth > 2) {
      const table = pick(names)
      return {
        text: `${pick(['', '', 'only '])}${table} ${alias}`.replace(/^only (people|busy|kept)/, '$1'),
        aliases: [{ name: alias, columns: TABLES[table] ?? [] }],
      }
    }
    if (kind === 5 && roll(3) === 0) {
      const call = pick([
        `jsonb_each_text((select profile from customers where id = 1)) ${alias}(id, name)`,
        `(values (1, 'name2'), (2, (select ssn from customers where id = 2))) ${alias}(id, name)`,
        `generate_series(1, (select max(id) from orders)) with ordinality ${alias}(id, name)`,
        `regexp_split_to_table((select note from orders where id = 1), 'o') with ordinality ${alias}(name, id)`,
        `json_table((select profile from customers where id = 2), '$' columns (id for ordinality, name text path '$.email')) ${alias}`,
        `(select body, count(*) from events group by body having min(body) < 'c') ${alias}(name, id)`,
        `(table customers) ${alias}(id, name)`,
        `unnest(array(select id from kept), array(select who from people)) ${alias}(id, name)`,
      ])
      return { text: call, aliases: [{ name: alias, columns: ['id', 'name'] }] }
    }
    if (kind < 7) {
      const inner = source(depth + 1)
      const from = pick(inner.aliases)
      const columns = [pick(from.columns), pick(from.columns)]
      return {
        text: `(select ${columns.map((column, at) => `${from.name}.${column} as c${at}`).join(', ')} from ${inner.text}) ${alias}`,
        aliases: [{ name: alias, columns: ['c0', 'c1'] }],
      }
    }
    const left = source(depth + 1)
    const right = source(depth + 1)
    const [one, other] = [pick(left.aliases), pick(right.aliases)]
    const join = pick(['join', 'left join', 'full join', 'cross join', 'natural join', 'using'])
    const all = [...left.aliases, ...right.aliases]
    if (join === 'using') return { text: `${left.text} join ${right.text} using (id)`, aliases: all }
    if (join === 'cross join' || join === 'natural join')
      return { text: `${left.text} ${join} ${right.text}`, aliases: all }
    return {
      text: `${left.text} ${join} ${right.text} on ${one.name}.${pick(one.columns)}::text = ${other.name}.${pick(other.columns)}::text`,
      aliases: all,
    }
  }

  function fill(template: string, from: Source): string {
    return template
      .replaceAll('@', () => pick(from.aliases).name)
      .replaceAll('$', () => {
        const one = pick(from.aliases)
        return `${roll(4) === 0 ? '' : `${one.name}.`}${pick(one.columns)}`
      })
  }

  function block(width: number): string {
    const from = source(0)
    const targets = Array.from({ length: width }, () =>
      fill(roll(6) === 0 && width > 1 ? pick(WHOLE) : pick(EXPRESSIONS), from),
    )
    const where = roll(2) === 0 ? ` where ${fill(pick(CONDITIONS), from)}` : ''
    const order = roll(6) === 0 ? ` order by ${fill('$', from)}` : ''
    const distinct = roll(8) === 0 ? 'distinct ' : ''
    return `select ${distinct}${targets.join(', ')} from ${from.text}${where}${distinct === '' ? order : ''}`
  }

  return Array.from({ length: count * 4 }, () => {
    const kind = roll(10)
    if (kind < 6) return block(1 + roll(3))
    if (kind === 6) return `with c as (${block(2)}) select * from c`
    if (kind === 7)
      return `(${block(1)}) ${pick(['union', 'union all', 'intersect', 'except'])} (${block(1)})`
    if (kind === 8) return `select x.* from customers q, lateral (${block(1)}) x`
    return `with recursive r(a, n) as (select name, 1 from customers union all select coalesce(${pick(['a', 'a || note', 'note', 'ssn'])}, 'x'), n + 1 from r, orders, kept where n < 2) select * from r`
  })
}
