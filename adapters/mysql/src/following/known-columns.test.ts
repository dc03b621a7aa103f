/** A column is judged anew when anything that it was judged by is another: the catalog above all (R1, R5). */
import type { Permission } from '@gatehouse/core'
import type { MysqlStatement } from '@gatehouse/sql'
import { beforeEach, expect, test } from 'vitest'
import { columnDefinitionPayload } from '../messages/index.js'
import type { Run } from '../session/memory.js'
import type { Judge } from './judge.js'
import { createKnownColumns, type KnownColumns } from './known-columns.js'

let epoch: number
let columns: string[]
let looked: number
let document: Judge['server']['document']
let known: KnownColumns

const people = () => ({
  schema: 'shop',
  name: 'people',
  kind: 'table' as const,
  columns: [],
  triggers: false,
  foreignKeys: [],
})
const judge: Judge = {
  server: {
    relation() {
      looked += 1
      return people()
    },
    column: (_schema, _relation, name) =>
      columns.includes(name)
        ? { name, number: 1, type: 'text', classes: [], nullable: true, invisible: false }
        : undefined,
    get document() {
      return document
    },
    get epoch() {
      return epoch
    },
    catalog: () => {
      throw new TypeError('nobody asks for names here')
    },
  },
  key: undefined,
}

beforeEach(() => {
  epoch = 1
  columns = []
  looked = 0
  document = undefined
  known = createKnownColumns(judge, false)
})

const permission = { effect: 'permit', rules: [], masks: [] } as unknown as Permission
const statement = {
  outputs: [
    { name: 'city', how: 'copied', sources: [{ resource: 'shop.people', field: 'city', classes: [] }] },
  ],
} as unknown as MysqlStatement
const run = (of: MysqlStatement = statement, by: Permission = permission) =>
  ({ statement: of, permit: { permission: by } }) as unknown as Run

const definition = (orgName: string) =>
  columnDefinitionPayload({
    schema: Buffer.from('shop'),
    table: Buffer.from('people'),
    orgTable: Buffer.from('people'),
    name: Buffer.from('city'),
    orgName: Buffer.from(orgName),
    charset: 45,
    length: 160,
    type: 253,
    flags: 0,
    decimals: 0,
  })

function judged(orgName = 'city', of = run(), place: { count?: number; format?: 'text' | 'binary' } = {}) {
  const bytes = Buffer.concat([Buffer.from([1, 2, 3]), definition(orgName), Buffer.from([4])])
  const at = { index: 0, count: 1, format: 'text' as const, ...place }
  return known(of, at, bytes, 3, bytes.length - 1)
}

test('the same bytes of the same statement are judged once', () => {
  const first = judged()
  expect(first.cell).toBeUndefined()
  expect(judged()).toBe(first)
  expect(looked).toBe(1)
})

test('R5 a catalog that has changed is looked at again', () => {
  // The catalog does not have what the server names, and the tree decides; then it has it, and the tree named another.
  expect(judged('ssn').cell).toBeUndefined()
  columns = ['ssn']
  epoch = 2
  expect(judged('ssn').cell).toBeDefined()
})

test('another origin, statement, decision, format, number of columns or document is judged for itself', () => {
  columns = ['city', 'ssn']
  expect(judged('city').cell).toBeUndefined()
  expect(judged('ssn').cell).toBeDefined()
  expect(judged('city').cell).toBeUndefined()
  expect(judged('city', run({ ...statement, outputs: 'unknown' })).cell).toBeDefined()
  expect(judged('city', run(statement, { ...permission })).cell).toBeUndefined()
  expect(judged('city', run(), { count: 2 }).cell).toBeDefined()
  const before = looked
  judged('city', run(), { format: 'text' })
  judged('city', run(), { format: 'binary' })
  document = { patterns: [] } as unknown as typeof document
  judged('city', run(), { format: 'binary' })
  expect(looked).toBe(before + 3)
})

test('R30 what is kept has an end', () => {
  const first = judged()
  for (let index = 0; index < 32; index += 1) judged('city', run(statement, { ...permission }))
  expect(judged()).not.toBe(first)
})
