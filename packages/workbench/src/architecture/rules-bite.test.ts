/** The architecture test is worth what it catches: each rule against a file that breaks it. */
import { describe, expect, test } from 'vitest'
import { codeText } from './code-text.js'
import { findCycles } from './cycles.js'
import { importFaults } from './imports.js'
import { importsIn, type SourcePackage } from './source-tree.js'
import { styleFaults } from './style.js'

function pack(folder: string, text: string, name = 'broken.ts'): SourcePackage {
  const code = codeText(text)
  const path = `${folder}/src/${name}`
  const file = { path, text, code, isTest: name.endsWith('.test.ts'), imports: importsIn(code) }
  return {
    folder,
    manifest: { name: '@gatehouse/own', dependencies: { '@gatehouse/core': '*' } },
    files: [file],
  }
}

const faults = (folder: string, text: string, name?: string) =>
  importFaults(pack(folder, text, name), new Set(['decide']))

const style = (folder: string, text: string, name?: string) => {
  const made = pack(folder, text, name)
  return made.files.flatMap((file) => styleFaults(made, file))
}

describe('imports', () => {
  test.each([
    ['packages/core', "import { readFileSync } from 'node:fs'", 'nothing else, no node:*'],
    ['packages/core', "const x = await import('node:fs')", 'nothing else, no node:*'],
    ['packages/core', "export * from 'node:fs'", 'nothing else, no node:*'],
    ['packages/core', "import 'lodash'", 'nothing else, no node:*'],
    ['packages/core', "import {\n  a,\n  type B,\n} from 'kafkajs'", 'nothing else, no node:*'],
    ['packages/audit', "import { connect } from 'node:net'", 'node:net'],
    ['packages/audit', "import { a } from '@gatehouse/core/dist/gate.js'", 'No deep imports'],
    ['packages/audit', "import { a } from '../../core/src/gate.js'", 'No deep imports'],
    ['packages/audit', "import { a } from '@gatehouse/gateway'", 'Nothing imports `gateway`'],
    ['adapters/postgres', "import { a } from '@gatehouse/adapter-mysql'", 'adapters/*'],
    ['adapters/postgres', "import { a } from '@gatehouse/audit'", 'adapters/*'],
    ['adapters/postgres', "import { decide } from '@gatehouse/core'", 'policy code'],
    ['packages/control', "import { a } from '@gatehouse/identity'", 'declares'],
    ['packages/new', "import { a } from '@gatehouse/core'", 'no such package'],
  ])('%s: %s', (folder, text, expected) => {
    const [first, ...more] = faults(folder, text)
    expect(more).toEqual([])
    expect(first).toContain(expected)
  })

  test('what is no import is not taken for one', () => {
    const text =
      "// import 'lodash'\nconst a = \"import x from 'lodash'\"\nconst b = `import('lodash') $" +
      "{'from'}`\nconst c = /import 'x'/\n"
    expect(faults('packages/core', text)).toEqual([])
  })

  test('types of policy documents may be known to an adapter, and tests may use what they declare', () => {
    expect(faults('adapters/postgres', "import { type decide } from '@gatehouse/core'")).toEqual([])
    expect(faults('adapters/postgres', "import { spawn } from 'node:child_process'", 'a.test.ts')).toEqual([])
  })
})

describe('style', () => {
  test.each([
    ['const a: any = 1', '`any`'],
    ['const a = b as any', '`any`'],
    ['const a: Map<string, any> = b', '`any`'],
    ['export default 1', 'default export'],
    ['export enum Colour { Red }', 'enum'],
    [`// ${'TO'}DO later`, 'unfinished'],
    ['const a = Date.now()', 'Clocks'],
    ['const a = new Date()', 'Clocks'],
    ['const a = Math.random()', 'Clocks'],
    ['const a = process.env.HOME', 'Clocks'],
    ['const a = randomBytes(3)', 'Clocks'],
    ['export function doHelper() {}', 'Words'],
    ['export type SessionManager = string', 'Words'],
    ['const queryHandler = (a: string) => a', 'Words'],
    ['const a = {} as unknown as Permit', 'minted'],
    ['const a = Object.create(Permit.prototype)', 'minted'],
    [`// @ts-${'ignore'}\nconst a = 1`, 'silenced'],
  ])('%s', (text, expected) => {
    const [first, ...more] = style('packages/core', text)
    expect(more).toEqual([])
    expect(first).toContain(expected)
  })

  test.each([
    "const a = 'any: any'",
    '// any thing: any',
    'const a = new Date(0)',
    'type CommonTable = string',
    'const any = 1',
    'const enumerate = 1',
    'export type A = ReadonlyMap<string, unknown>',
    'function baseline(): void {}',
  ])('%s is fine', (text) => {
    expect(style('packages/core', text)).toEqual([])
  })

  test('a file of 301 lines is too long, unless it is a table', () => {
    expect(style('packages/core', 'x\n'.repeat(301))[0]).toContain('300 lines')
    expect(style('packages/core', `/** Table */\n${'x\n'.repeat(301)}`)).toEqual([])
  })

  test('files are named by the same words', () => {
    expect(style('packages/core', '', 'row-utils.ts')[0]).toContain('`utils`')
  })

  test('clocks are for the rim and for tests', () => {
    expect(style('packages/gateway', 'const a = Date.now()')).toEqual([])
    expect(style('packages/core', 'const a = Date.now()', 'a.test.ts')).toEqual([])
  })
})

test('a cycle is found with its way', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b', 'd']],
    ['d', []],
  ])
  expect(findCycles(graph)).toEqual([['b', 'c', 'b']])
})
