/** Finds processes that a run started and left behind. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

export interface LeftProcess {
  readonly pid: number
  readonly command: string
}

/** Those whose command line or working folder lies in `folder`; only where there is a /proc. */
export function leftRunning(folder: string): LeftProcess[] {
  if (!existsSync('/proc/self/cmdline')) return []
  const found: LeftProcess[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim())
    const at = attempt(() => readlinkSync(`/proc/${pid}/cwd`))
    if (command.includes(folder) || at.startsWith(folder)) found.push({ pid, command })
  }
  return found
}

function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
