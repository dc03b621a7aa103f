/** Enforces docs/architecture.md on the workspace as it stands. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCycles } from './cycles.js'
import { ADAPTER_PARTS, PACKAGE_RULES, RECURSIVE_FOLDERS, SOCKETS_SENTENCE } from './house-rules.js'
import * as imports from './imports.js'
import { importedFile, ROOT, readWorkspace, type SourceFile } from './source-tree.js'
import * as style from './style.js'

const workspace = readWorkspace()
const PARTS_SENTENCE = 'the same file names in each'
const CYCLE_SENTENCE = 'No cycles, neither between packages nor between files'

describe('the house', () => {
  test('has files to judge', () => {
    expect(workspace.map(({ folder }) => folder)).toContain('packages/core')
    expect(workspace.flatMap(({ files }) => files).length).toBeGreaterThan(20)
  })

  test('is described: every sentence that a failure prints stands in docs/architecture.md', () => {
    const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').replace(/\s+/g, ' ')
    const { SIZE_SENTENCE, ANY_SENTENCE, CLOCK_SENTENCE, WORD_SENTENCE, PERMIT_SENTENCE, SILENCE_SENTENCE } =
      style
    const { DEEP_SENTENCE, DECLARED_SENTENCE, GATEWAY_SENTENCE, POLICY_SENTENCE } = imports
    const sentences = [
      ...Object.values(PACKAGE_RULES).map(({ sentence }) => sentence),
      ...[SIZE_SENTENCE, ANY_SENTENCE, CLOCK_SENTENCE, WORD_SENTENCE, PERMIT_SENTENCE, SILENCE_SENTENCE],
      ...[
        DEEP_SENTENCE,
        DECLARED_SENTENCE,
        GATEWAY_SENTENCE,
        POLICY_SENTENCE,
        SOCKETS_SENTENCE,
        PARTS_SENTENCE,
        CYCLE_SENTENCE,
      ],
    ]
    none(sentences.filter((sentence) => !text.includes(sentence.replace(/\s+/g, ' '))))
  })

  test('lets each package import only what it may', () => {
    const policyNames = exportedUnder('packages/core/src/policy/')
    none(workspace.flatMap((pack) => imports.importFaults(pack, policyNames)))
  })

  test('lets each package depend only on what it may', () => {
    none(workspace.flatMap(imports.manifestFaults))
  })

  test('has no cycle between packages', () => {
    const graph = new Map(
      workspace.map(({ manifest, files }) => {
        const used = files
          .filter(({ isTest }) => !isTest)
          .flatMap((file) => file.imports.map(({ specifier }) => specifier))
        return [
          manifest.name,
          [...new Set(used.filter((name) => name.startsWith('@gatehouse/') && name !== manifest.name))],
        ]
      }),
    )
    none(findCycles(graph).map((cycle) => `${cycle.join(' → ')}, but: ${CYCLE_SENTENCE}`))
  })

  test('has no cycle between files', () => {
    const graph = new Map(
      workspace.flatMap(({ files }) => files.map((file) => [file.path, neighbours(file)])),
    )
    const found = findCycles(graph).filter(
      (cycle) => !RECURSIVE_FOLDERS.some((folder) => cycle.every((path) => path.startsWith(folder))),
    )
    none(found.map((cycle) => `${cycle.join(' → ')}, but: ${CYCLE_SENTENCE}`))
  })

  test('keeps sizes, words and what is handed in', () => {
    expect(workspace.flatMap((pack) => pack.files.flatMap((file) => style.styleFaults(pack, file)))).toEqual(
      [],
    )
  })

  test('gives every file a first comment', () => {
    const bare = workspace
      .flatMap(({ files }) => files)
      .filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/|import .* from 'vitest')/.test(text))
    none(bare.filter(({ isTest }) => !isTest).map(({ path }) => path))
  })

  test('names the parts of every adapter alike', () => {
    const adapters = workspace.filter(({ folder }) => folder.startsWith('adapters/'))
    const missing = adapters.flatMap(({ folder }) =>
      ADAPTER_PARTS.filter((part) => {
        const path = join(ROOT, folder, 'src', part)
        return !existsSync(`${path}.ts`) && !existsSync(path)
      }).map((part) => `${folder}/src/${part} is missing, but: ${PARTS_SENTENCE}`),
    )
    none(missing)
  })
})

/** Prints each fault on its line. */
function none(faults: readonly string[]): void {
  expect(faults, faults.join('\n')).toEqual([])
}

function neighbours(file: SourceFile): string[] {
  const values = file.imports.filter(({ typeOnly }) => !typeOnly)
  return values.map((each) => importedFile(file, each)).filter((path) => path !== undefined)
}

/** Functions, constants and classes; types may be known to adapters. */
function exportedUnder(folder: string): Set<string> {
  const files = workspace
    .flatMap((pack) => pack.files)
    .filter(({ path, isTest }) => path.startsWith(folder) && !isTest)
  const declaration = /\bexport\s+(?:async\s+)?(?:function|const|class)\s+(\w+)/g
  return new Set(
    files.flatMap((file) => [...file.code.bare.matchAll(declaration)].map((match) => match[1] ?? '')),
  )
}
