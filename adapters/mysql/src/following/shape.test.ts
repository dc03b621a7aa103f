/** R1 the tree and the server's origins as witnesses: one that objects is enough, one that is silent says nothing. */
import type { Output } from '@gatehouse/core'
import type { MysqlColumn, MysqlRelation } from '@gatehouse/sql'
import { expect, test } from 'vitest'
import type { ColumnDefinition } from '../messages/index.js'
import type { Run } from '../session/memory.js'
import type { Judge } from './judge.js'
import { judgeColumn } from './shape.js'

const column = (name: string): MysqlColumn => ({
  name,
  number: 1,
  type: 'varchar(40)',
  classes: [],
  nullable: true,
  invisible: false,
})
const relation = (name: string, kind: MysqlRelation['kind'], ...columns: string[]): MysqlRelation => ({
  schema: 'shop',
  name,
  kind,
  columns: columns.map(column),
  triggers: false,
  foreignKeys: [],
})
const relations = [relation('people', 'table', 'city', 'ssn'), relation('shown', 'view', 'alias')]
const find = (schema: string, name: string) =>
  relations.find((each) => each.schema === schema && each.name === name)
const judge: Judge = {
  server: {
    relation: find,
    column: (schema, name, field) => find(schema, name)?.columns.find((each) => each.name === field),
    document: undefined,
    epoch: 1,
    catalog: () => {
      throw new TypeError('nobody asks for names here')
    },
  },
  key: undefined,
}

const output = (resource: string, field: string, more: Partial<Output> = {}): Output => ({
  name: field,
  how: 'copied',
  sources: [{ resource, field, classes: [] }],
  ...more,
})
const origin = (orgTable: string, orgName: string): ColumnDefinition => ({
  schema: Buffer.from('shop'),
  table: Buffer.from(orgTable),
  orgTable: Buffer.from(orgTable),
  name: Buffer.from(orgName),
  orgName: Buffer.from(orgName),
  charset: 45,
  length: 160,
  type: 253,
  flags: 0,
  decimals: 0,
})

function passes(outputs: readonly Output[] | 'unknown', told: ColumnDefinition, count = 1): boolean {
  const permission = { effect: 'permit', rules: [], masks: [] }
  const run = { statement: { outputs }, permit: { permission } } as unknown as Run
  return judgeColumn(run, 0, count, told, 'text', judge) === undefined
}

test('what both name passes', () => {
  expect(passes([output('shop.people', 'city')], origin('people', 'city'))).toBe(true)
})

test('an origin that the tree did not name is never clean', () => {
  expect(passes([output('shop.people', 'city')], origin('people', 'ssn'))).toBe(false)
  expect(passes([{ name: 'x', how: 'constant', sources: [] }], origin('people', 'city'))).toBe(false)
})

test('without an origin, or with one that the catalog does not have, the tree decides', () => {
  expect(passes([{ name: 'x', how: 'computed', sources: [] }], origin('', ''))).toBe(true)
  expect(passes([output('shop.people', 'city')], origin('derived', 'city'))).toBe(true)
  expect(passes([output('shop.people', 'city')], origin('people', 'alias'))).toBe(true)
})

test("through a merged view the base is named with the view's column", () => {
  const both = { ...output('shop.shown', 'alias'), sources: [] as Output['sources'] }
  const sources = [
    { resource: 'shop.shown', field: 'ssn', classes: [] },
    { resource: 'shop.people', field: 'city', classes: [] },
  ]
  expect(passes([{ ...both, sources }], origin('people', 'ssn'))).toBe(true)
})

test('what cannot be proven, or is not what was read, does not pass', () => {
  expect(passes([output('shop.people', 'city', { unprovable: 'a variable' })], origin('', ''))).toBe(false)
  expect(passes('unknown', origin('people', 'city'))).toBe(false)
  expect(passes([output('shop.people', 'city')], origin('people', 'city'), 2)).toBe(false)
})
