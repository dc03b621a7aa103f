import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createReader, type Reader } from './analysis.js'
import { grammarOf, loadParser } from './grammar.js'
import type { Plan, ReadingContext } from './plan.js'
import { DEFAULT_TEXT_LIMITS } from './text/limits.js'
import { shapeOf } from './text/shape.js'
import { SAMPLE } from './utility/sample.js'

const context: ReadingContext = { searchPath: ['public'], overlay: [], account: 'gatehouse' }
let reader: Reader
beforeAll(async () => {
  const parser = await loadParser(grammarOf(18))
  reader = createReader({ parser, catalog: SAMPLE, reviewed: [], accounts: [], limits: DEFAULT_TEXT_LIMITS })
}, 30_000)

/** `#` a whole number, `?` a string. */
const TEMPLATES = [
  'select * from people where id = #',
  'select * from people where # = #',
  'select * from people where ? = ? or id = #',
  'select * from people where id = # and # < #',
  'delete from people where #=#',
  'delete from people where id > # limit',
  'update people set note = ? where id in (#, #) and note like ?',
  'update people set note = ssn where ssn = ? and # = id',
  'select id, ssn from people order by #',
  'select ssn, count(*) from people group by #',
  'select ssn from people limit # offset #',
  'select distinct on (#) ssn from people',
  'select ?::regclass, ?::text',
  'select nextval(?), currval(?)',
  'select set_config(?, ?, false)',
  'select current_setting(?)',
  'select query_to_xml(?, true, true, ?)',
  'select to_jsonb(p)->? from people p',
  'select to_jsonb(p)->>? from people p',
  'select to_jsonb(p)#>>?::text[] from people p',
  'select jsonb_path_query(to_jsonb(p), ?) from people p',
  'select json_value(to_json(p), ?) from people p',
  'select (array_agg(ssn))[#] from people',
  'select row_to_json(p)->?-># from people p',
  'select pg_advisory_lock(#)',
  'select pg_notify(?, ssn) from people',
  'select has_table_privilege(?, ?)',
  'select dblink(?, ?)',
  'select lo_import(?)',
  'select case when # = # then ssn else ? end from people',
  'select coalesce(?, ssn), nullif(ssn, ?) from people',
  'select interval ? + date ?, ?::date, cast(? as varchar(#))',
  'insert into people values (#, ?, ?) on conflict (id) do update set note = ?',
  'insert into people select #, ssn, ? from people where # = #',
  'merge into people p using orders o on p.id = o.id and # = # when matched and # > # then update set note = ?',
  'with x as (select ssn from people where id = # limit #) select * from x where ssn = ? and #=#',
  'select * from generate_series(#, #) g where g = #',
  'select substr(ssn, #, #), left(ssn, #) from people where ? = note',
  'select * from people where id between # and # or note = any (array[?, ?])',
  'select # from people where not # = # and ssn = ?',
  'select ts_stat(?), table_to_xml(?, true, true, ?), pg_sleep(#)',
  'select * from xmltable(? passing ? columns a text path ?)',
  'values (#, ?), (#, ?)',
  "select interval '1' year, interval ? hour to minute, timestamp ? at time zone ?, time(#) ?, bit varying ?",
  'select ssn::varchar(#), note::char(#), #::numeric(#, #), ?::bit(#), cast(ssn as timestamp(#)) from people',
  'select (string_to_array(ssn, ?))[#:#], (array[#, #])[#], note[#] from people',
  "select b'#', x'#', e?, ssn || e'a' || ? from people",
  'select ssn as "#", note as a#, ? as b from people order by b, #',
  'select jsonb_path_exists(to_jsonb(p), ?), to_jsonb(p) #> array[?, ?], (to_jsonb(p))[?] from people p',
  'select to_jsonb(p) - ?, to_jsonb(p) - #, to_jsonb(p) ? ? from people p',
  'select * from json_table(to_jsonb(row(#, ?)), ? columns (a text path ?))',
  'select ssn from people order by # limit # for update',
  'select ssn, rank() over (order by # rows # preceding) from people fetch first # rows with ties',
  'select ntile(#) over (), lag(ssn, #, ?) over (), nth_value(ssn, #) over () from people',
  'select ssn from people where (id, note) in ((#, ?), (#, ?)) or ssn = any (?)',
  'select substring(ssn from # for #), overlay(ssn placing ? from #), trim(both ? from note), position(? in ssn) from people',
  'select extract(year from ?::date), date_part(?, now()), to_char(now(), ?), format(?, ssn) from people',
  'select grouping(ssn), count(*) from people group by grouping sets ((ssn), #, ())',
  'update people set (note, id) = (?, #) where note = ? returning ?, #',
  'insert into people (id, note) values (#, ?), (#, ?) returning #, note || ?',
  'select percentile_disc(#) within group (order by ssn), string_agg(ssn, ?) from people',
  'select * from people where note is distinct from ? and note similar to ? escape ? and note collate "C" = ?',
  'select has_column_privilege(?, ?, ?), pg_get_viewdef(?), to_regclass(?), obj_description(#)',
  'select ssn from people tablesample bernoulli (#) fetch first # rows only',
]
const whole = fc.constantFrom('0', '1', '2', '3', '7', '100')
const string = fc.constantFrom(
  "''",
  "'a'",
  "'ssn'",
  "'$.ssn'",
  "'people'",
  "'seq'",
  "'search_path'",
  "'{ssn}'",
  "'1'",
  "'select ssn from people'",
)

function facts(plan: Plan): string {
  if (plan.kind !== 'read') return plan.kind
  return JSON.stringify(plan.statements.map(({ bytes: _, ...rest }) => rest))
}

test('R5 what any text of a shape may share with the others is true of all of them', () => {
  const seen = new Map<string, { text: string; facts: string }>()
  const filled = fc
    .tuple(
      fc.constantFrom(...TEMPLATES),
      fc.array(whole, { minLength: 6, maxLength: 6 }),
      fc.array(string, { minLength: 6, maxLength: 6 }),
    )
    .map(([template, numbers, strings]) => {
      let at = 0
      return template.replaceAll(/[#?]/g, (hole) => (hole === '#' ? numbers : strings)[at++ % 6] ?? '')
    })
  const texts: string[] = fc.sample(filled, 2000)
  for (const text of texts) {
    const shape = shapeOf(text)
    const { plan, shareable } = reader.analyse(text, [], context)
    if (shape !== undefined && shareable && !seen.has(shape)) seen.set(shape, { text, facts: facts(plan) })
  }
  for (const text of texts) {
    const known = seen.get(shapeOf(text) ?? '')
    if (known)
      expect({ text, like: known.text, facts: facts(reader.analyse(text, [], context).plan) }).toEqual({
        text,
        like: known.text,
        facts: known.facts,
      })
  }
  expect(seen.size).toBeGreaterThan(10)
}, 60_000)
