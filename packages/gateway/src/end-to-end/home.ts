/** A folder with a configuration, and the real `gatehouse serve` that run in it, for tests. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Program, startProgram, temporaryFolder } from '@gatehouse/workbench'
import { onTestFailed, TestRunner } from 'vitest'

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
/** What every one of them gets: the password of all people, and the upstream account's. */
export const ENV = { PATH: process.env.PATH ?? '', PASSWORD: 'pass-word', UPSTREAM: 'up-stream' }

export interface ServeOptions {
  readonly expectReady?: boolean
  /** Besides what every one of them gets. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Served {
  readonly program: Program
  readonly port: number
  readonly metricsPort: number
  /** The lines of its output that are JSON: what it printed and what it logged. */
  lines(): readonly Record<string, unknown>[]
  /** The raw text of a path of the metrics listener. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>
}

export interface Home {
  readonly folder: string
  /** Writes a file below the folder. */
  write(name: string, text: string | Uint8Array, mode?: number): void
  serve(options?: ServeOptions): Promise<Served>
  stop(): Promise<void>
}

export function createHome(): Home {
  const folder = temporaryFolder('stage')
  const running: Program[] = []
  return {
    folder: folder.path,
    write(name, text, mode = 0o600) {
      mkdirSync(join(folder.path, name, '..'), { recursive: true })
      writeFileSync(join(folder.path, name), text, { mode })
    },
    async serve({ expectReady = true, env = {} } = {}) {
      const program = await startProgram({
        command: process.execPath,
        args: [MAIN, 'serve'],
        cwd: folder.path,
        env: { ...ENV, ...env },
        // Several workers, on a busy machine.
        readyWithin: 120_000,
        // Its own drain, on a busy machine: a KILL would hide how it ends.
        stopWithin: 90_000,
        ...(expectReady && { ready: /"event":"metrics"/ }),
      })
      running.push(program)
      // The next try begins without it: a gateway that lives holds its folder.
      if (TestRunner.getCurrentTest() !== undefined) onTestFailed(() => program.kill9())
      return served(program)
    },
    async stop() {
      for (const program of running) await program.stop()
      folder.remove()
    },
  }
}

function served(program: Program): Served {
  const lines = () =>
    program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const portOf = (event: string) => Number(lines().find((line) => line.event === event)?.port ?? 0)
  const metricsPort = portOf('metrics')
  return {
    program,
    port: portOf('listening'),
    metricsPort,
    lines,
    async get(path) {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}${path}`)
      return { status: answer.status, text: await answer.text() }
    },
  }
}
