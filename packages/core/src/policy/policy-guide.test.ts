import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { VERBS } from '../action.js'
import { MASK_KINDS } from '../decision.js'
import { PACK_NAMES, readPack } from '../packs/index.js'
import {
  decideFor,
  readCustomers,
  sampleAction,
  sampleField,
  samplePolicy,
  sampleSession,
  sampleStatement,
} from '../sample.js'
import { compilePolicy } from './compile.js'
import type { PolicyDocument } from './document.js'
import { formatFault } from './fault.js'
import { readDocuments } from './read-documents.js'

const guide = readFileSync(new URL('../../../../docs/policy-guide.md', import.meta.url), 'utf8')

test('every document in docs/policy-guide.md is accepted', () => {
  const blocks = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '')
  expect(blocks.length).toBeGreaterThanOrEqual(3)
  for (const text of blocks) {
    const { documents, faults } = readDocuments({ file: 'guide', text })
    expect(faults.map(formatFault)).toEqual([])
    expect(() => compilePolicy([...documents, ...PACK_NAMES.map(readPack)])).not.toThrow()
  }
})

/** Rules within sentences, and lists of them. */
const inlineRules = [...guide.matchAll(/\{name: [^`\n]*effect: [^`\n]*\}/g)].map(([rule]) => rule)
const rule = (name: string) => inlineRules.find((each) => each.startsWith(`{name: ${name},`)) ?? ''

test('every rule in docs/policy-guide.md is accepted by itself', () => {
  expect(inlineRules.length).toBeGreaterThanOrEqual(7)
  for (const each of inlineRules) expect(() => samplePolicy(`- ${each}`), each).not.toThrow()
})

describe('docs/policy-guide.md: its examples do what it says', () => {
  const person = (groups: readonly string[]) => sampleSession({ groups })
  const masking = readPack('masking') as PolicyDocument
  const reads = (classes: readonly string[]) => readCustomers(sampleField('x', ['output'], classes))
  const READ = '- {name: read, effect: permit, verbs: [read], resources: ["shop.**"]}'

  test('`cleared` sees e-mail and phone, and nothing else that pack:masking masks', () => {
    const policy = samplePolicy(`${READ}\n- ${rule('cleared')}`, undefined, [masking])
    const masked = (groups: readonly string[], classes: readonly string[]) => {
      const { decision } = decideFor(policy, reads(classes), person(groups))
      return decision.effect === 'permit' && decision.masks.some((mask) => mask !== undefined)
    }
    expect(masked(['analysts'], ['email', 'pii'])).toBe(true)
    expect(masked(['support'], ['email', 'pii'])).toBe(false)
    expect(masked(['support'], ['phone', 'pii'])).toBe(false)
    expect(masked(['support'], ['iban', 'pii', 'financial'])).toBe(true)
  })

  test('`staging` permits what a session makes for itself, and no relation of the database', () => {
    const policy = samplePolicy(`- ${rule('staging')}`)
    const effect = (verb: 'create' | 'insert' | 'drop', path: string) =>
      decideFor(policy, sampleStatement([sampleAction(verb, path)]), person(['analysts'])).decision.effect
    for (const verb of ['create', 'insert', 'drop'] as const) {
      expect(effect(verb, 'shop.pg_temp.stage')).toBe('permit')
      expect(effect(verb, 'shop.public.orders')).toBe('forbid')
    }
  })

  test('`few` limits changes, and leaves DROP to other rules', () => {
    const policy = samplePolicy(
      `- {name: all, effect: permit, verbs: [update, drop], resources: ["shop.**"]}\n- ${rule('few')}`,
    )
    const decide = (verb: 'update' | 'drop') =>
      decideFor(policy, sampleStatement([sampleAction(verb)])).decision
    expect(decide('update')).toMatchObject({ effect: 'permit', affected: { limit: 100, rule: 'p/few' } })
    expect(decide('drop')).toMatchObject({ effect: 'permit', rules: ['p/all'] })
  })
})

test('README: its policy is accepted', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
  const text = /```yaml\n(# policies\/.*?)```/s.exec(readme)?.[1] ?? ''
  const { documents, faults } = readDocuments({ file: 'README.md', text })
  expect(faults.map(formatFault)).toEqual([])
  expect(documents).toHaveLength(1)
})

test('docs/policy-guide.md names every verb, mask and pack', () => {
  for (const name of [...VERBS, ...MASK_KINDS, ...PACK_NAMES])
    expect(guide).toMatch(new RegExp(`[\` ]${name}[\`, \\n]`))
})
