/** Any program as a child: started when it says so, stopped for certain, never left behind. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { leash, unleash } from './leash.js'
import { serverAccount } from './server-account.js'
import { temporaryFolder } from './temporary-folder.js'

export interface ProgramOptions {
  readonly command: string
  readonly args?: readonly string[]
  /** The whole environment; left out: ours. */
  readonly env?: NodeJS.ProcessEnv
  /** Left out: its temporary folder. */
  readonly cwd?: string
  /** What its output (both streams) says when it is ready, or a question asked every 10 ms. Left out: at once. */
  readonly ready?: RegExp | (() => boolean | Promise<boolean>)
  /** Milliseconds; 30 000 by default. */
  readonly readyWithin?: number
  /** Asks it to end; `stop` sends KILL when it has not after `stopWithin` (10 000 ms). */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT'
  readonly stopWithin?: number
  /** As the account without rights, where we are root. */
  readonly unprivileged?: boolean
  /** Its folder, with its log; left out: a temporary one, removed by `stop`. */
  readonly folder?: string
  /** A temporary folder that goes too when we die without having stopped it. */
  readonly removed?: string
}

export interface Program {
  readonly pid: number
  readonly logFile: string
  /** All that it has written so far. */
  output(): string
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Resolves with how it ended. May be called again. */
  stop(): Promise<number | NodeJS.Signals>
  kill9(): Promise<void>
}

export async function startProgram(options: ProgramOptions): Promise<Program> {
  const own = options.folder === undefined ? temporaryFolder('program') : undefined
  const folder = options.folder ?? own?.path ?? ''
  const logFile = join(folder, 'output.log')
  const log = openSync(logFile, 'a')
  const before = readFileSync(logFile).length
  const child = spawn(options.command, options.args ?? [], {
    ...(options.unprivileged ? serverAccount() : undefined),
    cwd: options.cwd ?? folder,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const output = () => readFileSync(logFile).subarray(before).toString()
  let over: { readonly how: number | NodeJS.Signals; readonly failure?: Error } | undefined
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    const end = (how: number | NodeJS.Signals, failure?: Error) => {
      over ??= failure ? { how, failure } : { how }
      if (child.pid !== undefined) unleash(child.pid)
      resolve(over.how)
    }
    child.once('exit', (code, signal) => end(code ?? signal ?? 1))
    child.once('error', (error) => end(127, error))
  })
  if (child.pid !== undefined) leash(child.pid, 'TERM', own?.path ?? options.removed ?? '-')
  const kill = (signal: NodeJS.Signals) => {
    if (!over && child.pid !== undefined) process.kill(-child.pid, signal)
  }
  const stop = async () => {
    for (const signal of [options.stopSignal ?? 'SIGTERM', 'SIGKILL'] as const) {
      if (over) break
      child.kill(signal)
      await Promise.race([ended, patience(options.stopWithin ?? 10_000)])
    }
    own?.remove()
    return ended
  }
  const isReady = question(options.ready, output)
  const deadline = performance.now() + (options.readyWithin ?? 30_000)
  while (!(await isReady())) {
    const late = performance.now() > deadline
    if (!over && !late) {
      await sleep(10)
      continue
    }
    const said = over?.failure?.message ?? output().trim().slice(-4000)
    if (late) kill('SIGKILL')
    await stop()
    throw new Error(
      `\`${options.command}\` ${late ? 'was not ready in time' : 'ended before it was ready'}: ${said}`,
    )
  }
  return {
    pid: child.pid ?? 0,
    logFile,
    output,
    ended,
    stop,
    async kill9() {
      kill('SIGKILL')
      await ended
    },
  }
}

function question(ready: ProgramOptions['ready'], output: () => string): () => boolean | Promise<boolean> {
  if (ready === undefined) return () => true
  return ready instanceof RegExp ? () => ready.test(output()) : ready
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
