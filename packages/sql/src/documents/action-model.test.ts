/** docs/action-model.md says what the readers make of its statements today. */
import { drawAction, FIELD_USES, VERBS } from '@gatehouse/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MysqlReader } from '../mysql/plan.js'
import { createMysqlReader } from '../mysql/reader.js'
import type { PostgresReader } from '../postgres/plan.js'
import { createPostgresReader } from '../postgres/reader.js'
import { type Drawn, drawActionModel } from './draw-action-model.js'
import { readKinds } from './read-kinds.js'
import { mysqlShop, POSTGRES_SHOP } from './shop.js'
import { VERB_EXAMPLES } from './verb-examples.js'

const VERSIONS = { mysql: [9, 7, 4], mariadb: [10, 11, 19] } as const
const MYSQL_CONTEXT = { database: 'shop', sqlMode: [], charset: 'utf8mb4', overlay: [], account: 'gatehouse' }
const POSTGRES_CONTEXT = { searchPath: ['public'], overlay: [], account: 'gatehouse' }

let postgres: PostgresReader
let mysql: Record<'mysql' | 'mariadb', MysqlReader>
let verbs: Awaited<ReturnType<typeof drawn>>
beforeAll(async () => {
  const start = (flavour: 'mysql' | 'mariadb') =>
    createMysqlReader({
      flavour,
      version: VERSIONS[flavour],
      catalog: mysqlShop(flavour, VERSIONS[flavour]),
      accounts: ['gatehouse'],
    })
  postgres = await createPostgresReader({ major: 18, catalog: POSTGRES_SHOP, accounts: ['gatehouse'] })
  mysql = { mysql: await start('mysql'), mariadb: await start('mariadb') }
  verbs = await drawn()
}, 120_000)
afterAll(async () => {
  await Promise.all([postgres?.close(), mysql?.mysql.close(), mysql?.mariadb.close()])
})

async function readPostgres(text: string): Promise<readonly string[]> {
  const plan = await postgres.read(text, [], POSTGRES_CONTEXT)
  if (plan.kind === 'unreadable') throw new Error(`${text}: ${plan.why}`)
  return plan.statements.flatMap(({ actions }) => actions.map(drawAction))
}

async function readMysql(text: string, flavour: 'mysql' | 'mariadb'): Promise<readonly string[]> {
  const { plan } = await mysql[flavour].read(text, MYSQL_CONTEXT)
  if (plan.kind === 'unreadable') throw new Error(`${text}: ${plan.why}`)
  return plan.statements.flatMap(({ actions }) => actions.map(drawAction))
}

/** Both flavours' readings where they are the same, each on its own where they are not. */
async function drawMysql(
  example: (typeof VERB_EXAMPLES)[number]['mysql'][number],
): Promise<readonly Drawn[]> {
  if (typeof example !== 'string')
    return [{ text: example.text, only: example.only, actions: await readMysql(example.text, example.only) }]
  const [one, other] = [await readMysql(example, 'mysql'), await readMysql(example, 'mariadb')]
  if (one.join('\n') === other.join('\n')) return [{ text: example, actions: one }]
  return [
    { text: example, only: 'mysql', actions: one },
    { text: example, only: 'mariadb', actions: other },
  ]
}

const drawn = async () =>
  Promise.all(
    VERB_EXAMPLES.map(async (each) => ({
      ...each,
      postgres: await Promise.all(
        each.postgres.map(async (text) => ({ text, actions: await readPostgres(text) })),
      ),
      mysql: (await Promise.all(each.mysql.map(drawMysql))).flat(),
    })),
  )

describe('docs/action-model.md', () => {
  test('has every verb, with two statements of each engine that can say it, and each says it', () => {
    expect(VERB_EXAMPLES.map(({ verb }) => verb)).toEqual([...VERBS])
    const silent: string[] = []
    for (const { verb, postgres: ours, mysql: theirs, without } of verbs) {
      for (const [engine, examples] of [
        ['postgres', ours],
        ['mysql', theirs],
      ] as const) {
        if (without?.[engine] !== undefined) expect(examples).toEqual([])
        else if (examples.length < 2) silent.push(`${verb} has not two examples of ${engine}`)
        for (const { text, actions } of examples)
          if (verb !== 'call' && !actions.some((action) => action.startsWith(`${verb} `)))
            silent.push(`${engine}: ${text} is no ${verb}`)
      }
    }
    expect(silent).toEqual([])
  }, 120_000)

  test('shows every use of a field', () => {
    const lines = verbs.flatMap(({ postgres: ours, mysql: theirs }) =>
      [...ours, ...theirs].flatMap(({ actions }) => actions),
    )
    const shown = FIELD_USES.filter((use) =>
      lines.some((line) => new RegExp(`: [a-z ]*\\b${use}\\b`).test(line)),
    )
    expect(shown).toEqual([...FIELD_USES])
  }, 120_000)

  test('says what the readers say', async () => {
    const page = drawActionModel(verbs, await readKinds())
    await expect(page).toMatchFileSnapshot('../../../../docs/action-model.md')
  }, 120_000)
})
