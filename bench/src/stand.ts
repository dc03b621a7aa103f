/** What every measurement stands on: a Postgres with pgbench's tables, and what it takes to reach it. */
import { startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { pgbench, type Target } from './pgbench.js'

export interface Stand {
  readonly direct: Target
  stop(): Promise<void>
}

/** `durable`: the server syncs its log, as a real one does. */
export async function startStand(options: {
  readonly scale: number
  readonly durable?: boolean
}): Promise<Stand> {
  const postgres = await startPostgres({
    fsync: options.durable ?? false,
    settings: { max_connections: '300', shared_buffers: '128MB' },
  })
  const admin = new pg.Client({
    host: '127.0.0.1',
    port: postgres.port,
    user: 'postgres',
    password: postgres.password,
    database: 'postgres',
  })
  await admin.connect()
  await admin.query(`create role bench login password 'bench'`)
  await admin.query('create database bench owner bench')
  await admin.end()
  const direct: Target = {
    name: 'direct',
    port: postgres.port,
    user: 'bench',
    password: 'bench',
    database: 'bench',
  }
  await pgbench(direct, '-i', '-q', '-s', String(options.scale))
  return { direct, stop: () => postgres.stop() }
}

export async function connect(target: Target): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
  })
  await client.connect()
  return client
}

/** `part` of the values are at or below it; 0.5 is the median. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
