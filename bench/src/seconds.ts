/** What a load's own tool says once a second, and what the process in between had spent by then. */
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'

export interface Mark {
  /** Seconds since the tool began. */
  readonly at: number
  readonly tps: number
  /** Microseconds. */
  readonly cpu: number
}

/** Runs to its end. `line`: seconds and transactions per second, as the tool writes them into `stream`. */
export async function markSeconds(
  child: ChildProcess,
  stream: Readable,
  line: RegExp,
  { name, pid }: Target,
): Promise<{ readonly marks: readonly Mark[]; readonly said: string }> {
  const marks: Mark[] = []
  let said = ''
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    said += chunk
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const each of lines) {
      const found = line.exec(each)
      if (found === null) continue
      marks.push({ at: Number(found[1]), tps: Number(found[2]), cpu: pid === undefined ? 0 : cpuOf(pid) })
    }
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${child.spawnfile} against ${name} ended with ${code}:\n${said}`)
  return { marks, said }
}

/** The median of the seconds that were whole and in which anything was done: microseconds of CPU per transaction. */
export function middleSecond(marks: readonly Mark[]): Pick<Mark, 'tps' | 'cpu'> | undefined {
  const seconds = marks.slice(1).flatMap((mark, index) => {
    const { at, cpu } = marks[index] as Mark
    const done = mark.tps * (mark.at - at)
    return done > 0 ? [{ tps: mark.tps, cpu: (mark.cpu - cpu) / done }] : []
  })
  return seconds.sort((a, b) => a.cpu - b.cpu || a.tps - b.tps)[Math.floor(seconds.length / 2)]
}
