/** What tests of several workers share: their configuration, their processes, their words. */
import { spawnSync } from 'node:child_process'
import type pg from 'pg'
import type { Served } from './home.js'
import { CONFIG, eventually, type Serving, type Stage } from './stage.js'

/** Room for many; the limits of the stage's own configuration are narrow on purpose. */
export const crewConfig = (
  port: number,
  workers: number | 'auto',
  more: (text: string) => string = (text) => text,
) =>
  more(
    CONFIG(port)
      .replace('dataDir:', `workers: ${workers}\ndataDir:`)
      .replace('connections: 8, perUser: 3, greeting: 8s', 'connections: 200, perUser: 200, greeting: 30s'),
  )

/** The process ids of its workers, oldest first. */
export function workerPids(serving: Served): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(serving.program.pid)], {
    encoding: 'utf8',
  })
  return stdout
    .split('\n')
    .filter((line) => line.includes('worker-main'))
    .map((line) => Number(line.trim().split(/\s+/)[0]))
}

export const saying = (serving: Served, what: string) =>
  serving.lines().filter((line) => String(line.message).includes(what))

/** Every worker is there and the gateway says that all is well. */
export async function allThere(serving: Served): Promise<void> {
  await eventually(async () => JSON.parse((await serving.get('/readyz')).text).colour === 'green')
}

export async function reload(serving: Served, outcome: 'reloaded' | 'reload refused'): Promise<void> {
  const before = saying(serving, outcome).length
  process.kill(serving.program.pid, 'SIGHUP')
  await eventually(() => saying(serving, outcome).length > before)
}

export async function serveCrew(
  stage: Stage,
  workers: number,
  more?: (text: string) => string,
): Promise<Serving> {
  stage.write('gatehouse.yaml', crewConfig(stage.postgres.port, workers, more))
  return stage.serve()
}

/** One after the other: then each goes to the worker that has the fewest. */
export async function many(serving: Serving, count: number, user = 'ann'): Promise<pg.Client[]> {
  const clients: pg.Client[] = []
  while (clients.length < count) clients.push(await serving.client(user))
  return clients
}

export const endAll = (clients: readonly pg.Client[]) =>
  Promise.all(clients.map((client) => client.end().catch(() => {})))

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
