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
