/** Much data: rows by the million, one row of 70 MB, COPY by the gigabyte; whether memory stays flat, and the time. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@gatehouse/workbench'
import { memoryOf } from './cpu.js'
import type { Gatehouse } from './gatehouse.js'
import type { Target } from './pgbench.js'
import { connect } from './stand.js'

const run = promisify(execFile)

export interface Amounts {
  readonly rows: number
  /** Bytes. */
  readonly row: number
  readonly copy: number
}

interface Sample {
  readonly rows: number
  readonly mebibytes: number
}

export async function reportStreaming(
  gatehouse: Gatehouse,
  direct: Target,
  neighbours: readonly Target[],
  amounts: Amounts,
): Promise<string> {
  const clean = await streamed(gatehouse.target, amounts.rows)
  const masked = await streamed(gatehouse.masked, amounts.rows)
  await oneRow(direct, amounts.row)
  const large = [
    await seconds(direct, LARGE),
    await seconds(gatehouse.target, LARGE),
    await seconds(gatehouse.masked, LARGE),
  ]
  const copied = `copy (select aid, bid, abalance, filler from pgbench_accounts, generate_series(1, ${Math.ceil(amounts.copy / BYTES_OF_TABLE)})) to stdout`
  const copies: string[] = []
  for (const target of [direct, ...neighbours, gatehouse.target])
    copies.push(`${target.name} ${(amounts.copy / 2 ** 20 / (await seconds(target, copied))).toFixed(0)}`)
  return `## Much data

${(amounts.rows / 1e6).toFixed(1)} million rows in one result; resident memory at its first and its last third, MiB: clean ${thirds(clean)}, one of four columns masked ${thirds(masked)}.

One row of ${(amounts.row / 1e6).toFixed(0)} MB: direct ${large[0]?.toFixed(2)} s, clean ${large[1]?.toFixed(2)} s, masked ${large[2]?.toFixed(2)} s.

COPY TO STDOUT of ${(amounts.copy / 2 ** 30).toFixed(2)} GiB, MiB a second: ${copies.join(', ')}.
`
}

const LARGE = 'select aid, filler from public.pgbench_large'
/** What COPY makes of pgbench_accounts at scale 5. */
const BYTES_OF_TABLE = 500_000 * 97

/** A row that \`filler\`'s mask covers as it does that of pgbench's own table. */
async function oneRow(direct: Target, bytes: number): Promise<void> {
  const client = await connect(direct)
  await client.query('drop table if exists public.pgbench_large')
  await client.query('create table public.pgbench_large (aid int, filler text)')
  await client.query(`insert into public.pgbench_large select 1, repeat('x', ${bytes})`)
  await client.end()
}

async function seconds(target: Target, text: string): Promise<number> {
  const psql = findTool('psql')
  if (psql === undefined) return Number.NaN
  const where = ['-h', '127.0.0.1', '-p', String(target.port), '-U', target.user, '-d', target.database]
  const start = process.hrtime.bigint()
  await run(psql, [...where, '-AtqX', '-o', '/dev/null', '-c', text], {
    env: { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable' },
  })
  return Number(process.hrtime.bigint() - start) / 1e9
}

async function streamed(target: Target, rows: number): Promise<readonly Sample[]> {
  const client = await connect(target)
  const samples: Sample[] = []
  let seen = 0
  const every = Math.max(1, Math.floor(rows / 90))
  const times = Math.ceil(rows / 500_000)
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: { query(text: string): void }) =>
        connection.query(
          `select aid, bid, abalance, filler from pgbench_accounts, generate_series(1, ${times}) limit ${rows}`,
        ),
      handleRowDescription() {},
      handleDataRow() {
        seen += 1
        if (seen % every === 0) samples.push({ rows: seen, mebibytes: memoryOf(target.pid as number) })
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
      handleEmptyQuery() {},
    } as never)
  })
  await client.end()
  return samples
}

function thirds(samples: readonly Sample[]): string {
  const third = Math.floor(samples.length / 3)
  const mean = (part: readonly Sample[]) =>
    (part.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / part.length).toFixed(0)
  return `${mean(samples.slice(0, third))} and ${mean(samples.slice(-third))}`
}
