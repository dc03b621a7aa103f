/** Starts what stands beside the gateway as a process of its own: its first line says where it listens. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Started {
  readonly port: number
  readonly pid: number
  stop(): void
}

/** `script`: a file of this folder. */
export async function startProcess(script: string, ...args: readonly string[]): Promise<Started> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => {
    child.stdout.once('data', (line: Buffer) =>
      resolve((JSON.parse(line.toString()) as { port: number }).port),
    )
  })
  return { port, pid: child.pid ?? 0, stop: () => void child.kill('SIGTERM') }
}
