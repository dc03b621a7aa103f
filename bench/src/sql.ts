/**
 * What reading a statement costs, from text to plan: out of the cache, and anew in the worker. The machine's neighbours only
 * ever add to a time, so each figure is the least of many short rounds.
 */
import { createPostgresReader, type PostgresReader, type ReadingContext } from '@gatehouse/sql'
import { createSqlCatalog } from './sql-catalog.js'
import { asSent, fresh, joins, least, leastCold, point } from './sql-texts.js'

const CONTEXT: ReadingContext = { searchPath: ['public'], overlay: [], account: 'bench' }

export interface SqlFigures {
  readonly relations: number
  /** Nanoseconds. */
  readonly exact: number
  readonly shape: number
  /** Microseconds. */
  readonly point: number
  readonly joins: number
  /** Milliseconds: until a new catalog is in use, and the longest that everything else stood still meanwhile. */
  readonly learn: number
  readonly pause: number
}

export async function measureSql(relations: number): Promise<SqlFigures> {
  const catalog = createSqlCatalog(relations)
  const reader = await createPostgresReader({ major: 18, catalog, accounts: [] })
  try {
    const read = (text: string) => reader.read(text, [], CONTEXT)
    await read(point(0))
    const shapes = Array.from({ length: 64 }, (_, n) => asSent(point(1000 + n)))
    const exact = least(200, () => reader.read(point(0), [], CONTEXT))
    let turn = 0
    const shape = least(200, () => reader.read(shapes[turn++ & 63] as string, [], CONTEXT))
    return {
      relations,
      exact,
      shape,
      point: (await leastCold(read, fresh)) / 1000,
      joins: (await leastCold(read, joins)) / 1000,
      ...(await learning(reader, relations)),
    }
  } finally {
    await reader.close()
  }
}

async function learning(
  reader: PostgresReader,
  relations: number,
): Promise<{ readonly learn: number; readonly pause: number }> {
  let learn = Number.POSITIVE_INFINITY
  let pause = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const catalog = createSqlCatalog(relations)
    const watched = watchPauses()
    const start = process.hrtime.bigint()
    await reader.learn(catalog)
    learn = Math.min(learn, Number(process.hrtime.bigint() - start) / 1e6)
    pause = Math.min(pause, watched.stop())
  }
  return { learn, pause }
}

/** The longest turn of the event loop in milliseconds, until it is stopped. */
function watchPauses(): { stop(): number } {
  let longest = 0
  let last = process.hrtime.bigint()
  let running = true
  const look = (): void => {
    const now = process.hrtime.bigint()
    longest = Math.max(longest, Number(now - last) / 1e6)
    last = now
    if (running) setImmediate(look)
  }
  setImmediate(look)
  return {
    stop() {
      running = false
      return longest
    },
  }
}

/** Milliseconds that a neighbour waits at most while somebody sends such texts: for a new plan, and for one at hand. */
export async function measureNeighbour(): Promise<{ readonly fresh: number; readonly cached: number }> {
  const reader = await createPostgresReader({ major: 18, catalog: createSqlCatalog(50), accounts: [] })
  const list = Array.from({ length: 100_000 }, (_, n) => n).join(',')
  const hostile = [
    (n: number) => `select ${n}, ${'('.repeat(50_000)}1${')'.repeat(50_000)}`,
    (n: number) => `select '${'x'.repeat(1_000_000)}', ${n}`,
    (n: number) => `select ssn from t1 where id in (${list}) and id <> ${n}`,
  ]
  let worst = { fresh: 0, cached: 0 }
  try {
    await reader.read(point(0), [], CONTEXT)
    for (let n = 0; n < 12; n++) {
      const monster = Promise.resolve(reader.read(hostile[n % 3]?.(n) ?? '', [], CONTEXT))
      for (let each = 0; each < 20; each++) {
        const start = process.hrtime.bigint()
        await reader.read(fresh(n * 1000 + each), [], CONTEXT)
        const middle = process.hrtime.bigint()
        await new Promise(setImmediate)
        await reader.read(point(0), [], CONTEXT)
        const end = process.hrtime.bigint()
        worst = {
          fresh: Math.max(worst.fresh, Number(middle - start) / 1e6),
          cached: Math.max(worst.cached, Number(end - middle) / 1e6),
        }
      }
      await monster
    }
  } finally {
    await reader.close()
  }
  return worst
}

/** The section as the report has it. */
export async function reportSql(): Promise<string> {
  const lines: string[] = []
  for (const relations of [50, 5_000, 50_000]) {
    const found = await measureSql(relations)
    const cells = [relations.toLocaleString('en'), found.exact.toFixed(0), found.shape.toFixed(0)]
    cells.push(found.point.toFixed(0), found.joins.toFixed(0), found.learn.toFixed(0), found.pause.toFixed(1))
    lines.push(`| ${cells.join(' | ')} |`)
  }
  const neighbour = await measureNeighbour()
  return `## Reading a Postgres statement

The least of many rounds. \`exact\`: the text is known. \`shape\`: one of some 100 bytes is known but for its constants. \`point\` and \`five joins\`:
read anew, with the grammar, the lineage and the way to the worker and back. \`learn\`: a changed catalog comes into use; \`pause\`: the
longest that other sessions stood still meanwhile.

| relations | exact, ns | shape, ns | point, µs | five joins, µs | learn, ms | pause, ms |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

While one session sends texts of a megabyte, 50,000 parentheses and lists of 100,000 constants, another waited at most
${neighbour.fresh.toFixed(0)} ms for a statement that is new, ${neighbour.cached.toFixed(0)} ms for one that is known.
`
}
