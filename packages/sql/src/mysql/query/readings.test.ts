/** Statements and their readings, by table. */
import { beforeAll, describe, expect, test } from 'vitest'
import { EXPECTED_READINGS } from './expected-readings.js'
import { EXPECTED_WRITES } from './expected-writes.js'
import { readQuery } from './index.js'
import { analysisOf, drawReading, loadParser, parseOne, shopIndex } from './shop-fixture.js'

interface Row {
  readonly statement: string
  readonly expected: readonly string[]
}

function tableRows(table: string): readonly Row[] {
  const rows: { statement: string; expected: string[] }[] = []
  for (const line of table.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('    ')) rows.at(-1)?.expected.push(line.slice(4))
    else rows.push({ statement: line, expected: [] })
  }
  return rows
}

const rows = [...tableRows(EXPECTED_READINGS), ...tableRows(EXPECTED_WRITES)]

describe('R16 R17 R21 what a statement reads, uses and gives', () => {
  beforeAll(loadParser)

  test('the table is not empty', () => {
    expect(rows.length).toBeGreaterThan(250)
  })

  test.each(rows)('$statement', ({ statement, expected }) => {
    const analysis = analysisOf(shopIndex())
    expect(drawReading(readQuery(parseOne(statement), analysis), analysis.noted)).toEqual(expected)
  })
})
