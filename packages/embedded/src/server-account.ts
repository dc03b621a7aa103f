/** The account under which a server runs that refuses to be root. */
import { chownSync, lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

export interface ServerAccount {
  readonly uid: number
  readonly gid: number
}

/** `nobody`'s number on Linux: an account without rights when we are root, otherwise undefined: our own. */
export function serverAccount(): ServerAccount | undefined {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
}

/** Gives a file, or a folder and all that is in it, to the server's account. */
export function giveToServer(path: string): void {
  const account = serverAccount()
  if (!account) return
  chownSync(path, account.uid, account.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) {
    if (!lstatSync(join(path, name)).isSymbolicLink()) giveToServer(join(path, name))
  }
}

/** A file that the server's account may read, and nobody else. */
export function writeForServer(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 })
  giveToServer(path)
}
