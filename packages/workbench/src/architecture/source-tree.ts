/** The workspace as the architecture test sees it: packages, their files, and what each imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CodeText, codeText } from './code-text.js'

export interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
  readonly code: CodeText
  /** A test, or a file that only tests import. */
  readonly isTest: boolean
  readonly imports: readonly Import[]
}

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  /** The names that are taken, where they are listed; types left out. */
  readonly names: readonly string[]
}

export interface SourcePackage {
  /** `packages/core`, `adapters/postgres`, `bench`. */
  readonly folder: string
  readonly manifest: Manifest
  readonly files: readonly SourceFile[]
}

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..')

export function readWorkspace(root = ROOT): SourcePackage[] {
  const folders = ['packages', 'adapters', 'examples'].flatMap((group) => {
    const names = existsSync(join(root, group)) ? readdirSync(join(root, group)).sort() : []
    return names.map((name) => `${group}/${name}`)
  })
  return [...folders, 'bench']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest,
      files: markSupport(typescriptFiles(join(root, folder, 'src')).map((path) => readSource(root, path))),
    }))
}

/** The file of the same package that a relative import names. */
export function importedFile(file: SourceFile, each: Import): string | undefined {
  if (!each.specifier.startsWith('.')) return undefined
  return posix.join(posix.dirname(file.path), each.specifier.replace(/\.js$/, '.ts'))
}

/** What only tests import (samples, scripted servers) is judged as they are. */
function markSupport(files: readonly SourceFile[]): SourceFile[] {
  const importers = (path: string) =>
    files.filter((file) => file.imports.some((each) => importedFile(file, each) === path))
  const support = new Set(files.filter(({ isTest }) => isTest).map(({ path }) => path))
  for (let grown = true; grown; ) {
    grown = false
    for (const { path } of files) {
      const users = importers(path)
      if (support.has(path) || users.length === 0 || !users.every((file) => support.has(file.path))) continue
      support.add(path)
      grown = true
    }
  }
  return files.map((file) => ({ ...file, isTest: support.has(file.path) }))
}

function typescriptFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return entry.name === 'fixtures' ? [] : typescriptFiles(path)
      return entry.name.endsWith('.ts') ? [path] : []
    })
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const name = relative(root, path).replaceAll('\\', '/')
  const code = codeText(text)
  const isTest = name.endsWith('.test.ts')
  return { path: name, text, code, isTest, imports: importsIn(code) }
}

/** Static, dynamic and re-exporting imports alike. */
export function importsIn(code: CodeText): Import[] {
  const found: Import[] = []
  const statement = /\b(?:import|export)\b(\s+type\b)?([^'"`;()]*?)\bfrom\s*(['"])/g
  for (const match of code.bare.matchAll(statement)) {
    const clause = match[2] ?? ''
    const names = [...(/\{([^}]*)\}/.exec(clause)?.[1] ?? '').split(',')].map((name) => name.trim())
    const values = names.filter((name) => name !== '' && !name.startsWith('type '))
    const nothingButTypes = clause.trim().startsWith('{') && values.length === 0
    found.push({
      specifier: stringAt(code, match.index + match[0].length),
      typeOnly: match[1] !== undefined || nothingButTypes,
      names: match[1] === undefined ? values.map((name) => name.split(/\s+as\s+/)[0] ?? name) : [],
    })
  }
  for (const match of code.bare.matchAll(/\bimport\s*(?:\(\s*)?(['"])/g)) {
    found.push({ specifier: stringAt(code, match.index + match[0].length), typeOnly: false, names: [] })
  }
  return found
}

function stringAt(code: CodeText, from: number): string {
  return /^[^'"]*/.exec(code.withStrings.slice(from))?.[0] ?? ''
}
