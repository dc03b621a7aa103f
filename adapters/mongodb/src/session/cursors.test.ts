import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ReadStatement } from '../reading/read-command.js'
import { createCursors } from './cursors.js'

const read = { statement: { command: 'find', bytes: 9 } } as unknown as ReadStatement
const parts = (person: string) => ({
  upstream: 5n,
  person,
  session: '',
  database: 'shop',
  collection: 'items',
  read,
  returned: 0,
  bytes: 0,
  over: undefined,
})

test('R15 whoever opens too many loses their own oldest, and nobody else’s', () => {
  const cursors = createCursors({ random: (size) => randomBytes(size), most: 3 })
  const first = cursors.open(parts('ann'))
  const mine = Array.from({ length: 5 }, () => cursors.open(parts('bob')))
  expect(cursors.find(first.id, 'ann')).toBe(first)
  expect(mine.map(({ id }) => cursors.find(id, 'bob') !== undefined)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ])
  expect(cursors.size).toBe(4)
})

test('82 an id is of use to its person alone, is never 0, and is gone when it is closed', () => {
  let turn = 0
  const cursors = createCursors({ random: () => Buffer.alloc(8, turn++ === 0 ? 0 : turn) })
  const cursor = cursors.open(parts('ann'))
  expect(cursor.id).toBeGreaterThan(0n)
  expect(cursors.find(cursor.id, 'bob')).toBeUndefined()
  cursors.close(cursor)
  expect(cursors.find(cursor.id, 'ann')).toBeUndefined()
  expect(cursors.size).toBe(0)
})

test('an id of the upper half is one that every driver takes', () => {
  const cursors = createCursors({ random: () => Buffer.alloc(8, 0xff) })
  expect(cursors.open(parts('ann')).id).toBe(0x7fff_ffff_ffff_ffffn)
})

test('one plan is one getMore to the gate', () => {
  const cursors = createCursors({ random: (size) => randomBytes(size) })
  const [one, other] = [cursors.open(parts('ann')), cursors.open(parts('ann'))]
  expect(one.statement).toBe(other.statement)
  expect(one.statement).toMatchObject({ command: 'getMore', bytes: 0 })
})
