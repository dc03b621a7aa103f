/** Documents tell the truth where it can be checked: links lead somewhere, and every code has its place in docs/errors.md. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from './source-tree.js'

const SKIPPED_FOLDERS = ['node_modules', 'dist', '.git', '.turbo', 'var']
const documents = markdownFiles(ROOT)

describe('documents', () => {
  test('exist', () => {
    const names = documents.map((path) => relative(ROOT, path))
    for (const name of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/index.md', 'docs/errors.md']) {
      expect(names).toContain(name)
    }
  })

  test('link only to what exists, headings included', () => {
    const broken = documents.flatMap((path) =>
      linksIn(readFileSync(path, 'utf8'))
        .filter((link) => !leadsSomewhere(path, link))
        .map((link) => `${relative(ROOT, path)} links to \`${link}\``),
    )
    expect(broken, broken.join('\n')).toEqual([])
  })

  test('are all reached from docs/index.md or a README', () => {
    const inDocs = documents.filter(
      (path) => relative(ROOT, path).startsWith('docs/') && !path.includes('/adr/'),
    )
    const index = readFileSync(join(ROOT, 'docs/index.md'), 'utf8')
    const targets = linksIn(index).map((link) => join(ROOT, 'docs', link.split('#')[0] ?? ''))
    const lost = inDocs.filter(
      (path) =>
        !path.endsWith('docs/index.md') && !targets.includes(path) && !targets.includes(`${dirname(path)}/`),
    )
    expect(lost.map((path) => relative(ROOT, path))).toEqual([])
  })

  test.each([
    ['REFUSAL_CODES', 'Refusals'],
    ['FAULT_CODES', 'Faults'],
  ])('list exactly the codes of %s under "%s"', (list, heading) => {
    expect(codesUnder(heading)).toEqual(codesOf(list))
  })
})

/** Of each adapter: its column, and how what stands in its table is written there. */
const NATIVE_CODES = [
  ['postgres', 2, /(error|fatal)\('(\w+)'\)/, (how: string, code: string) => `${how.toUpperCase()} ${code}`],
  ['mysql', 3, /code: (\d+), state: '(\w+)'/, (code: string, state: string) => `${code} / ${state}`],
  ['mongodb', 4, /code: (\d+), codeName: '(\w+)'/, (code: string, name: string) => `${code} ${name}`],
] as const

test.each(NATIVE_CODES)('docs/errors.md tells the native codes of %s', (adapter, column, form, written) => {
  const source = readFileSync(join(ROOT, `adapters/${adapter}/src/refusing.ts`), 'utf8')
  const table = /const NATIVE[^=]* = \{(.*?)\n\}/s.exec(source)?.[1] ?? ''
  const denied = /const (?:DENIED|UNAUTHORIZED): Native = (.*)/.exec(source)?.[1] ?? ''
  const rows = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n')
  const told = [...table.matchAll(/(GH_\w+): (.*),/g)].map(([, code = '', given = '']) => {
    const [, one = '', other = ''] = form.exec(given) ?? form.exec(denied) ?? []
    return [code, written(one, other).replace(' Unauthorized', '')]
  })
  expect(told.map(([code]) => code).sort()).toEqual(codesOf('REFUSAL_CODES'))
  for (const [code, native = ''] of told) {
    const cells = rows.find((row) => row.startsWith(`| \`${code}\` |`))?.split('|')
    // Postgres has another one at sign-in.
    expect(cells?.[column]?.trim().split(',', 1), code).toEqual([native])
  }
})

/** Read as text, because this package may not import core. */
function codesOf(list: string): string[] {
  const source = readFileSync(join(ROOT, 'packages/core/src/errors.ts'), 'utf8')
  const body = new RegExp(`${list} = \\[([^\\]]*)\\]`).exec(source)?.[1] ?? ''
  const codes = [...body.matchAll(/'(GH_\w+)'/g)].map((match) => match[1] ?? '')
  expect(codes.length).toBeGreaterThan(3)
  return codes.sort()
}

function codesUnder(heading: string): string[] {
  const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `(GH_\w+)` \|/gm)].map((match) => match[1] ?? '').sort()
}

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED_FOLDERS.includes(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Inline links that are no address, outside code. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(target)) return false
  if (heading === undefined || statSync(target).isDirectory()) return true
  const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) =>
    anchorOf(match[1] ?? ''),
  )
  return headings.includes(heading)
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}
