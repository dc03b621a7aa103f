/** Where a routine's body ends must be beyond doubt: what stands behind it would run unread. */
import { expect, test } from 'vitest'
import { tokensOf } from '../administration/tokens.js'
import { endOfRoutine } from './block-end.js'
import { rulesOf, type TextMode } from './mode.js'

const MODE: TextMode = {
  flavour: 'mariadb',
  version: [10, 11, 19],
  sqlMode: [],
  charset: 'utf8mb4',
}
const rules = rulesOf(MODE)
if (typeof rules === 'string') throw new Error(rules)

/** What is the routine's own; undefined: nobody knows. */
function own(text: string): string | undefined {
  const tokens = tokensOf(text, rules as Exclude<typeof rules, string>) ?? []
  const end = endOfRoutine(tokens)
  return end === undefined ? undefined : text.slice(0, tokens[end - 1]?.end)
}

const p = (body: string) => `create procedure p() ${body}`

const WHOLE: readonly string[] = [
  p('begin select 1; end'),
  "create definer=`gw`@`%` procedure s.p(a int, out b varchar(80)) reads sql data comment 'x' begin select 1; select 2; end",
  'create function f(a int) returns varchar(80) deterministic begin return 1; end',
  'create function f() returns varchar(80) character set utf8mb4 collate utf8mb4_bin no sql begin return 1; end',
  'create function f() returns int unsigned return 1',
  'create trigger t before update on notes for each row begin set new.a = 1; end',
  'create trigger t before update on notes for each row follows u if new.a < 0 then set new.a = 0; end if',
  'create event if not exists e on schedule every 1 day starts current_timestamp + interval 1 hour on completion preserve enable comment "x" do begin select 1; end',
  "create event e on schedule at '2030-01-01' do delete from t",
  p('begin if a then select 1; end if; end'),
  p('begin if a then begin select 1; end; elseif b then begin end; else begin select 2; end; end if; end'),
  p('if a then if b then select 1; else begin select 2; end; end if; end if'),
  p('begin while a do begin set a = a - 1; end; end while; loop select 1; end loop; end'),
  p('x: begin y: loop begin leave y; end; end loop y; end x'),
  p('begin begin select 1; end; select case a when 1 then 2 end; end'),
  p('begin case a when 1 then begin select 1; end; when 2 then select 2; else begin end; end case; end'),
  p('begin case when a = case when 1 then 2 end then select `end`, t.`begin` from t; end case; end'),
  p('begin repeat begin set a = 1; end; until a = case when 1 then 2 end end repeat; end'),
  p('begin declare exit handler for sqlexception begin rollback; end; select 1; end'),
  p(
    "begin declare continue handler for not found, sqlstate value '42000', 1062, mine begin set d = 1; end; end",
  ),
  p(
    'begin declare continue handler for sqlwarning if a then select 1; end if; declare c cursor for select 1; end',
  ),
  p('begin for i in (select 1 as a) do begin select i.a; end; end for; end'),
  p('begin if exists(select case when 1 then 2 end from t) then begin end; end if; end'),
]

test.each(WHOLE)('all of it, whatever follows: %s', (text) => {
  expect(own(text)).toBe(text)
  expect(own(`${text}; drop table x; end; end if; begin end`)).toBe(text)
})

test.each([
  [p('select 1 begin; drop table x; end'), 'select 1 begin'],
  [p('select f(1) begin; drop table x; end'), 'select f(1) begin'],
  [p('begin select begin from t; end; drop table x; end'), 'from t; end'],
  [p('begin select 1 begin; end; drop table x; end'), 'begin; end'],
  [p('begin select case when 1 then begin end; end; drop table x; end'), 'begin end; end'],
  [p('begin select t.case from t; end; drop table x; end'), 'from t; end'],
  [p('begin if a then set begin = 1; end if; end; drop table x; end'), 'end if; end'],
  [p('begin select \'begin; begin\', "case", `if`; end; drop table x; end; end'), '`if`; end'],
  [p('begin set @begin = 1, @case = 2; end; drop table x; end'), '2; end'],
  [
    'create trigger t before update on notes for each row set @begin = 1; drop table x; begin end',
    '@begin = 1',
  ],
  ['create event e on schedule every 1 day do select 1; begin drop table x; end', 'do select 1'],
])('as early as it may end: %s', (text, end) => {
  const found = own(text)
  expect(found?.endsWith(end), found).toBe(true)
})

test.each([
  p('begin if case when end then begin end then select 1; end if; end; drop table x; end'),
  p('begin if end then begin select 1; end; end if; end; drop table x; end'),
  p('begin if (select 1 end) then begin end; end if; end; drop table x; end'),
  p('begin while do do begin select 1; end; end while; end; drop table x; end'),
  p('begin while not do begin select 1; end; end while; end; drop table x; end'),
  p('begin while interval do day do begin select 1; end; end while; end; drop table x; end'),
  p('begin repeat select 1; until not end repeat; end; drop table x; end'),
  p('begin begin: loop leave begin; end loop; end; drop table x; end'),
  p('begin end: loop leave end; end loop; end; drop table x; end'),
  p('begin if a then select 1; end while; end; drop table x; end'),
  p('begin loop select 1; end; end; drop table x; end loop; end'),
  p('begin select 1; end x; drop table y; end'),
  p('begin if a then select 1; end if x; end; drop table y; end'),
  p('begin case a when 1 then select 1; end; drop table x; end case; end'),
  p('begin select 1; end'.slice(0, -3)),
  p('begin if a then select 1; end'),
  p('data: begin select 1; end data').replace('()', '() returns'),
  p('(select 1) begin; drop table x; end'),
  p('language begin: loop select 1; end loop'),
  'create procedure p(a int) returns int return begin; drop table x; end',
  'create procedure p(a int; drop table x; begin end',
  'create event e on schedule every do day do begin select 1; end',
  'create event e on completion preserve do begin select 1; end',
  'create trigger t before update on notes for every row begin select 1; end',
  'create table t (a int); create procedure p() begin end',
  'alter event e do begin select 1; end',
  'begin not atomic select 1; end',
])('nobody knows: %s', (text) => expect(own(text)).toBeUndefined())

test('thousands of blocks are walked once', () => {
  const deep = p(`${'begin '.repeat(20_000)}select 1; ${'end; '.repeat(19_999)}end`)
  expect(own(`${deep}; drop table x`)).toBe(deep)
  expect(own(p(`begin if ${'case when 1 then '.repeat(20_000)}`))).toBeUndefined()
})
