/** The rows of sysbench's table through a proxy, as text and in binary: nanoseconds of its CPU per row. */
import { createConnection } from 'mysql2'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'
import { type Protocol, ROWS } from './sysbench.js'

const REPEATS = 6
/** Compiling goes on for some million rows: with two of these the first viewer paid for those behind it. */
export const WARM_UP = 8

/** In a process of its own the client would be no faster, and it is not what is measured: it throws every row away. */
export async function measureMysqlRows(target: Target, protocol: Protocol): Promise<number> {
  const client = createConnection({
    host: '127.0.0.1',
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
  })
  const text = `select id, k, c, pad from sbtest1 order by id limit ${ROWS}`
  const once = () =>
    new Promise<void>((resolve, reject) => {
      let rows = 0
      const asked = protocol === 'simple' ? client.query(text) : client.execute(text)
      asked
        .on('result', () => {
          rows += 1
        })
        .on('error', reject)
        .on('end', () => (rows === ROWS ? resolve() : reject(new Error(`${rows} rows came`))))
    })
  try {
    for (let round = 0; round < WARM_UP; round += 1) await once()
    const before = cpuOf(target.pid ?? 0)
    for (let round = 0; round < REPEATS; round += 1) await once()
    return ((cpuOf(target.pid ?? 0) - before) * 1000) / (ROWS * REPEATS)
  } finally {
    client.destroy()
  }
}
