/**
 * Loaded before a process that is measured (`--import`): the longest that its main thread was busy with one thing. The time of a
 * clock counts whatever else the machine did meanwhile; the thread's own CPU does not, so it is what holds on a machine that is busy.
 */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { isMainThread } from 'node:worker_threads'

const path = process.env.BENCH_TURNS
if (isMainThread && path !== undefined) watch(path)

/** A timer comes due once a turn of the loop: between two of them lies one turn, or the pause until the next. */
function watch(file: string): void {
  const bytes = Buffer.alloc(64)
  // proc(5), /proc/pid/schedstat: nanoseconds that the main thread has run.
  const schedule = openSync('/proc/self/schedstat', 'r')
  const ran = () =>
    Number(bytes.toString('latin1', 0, readSync(schedule, bytes, 0, bytes.length, 0)).split(' ')[0])
  let last = { at: performance.now(), ran: ran() }
  let longest = { wall: 0, cpu: 0 }
  setInterval(() => {
    const now = { at: performance.now(), ran: ran() }
    longest = {
      wall: Math.max(longest.wall, now.at - last.at),
      cpu: Math.max(longest.cpu, (now.ran - last.ran) / 1e6),
    }
    last = now
  }, 1).unref()
  process.on('SIGUSR2', () => {
    writeFileSync(file, JSON.stringify(longest))
    longest = { wall: 0, cpu: 0 }
  })
  process.on('exit', () => closeSync(schedule))
}
