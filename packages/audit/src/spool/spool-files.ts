/** The part of node:fs that the spool uses, handed in so that a test can make a disk fail. */
import type * as nodeFs from 'node:fs'

export type SpoolFiles = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fdatasync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>

/** Makes a created, renamed or removed name durable. Windows cannot open a folder and needs no such thing. */
export function syncFolder(files: SpoolFiles, folder: string): void {
  if (process.platform === 'win32') return
  const fd = files.openSync(folder, 'r')
  try {
    files.fsyncSync(fd)
  } finally {
    files.closeSync(fd)
  }
}

export function writeAll(files: SpoolFiles, fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += files.writeSync(fd, bytes, done, bytes.length - done)
  }
}

/** Replaces a small file so that a reader, or a power loss, sees the old or the new one whole. */
export function replaceFile(files: SpoolFiles, folder: string, name: string, text: string): void {
  const path = `${folder}/${name}`
  const fd = files.openSync(`${path}.new`, 'w', 0o600)
  try {
    writeAll(files, fd, Buffer.from(text))
    files.fsyncSync(fd)
  } finally {
    files.closeSync(fd)
  }
  files.renameSync(`${path}.new`, path)
  syncFolder(files, folder)
}
