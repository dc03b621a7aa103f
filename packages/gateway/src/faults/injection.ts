/** A disk that does not keep its word, in the gateway's own process: loaded before it, while a flag's file stands. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** While the flag stands every sync fails, whoever asks. */
export const FLAGGED_SYNCS = `
const { fdatasync, fdatasyncSync } = fs
const fault = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
fs.fdatasync = (fd, then) => (failing() ? setImmediate(then, fault()) : fdatasync(fd, then))
fs.fdatasyncSync = (fd) => {
  if (failing()) throw fault()
  fdatasyncSync(fd)
}
`

/** While the flag stands a segment takes half of what is written to it, and no more. */
export const FLAGGED_WRITES = `
const { closeSync, openSync, writeSync } = fs
const segments = new Map()
fs.openSync = (path, ...more) => {
  const fd = openSync(path, ...more)
  if (String(path).includes('.seg')) segments.set(fd, false)
  return fd
}
fs.closeSync = (fd) => {
  segments.delete(fd)
  closeSync(fd)
}
fs.writeSync = (fd, bytes, from, length, ...more) => {
  if (!segments.has(fd) || !failing()) return writeSync(fd, bytes, from, length, ...more)
  if (segments.get(fd)) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  segments.set(fd, true)
  return writeSync(fd, bytes, from, Math.ceil(length / 2), ...more)
}
`

/** The clock is wrong by as many milliseconds as the flag's file says; it is looked at a hundred times a second. */
export const SET_CLOCK = `
const { readFileSync } = fs
const { now } = Date
let offset = 0
setInterval(() => {
  offset = failing() ? Number(readFileSync(FLAG, 'latin1')) || 0 : 0
}, 10).unref()
Date.now = () => now() + offset
`

/** Loaded before the gateway. */
const injection = (path: string, fault: string) => `
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
const { existsSync } = fs
const FLAG = ${JSON.stringify(path)}
const failing = () => existsSync(FLAG)
${fault}
syncBuiltinESMExports()
`

/** The environment of a gateway that loads the fault first. */
export function loadedFirst(folder: string, flag: string, fault: string): Readonly<Record<string, string>> {
  const file = join(folder, 'injection.mjs')
  writeFileSync(file, injection(flag, fault))
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` }
}
