/** Where a routine's block ends must be beyond doubt: what stands behind it would run unread. */
import { expect, test } from 'vitest'
import { tokensOf } from '../administration/tokens.js'
import { endsWithItsBlock } from './block-end.js'
import { rulesOf, type TextMode } from './mode.js'

const MODE: TextMode = {
  flavour: 'mariadb',
  version: [10, 11, 19],
  sqlMode: [],
  charset: 'utf8mb4',
}
const rules = rulesOf(MODE)
if (typeof rules === 'string') throw new Error(rules)
const ends = (text: string) => endsWithItsBlock(tokensOf(text, rules) ?? [])

test.each([
  'create procedure p() begin select 1; end',
  "create definer=`gw`@`%` procedure s.p(a int, out b varchar(80)) reads sql data comment 'x' begin select 1; select 2; end",
  'create function f(a int) returns varchar(80) deterministic begin return 1; end',
  'create trigger t before update on notes for each row begin set new.a = 1; end',
  'create procedure p() begin if a then select 1; end if; end',
  'create procedure p() begin while a do set a = a - 1; end while; loop select 1; end loop; end',
  'create procedure p() begin begin select 1; end; select case a when 1 then 2 end; end',
  'create procedure p() begin case a when 1 then select 1; end case; select `end`, t.`begin` from t; end',
  'create procedure p() begin declare exit handler for sqlexception begin rollback; end; select 1; end',
])('one block: %s', (text) => expect(ends(text)).toBe(true))

test.each([
  'create procedure p() begin select 1; end; drop table x',
  'create procedure p() begin select 1; end; drop table x; end',
  'create procedure p() begin select begin from t; end; drop table x; end',
  'create procedure p() begin select 1 begin; end; drop table x; end',
  'create procedure p() begin select case when 1 then begin end; end; drop table x; end',
  'create procedure p() begin begin: loop leave begin; end loop; end; drop table x; end',
  'create procedure p() begin select t.case from t; end; drop table x; end',
  'create procedure p() select 1 begin; drop table x; end',
  'create procedure p() select f(1) begin; drop table x; end',
  'create procedure p() (select 1) begin; drop table x; end',
  'create procedure p(a int) return begin; drop table x; end',
  'create trigger t before update on notes for each row set @begin = 1; drop table x; begin end',
  'create event e on schedule every 1 day do begin select 1; end',
  'create procedure p() begin select 1; end x',
  'create table t (a int); create procedure p() begin end',
  'begin not atomic select 1; end',
])('who knows: %s', (text) => expect(ends(text)).toBe(false))
