/** Naming rules measured on public schemas, whose columns were labelled by hand before the rules were run on them (R22). */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { classifyRelation } from './classify.js'

interface Labelled {
  readonly relation: string
  readonly name: string
  readonly type: string
  /** A class, `-` for none, `?` where people would differ. */
  readonly label: string
}

const folder = new URL('../fixtures/', import.meta.url)

function readSchema(file: string): readonly Labelled[] {
  return readFileSync(new URL(file, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [relation = '', name = '', type = '', label = ''] = line.split(' ')
      return { relation, name, type, label }
    })
}

function judge(schema: readonly Labelled[]) {
  const wrong: string[] = []
  const missed: string[] = []
  for (const relation of new Set(schema.map((column) => column.relation))) {
    const columns = schema.filter((column) => column.relation === relation)
    const found = classifyRelation({ schema: 'public', relation, columns })
    for (const [at, { name, label }] of columns.entries()) {
      const classes = found[at]?.classes ?? []
      if (label === '-' && classes.length > 0) wrong.push(`${relation}.${name}: ${classes}`)
      if (label !== '-' && label !== '?' && !classes.includes(label))
        missed.push(`${relation}.${name}: ${label}`)
    }
  }
  return { wrong, missed }
}

describe.each(readdirSync(folder))('R22 %s', (file) => {
  const schema = readSchema(file)
  const { wrong, missed } = judge(schema)

  test('at most 2 % of what is harmless is classified', () => {
    const harmless = schema.filter((column) => column.label === '-').length
    expect(harmless).toBeGreaterThan(20)
    expect(wrong, wrong.join('\n')).toHaveLength(Math.min(wrong.length, Math.floor(harmless * 0.02)))
  })

  test('at most 5 % of what is personal or secret is missed', () => {
    const sensitive = schema.filter((column) => !['-', '?'].includes(column.label)).length
    expect(missed, missed.join('\n')).toHaveLength(Math.min(missed.length, Math.floor(sensitive * 0.05)))
  })
})
