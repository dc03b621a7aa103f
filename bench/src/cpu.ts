/** CPU time of a process, all its threads, from the kernel's accounting (proc(5), fields 14 and 15). */
import { readFileSync } from 'node:fs'

/** Microseconds per clock tick: Linux reports in hundredths of a second. */
const TICK = 10_000

/** Microseconds of user and system time so far. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

/** Resident memory in MiB. */
export function memoryOf(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) / 1024
}
