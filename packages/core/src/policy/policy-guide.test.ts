import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERBS } from '../action.js'
import { MASK_KINDS } from '../decision.js'
import { PACK_NAMES, readPack } from '../packs/index.js'
import { compilePolicy } from './compile.js'
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

test('docs/policy-guide.md names every verb, mask and pack', () => {
  for (const name of [...VERBS, ...MASK_KINDS, ...PACK_NAMES])
    expect(guide).toMatch(new RegExp(`[\` ]${name}[\`, \\n]`))
})
