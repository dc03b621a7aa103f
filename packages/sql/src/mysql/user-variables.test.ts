import { expect, test } from 'vitest'
import { variablesNamed } from './user-variables.js'

test('R19 which user variables code of the database names, and when that cannot be told', () => {
  expect(variablesNamed([])).toEqual([])
  expect(variablesNamed(['set new.total = @@auto_increment_increment + @@session.timestamp'])).toEqual([])
  expect(variablesNamed(['set @Kept = @who', 'select a into @kept, @x.y from t'])).toEqual([
    'kept',
    'who',
    'x.y',
  ])
  for (const body of [
    'set @`a` = 1',
    "set @'a' = 1",
    'set @"a" = 1',
    'set @képt = 1',
    'set @é = 1',
    '',
    undefined,
  ])
    expect([body, variablesNamed(['set @a = 1', body])]).toEqual([body, 'unknown'])
  const many = Array.from({ length: 2000 }, (_, at) => `set @v${at} = 1;`).join(' ')
  expect(variablesNamed([many])).toBe('unknown')
})
