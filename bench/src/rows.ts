/** 200,000 rows of pgbench_accounts through a proxy: nanoseconds of its CPU per row. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@gatehouse/workbench'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'

const run = promisify(execFile)
export const ROWS = 200_000
const REPEATS = 6
/** Compiling goes on for some million rows: behind one of these a clean row seemed to cost twice what it does, a masked one half as much again. */
export const WARM_UP = 8

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
  for (let round = 0; round < WARM_UP; round += 1) await once()
  const before = cpuOf(target.pid)
  for (let round = 0; round < REPEATS; round += 1) await once()
  return ((cpuOf(target.pid) - before) * 1000) / (ROWS * REPEATS)
}
