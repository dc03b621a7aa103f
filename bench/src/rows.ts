/** 200,000 rows of pgbench_accounts through a proxy: nanoseconds of its CPU per row. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@gatehouse/workbench'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'

const run = promisify(execFile)
export const ROWS = 200_000
const REPEATS = 5

export async function measureRows(target: Target): Promise<number> {
  const psql = findTool('psql')
  if (psql === undefined || target.pid === undefined) return Number.NaN
  const text = `select aid, bid, abalance, filler from pgbench_accounts order by aid limit ${ROWS}`
  const once = () =>
    run(
      psql,
      [
        '-h',
        '127.0.0.1',
        '-p',
        String(target.port),
        '-U',
        target.user,
        '-d',
        target.database,
        '-AtqX',
        '-o',
        '/dev/null',
        '-c',
        text,
      ],
      { env: { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable' } },
    )
  await once()
  const before = cpuOf(target.pid)
  for (let round = 0; round < REPEATS; round += 1) await once()
  return ((cpuOf(target.pid) - before) * 1000) / (ROWS * REPEATS)
}
