import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { policySchema } from './document-schema.js'

const published = new URL('../../../../docs/policy.schema.json', import.meta.url)

describe('the published schema', () => {
  test('docs/policy.schema.json is what the code checks', () => {
    expect(existsSync(published)).toBe(true)
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(policySchema())))
  })

  test('closes every object, so that editors mark unknown keys', () => {
    const text = JSON.stringify(policySchema())
    expect(text).toContain('"additionalProperties":false')
    expect(text).toContain('"affected"')
  })
})
