/** R19: what the parsers are not shown says nothing about where values come from and go to. */
import { describe, expect, test } from 'vitest'
import { withoutConstantRows } from './constant-rows.js'
import { rulesFor } from './readable.js'

const rules = rulesFor({ flavour: 'mysql', version: [9, 7, 0], sqlMode: [], charset: 'utf8mb4' })
const shown = (text: string) => withoutConstantRows(text, rules, 0)

const LONG = 'a'.repeat(300)

describe('rows of constants beyond one', () => {
  test.each([
    ["insert into t values (1, 'a'), (2, 'b'), (3, 'c')", "insert into t values (1, 'a')"],
    [
      'insert t(a, b) value (1, -2),(null, default),(true, \\N)',
      'insert t(a, b) value (1, -2),(null, default),(true, \\N)',
    ],
    ['insert t(a, b) value (1, -2),(null, default),(true, .5e3)', 'insert t(a, b) value (1, -2)'],
    [
      "insert into t values (1, 'a'), (2, -3), (null, default), (a, 1), (?, 1), ((select 1), 2), (3, 'b') on duplicate key update a = 1, b = (2)",
      "insert into t values (1, 'a'), (a, 1), (?, 1), ((select 1), 2) on duplicate key update a = 1, b = (2)",
    ],
    ["replace into t values (x'00', n'a', 0x1f), (b'1', '', 2)", "replace into t values (x'00', n'a', 0x1f)"],
    [`insert into t values ('${LONG}', now()), (1, 2), (3, 4)`, "insert into t values ('', now()), (1, 2)"],
    [`insert into t values (1, 2), ('${LONG}', 'it''s ${LONG}'), (3, 4)`, 'insert into t values (1, 2)'],
    [
      `update t set a = '${LONG}', b = '${LONG}' where c = '${LONG}'`,
      "update t set a = '', b = '' where c = ''",
    ],
    [`insert into t set a = '${LONG}'`, "insert into t set a = ''"],
  ])('%#', (text, brief) => expect(shown(text)).toBe(brief))
})

describe('what says more is shown', () => {
  test.each([
    // Constants of a query, and the columns that they are for.
    'insert into t select value, (1), (2), pw from secret',
    'insert into t select 1 value, (1), (2), pw from secret',
    'insert into t(a, b) select value (1), (2), (3), pw from secret',
    'insert into t select values, (1), (2), pw from secret',
    'insert into t (select value, (1), (2), pw from secret)',
    'insert into t with value as (select 1) select (1), (2), (3), pw from secret',
    'insert into t set a = value, b = (1), c = (2)',
    'insert into t values (1), (a), (b + 1), (1, (2)), (1 2), (1,), (,1), (), (- - 1)',
    'insert into t values (1) as n, (2), (3) on duplicate key update a = values(b), (1), (2)',
    "select 'a' in (('b'), ('c'), ('d'))",
    // Masks that come back, and what could be one once it is read.
    "insert into t values (1, 2), (3, '***'), (4, 'p_abcdefghijklmnop'), (5, 0x2a2a2a), (6, '\\*\\*\\*1234')",
    `insert into t values (1, 2), (3, '***@${LONG}')`,
    // Pieces are one constant, and a text that is read elsewhere keeps its words.
    `insert into t values (now(), '${LONG}' '***')`,
    `insert into t values (now(), concat('${LONG}'))`,
    `set sql_mode = '${LONG}'`,
    "insert into t values (1, 2), (3, 'open",
  ])('%#', (text) => expect(shown(text)).toBe(text))
})
