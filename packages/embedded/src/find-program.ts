/** Where a program is: on the path, or unpacked into the cache. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from './cache-folder.js'

export function findProgram(name: string): string | undefined {
  return onPath(name) ?? unpacked(name)
}

/** Servers stand in folders that not every account's path names. */
export function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram)
}

/** What `npm run provide` unpacked. */
export function unpacked(name: string): string | undefined {
  const path = join(cacheFolder(), 'tools', 'bin', name)
  return isProgram(path) ? path : undefined
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
