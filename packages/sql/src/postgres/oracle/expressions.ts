/** Random expressions of a wanted kind over the columns in sight. */
import { pick } from './dice.js'
import { AGGREGATE, type Column, type Item, type Maker, type Sight } from './grammar.js'
import type { Kind } from './kinds.js'

/** `$k` is an expression of kind k (`$` any column as text), `@` an alias as a whole row, `Q` a one-column query, `Qk` of that kind. */
const TEMPLATES: Readonly<Record<Kind, readonly string[]>> = {
  text: [
    '$',
    '$',
    "'x'",
    'upper($text)',
    'lower($text)',
    '$text || $text',
    "coalesce($text, 'none')",
    'left($text, 2)',
    'substr($text, $int, 1)',
    "replace($text, 'a', $text)",
    'nullif($text, $text)',
    'concat($text, $int)',
    'Qtext',
    'case when $bool then $text else $text end',
    'case $text when $text then $text end',
    "$json->>'k'",
    "$json#>>'{l,0,k}'",
    'to_jsonb($text)->>0',
    '($texts)[1]',
    'greatest($text, $text)',
    'md5($text)',
    'max($text)',
    "string_agg($text, ',')",
    "string_agg($text, ',' order by $text)",
    'min($text) filter (where $bool)',
    'max($text) over (partition by $int)',
    'lag($text) over (order by $int)',
    'first_value($text) over (partition by $text order by $int)',
    'row_to_json(@)::text',
    '@::text',
    "format('%s/%s', $text, $int)",
    'trim($text)',
    'reverse($text)',
    'quote_literal($text)',
    '$text collate "C"',
    "to_char($date, 'YYYY')",
    '($row).street',
    'shout($text)',
    'one.shout($text)',
    'two.whole(@)',
    'one.hidden($int)',
    'whole(@)',
    '$text +|+ $text',
    '$text operator(one.+|+) $text',
    '(@).name',
    '(@).id::text',
    'cast($num as text)',
    '$date::text',
    'array_to_string($texts, $text)',
    "regexp_replace($text, '\\d', 'n')",
    'substring($text from 1 for 2)',
    'overlay($text placing $text from 1)',
    "split_part($text, ' ', 1)",
    '$text::varchar(3)',
    '$text::char(2)',
    '$text::name::text',
    '$text::public.word',
    "jsonb_path_query_first($json::jsonb, '$.k')::text",
    '(array_agg(@))[1]::text',
    '(select @)::text',
    'row($text, $int)::text',
    "xpath('/a', xmlelement(name a, $text))::text",
    'any_value($text)',
    'mode() within group (order by $text)',
    'current_user::text',
    'pg_typeof($text)::text',
    'to_json(@)::text',
    "to_jsonb(@)->>'name'",
    'hstore($text)',
    "ltrim($text, 'A')",
    'U&"\\0061"',
  ],
  int: [
    '$',
    '$',
    '1',
    '2',
    '$int + $int',
    'length($text)',
    'count(*)',
    'count($text)',
    'count(distinct $text)',
    'count(@)',
    'sum($int)',
    'max($int)',
    'Qint',
    'row_number() over ()',
    'rank() over (order by $text)',
    'coalesce($int, 0)',
    'abs($int)',
    'one.plus($int)',
    'plus($int, b => $int)',
    'ascii($text)',
    '($text)::int',
    'position($text in $text)',
    'array_length($texts, 1)',
    'count(*) filter (where $bool)',
    '($row).zip',
    'extract(year from $date)::int',
    'jsonb_array_length($json::jsonb)',
    'case when $bool then $int end',
    'nullif($int, $int)',
    '($ints)[1]',
    '$int / $int',
    'count(*) over (partition by $text)',
    'grouping($text)',
    'cardinality($texts)',
    '(@).id',
    'id(@)',
    '-$int',
    '$int::bigint',
    'least($int, $int)',
    'cast($num as int)',
    'octet_length($text)',
    'mod($int, 3)',
    'ntile(2) over (order by $int)',
    'sum($int) over w',
    '$int::public.positive',
    'length(@::text)',
  ],
  bool: [
    '$',
    'true',
    '$text = $text',
    '$int = $int',
    '$int < $int',
    '$text is null',
    '$text is not null',
    "$text like 'w%'",
    '$bool and $bool',
    '$bool or $bool',
    'not $bool',
    '$int in ($int, $int)',
    '$text in Qtext',
    'exists Q',
    '$int = any Qint',
    '$text = any ($texts)',
    '$int between $int and $int',
    '$text is distinct from $text',
    '@ is not null',
    '($int, $text) = ($int, $text)',
    '($int, $text) in (select $int, $text)',
    'bool_or($bool)',
    'starts_with($text, $text)',
    "$text ~ '^w'",
    '$int > all Qint',
    '$texts && $texts',
    "$json::jsonb ? 'k'",
    "$json::jsonb @> '{}'",
    '$bool is true',
    '(@)::text = $text',
    "$text similar to 'w%'",
    '$date > $date',
    'row($int) < row($int)',
    '@ = @',
    'exists (select from $$SOURCE)',
    'every($bool)',
  ],
  json: [
    '$',
    'to_jsonb($text)',
    'to_jsonb(@)',
    'row_to_json(@)',
    'to_json(@)',
    "jsonb_build_object('k', $text)",
    'json_agg(@)',
    'jsonb_agg($text)',
    "$json->'l'",
    "$json->'l'->0",
    'jsonb_object_agg($text, $int)',
    'json_build_array($text, $int)',
    'array_to_json($texts)',
    'to_jsonb($row)',
    "jsonb_set($json::jsonb, '{k}', to_jsonb($text))",
    'jsonb_strip_nulls($json::jsonb)',
    '\'{"k": 1}\'::jsonb',
    'json_agg($text order by $int)',
    'Qjson',
    "json_object('k': $text)",
    'json_array($text, $int)',
    'json_arrayagg($text)',
    'json_objectagg($text: $int)',
    "($json::jsonb)['k']",
    'jsonb_agg(distinct $text)',
    "json_query($json::jsonb, '$.l')",
    "json_value($json::jsonb, '$.k')::json",
    'row_to_json(row($text, $int))',
    'to_jsonb(row(@.*))',
    'json_agg(@) filter (where $bool)',
    '$json || $json',
    "$json::jsonb - 'k'",
  ],
  num: [
    '$',
    '$num + 1',
    'avg($int)',
    'sum($num)',
    'round($num::numeric, 1)',
    '$int * 1.5',
    'Qnum',
    'stddev($num)',
    'percentile_cont(0.5) within group (order by $num)',
    'avg($num) over ()',
  ],
  date: [
    '$',
    "date '2024-01-02'",
    'max($date)',
    "date_trunc('month', $date)",
    'Qdate',
    "coalesce($date, date '2020-01-01')",
    "$date at time zone 'utc'",
    "$date + interval '1 day'",
  ],
  texts: [
    '$',
    'array[$text, $text]',
    'array_agg($text)',
    'array Qtext',
    '$texts || $text',
    "string_to_array($text, ' ')",
    'array_append($texts, $text)',
    '($texts)[1:2]',
    'array_agg($text order by $int desc)',
    'array_agg(distinct $text)',
  ],
  ints: ['$', 'array[$int, $int]', 'array Qint', 'array_agg($int)', '$ints || $int', '($ints)[1:1]'],
  row: [
    '$',
    '@',
    '(@)',
    'row($text, $int)',
    'row(@.*)',
    '(select @)',
    'row($text, $int)::public.place',
    'array_agg(@)',
    '(array_agg(@))[1]',
    'coalesce(@)',
    'array(select @)',
  ],
  other: [
    '$',
    '$',
    'max($)',
    'array[$]',
    '$ is null',
    'Qother',
    '($)',
    'coalesce($, $)',
    'case when $bool then $ end',
    'ctid',
    '@.ctid',
    'tableoid::regclass',
    'array_agg($)',
    'nullif($, $)',
    'unnest($texts)',
    'generate_series(1, $int)',
    'jsonb_each_text($json::jsonb)',
    "jsonb_array_elements(($json::jsonb)->'l')",
    "regexp_matches($text, '.')",
    'unnest($ints)',
    'json_object_keys($json::json)',
    'rows_of($int)',
    '(one_of()).*',
    'one_of()',
    '(rows_of(2)).name',
    '(pairs()).y',
    'null',
  ],
}

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
  const any = one ?? (item.columns.length > 0 ? pick(dice, item.columns) : undefined)
  if (any === undefined) return pick(dice, SIMPLE[kind] ?? ['null'])
  const name = dice(4) === 0 ? any.text : `${item.alias}.${any.text}`
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
