import { expect, test } from 'vitest'
import { derivedValues } from './derived-values.js'
import { bindsField } from './mask-rules.js'

test('R20 every field that the derived values name lies in a resource that they name', () => {
  const [rule] = derivedValues().rules
  const fields = rule?.rule.fields ?? []
  expect(fields.length).toBeGreaterThan(10)
  for (const pattern of fields) {
    const path = pattern.replace('**', 'shop.some').replaceAll('*', 'x').split('.')
    const name = path.pop() ?? ''
    expect([
      pattern,
      rule && bindsField({ ...rule, when: true, volatile: false }, [], path, name, []),
    ]).toEqual([pattern, true])
  }
})

test("R20 MySQL's are bound in either spelling", () => {
  const [rule] = derivedValues().rules
  for (const [relation, field] of [
    ['column_statistics', 'HISTOGRAM'],
    ['processlist', 'INFO'],
    ['processlist', 'INFO_BINARY'],
    ['optimizer_trace', 'TRACE'],
    ['innodb_trx', 'trx_query'],
    ['innodb_locks', 'lock_data'],
    ['innodb_ft_index_table', 'WORD'],
    ['user_variables', 'VARIABLE_VALUE'],
    ['query_cache_info', 'STATEMENT_TEXT'],
  ] as const)
    for (const name of [relation, relation.toUpperCase()]) {
      const path = ['information_schema', name]
      const bound = rule && bindsField({ ...rule, when: true, volatile: false }, [], path, field, [])
      expect([name, bound]).toEqual([name, true])
    }
})
