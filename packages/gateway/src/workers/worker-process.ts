/** A worker as the primary sees it: a child process that is started, talked to, and ends one day. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Desk } from './desk.js'
import type { Handover, Taker } from './handover.js'
import { createLink, type Link } from './link.js'
import type { PrimarySide, WorkerSide } from './messages.js'
import { processPort } from './process-port.js'

export interface WorkerProcess extends Taker {
  /** From 1; its successor has the same. */
  readonly number: number
  readonly pid: number
  readonly link: Link<PrimarySide>
  /** Resolves when the process has ended: its exit code or what killed it. */
  readonly ended: Promise<number | NodeJS.Signals>
  readonly gone: boolean
  kill(): void
}

const MAIN = fileURLToPath(new URL('./worker-main.js', import.meta.url))

export function startWorkerProcess(
  number: number,
  desk: Desk,
  handover: Handover<WorkerProcess>,
): WorkerProcess {
  // Its own words go to the log, which is standard error; standard output is for the primary's one answer.
  const child: ChildProcess = fork(MAIN, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const counter = desk.open()
  const link = createLink<PrimarySide, WorkerSide>(processPort(child), {
    answers: counter.answers,
    hears: {
      ...counter.hears,
      took: () => handover.took(self),
      declined: () => handover.declined(self),
      missed: () => handover.missed(self),
      left: () => handover.left(self),
    },
  })
  let gone = false
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    const over = (how: number | NodeJS.Signals) => {
      gone = true
      counter.close()
      handover.leave(self)
      link.close()
      resolve(how)
    }
    child.once('exit', (code, signal) => over(code ?? signal ?? 1))
    child.once('error', () => {
      if (child.pid === undefined) over(1)
    })
  })
  const self: WorkerProcess = {
    number,
    pid: child.pid ?? 0,
    link,
    ended,
    get open() {
      return child.connected
    },
    get gone() {
      return gone
    },
    give(listener, socket) {
      link.tell('client', { listener }, socket)
      link.tell('sent', undefined)
    },
    kill: () => void child.kill('SIGKILL'),
  }
  return self
}
