import { describe, expect, test } from 'vitest'
import { policyText } from '../sample.js'
import { checkDocuments, compilePolicy } from './compile.js'
import { formatFault } from './fault.js'
import { readDocuments } from './read-documents.js'

const read = (file: string, rules: string) => readDocuments({ file, text: policyText(rules) }).documents

describe('compiling policies', () => {
  test('a revision names the meaning, not the place', () => {
    const revision = (file: string, rules: string): string => compilePolicy(read(file, rules)).revision
    const one = revision('a.yaml', '- {name: r, effect: permit}')
    expect(one).toMatch(/^[0-9a-f]{16}$/)
    expect(revision('/elsewhere/b.yaml', '\n\n- {name: r, effect: permit}')).toBe(one)
    expect(revision('a.yaml', '- {name: r, effect: forbid}')).not.toBe(one)
    expect(revision('a.yaml', '- {name: s, effect: permit}')).not.toBe(one)
    expect(compilePolicy([], { revision: 'r7' }).revision).toBe('r7')
  })

  test('two policies of one name are a fault', () => {
    const twice = [...read('a.yaml', '[]'), ...read('b.yaml', '[]')]
    expect(checkDocuments(twice).map(formatFault)).toEqual([
      'b.yaml:1:1: another policy is named `p`: a.yaml:1',
    ])
    expect(() => compilePolicy(twice)).toThrow('another policy is named `p`')
  })

  test('a file cannot take the name of a pack, nor the one that refusals of the gateway itself bear', () => {
    for (const name of ['guardrails', 'gatehouse']) {
      const { faults } = readDocuments({
        file: 'a.yaml',
        text: policyText('[]').replace('name: p', `name: ${name}`),
      })
      expect(faults.map(formatFault)).toEqual([
        `a.yaml:3:18: \`${name}\` is a name of Gatehouse's own policies`,
      ])
    }
  })
})
