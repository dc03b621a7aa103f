/** One run of the postmaster: from spawn until ready, and its three ways to end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverEnvironment } from './initialise-data-folder.js'
import { leash, unleash } from './leash.js'
import { giveToServer, serverAccount } from './server-account.js'

export interface PostmasterOptions {
  readonly program: string
  readonly dataDir: string
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
  /** Holds the log. */
  readonly workDir: string
  /** What goes too when we die without having stopped it. */
  readonly removed: string
}

export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly logFile: string
  stop(): Promise<void>
  kill9(): Promise<void>
}

const READY_WITHIN = 60_000

export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options)
    } catch (error) {
      // After a crash the old server's children hold its shared memory for a moment.
      if (attempt === 50 || !String(error).includes('pre-existing shared memory block')) throw error
      await sleep(100)
    }
  }
}

async function startOnce(options: PostmasterOptions): Promise<Postmaster> {
  const logFile = join(options.workDir, 'postgres.log')
  const log = openSync(logFile, 'a')
  const before = readFileSync(logFile, 'utf8').length
  giveToServer(logFile)
  const settings = Object.entries(options.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(options.program, ['-D', options.dataDir, '-p', String(options.port), ...settings], {
    ...serverAccount(),
    cwd: options.dataDir,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = whenEnded(child)
  if (child.pid !== undefined) leash(child.pid, 'QUIT', options.removed)
  await untilReady(child, options.dataDir, () => readFileSync(logFile, 'utf8').slice(before))
  const pid = child.pid as number
  return {
    pid,
    port: options.port,
    logFile,
    stop: () => stop(child, ended),
    async kill9() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function whenEnded(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      if (child.pid !== undefined) unleash(child.pid)
      resolve()
    }
    child.once('exit', end)
    child.once('error', end)
  })
}

/** As pg_ctl does: the eighth line of postmaster.pid says `ready` once the server of that process accepts connections. */
async function untilReady(child: ChildProcess, dataDir: string, log: () => string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  for (;;) {
    if (failure) throw failure
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`postgres did not start: ${log().trim()}`)
    if (saysReady(dataDir, child.pid)) return
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`postgres was not ready after ${READY_WITHIN / 1000} s: ${log().trim()}`)
    }
    await sleep(5)
  }
}

function saysReady(dataDir: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/** SIGINT is a fast shutdown, SIGQUIT an immediate one (manual §18.5). */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timer = new AbortController()
    await Promise.race([ended, sleep(10_000, undefined, { signal: timer.signal }).catch(() => undefined)])
    timer.abort()
  }
}
