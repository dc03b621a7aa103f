/** Started servers die with us, however we die: a small shell holds a pipe from us and ends them when it closes. */
import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'

const WATCH = `
trap '' INT TERM HUP
held=''
while IFS=' ' read -r word pid signal folder; do
  case "$word" in
    hold) held="$held$pid $signal $folder
" ;;
    drop) held=$(printf '%s' "$held" | grep -v "^$pid " || :)
          [ -z "$held" ] || held="$held
" ;;
  esac
done
[ -n "$held" ] || exit 0
printf '%s' "$held" | while IFS=' ' read -r pid signal folder; do kill -s "$signal" -- "-$pid"; done
sleep 1
printf '%s' "$held" | while IFS=' ' read -r pid signal folder; do
  kill -s KILL -- "-$pid"
  case "\${folder##*/}" in gatehouse-*) rm -rf -- "$folder" ;; esac
done
`

let watcher: ChildProcess | undefined

/**
 * Ends the process group led by `pid` with `signal`, and a second later with KILL, when this process is gone by whatever
 * way, and then removes `folder`. The child must have been spawned `detached`, so that it leads a group.
 */
export function leash(pid: number, signal: 'TERM' | 'QUIT' | 'INT' = 'TERM', folder = '-'): void {
  say(`hold ${pid} ${signal} ${folder}\n`)
}

/** The child has ended, or may outlive us. */
export function unleash(pid: number): void {
  if (watcher) say(`drop ${pid}\n`)
}

function say(line: string): void {
  if (process.platform === 'win32') return
  watcher ??= startWatcher()
  watcher.stdin?.write(line)
}

function startWatcher(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', WATCH], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  child.unref()
  const input = child.stdin as unknown as { unref?: () => void }
  input.unref?.()
  child.stdin?.on('error', () => undefined)
  child.on('error', () => undefined)
  return child
}
