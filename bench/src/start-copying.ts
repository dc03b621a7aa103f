/** Starts the proxy that only copies, as a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export async function startCopying(
  upstream: number,
): Promise<{ readonly port: number; readonly pid: number; stop(): void }> {
  const path = fileURLToPath(new URL('copying-proxy.js', import.meta.url))
  const child = spawn(process.execPath, [path, String(upstream)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => {
    child.stdout.once('data', (line: Buffer) =>
      resolve((JSON.parse(line.toString()) as { port: number }).port),
    )
  })
  return { port, pid: child.pid ?? 0, stop: () => void child.kill('SIGTERM') }
}
