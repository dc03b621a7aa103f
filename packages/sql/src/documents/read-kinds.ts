/** Reads the examples of the readers' own tests, each by the reader of every engine that it is for. */

import type { Catalog } from '../catalog.js'
import { EXAMPLES as MYSQL_EXAMPLES } from '../mysql/administration/examples.js'
import type { MysqlCatalog } from '../mysql/catalog.js'
import { EXPECTED_READINGS as MYSQL_QUERIES } from '../mysql/query/expected-readings.js'
import { EXPECTED_WRITES as MYSQL_WRITES } from '../mysql/query/expected-writes.js'
import { shopCatalog } from '../mysql/query/shop-fixture.js'
import { createMysqlReader } from '../mysql/reader.js'
import { SAMPLE as MYSQL_SAMPLE } from '../mysql/sample.js'
import { EXPECTED_READINGS as POSTGRES_QUERIES } from '../postgres/query/expected-readings.js'
import { CATALOG } from '../postgres/query/shop-fixture.js'
import { createPostgresReader } from '../postgres/reader.js'
import { EXAMPLES as POSTGRES_EXAMPLES } from '../postgres/utility/examples.js'
import { SAMPLE as POSTGRES_SAMPLE } from '../postgres/utility/sample.js'
import { type KindReading, suretyOf } from './statement-kinds.js'

const FLAVOURS = [
  ['MySQL 9.7', 'mysql', [9, 7, 4]],
  ['MariaDB 10.11', 'mariadb', [10, 11, 19]],
] as const

/** The statements of a table whose other lines are indented or comments. */
function statementsOf(table: string): readonly string[] {
  return table.split('\n').filter((line) => line !== '' && !/^[ #]/.test(line))
}

export async function readKinds(): Promise<readonly KindReading[]> {
  const readings: KindReading[] = []
  const examples = POSTGRES_EXAMPLES.map(([text]) => text)
  readings.push(...(await readPostgres(examples, POSTGRES_SAMPLE)))
  readings.push(...(await readPostgres(statementsOf(POSTGRES_QUERIES), CATALOG)))
  for (const flavour of FLAVOURS) {
    const texts = MYSQL_EXAMPLES.map(([text]) => text)
    const queries = [...statementsOf(MYSQL_QUERIES), ...statementsOf(MYSQL_WRITES)]
    readings.push(...(await readMysql(texts, MYSQL_SAMPLE, flavour)))
    readings.push(...(await readMysql(queries, shopCatalog(), flavour)))
  }
  return readings
}

async function readPostgres(texts: readonly string[], catalog: Catalog): Promise<readonly KindReading[]> {
  const context = { searchPath: ['public'], overlay: [], account: 'gatehouse' }
  const reader = await createPostgresReader({ major: 18, catalog, accounts: ['gatehouse'] })
  try {
    const plans = await Promise.all(texts.map((text) => reader.read(text, [], context)))
    return plans.flatMap((plan, at) => readingsOf('Postgres 18', plan, texts[at] ?? ''))
  } finally {
    await reader.close()
  }
}

async function readMysql(
  texts: readonly string[],
  given: MysqlCatalog,
  [engine, flavour, version]: (typeof FLAVOURS)[number],
): Promise<readonly KindReading[]> {
  const context = { database: 'shop', sqlMode: [], charset: 'utf8mb4', overlay: [], account: 'gatehouse' }
  const catalog = { ...given, flavour, version }
  const reader = await createMysqlReader({ flavour, version, catalog, accounts: ['gatehouse'] })
  try {
    const read = await Promise.all(texts.map((text) => reader.read(text, context)))
    return read.flatMap(({ plan }, at) => readingsOf(engine, plan, texts[at] ?? ''))
  } finally {
    await reader.close()
  }
}

type Read = Awaited<ReturnType<Awaited<ReturnType<typeof createPostgresReader>>['read']>>
type ReadMysql = Awaited<ReturnType<Awaited<ReturnType<typeof createMysqlReader>>['read']>>['plan']

function readingsOf(
  engine: KindReading['engine'],
  plan: Read | ReadMysql,
  text: string,
): readonly KindReading[] {
  if (plan.kind === 'unreadable')
    return [{ engine, command: plan.statement.command, surety: 'refused', text }]
  return plan.statements.map((statement) => ({
    engine,
    command: statement.command,
    surety: suretyOf(statement),
    text,
  }))
}
