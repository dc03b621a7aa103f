/** Statements and their readings, by table; the same in every grammar that knows them. */
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, test } from 'vitest'
import { EXPECTED_READINGS } from './expected-readings.js'
import { readQuery } from './index.js'
import { analysisOf, drawActions, drawOutputs, loadGrammar, parseOne, shopIndex } from './shop-fixture.js'

interface Row {
  readonly statement: string
  readonly expected: readonly string[]
}

function tableRows(): readonly Row[] {
  const rows: { statement: string; expected: string[] }[] = []
  for (const line of EXPECTED_READINGS.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('    ')) rows.at(-1)?.expected.push(line.slice(4))
    else rows.push({ statement: line, expected: [] })
  }
  return rows
}

function draw(tree: unknown): readonly string[] {
  const analysis = analysisOf(shopIndex())
  const reading = readQuery(tree, analysis)
  const { literals, unknown } = analysis.noted
  const marks = [
    reading.collects ? ' COLLECTS' : '',
    literals > 0 ? ' L' : '',
    unknown.length > 0 ? ` U${unknown.join(',')}` : '',
  ]
  return [...drawActions(reading.actions), `= ${drawOutputs(reading.outputs)}${marks.join('')}`]
}

const rows = tableRows()

describe('R16 R17 R21 what a statement reads, uses and gives', () => {
  beforeAll(loadGrammar)

  test('the table is not empty', () => {
    expect(rows.length).toBeGreaterThan(250)
  })

  test.each(rows)('$statement', ({ statement, expected }) => {
    expect(draw(parseOne(statement))).toEqual(expected)
  })

  test.each([15, 16, 17])(
    'the grammar of Postgres %i gives the same, where it knows the statement',
    async (major) => {
      const grammar = createRequire(import.meta.url)(`libpg-query-${major}`) as {
        loadModule(): Promise<void>
        parseSync(text: string): { stmts: readonly { stmt: unknown }[] }
      }
      await grammar.loadModule()
      let known = 0
      for (const { statement, expected } of rows) {
        // A plain function's name before it became grammar.
        if (major < 17 && statement.includes('json_value')) continue
        let tree: unknown
        try {
          tree = grammar.parseSync(statement).stmts[0]?.stmt
        } catch {
          continue
        }
        known++
        expect({ statement, drawn: draw(tree) }).toEqual({ statement, drawn: expected })
      }
      expect(known).toBeGreaterThan(235)
    },
  )
})
