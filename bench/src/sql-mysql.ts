/** What reading a MySQL statement costs, from text to plan: out of the cache, and anew in the worker. As sql.ts measures Postgres. */
import { createMysqlReader, type MysqlCatalog, type MysqlReader } from '@gatehouse/sql'
import { createSqlCatalog } from './sql-catalog.js'
import { asSent, fresh, joins, least, leastCold, point } from './sql-texts.js'

const CONTEXT = { database: 'bench', sqlMode: [], charset: 'utf8mb4', overlay: [], account: 'bench' }
const VERSION = [9, 7, 4] as const

/** The tables of the Postgres catalog, as MySQL has them. */
function createCatalog(relations: number): MysqlCatalog {
  return {
    engine: 'mysql',
    flavour: 'mysql',
    version: VERSION,
    serverVersion: VERSION.join('.'),
    lowerCaseTableNames: 0,
    epoch: 1,
    schemas: ['bench'],
    relations: createSqlCatalog(relations).relations.map(({ name, columns }) => ({
      schema: 'bench',
      name,
      kind: 'table',
      columns: columns.map(({ name: column, number, classes, nullable }) => ({
        name: column,
        number,
        type: column === 'id' ? 'int' : 'varchar(80)',
        classes,
        nullable,
        invisible: false,
      })),
      triggers: false,
      foreignKeys: [],
    })),
    routines: [],
    loadable: [],
  }
}

/** Three texts of some 100 bytes: the known one, one of its shape, and that with a comment, which is taken out first. */
async function measureMysql(relations: number): Promise<readonly number[]> {
  const reader: MysqlReader = await createMysqlReader({
    flavour: 'mysql',
    version: VERSION,
    catalog: createCatalog(relations),
    accounts: [],
  })
  const read = (text: string) => reader.read(text, CONTEXT)
  try {
    await read(point(0))
    const shapes = Array.from({ length: 64 }, (_, n) => asSent(point(1000 + n)))
    const commented = shapes.map((text) => asSent(`/* a tool */ ${text}`))
    let turn = 0
    return [
      least(200, () => read(point(0))),
      least(200, () => read(shapes[turn++ & 63] as string)),
      least(200, () => read(commented[turn++ & 63] as string)),
      (await leastCold(read, fresh)) / 1000,
      (await leastCold(read, joins)) / 1000,
    ]
  } finally {
    await reader.close()
  }
}

/** The section as the report has it. */
export async function reportMysql(): Promise<string> {
  const lines: string[] = []
  for (const relations of [50, 5_000]) {
    const figures = await measureMysql(relations)
    lines.push(
      `| ${[relations.toLocaleString('en'), ...figures.map((each) => each.toFixed(0))].join(' | ')} |`,
    )
  }
  return `## Reading a MySQL statement

As for Postgres. \`commented\`: of a known shape, behind a comment, so that the text has to be made canonical first. \`point\` and \`five joins\` are
read by both parsers.

| relations | exact, ns | shape, ns | commented, ns | point, µs | five joins, µs |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`
}
