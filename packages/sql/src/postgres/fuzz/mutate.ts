/** Statements bent until they break: what a hostile client sends on purpose. The same ones for the same dice. */
import { type Dice, pick } from '../oracle/dice.js'

export const SEEDS: readonly string[] = [
  'select id, ssn from people where id = 1 and note like $1 order by 2 limit 3',
  `select p.*, to_jsonb(p) ->> 'ssn', array_agg(o.total order by o.id) filter (where o.id > 1) over w from people p left join lateral (select * from orders o where o.id = p.id) o on true window w as (partition by p.id)`,
  `with recursive t(n, s) as (select 1, ssn from people union all select n + 1, s from t where n < 5) select * from t`,
  `insert into people (id, note) values (1, 'a'), (2, E'b\\n') on conflict (id) do update set note = excluded.note returning *`,
  `update people set note = (select max(ssn) from people), id = default where id in (1, 2, 3) returning (people).*`,
  `merge into people p using orders o on p.id = o.id when matched and p.id > 1 then update set note = 'x' when not matched then insert (id) values (o.id)`,
  `delete from people using orders where people.id = orders.id returning people`,
  `select case when ssn ~ '^1' then $$a$$ else U&'\\0061' end, cast(id as numeric(10, 2)), date '2024-01-01', interval '1 day' from people group by grouping sets ((1), (2), ())`,
  `(select 1 union all values (2), (3)) except table orders order by 1`,
  `select * from rows from (generate_series(1, 3), unnest(array['a'])) with ordinality x(a, b, c) tablesample system (1)`,
  `explain (analyze, costs off) select id from people; begin; set search_path = public; commit`,
  `create table x (id int primary key, v text generated always as (upper('a')) stored); copy people (id, ssn) to stdout with (format csv)`,
  `prepare a (int) as select ssn from people where id = $1; execute a (1); declare c cursor for select * from people; fetch all from c`,
  `create function f() returns int language sql as $f$ select 1 $f$; do $x$ begin perform 1; end $x$`,
  `select /* a /* b */ c */ "Odd ""name" -- to the end\n from public."Odd" where x'1f' = b'1' and n'a' = 'b'`,
  `select json_table.* from json_table('{}', '$' columns (a int path '$.a')), xmltable('/a' passing '<a/>' columns b text path '.')`,
]

const ODDITIES: readonly string[] = [
  '(',
  ')',
  '[',
  ']',
  ',',
  ';',
  '.',
  '..',
  ':',
  '::',
  ':=',
  '=>',
  '*',
  '+',
  '-',
  '--',
  '/*',
  '*/',
  "'",
  "''",
  '"',
  '""',
  '$',
  '$$',
  '$1',
  '$a$',
  '\\',
  '\0',
  '\x01',
  '\x7f',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ud83d\ude00',
  '\ud800',
  '\udc00',
  'é',
  'U&"',
  "U&'\\",
  "E'\\",
  "x'",
  "b'",
  "n'",
  '0x',
  '1_000',
  '1e',
  '1.e',
  '.5.',
  '99999999999999999999',
  'select',
  'from',
  'where',
  'case',
  'when',
  'end',
  'not',
  'and',
  'or',
  'in',
  'is',
  'null',
  'as',
  'on',
  'union',
  'with',
  'values',
  'interval',
  'operator(',
  'collate',
  'set_config(',
  'over (',
  'uescape',
  'row(',
  'array[',
  'any(',
  'exists(',
  'into',
  '?',
  '@',
  '#',
  '~',
  '!',
  '^',
  '|',
  '||',
  '<=',
  '<>',
  '@>',
  '->>',
  '\t',
  '\n',
  '\r',
  '\v',
]

const TOKEN = /\s+|\w+|'(?:[^']|'')*'|"[^"]*"|./gsu

export function mutate(dice: Dice, seeds: readonly string[] = SEEDS): string {
  let tokens: string[] = pick(dice, seeds).match(TOKEN) ?? []
  for (let change = 0; change <= dice(6); change++) {
    const at = dice(tokens.length + 1)
    const other = pick(dice, seeds).match(TOKEN) ?? []
    const from = dice(other.length)
    switch (dice(8)) {
      case 0:
        tokens.splice(at, 1 + dice(3))
        break
      case 1:
        tokens.splice(at, 0, ...tokens.slice(at, at + 1 + dice(5)))
        break
      case 2:
        tokens.splice(at, dice(4), ...other.slice(from, from + 1 + dice(8)))
        break
      case 3:
        tokens.splice(at, dice(2), pick(dice, ODDITIES))
        break
      case 4:
        tokens.splice(at, 0, ...Array.from({ length: 1 + dice(300) }, () => pick(dice, ODDITIES)))
        break
      case 5: {
        const piece = tokens.slice(at, at + 1 + dice(4)).join('') || pick(dice, ODDITIES)
        tokens.splice(at, 0, piece.repeat(1 + dice(400)))
        break
      }
      case 6: {
        const open = pick(dice, [
          '(',
          'case when true then ',
          'not ',
          '-',
          '(select ',
          'array[',
          'row(',
          'coalesce(',
        ])
        tokens.splice(at, 0, open.repeat(1 + dice(200)))
        break
      }
      default:
        tokens = tokens.slice(0, at)
    }
    if (tokens.length > 3000) tokens.length = 3000
  }
  return tokens.join('')
}
