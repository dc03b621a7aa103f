/** docs/parse-coverage.md counts what was seen of tools' traffic (mysql/corpus) and how it is read today. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MysqlCatalog, MysqlFlavour } from '../mysql/catalog.js'
import type { MysqlReader } from '../mysql/plan.js'
import { createMysqlReader } from '../mysql/reader.js'
import { type Capture, drawParseCoverage, type Told } from './draw-parse-coverage.js'
import { suretyOf } from './statement-kinds.js'

const FOLDER = new URL('../mysql/corpus/', import.meta.url)
const VERSIONS = { mysql: [9, 7, 4], mariadb: [10, 11, 19] } as const
const FLAVOURS = ['mysql', 'mariadb'] as const

interface StoredCatalog {
  readonly relations: readonly {
    readonly schema: string
    readonly name: string
    readonly kind: 'table' | 'view' | 'sequence' | 'system'
    readonly definition?: string
    /** Name, type, and a generated column's expression. */
    readonly columns: readonly (readonly [string, string, string?])[]
  }[]
  readonly routines: readonly {
    readonly schema: string
    readonly name: string
    readonly kind: 'function' | 'procedure'
    readonly body: string
  }[]
}

function parse<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Content
}

/** As the server's information_schema had it while the tools ran. */
function catalogOf(flavour: MysqlFlavour): MysqlCatalog {
  const { relations, routines } = parse<StoredCatalog>(`catalog-${flavour}.json`)
  return {
    engine: 'mysql',
    flavour,
    version: VERSIONS[flavour],
    serverVersion: VERSIONS[flavour].join('.'),
    lowerCaseTableNames: 0,
    epoch: 1,
    schemas: [...new Set(relations.map(({ schema }) => schema))],
    relations: relations.map(({ columns, ...relation }) => ({
      ...relation,
      triggers: relation.name === 'order_items',
      foreignKeys: [],
      columns: columns.map(([name, type, generated], at) => ({
        name,
        number: at + 1,
        type,
        classes: [],
        nullable: true,
        invisible: false,
        ...(generated === undefined ? {} : { generated }),
      })),
    })),
    routines: routines.map((routine) => ({ ...routine, parameters: 1 })),
    loadable: [],
  }
}

const captures = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json') && !name.startsWith('catalog-'))
  .sort()
  .map((name) => parse<Capture>(name))

const readers = new Map<MysqlFlavour, MysqlReader>()
beforeAll(async () => {
  for (const flavour of FLAVOURS)
    readers.set(
      flavour,
      await createMysqlReader({
        flavour,
        version: VERSIONS[flavour],
        catalog: catalogOf(flavour),
        accounts: ['gatehouse'],
      }),
    )
}, 60_000)
afterAll(async () => {
  await Promise.all([...readers.values()].map((reader) => reader.close()))
})

async function tell(capture: Capture): Promise<readonly Told[]> {
  const reader = readers.get(capture.server)
  if (!reader) throw new Error(`no reader for ${capture.server}`)
  let { database } = capture
  const told: Told[] = []
  for (const text of capture.statements) {
    const context = { database, sqlMode: [], charset: 'utf8mb4', overlay: [], account: 'gatehouse' }
    const { plan } = await reader.read(text, context)
    if (plan.kind === 'unreadable') {
      told.push({ text, surety: 'refused', why: plan.why, blind: false })
      continue
    }
    for (const { effects } of plan.statements)
      for (const effect of effects) if (effect.kind === 'use') database = effect.database ?? database
    const actions = plan.statements.flatMap((statement) => statement.actions)
    const surety = plan.statements.map(suretyOf).find((each) => each !== 'exact') ?? 'exact'
    const why = actions.find(({ verb, certainty }) => verb === 'opaque' || certainty === 'opaque')?.why ?? ''
    const blind = plan.statements.some(
      ({ command, outputs }) => command === 'SELECT' && outputs === 'unknown',
    )
    told.push({ text, surety, why, blind })
  }
  return told
}

describe('what tools send to MySQL and MariaDB', () => {
  test('is read, or opaque with a reason, and rarely that', async () => {
    const all: { readonly capture: Capture; readonly told: readonly Told[] }[] = []
    for (const capture of captures) all.push({ capture, told: await tell(capture) })
    const told = all.flatMap((each) => each.told)
    expect(told.length).toBeGreaterThan(1_500)
    const dark = told.filter(({ surety }) => surety === 'opaque' || surety === 'refused')
    expect(dark.filter(({ why }) => why === '')).toEqual([])
    expect(dark.length / told.length).toBeLessThan(0.05)
    // A viewer with masks would be refused what is read and whose columns are not known.
    expect(told.filter(({ surety, blind }) => blind && surety !== 'opaque')).toEqual([])
    await expect(drawParseCoverage(all)).toMatchFileSnapshot('../../../../docs/parse-coverage.md')
  }, 300_000)
})
