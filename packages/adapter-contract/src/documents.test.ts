/** docs/adding-an-adapter.md names every clause and who breaks it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLAUSES } from './clauses/index.js'
import { inMeaning } from './saboteurs/in-meaning.js'
import { inObligations } from './saboteurs/in-obligations.js'
import { onTheWire } from './saboteurs/on-the-wire.js'

const page = readFileSync(new URL('../../../docs/adding-an-adapter.md', import.meta.url), 'utf8')

test('docs/adding-an-adapter.md has a line for each clause, and no other', () => {
  const lines = CLAUSES.map(({ number, title }) => {
    const saboteurs = [...onTheWire, ...inMeaning, ...inObligations].filter(({ breaks }) =>
      breaks.includes(number),
    )
    return `| ${number} | ${title} | ${saboteurs.map(({ name }) => name).join('; ')} |`
  })
  expect(page.split('\n').filter((line) => /^\| [A-Z]\d /.test(line))).toEqual(lines)
})
