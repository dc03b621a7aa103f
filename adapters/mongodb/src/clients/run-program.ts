/** A program to its end. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
  cwd = '/',
): Promise<Ran> {
  const running = promisify(execFile)(path, args, { env, cwd, maxBuffer: 64 << 20, timeout: 100_000 })
  running.child.stdin?.end(input)
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (fault: { code?: number; stdout: string; stderr: string }) => ({
      code: fault.code ?? -1,
      stdout: fault.stdout,
      stderr: fault.stderr,
    }),
  )
}
