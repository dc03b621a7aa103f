/** One process per spool folder: a lock file that names its holder, and outlives no holder. */
import { GatehouseError } from '@gatehouse/core'
import { type SpoolFiles, writeAll } from './spool-files.js'

export interface SpoolLock {
  /** Why the folder is this process's no more: somebody else has taken it, or it is gone. */
  lost(): string | undefined
  release(): void
}

interface Holder {
  readonly pid: number
  readonly token: string
  /** When the process began, in the system's own words; tells a process from a later one with its number. */
  readonly began: string
}

const here = new Set<string>()

/** Linux: boot id and start time of the process (proc_pid_stat(5), field 22); empty elsewhere. */
function beganAt(files: SpoolFiles, pid: number): string {
  try {
    const boot = files.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const stat = files.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return ''
  }
}

function alive(files: SpoolFiles, holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = beganAt(files, holder.pid)
  return now === '' || holder.began === '' || now === holder.began
}

function read(files: SpoolFiles, path: string): Holder | undefined {
  try {
    return JSON.parse(files.readFileSync(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** The living process, this one or another, that holds the folder. */
export function lockHolder(files: SpoolFiles, dir: string): number | undefined {
  if (here.has(dir)) return process.pid
  const before = read(files, `${dir}/lock`)
  return before !== undefined && before.pid !== process.pid && alive(files, before) ? before.pid : undefined
}

/** Throws GH_SPOOL while another living process, or this one, holds the folder. */
export function lockSpool(files: SpoolFiles, dir: string, token: string): SpoolLock {
  const path = `${dir}/lock`
  const holder = lockHolder(files, dir)
  if (holder !== undefined) throw new GatehouseError('GH_SPOOL', `\`${dir}\` is in use by process ${holder}`)
  try {
    files.unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const fd = files.openSync(path, 'wx', 0o600)
  const mine: Holder = { pid: process.pid, token, began: beganAt(files, process.pid) }
  try {
    writeAll(files, fd, Buffer.from(JSON.stringify(mine)))
  } finally {
    files.closeSync(fd)
  }
  here.add(dir)
  const lost = (): string | undefined => {
    try {
      const { token: holder } = JSON.parse(files.readFileSync(path, 'utf8')) as Holder
      return holder === token ? undefined : `another process has taken \`${dir}\``
    } catch (error) {
      // Too many open files, say, is no sign of another holder.
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT')
        return `\`${dir}\`, or its lock, is gone: what stood there cannot be added to, start again`
      return code === undefined ? `the lock of \`${dir}\` cannot be read` : undefined
    }
  }
  return {
    lost,
    release() {
      if (here.delete(dir) && lost() === undefined) files.unlinkSync(path)
    },
  }
}
